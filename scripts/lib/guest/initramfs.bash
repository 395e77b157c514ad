# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # home is set by scripts/cmd/try.bash
#
# Packs what a guest consists of besides its kernel: busybox, klpmake's scripts for the guest, the modules to
# try, and the kernel's modules that they need. Source common.bash and packed.bash first.

# static_busybox: one for the machine of the module: that of a built or fetched kernel (usr/bin beside its boot
# directory), or else this machine's own.
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

# lay_out ROOT: makes the directories, and puts the files there that every guest has.
lay_out()
{
	local root=$1 busybox
	busybox=$(static_busybox)
	mkdir -p "$root"/{bin,dev,proc,sys,run,tmp} "$root"/try/{modules,kernel,files,programs}
	cp -- "$busybox" "$root/bin/busybox"
	cp -- "$home/scripts/lib/guest/init" "$root/init"
	chmod 755 "$root/init"
	cp -- "$home/scripts/lib/guest/lib.sh" "$home/scripts/lib/guest/complaints.txt" "$root/try"
}

# prefer_programs ROOT: makes a busybox sh run the --program programs instead of its own commands of these names, which it
# prefers whatever the PATH says: by functions, and by aliases for names that a function cannot have.
prefer_programs()
{
	local root=$1 path name
	for path in "$root"/try/programs/*; do
		[[ -e $path ]] || continue
		name=${path##*/}
		if [[ $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]]; then
			# shellcheck disable=SC2016 # for the guest's shell
			printf '%s() { /try/programs/%s "$@"; }\n' "$name" "$name"
		elif [[ $name != *[!A-Za-z0-9_.+-]* ]]; then
			printf "alias %s=/try/programs/%s\n" "$name" "$name"
		fi
	done >"$root/try/prefer"
}

# find_program NAME: looks in sbin, too, which is not in an ordinary user's PATH.
find_program()
{
	PATH=$PATH:/usr/sbin:/sbin type -P -- "$1"
}

# add_program ROOT NAME: adds it and its libraries, at the paths where this machine's dynamic loader finds them.
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

# unpack_module FILE TARGET: copies a module, which may be compressed.
unpack_module()
{
	if [[ -n $(packed_program "$1") ]]; then unpacked "$1" "$2"; else cp -- "$1" "$2"; fi
}

# index_modules DIR: kernel_index maps each module's name to its file.
index_modules()
{
	local file name
	declare -gA kernel_index=() kernel_added=()
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

# add_kernel_module DIR NAME KERNEL_DIR ORDER [SOFT]: unpacks the module and, first, all that it depends on according to
# the modules themselves: a kernel that was only unpacked does not have a modules.dep. The names are
# appended to the file ORDER in the order in which they have to be loaded. What it asks for by itself when
# it is loaded comes first, too, because the guest has no modprobe for the kernel to run; these names have
# the mark '?' before them, because it is no fault if they cannot be loaded.
add_kernel_module()
{
	local dir=$1 name=${2//-/_} target=$3 order=$4 soft=${5-} needed
	[[ -z ${kernel_added[$order/$name]-} ]] || return 0
	# Before what it needs, which may need it in turn.
	kernel_added[$order/$name]=1
	if [[ -z ${kernel_index[$name]-} ]]; then
		is_builtin "$dir" "$name" || die "the kernel has no module '$name' in '$dir'"
		return 0
	fi
	[[ -e $target/$name.ko ]] || unpack_module "${kernel_index[$name]}" "$target/$name.ko"
	for needed in $(modinfo_field "$target/$name.ko" depends | tr , ' '); do
		add_kernel_module "$dir" "$needed" "$target" "$order" "$soft"
	done
	for needed in $(modinfo_fields "$target/$name.ko" softdep | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /:$/) pre = $i == "pre:"; else if (pre) print $i }'); do
		! soft_module "$needed" || add_kernel_module "$dir" "$REPLY" "$target" "$order" '?'
	done
	printf '%s\n' "$soft$name" >>"$order"
}

# soft_module NAME: sets REPLY to the module of the kernel that NAME of a soft dependency means; 1 if there is none, which
# is no fault. An algorithm of the kernel is asked for by its own name, or crypto-NAME; the module that has it for any
# processor is called NAME or NAME_generic.
soft_module()
{
	local name
	name=${1//-/_}
	for REPLY in "$name" "${name#crypto_}" "${name#crypto_}_generic"; do
		[[ -z ${kernel_index[$REPLY]-} ]] || return 0
	done
	return 1
}

# pack ROOT TARGET: packs it uncompressed, because compressing takes more time than it saves.
pack()
{
	(cd "$1" && find . -print0 | cpio --quiet --null -o -H newc -R 0:0) >"$2" ||
		die "cannot write the guest's initramfs to '$2'"
}
