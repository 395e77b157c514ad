# SPDX-License-Identifier: GPL-2.0-only
#
# Where the parts of a kernel are: every distribution, and a kernel that was only fetched, puts
# them somewhere else, and nobody but this file should have to know. Source common.bash first.
#
# Each finder prints one path, or prints nothing and returns 1. KLPMAKE_ROOT stands for '/', and
# KLPMAKE_OS_RELEASE for /etc/os-release, so that tests can show any machine.

# kernel_roots RELEASE: the trees to look in, best first: this machine, then what was fetched.
kernel_roots()
{
	printf '%s\n' "${KLPMAKE_ROOT:-}" "$(klpmake_cache)/kernels/$1"
}

# kernel_find RELEASE PATH...: the first of the paths, in the order given, that a root has.
# Every root is asked for one path before the next path is tried. One that cannot be read (some
# distributions keep their images from users) is better than none only: its name explains.
kernel_find()
{
	local release=$1 path root unreadable=''
	shift
	for path; do
		while IFS= read -r root; do
			[[ -e $root/$path ]] || continue
			if [[ -r $root/$path ]]; then
				printf '%s\n' "$root/$path"
				return 0
			fi
			unreadable=${unreadable:-$root/$path}
		done < <(kernel_roots "$release")
	done
	[[ -n $unreadable ]] && printf '%s\n' "$unreadable"
}

# The build directory's vmlinux comes last: some headers packages ship one that holds BTF but no
# DWARF, which must not hide a real one in another root.
kernel_vmlinux()
{
	kernel_find "$1" \
		"usr/lib/debug/lib/modules/$1/vmlinux" \
		"usr/lib/debug/boot/vmlinux-$1" \
		"usr/lib/debug/vmlinux-$1" \
		"lib/modules/$1/vmlinux" \
		"boot/vmlinux-$1" \
		"lib/modules/$1/build/vmlinux"
}

kernel_kdir()
{
	kernel_find "$1" "lib/modules/$1/build"
}

kernel_modules()
{
	kernel_find "$1" "lib/modules/$1"
}

# The compressed image where the architecture has one, the plain one of the others.
kernel_image()
{
	kernel_find "$1" \
		"boot/vmlinuz-$1" \
		"lib/modules/$1/vmlinuz" \
		"boot/Image-$1" \
		"boot/image-$1" \
		"lib/modules/$1/Image"
}

# A System.map that holds symbols: Debian's /boot has one line that only says where the real one is.
kernel_symbols()
{
	local path root
	for path in "usr/lib/debug/boot/System.map-$1" "boot/System.map-$1" \
		"lib/modules/$1/System.map" "lib/modules/$1/build/System.map"; do
		while IFS= read -r root; do
			if [[ -r $root/$path ]] && (($(head -n 2 -- "$root/$path" | wc -l) == 2)); then
				printf '%s\n' "$root/$path"
				return 0
			fi
		done < <(kernel_roots "$1")
	done
	return 1
}

# kernel_os: this distribution and its relatives, as os-release words: "ubuntu debian".
kernel_os()
(
	file=${KLPMAKE_OS_RELEASE:-${KLPMAKE_ROOT:-}/etc/os-release}
	ID='' ID_LIKE=''
	# shellcheck source=/dev/null
	[[ ! -r $file ]] || . "$file"
	printf '%s %s\n' "$ID" "$ID_LIKE"
)

# kernel_fetcher RELEASE: our own command that gets a kernel without installing it.
kernel_fetcher()
{
	local scripts
	scripts=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
	if [[ $1 =~ -klpmake-(.+)-[0-9a-f]{8}$ ]]; then
		printf '%s/test-kernel %s\n' "$scripts" "${BASH_REMATCH[1]}"
	else
		printf '%s/fetch-kernel %s\n' "$scripts" "$1"
	fi
}

# kernel_hint headers|debug|image RELEASE: the one command that gets the missing part here.
kernel_hint()
{
	local part=$1 release=$2 os
	if [[ $release =~ -klpmake-(.+)-[0-9a-f]{8}$ ]]; then
		kernel_fetcher "$release"
		return 0
	fi
	for os in $(kernel_os); do
		case $os in
			ubuntu) hint_ubuntu "$part" "$release" ;;
			debian) hint_debian "$part" "$release" ;;
			fedora | rhel | centos | openEuler) hint_dnf "$part" "$release" ;;
			suse | opensuse | sles) hint_zypper "$part" "$release" ;;
			arch) hint_pacman "$part" "$release" ;;
			*) continue ;;
		esac
		return 0
	done
	hint_words "$part" "$release"
}

hint_debian()
{
	case $1 in
		headers) printf 'sudo apt-get install linux-headers-%s\n' "$2" ;;
		debug) printf 'sudo apt-get install linux-image-%s-dbg\n' "$2" ;;
		image) printf 'sudo apt-get install linux-image-%s\n' "$2" ;;
	esac
}

hint_ubuntu()
{
	case $1 in
		debug)
			printf 'sudo apt-get install linux-image-%s-dbgsym  # from ddebs.ubuntu.com, %s\n' \
				"$2" 'see https://ubuntu.com/server/docs/debug-symbol-packages'
			;;
		*) hint_debian "$@" ;;
	esac
}

hint_dnf()
{
	case $1 in
		headers) printf 'sudo dnf install kernel-devel-%s\n' "$2" ;;
		debug) printf 'sudo dnf debuginfo-install kernel-%s\n' "$2" ;;
		image) printf 'sudo dnf install kernel-core-%s\n' "$2" ;;
	esac
}

# A release here is VERSION-FLAVOUR and the flavour is part of the packages' names.
hint_zypper()
{
	local flavour=${2##*-} version=${2%-*}
	case $1 in
		headers) printf 'sudo zypper install kernel-%s-devel=%s\n' "$flavour" "$version" ;;
		debug) printf 'sudo zypper install kernel-%s-debuginfo=%s\n' "$flavour" "$version" ;;
		image) printf 'sudo zypper install kernel-%s=%s\n' "$flavour" "$version" ;;
	esac
}

# A release here ends in the flavour for all kernels but the plain one (6.9.1-arch1-1, 6.6.30-1-lts).
hint_pacman()
{
	local package=linux
	case ${2##*-} in
		lts | zen | hardened) package=linux-${2##*-} ;;
	esac
	case $1 in
		headers) printf 'sudo pacman -S %s-headers\n' "$package" ;;
		debug)
			printf 'debuginfod-find debuginfo /lib/modules/%s/build/vmlinux  # %s\n' "$2" \
				'with DEBUGINFOD_URLS=https://debuginfod.archlinux.org; give its answer as --vmlinux'
			;;
		image) printf 'sudo pacman -S %s\n' "$package" ;;
	esac
}

hint_words()
{
	case $1 in
		headers) printf "install the headers (the build directory) of kernel '%s', or give --kdir\n" "$2" ;;
		debug) printf "install the debug vmlinux (with DWARF) of kernel '%s', or give --vmlinux\n" "$2" ;;
		image) printf "install kernel '%s', or give --image\n" "$2" ;;
	esac
}
