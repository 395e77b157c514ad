# SPDX-License-Identifier: GPL-2.0-only
#
# What klpmake needs, and from where: in packages for Debian and its relatives, in words for all
# others. The one list that setup, demo, test and CI go by. Source common.bash first.

# packages GROUP: one a line; 'a|b' is for a package that has another name in another release.
packages()
{
	case $1 in
		# The compiler only recommends the C library's headers, and recommended is not installed.
		build) printf '%s\n' gcc libc6-dev make pkg-config libelf-dev libdwarf-dev ;;
		run) printf '%s\n' bash binutils gcc libc6-dev make 'libelf1t64|libelf1' libdwarf1 ;;
		try) printf '%s\n' qemu-system-x86 busybox-static binutils cpio xz-utils zstd ;;
		test) printf '%s\n' perl procps kmod shellcheck clang-format clang-tidy cppcheck libdw-dev ;;
		# Kernels for other architectures, their modules, and their machines.
		foreign) printf '%s\n' gcc-riscv64-linux-gnu gcc-aarch64-linux-gnu gcc-powerpc64le-linux-gnu \
			gcc-s390x-linux-gnu clang-19 lld-19 llvm-19 qemu-system-misc qemu-system-arm qemu-system-ppc gcc libc6-dev make flex bison bc patch \
			xz-utils perl debian-archive-keyring ;;
	esac
}

# in_words GROUP: the same for a distribution whose package names nobody has told us.
in_words()
{
	case $1 in
		build) printf 'gcc, make, pkg-config, and the development files of libelf and libdwarf\n' ;;
		run) printf 'binutils, make, and the gcc that built the kernel\n' ;;
		try) printf 'qemu-system-x86_64, a statically linked busybox, cpio, xz and zstd\n' ;;
		test) printf "perl's prove, pgrep, sysctl, kmod, shellcheck, clang-format, clang-tidy, cppcheck, and libdw's development files\n" ;;
		foreign) printf 'gccs for riscv64, arm64, ppc64le and s390x, clang 19 with lld and LLVM, qemu-system-riscv64, -aarch64, -ppc64 and -s390x, flex, bison, bc, patch, perl\n' ;;
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
