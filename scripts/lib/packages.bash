# SPDX-License-Identifier: GPL-2.0-only
#
# What klpmake needs, and where it comes from: as packages for Debian and its relatives, in words for all
# others. setup, demo, test and CI use this one list. Source common.bash and machines.bash first.

# own_machine: finds the row of this machine, or x86_64's if this machine does not have a row.
own_machine()
{
	machine_row name "$(uname -m)" || machine_row name x86_64
}

# other_architectures: those in the variable ARCHES (with the names of make test), except this machine's.
other_architectures()
{
	local all='x86_64 riscv64 arm64 ppc64le s390x loongarch64' arch wanted=${ARCHES:-all}
	for arch in $all; do
		[[ " $wanted " == *' all '* || " $wanted " == *" $arch "* ]] || continue
		machine_row name "$arch" || machine_row debian "$arch"
		[[ $machine_name == "$(uname -m)" ]] || printf '%s\n' "$arch"
	done
}

# other_packages ARCHITECTURE: a compiler and a QEMU. Debian 12 does not have a gcc for loongarch64, and the tests of
# loongarch64 do not use a guest.
other_packages()
{
	if [[ $1 == loongarch64 ]]; then
		printf '%s\n' clang-19 lld-19 llvm-19
		return
	fi
	machine_row name "$1" || machine_row debian "$1"
	compiler_package
	qemu_package
}

# qemu_package: that of the machine. Debian 13 has separate packages for these two.
qemu_package()
{
	case $machine_name in
		riscv64) printf 'qemu-system-riscv|qemu-system-misc\n' ;;
		s390x) printf 'qemu-system-s390x|qemu-system-misc\n' ;;
		*) printf '%s\n' "$machine_package" ;;
	esac
}

# packages GROUP: one per line; 'a|b' is a package that has another name in another release.
packages()
{
	case $1 in
		# The compiler only recommends the C library's headers, and setup does not install recommended packages.
		build) printf '%s\n' gcc libc6-dev make pkg-config libelf-dev libdwarf-dev libdw-dev ;;
		run) printf '%s\n' bash binutils gcc libc6-dev make patch 'libelf1t64|libelf1' libdwarf1 'libdw1t64|libdw1' ;;
		try)
			own_machine
			printf '%s\n' "$(qemu_package)" busybox-static binutils cpio xz-utils zstd
			;;
		test) printf '%s\n' perl procps kmod shellcheck clang-format clang-tidy cppcheck clang lld groff dwz debuginfod \
			build-essential debhelper lintian rpm openssl e2fsprogs ovmf \
			openssh-client dropbear-bin ansible-core ;;
		# What 'make bench' compares with.
		bench) printf '%s\n' gcc libc6-dev libdw-dev libelf-dev gdb ;;
		# Kernels for other architectures, their modules, and their machines.
		foreign)
			local arch
			[[ -z $(other_architectures) ]] || printf '%s\n' gcc libc6-dev make flex bison bc patch xz-utils perl \
				debian-archive-keyring
			for arch in $(other_architectures); do
				other_packages "$arch"
			done
			;;
		# Only compilers, for tests/foreign-mini.t.
		cross)
			local cross
			for cross in riscv64 arm64 ppc64le s390x; do
				machine_row name "$cross" || machine_row debian "$cross"
				[[ $machine_name == "$(uname -m)" ]] || compiler_package
			done
			;;
		# To compile klpmake's programs for other machines: one of another byte order, one of 32 bits.
		hosts)
			printf '%s\n' gcc-s390x-linux-gnu libc6-dev-s390x-cross gcc-i686-linux-gnu libc6-dev-i386-cross \
				qemu-user debian-archive-keyring
			;;
	esac
}

# in_words GROUP: the same for a distribution whose package names are not listed here.
in_words()
{
	case $1 in
		build) printf 'gcc, make, pkg-config, and the development files of libelf, libdwarf and libdw\n' ;;
		run) printf 'binutils, make, and the gcc that built the kernel\n' ;;
		try)
			own_machine
			printf '%s, a statically linked busybox, cpio, xz and zstd\n' "$machine_qemu"
			;;
		test) printf "perl's prove, pgrep, sysctl, kmod, shellcheck, clang, lld, clang-format, clang-tidy, cppcheck, groff, dwz, debuginfod, openssl, mkfs.ext4, the firmware OVMF, ssh, dropbear, Ansible; for the packages build-essential, debhelper, lintian and rpmbuild\n" ;;
		bench) printf 'gcc, the development files of libdw and libelf, and gdb\n' ;;
		foreign) printf 'for each architecture in ARCHES (now: %s) a gcc (loongarch64: clang 19 with lld and LLVM) and qemu-system, and flex, bison, bc, patch, perl\n' "$(other_architectures | paste -sd ' ')" ;;
		cross) printf 'gccs for riscv64, arm64, ppc64le and s390x\n' ;;
		hosts) printf 'gccs for s390x and i386, each with a C library, qemu-s390x and qemu-i386\n' ;;
	esac
}

is_installed()
{
	# shellcheck disable=SC2016
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Reads all of the output: a grep that stops at the first match would sometimes kill apt-cache, and so answer "no".
is_available()
{
	[[ $(apt-cache show --no-all-versions "$1" 2>/dev/null) == *Filename:* ]]
}

# missing_packages GROUP...: lists what has to be installed. Of several names it takes the first that is installed or
# that apt knows. If apt knows none of them, it lists the first name, and apt will complain of that.
missing_packages()
{
	local group names name
	for group; do
		while IFS='|' read -r -a names; do
			for name in "${names[@]}"; do
				! is_installed "$name" || continue 2
				! is_available "$name" || break
				name=${names[0]}
			done
			printf '%s\n' "$name"
		done < <(packages "$group")
	done | sort -u
}
