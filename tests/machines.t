#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The compiler for a target of another architecture: kbuild's conventions and Debian's names are used, and when a compiler
# is missing or is for something else, the message has the command that gets it. All compilers here are made up.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"

# compiler NAME MACHINE: makes a program that claims to compile for that machine.
compiler()
{
	printf '#!/bin/sh\necho %s\n' "$2" >"$scratch/bin/$1"
	chmod +x "$scratch/bin/$1"
}

# cross MACHINE [VARIABLE=VALUE...]: what make gets for a target of that machine, and CROSS_COMPILE.
cross()
{
	local machine=$1
	shift
	# shellcheck disable=SC2016
	run env -u ARCH -u CROSS_COMPILE -u LLVM "$@" PATH="$scratch/bin:$PATH" bash -c '
		program=klpmake
		. "$1/scripts/lib/common.bash"
		. "$1/scripts/lib/machines.bash"
		machine_row name "$2" || exit 3
		BASH=${KLPMAKE_TEST_SHELL-$BASH}
		cross_compiler "$3"
		printf "%s %s\n" "${kbuild_cross[*]-}" "${CROSS_COMPILE-none}"
	' - "$top" "$machine" "$scratch/kdir"
}

hint='sudo apt-get install gcc-riscv64-linux-gnu  # Debian and Ubuntu
or name another one with CROSS_COMPILE or LLVM, as for kbuild'

mkdir -p "$scratch/bin" "$scratch/kdir/scripts/mod"
cp "$(type -P true)" "$scratch/kdir/scripts/mod/modpost"
# Independent of the machine on which the test runs.
printf '#!/bin/sh\necho x86_64\n' >"$scratch/bin/uname"
chmod +x "$scratch/bin/uname"

compiler riscv64-linux-gnu-gcc riscv64-linux-gnu
cross riscv64
is "$status:$out" '0:ARCH=riscv riscv64-linux-gnu-' "Debian's compiler"
cross x86_64
is "$status:$out" '0: none' 'nothing for a machine like the target'
cross riscv64 ARCH=myriscv
is "$status:$out" '0:ARCH=myriscv riscv64-linux-gnu-' "the user's ARCH"
compiler mine-gcc riscv64-unknown-linux-gnu
cross riscv64 CROSS_COMPILE=mine-
is "$status:$out" '0:ARCH=riscv mine-' "the user's compiler"
cross riscv64 LLVM=1
is "$status:$out" '0:ARCH=riscv LLVM=1 none' 'LLVM needs no prefix'

cross riscv64 CROSS_COMPILE=no-such-
refused 1 "klpmake: error: no compiler for 'riscv64' here: 'no-such-gcc' is not installed; get one with
  $hint" 'one that is not there'
printf '#!/bin/sh\necho riscv64\n' >"$scratch/bin/uname"
cross riscv64
is "$status:$out" '0: none' 'on a machine of another kind nothing for a target of that kind'
cross x86_64 CROSS_COMPILE=no-such-
refused 1 'sudo apt-get install gcc-x86-64-linux-gnu  # Debian and Ubuntu' "... and Debian's name of a compiler for x86_64"
printf '#!/bin/sh\necho x86_64\n' >"$scratch/bin/uname"
compiler gcc x86_64-linux-gnu
cross riscv64 CROSS_COMPILE=
refused 1 "klpmake: error: 'gcc' makes code for 'x86_64-linux-gnu', and the target is 'riscv64'; get one with
  $hint" 'one for another machine'
compiler mine-gcc ''
cross riscv64 CROSS_COMPILE=mine-
refused 1 "'mine-gcc' makes code for 'an unknown machine'" 'one that does not say'

# A kernel that clang 87 compiled.
mkdir -p "$scratch/kdir/include/config"
auto=$scratch/kdir/include/config/auto.conf
printf 'CONFIG_CLANG_VERSION=0\n' >"$auto"
cross x86_64
is "$status:$out" '0: none' 'a kernel that was not compiled by clang'
printf 'CONFIG_CLANG_VERSION=870304\n' >"$auto"
cross x86_64 LLVM=-86
refused 1 "klpmake: error: this kernel was compiled by clang 87, and 'clang-86' is not installed; get it with
  sudo apt-get install clang-87 lld-87 llvm-87  # Debian and Ubuntu
  or name another one with LLVM, as for kbuild" 'clang that is not there'
for tool in clang ld.lld llvm-objcopy; do
	compiler "$tool" nobody
	compiler "$tool-86" nobody
done
cross x86_64
is "$status:$out" '0:LLVM=1 none' 'the only clang there is'
compiler clang-87 nobody
cross x86_64
refused 1 "'ld.lld-87' is not installed" 'clang without its linker'
compiler ld.lld-87 nobody
compiler llvm-objcopy-87 nobody
cross x86_64
is "$status:$out" '0:LLVM=-87 none' "the kernel's clang, also on a machine like the target"
cross riscv64
is "$status:$out" '0:ARCH=riscv LLVM=-87 none' '... and for another'
cross x86_64 LLVM=-86
is "$status:$out" '0:LLVM=-86 none' "the user's clang"
cross x86_64 LLVM="$scratch/bin/"
is "$status:$out" "0:LLVM=$scratch/bin/ none" '... by its directory'
rm "$auto"

# e_machine is at 18: EM_AARCH64, or EM_RISCV where that is what this machine is.
other='\267\0'
[[ $(uname -m) != aarch64 ]] || other='\363\0'
printf '%b' "$other" | dd of="$scratch/kdir/scripts/mod/modpost" bs=1 seek=18 conv=notrunc status=none
cross riscv64
refused 1 "klpmake: error: the programs in '$scratch/kdir' are for '" 'a build directory of another machine'
has "$err" 'and do not run here: take a build directory that was made on a machine like this one' '... with the way out'
cross x86_64 KLPMAKE_TEST_SHELL="$scratch/kdir/scripts/mod/modpost"
is "$status:$out" '0: none' "one of the shell's machine, in a process that is QEMU's (qemu-user)"

# A guest of that architecture, where there is no QEMU.
mkdir "$scratch/tools"
ln -s "$(type -P bash)" "$(type -P readelf)" "$(type -P sed)" "$scratch/bin/uname" "$scratch/tools"
# shellcheck disable=SC2016
PATH=$scratch/tools run bash -c '
	program=guest home=.
	. "$1/scripts/lib/common.bash"
	. "$1/scripts/lib/machines.bash"
	. "$1/scripts/lib/guest/machine.bash"
	guest_machine "$2"
' - "$top" "$scratch/kdir/scripts/mod/modpost"
refused 1 "is not installed; './scripts/setup foreign' installs it" 'the QEMU of a foreign machine'

done_testing
