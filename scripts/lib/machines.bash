# SPDX-License-Identifier: GPL-2.0-only
#
# The machines that a target can be. A row here has what differs between them for scripts;
# src/arch/NAME.c has what differs in ELF files. Source common.bash first.

# As readelf prints it | uname -m | kbuild's ARCH | prefix of the cross compiler | Debian's name |
# flags that a livepatch is compiled with | image in arch/ARCH/boot |
# qemu | its package | board | CPU under emulation | console |
# port of a guest's verdict: a second serial port, or one that virtio makes | virtio's bus for that
machines=(
	'Advanced Micro Devices X86-64|x86_64|x86|x86_64-linux-gnu-|amd64||bzImage|qemu-system-x86_64|qemu-system-x86|pc|max|ttyS0|ttyS1|'
	'RISC-V|riscv64|riscv|riscv64-linux-gnu-|riscv64|-fPIE|Image|qemu-system-riscv64|qemu-system-misc|virt|rv64|ttyS0|vport0p1|device'
	'AArch64|aarch64|arm64|aarch64-linux-gnu-|arm64||Image|qemu-system-aarch64|qemu-system-arm|virt|cortex-a72|ttyAMA0|vport0p1|device'
	'PowerPC64|ppc64le|powerpc|powerpc64le-linux-gnu-|ppc64el||vmlinux|qemu-system-ppc64|qemu-system-ppc|pseries|power9|hvc0|vport0p1|pci'
	'IBM S/390|s390x|s390|s390x-linux-gnu-|s390x||bzImage|qemu-system-s390x|qemu-system-misc|s390-ccw-virtio|max|ttysclp0|vport0p1|ccw'
	'LoongArch|loongarch64|loongarch|loongarch64-linux-gnu-|loong64||vmlinux.efi|qemu-system-loongarch64|qemu-system-misc|virt|la464|ttyS0|vport0p1|pci'
)

# riscv64: -fPIE, so that code reaches kernel data through a table, which klplink can replace by its own
# (doc/riscv64.md).

# The row that was found.
elf_machine='' machine_elf='' machine_name='' machine_karch='' machine_cross='' machine_debian=''
machine_cflags='' machine_image=''
machine_qemu='' machine_package='' machine_board='' machine_cpu='' machine_console='' machine_port=''
machine_bus=''

declare -A elf_machines=() # what readelf said, by file

# elf_machine_find FILE [OTHER...]: sets elf_machine to what readelf calls the machine, or to nothing if the file is not
# an ELF file. It reads the others, which will be asked for later, at the same time.
elf_machine_find()
{
	local line file=$1
	elf_machine=${elf_machines[$1]-}
	[[ -z $elf_machine ]] || return 0
	while IFS= read -r line; do
		# These lines stand there when there are several files.
		[[ $line != 'File: '* ]] || file=${line#'File: '}
		[[ ! $line =~ Machine:\ +(.*) ]] || elf_machines[$file]=${BASH_REMATCH[1]}
	done < <(LC_ALL=C readelf -h -- "$@" 2>/dev/null)
	elf_machine=${elf_machines[$1]-}
	[[ -n $elf_machine ]]
}

# elf_machine FILE: prints the same.
elf_machine()
{
	local elf_machine
	elf_machine_find "$1" || return
	[[ -z $elf_machine ]] || printf '%s\n' "$elf_machine"
}

# machine_row elf|name WANTED: sets the machine_* variables; returns 1 when there is no such row.
machine_row()
{
	local row variable=machine_$1
	for row in "${machines[@]}"; do
		# shellcheck disable=SC2034 # for those who source this
		IFS='|' read -r machine_elf machine_name machine_karch machine_cross machine_debian machine_cflags machine_image \
			machine_qemu machine_package machine_board machine_cpu machine_console machine_port \
			machine_bus <<<"$row"
		[[ ${!variable} != "$2" ]] || return 0
	done
	return 1
}

# shellcheck disable=SC2034 # kbuild_cross and objcopy are for those who source this
# cross_compiler KDIR: sets kbuild_cross to what make needs to use the target's compiler, and objcopy.
# On a machine like the target, it does not name a gcc. What the user says (ARCH, CROSS_COMPILE, LLVM, OBJCOPY)
# takes precedence over the row.
cross_compiler()
{
	local made clang
	kbuild_cross=()
	elf_machine_find "$1/scripts/mod/modpost" || true
	made=$elf_machine
	# The shell's file, and not /proc/$$/exe: where qemu-user runs programs, that is QEMU.
	[[ -z $made ]] || elf_machine_find "$BASH" || true
	[[ $made == "$elf_machine" ]] ||
		die "the programs in '$1' are for '$made' and do not run here: take a build directory that was made on a machine like this one"
	[[ $machine_name == "$(uname -m)" ]] || kbuild_cross=(ARCH="${ARCH:-$machine_karch}")
	clang=$(clang_of "$1")
	if [[ -n $clang ]]; then
		llvm_find "$clang"
		# A patch usually has statics that are only declared.
		machine_cflags+=' -Wno-undefined-internal'
	fi
	if [[ -n ${LLVM-} ]]; then
		kbuild_cross+=(LLVM="$LLVM")
		objcopy=${OBJCOPY:-$(llvm_program llvm-objcopy)}
		return
	fi
	if ((${#kbuild_cross[@]})); then
		export CROSS_COMPILE=${CROSS_COMPILE-$machine_cross}
		check_compiler "${CROSS_COMPILE}gcc"
	fi
	objcopy=${OBJCOPY:-${CROSS_COMPILE:-}objcopy}
}

# clang_of KDIR: the release of the clang that compiled the kernel, or nothing if it was gcc.
clang_of()
{
	[[ ! -r $1/include/config/auto.conf ]] ||
		sed -n '/^CONFIG_CLANG_VERSION=0$/d; s/^CONFIG_CLANG_VERSION=\([0-9]*\)[0-9]\{4\}$/\1/p' "$1/include/config/auto.conf"
}

# llvm_find RELEASE: sets LLVM to what kbuild has to get: what the user says, else the clang of that
# release (by the name in distributions that have several), or just clang.
llvm_find()
{
	local name
	if [[ -z ${LLVM-} ]]; then
		LLVM=1
		! type "clang-$1" >/dev/null 2>&1 || LLVM=-$1
	fi
	for name in clang ld.lld llvm-objcopy; do
		name=$(llvm_program "$name")
		type "$name" >/dev/null 2>&1 ||
			die "this kernel was compiled by clang $1, and '$name' is not installed; get it with
  sudo apt-get install clang-$1 lld-$1 llvm-$1  # Debian and Ubuntu
  or name another one with LLVM, as for kbuild"
	done
}

# llvm_program NAME: the name by which kbuild calls it, according to LLVM.
llvm_program()
{
	case $LLVM in
		*/) printf '%s%s\n' "$LLVM" "$1" ;;
		-*) printf '%s%s\n' "$1" "$LLVM" ;;
		*) printf '%s\n' "$1" ;;
	esac
}

# check_compiler PROGRAM: dies unless it exists and compiles for the target.
check_compiler()
{
	local is
	type "$1" >/dev/null 2>&1 ||
		die "no compiler for '$machine_name' here: '$1' is not installed; $(compiler_hint)"
	is=$("$1" -dumpmachine 2>/dev/null) || is=''
	[[ ${is%%-*} == "${machine_cross%%-*}" || ${is%%-*} == "$machine_name" ]] ||
		die "'$1' makes code for '${is:-an unknown machine}', and the target is '$machine_name'; $(compiler_hint)"
}

# compiler_package: the package of the cross compiler; Debian's package names do not have a '_'.
compiler_package()
{
	local name=gcc-${machine_cross%-}
	printf '%s\n' "${name//_/-}"
}

compiler_hint()
{
	printf 'get one with\n  sudo apt-get install %s  # Debian and Ubuntu\n' "$(compiler_package)"
	printf 'or name another one with CROSS_COMPILE or LLVM, as for kbuild'
}
