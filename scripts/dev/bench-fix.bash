# SPDX-License-Identifier: GPL-2.0-only
#
# The part of the benchmark that is about patches to the kernel's source: klpmake FIX.patch against one plain compilation
# of the file by kbuild and one of a module. scripts/dev/bench sources it.

# A kernel file and a function that is changed in it, all built-in.
fix_functions=(
	net/netlink/af_netlink.c:netlink_sendmsg fs/open.c:do_truncate fs/read_write.c:vfs_write fs/stat.c:vfs_statx
	fs/exec.c:bprm_execve kernel/sys.c:do_sysinfo mm/mmap.c:do_munmap net/socket.c:sock_alloc_file
	net/core/sock.c:sock_setsockopt net/ipv4/tcp.c:tcp_poll
)

# fix_patch COUNT FILE: a patch of the first files of the list; an instruction is put into each function.
fix_patch()
{
	local one path
	rm -rf "$scratch/a" "$scratch/b"
	for one in "${fix_functions[@]:0:$1}"; do
		path=${one%:*}
		mkdir -p "$scratch/a/${path%/*}" "$scratch/b/${path%/*}"
		cat "$kernel_source/$path" >"$scratch/a/$path"
		sed "/^[a-z_].*\\b${one#*:}(/,/^{/s/^{/{\n\tasm volatile(\"nop\");\n/" "$scratch/a/$path" >"$scratch/b/$path"
		! cmp -s "$scratch/a/$path" "$scratch/b/$path" || die "'$path' has no '${one#*:}'"
	done
	(cd "$scratch" && diff -ru a b) >"$2" || (($? == 1))
}

# What any way from a patch to a module has to do at the least.
fix_plain()
{
	rm -rf "$scratch/plain-file" "$scratch/plain"
	cp -r --no-preserve=mode "$kernel_source/net/netlink" "$scratch/plain-file"
	make -C "$kdir" M="$scratch/plain-file" KCFLAGS="-I$kernel_source/net/netlink" af_netlink.o
	cp -r "$home/example/cmdline" "$scratch/plain"
	make -C "$kdir" M="$scratch/plain" KBUILD_MODPOST_WARN=1 \
		CONFIG_DEBUG_INFO_BTF_MODULES= KCFLAGS="-Wno-error -I$home/src/include" modules
}

fix_klpmake()
{
	KLPMAKE_CACHE=$scratch/cache "$home/klpmake" -q -k "$release" --source "$kernel_source" \
		--allow=inlined,unchanged,folded -o "$scratch" "$fix_file"
}

fix_first()
{
	rm -rf "$scratch"/cache/kernels/.objects-*
	fix_klpmake
}

fix_klpdiff()
{
	"$(tool klpdiff)" "${target_args[@]}" "${module_args[@]}" "${cache_args[@]}" --path net/netlink/af_netlink.c --list "$scratch/list" \
		-o "$scratch/cut.o" "$scratch/orig.o" "$scratch/new.o"
}

bench_fix()
{
	local one ten
	source_tree || {
		say "the source of '$release' was not fetched: patches are not measured"
		return
	}
	mkdir -p "$scratch/cache/kernels"
	ln -s "$(klpmake_cache)/kernels/$release" "$scratch/cache/kernels"
	fix_file=$scratch/fix-one.patch
	fix_patch 1 "$fix_file"
	versus fix_first fix_plain
	one=$b
	row "klpmake FIX.patch / plain make of the file and of a module, $release ($(millis "$a") / $(millis "$b"))" "$(ratio "$a" "$b")" 2.5
	versus fix_klpmake fix_first
	row "the second run / the first ($(millis "$a") / $(millis "$b"))" "$(ratio "$a" "$b")" 0.6
	fix_file=$scratch/fix-ten.patch
	fix_patch "${#fix_functions[@]}" "$fix_file"
	versus fix_first true
	ten=$a
	row "klpmake with ten files / plain make of one and of a module ($(millis "$ten") / $(millis "$one"))" "$(ratio "$ten" "$one")" 6
	fix_objects
	# As klpmake runs it.
	target_cache
	versus fix_klpdiff true
	row 'klpdiff, net/netlink/af_netlink.c: seconds' "$(ratio "$a" 1000000)" 0.2
}

# fix_objects: keeps what klpmake compares, for klpdiff alone.
fix_objects()
{
	local side
	mkdir -p "$scratch/objects"
	fix_patch 1 "$scratch/objects/fix.patch"
	"$home/klpmake" new "$scratch/objects/fix.patch" "$scratch/objects/dir" >/dev/null
	"$home/klpmake" -q -k "$release" --source "$kernel_source" "$scratch/objects/dir"
	for side in orig new; do
		cp "$scratch/objects/dir/.klpmake/$release/fix/$side/net/netlink/af_netlink.o" "$scratch/$side.o"
	done
}
