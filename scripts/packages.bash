# SPDX-License-Identifier: GPL-2.0-only
#
# What klpmake needs, and from where: in packages for Debian and its relatives, in words for all
# others. The one list that setup, demo, test and CI go by. Source common.bash and machines.bash first.

# own_machine: finds the row of this machine; of one that is not known, that of the most common.
own_machine()
{
	machine_row name "$(uname -m)" || machine_row name x86_64
}

# other_machines: a compiler and a QEMU for each machine that this one is not.
other_machines()
{
	local name
	for name in x86_64 riscv64 aarch64 ppc64le s390x; do
		[[ $name != "$(uname -m)" ]] || continue
		machine_row name "$name"
		printf '%s\n' "$(compiler_package)" "$machine_package"
	done
}

# packages GROUP: one a line; 'a|b' is for a package that has another name in another release.
packages()
{
	case $1 in
		# The compiler only recommends the C library's headers, and recommended is not installed.
		build) printf '%s\n' gcc libc6-dev make pkg-config libelf-dev libdwarf-dev ;;
		run) printf '%s\n' bash binutils gcc libc6-dev make 'libelf1t64|libelf1' libdwarf1 ;;
		try)
			own_machine
			printf '%s\n' "$machine_package" busybox-static binutils cpio xz-utils zstd
			;;
		test) printf '%s\n' perl procps kmod shellcheck clang-format clang-tidy cppcheck libdw-dev ;;
		# Kernels for other architectures, their modules, and their machines; klpmake's programs as on such.
		foreign)
			other_machines
			printf '%s\n' gcc libc6-dev make flex bison bc patch xz-utils perl debian-archive-keyring \
				libc6-dev-s390x-cross gcc-i686-linux-gnu libc6-dev-i386-cross qemu-user \
				clang-19 lld-19 llvm-19
			;;
	esac
}

# in_words GROUP: the same for a distribution whose package names nobody has told us.
in_words()
{
	case $1 in
		build) printf 'gcc, make, pkg-config, and the development files of libelf and libdwarf\n' ;;
		run) printf 'binutils, make, and the gcc that built the kernel\n' ;;
		try)
			own_machine
			printf '%s, a statically linked busybox, cpio, xz and zstd\n' "$machine_qemu"
			;;
		test) printf "perl's prove, pgrep, sysctl, kmod, shellcheck, clang-format, clang-tidy, cppcheck, and libdw's development files\n" ;;
		foreign) printf 'gccs for riscv64, arm64, ppc64le, s390x and i386 (the last two with a C library), clang 19 with lld and LLVM, qemu-system-riscv64, -aarch64, -ppc64 and -s390x, qemu-s390x and -i386, flex, bison, bc, patch, perl\n' ;;
	esac
}

is_installed()
{
	# shellcheck disable=SC2016
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Read whole: a grep that stops at the first match would at times kill apt-cache, and so say no.
is_available()
{
	[[ $(apt-cache show --no-all-versions "$1" 2>/dev/null) == *Filename:* ]]
}

# missing_packages GROUP...: what is to be installed; a package that apt does not know stands there
# by its first name, for apt to complain of.
missing_packages()
{
	local group names name
	for group; do
		while IFS='|' read -r -a names; do
			for name in "${names[@]}"; do
				! is_installed "$name" || continue 2
			done
			for name in "${names[@]}" "${names[0]}"; do
				! is_available "$name" || break
			done
			printf '%s\n' "$name"
		done < <(packages "$group")
	done | sort -u
}
