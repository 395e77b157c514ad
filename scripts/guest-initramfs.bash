# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # guest_scripts is set by scripts/guest
#
# Packs what a guest consists of besides its kernel: busybox, our side of the guest, the modules to
# try, and the modules of that kernel which they need. Source common.bash first.

# static_busybox: for the machine of the module: the one that came with a kernel that was built or
# fetched (usr/bin beside its boot directory), or else this machine's own.
static_busybox()
{
	local path machine
	machine=$(elf_machine "${modules[0]}")
	while IFS= read -r path; do
		[[ -x $path && $(elf_machine "$path") == "$machine" ]] || continue
		[[ $(LC_ALL=C readelf -lW "$path" 2>/dev/null) != *INTERP* ]] || continue
		printf '%s\n' "$path"
		return
	done < <(printf '%s\n' "$(klpmake_cache)/kernels/$release/usr/bin/busybox"; type -P busybox)
	die "a statically linked busybox for '$machine' is not installed; $(guest_install busybox-static)"
}

# lay_out ROOT: the directories and what is always there.
lay_out()
{
	local root=$1 busybox
	busybox=$(static_busybox)
	mkdir -p "$root"/{bin,dev,proc,sys,run,tmp} "$root"/try/{modules,kernel,files,programs}
	cp -- "$busybox" "$root/bin/busybox"
	cp -- "$guest_scripts/guest-init" "$root/init"
	chmod 755 "$root/init"
	cp -- "$guest_scripts/guest-lib.sh" "$guest_scripts/guest-complaints.txt" "$root/try"
}

# find_program NAME: an ordinary user has no sbin in his PATH.
find_program()
{
	PATH=$PATH:/usr/sbin:/sbin type -P -- "$1"
}

# add_program ROOT NAME: with what the dynamic loader will load, at the paths that it knows here.
add_program()
{
	local root=$1 path library
	path=$(find_program "$2") || die "there is no program '$2'"
	[[ ! -e $root/try/programs/${2##*/} ]] || die "two programs are called '${2##*/}'"
	cp -- "$path" "$root/try/programs/${2##*/}"
	while IFS= read -r library; do
		[[ ! -e $root$library ]] || continue
		mkdir -p "$root${library%/*}"
		cp -- "$library" "$root$library"
	done < <(LC_ALL=C ldd "$path" 2>/dev/null | sed -nE 's|^\t([^ ]+ => )?(/.+) \(0x[0-9a-f]+\)$|\2|p')
}

# unpack_module FILE TARGET: distributions compress modules in three ways.
unpack_module()
{
	case $1 in
		*.xz) xz -dc -- "$1" >"$2" ;;
		*.zst) zstd -qdc -- "$1" >"$2" ;;
		*.gz) gzip -dc -- "$1" >"$2" ;;
		*) cp -- "$1" "$2" ;;
	esac || die "cannot unpack '$1'"
}

# index_modules DIR: kernel_index maps each module's name to its file.
index_modules()
{
	local file name
	declare -gA kernel_index=()
	while IFS= read -r -d '' file; do
		name=${file##*/}
		name=${name%%.ko*}
		kernel_index[${name//-/_}]=$file
	done < <(find "$1" -name '*.ko' -print0 -o -name '*.ko.*' -print0)
}

is_builtin()
{
	[[ -r $1/modules.builtin ]] && grep -q "/${2//_/[-_]}\.ko\$" "$1/modules.builtin"
}

# add_kernel_module DIR NAME KERNEL_DIR ORDER: unpacks the module and, first, all that it depends on,
# as the modules themselves say: a kernel that was only unpacked has no modules.dep. The names are
# appended to the file ORDER as they have to be loaded.
add_kernel_module()
{
	local dir=$1 name=${2//-/_} target=$3 order=$4 needed
	! grep -qx "$name" "$order" || return 0
	if [[ -z ${kernel_index[$name]-} ]]; then
		is_builtin "$dir" "$name" || die "the kernel has no module '$name' in '$dir'"
		return 0
	fi
	[[ -e $target/$name.ko ]] || unpack_module "${kernel_index[$name]}" "$target/$name.ko"
	for needed in $(modinfo_field "$target/$name.ko" depends | tr , ' '); do
		add_kernel_module "$dir" "$needed" "$target" "$order"
	done
	printf '%s\n' "$name" >>"$order"
}

# pack ROOT TARGET: uncompressed, which costs less than it would save.
pack()
{
	(cd "$1" && find . -print0 | cpio --quiet --null -o -H newc -R 0:0) >"$2" ||
		die "cannot write the guest's initramfs to '$2'"
}
