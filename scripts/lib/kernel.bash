# SPDX-License-Identifier: GPL-2.0-only
#
# Where the parts of a kernel are. Every distribution puts them somewhere else, and so does a kernel that was only
# fetched; only this file knows the places. Source common.bash first.
#
# Finders return 1 when they find nothing. KLPMAKE_ROOT stands for '/', and
# KLPMAKE_OS_RELEASE for /etc/os-release, so that tests can imitate any machine.

# kernel_roots RELEASE: sets roots to the trees to look in, best first: this machine, then the fetched kernel.
kernel_roots()
{
	local cache
	cache_find
	roots=("${KLPMAKE_ROOT:-}" ${kernel_cache_is_safe:+"$cache/kernels/$1"})
}

# root_alone_writes PATH: whether only root can change what lies there, also through the directories and links of the path.
root_alone_writes()
{
	local path paths list=() owner mode
	absolute "$1"
	paths=("$REPLY")
	has_no_links "$REPLY" || paths+=("$(readlink -m -- "$1")")
	for path in "${paths[@]}"; do
		while [[ $path == */* && -n $path ]]; do
			list+=("$path")
			path=${path%/*}
		done
	done
	while read -r owner mode; do
		[[ $owner == 0 && ($mode == l* || $mode != ????????w[!tT]) ]] || return 1
	done < <(stat -c '%u %A' -- "${list[@]}" 2>/dev/null)
}

# klpmake runs Makefiles and programs of a build directory in the cache. Under sudo, HOME may still be that of a user;
# root then must not run the user's files.
kernel_cache_is_safe=1
cache_find
((EUID)) || root_alone_writes "$cache/kernels" || kernel_cache_is_safe=''

# kernel_find RELEASE PATH...: sets REPLY to the first of the paths, in the order given, that exists in a root.
# It tries one path in every root before the next path. A file that cannot be read (some
# distributions hide their images from users) is taken only if there is no other: its name explains the failure.
kernel_find()
{
	local path root roots unreadable=''
	kernel_roots "$1"
	shift
	for path; do
		for root in "${roots[@]}"; do
			REPLY=$root/$path
			[[ -e $REPLY ]] || continue
			[[ ! -r $REPLY ]] || return 0
			unreadable=${unreadable:-$REPLY}
		done
	done
	REPLY=$unreadable
	[[ -n $REPLY ]]
}

# kernel_part PART RELEASE: sets REPLY to the place of that part.
kernel_part()
{
	case $1 in
		# The build directory's vmlinux comes last: some headers packages ship one that holds BTF but no
		# DWARF, which must not hide a real one in another root.
		vmlinux)
			kernel_find "$2" \
				"usr/lib/debug/lib/modules/$2/vmlinux" \
				"usr/lib/debug/boot/vmlinux-$2" \
				"usr/lib/debug/vmlinux-$2" \
				"lib/modules/$2/vmlinux" \
				"boot/vmlinux-$2" \
				"lib/modules/$2/build/vmlinux"
			;;
		kdir) kernel_find "$2" "lib/modules/$2/build" ;;
		modules) kernel_find "$2" "lib/modules/$2" ;;
		# Separate debug files, or modules that contain their debug information.
		debug-modules) kernel_find "$2" "usr/lib/debug/lib/modules/$2" "lib/modules/$2" ;;
		# The compressed image if the architecture has one, else the plain one.
		image)
			kernel_find "$2" \
				"boot/vmlinuz-$2" \
				"lib/modules/$2/vmlinuz" \
				"boot/Image-$2" \
				"boot/image-$2" \
				"lib/modules/$2/Image"
			;;
		symbols) kernel_find_symbols "$2" ;;
	esac
}

# A System.map that has symbols: that of Debian's /boot is one line that says where the real one is.
kernel_find_symbols()
{
	local path root roots
	kernel_roots "$1"
	for path in "usr/lib/debug/boot/System.map-$1" "usr/lib/debug/lib/modules/$1/System.map" \
		"boot/System.map-$1" "lib/modules/$1/System.map" "lib/modules/$1/build/System.map"; do
		for root in "${roots[@]}"; do
			REPLY=$root/$path
			[[ ! -r $REPLY ]] || ! has_two_lines <"$REPLY" || return 0
		done
	done
	REPLY=''
	return 1
}

# The same, printed, for $(...).
kernel_vmlinux() { kernel_part vmlinux "$1" && printf '%s\n' "$REPLY"; }
kernel_kdir() { kernel_part kdir "$1" && printf '%s\n' "$REPLY"; }
kernel_modules() { kernel_part modules "$1" && printf '%s\n' "$REPLY"; }
kernel_image() { kernel_part image "$1" && printf '%s\n' "$REPLY"; }
kernel_symbols() { kernel_part symbols "$1" && printf '%s\n' "$REPLY"; }

has_two_lines()
{
	read -r _ && read -r _
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

# kernel_fetcher RELEASE: klpmake's own command that gets a kernel without installing it.
kernel_fetcher()
{
	# shellcheck disable=SC2154 # home is the program's
	if [[ $1 =~ -klpmake-(.+)-[0-9a-f]{8}$ ]]; then
		printf '%s/scripts/dev/test-kernel %s\n' "$home" "${BASH_REMATCH[1]}"
	else
		printf '%s/scripts/fetch-kernel %s\n' "$home" "$1"
	fi
}

# kernel_hint headers|debug|image RELEASE: prints the command that gets the missing part on this distribution.
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

# Here a release is VERSION-FLAVOUR, and the flavour is part of the packages' names.
hint_zypper()
{
	local flavour=${2##*-} version=${2%-*}
	case $1 in
		headers) printf 'sudo zypper install kernel-%s-devel=%s\n' "$flavour" "$version" ;;
		debug) printf 'sudo zypper install kernel-%s-debuginfo=%s\n' "$flavour" "$version" ;;
		image) printf 'sudo zypper install kernel-%s=%s\n' "$flavour" "$version" ;;
	esac
}

# Here a release ends in the flavour, except for the plain kernel (6.9.1-arch1-1, 6.6.30-1-lts).
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
