# SPDX-License-Identifier: GPL-2.0-only
#
# Packages from Debian's archive that are only unpacked: of this machine's architecture through its
# own apt, of another one through an apt that knows nothing but Debian. Source common.bash first.

# The release of Debian that foreign packages are of; empty: one that has the architecture.
archive_suite=''

# suite_with ARCHITECTURE: trixie was the first with riscv64, and has the others as well, but for the
# one that came after it.
suite_with()
{
	case $1 in
		loong64) printf 'forky\n' ;;
		*) printf 'trixie\n' ;;
	esac
}

# archive_version PACKAGE: the version that apt would download.
archive_version()
{
	apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n 's/^Version: //p' | grep .
}

# archive_download DIR PACKAGE...: the packages' files, into DIR.
archive_download()
{
	local dir=$1 options=(-qq)
	shift
	mkdir -p "$dir"
	# As root, apt would drop to a user who can't write into our directory, and complain of it.
	((EUID != 0)) || options+=(-o APT::Sandbox::User=root)
	(cd "$dir" && apt-get "${options[@]}" download "$@" >&2) ||
		die "cannot download '$*'; if apt's lists are old, run 'apt-get update'"
}

# archive_foreign DIR ARCHITECTURE PACKAGE: unpacked into DIR. apt checks Debian's signature; this
# machine's apt is neither asked nor changed, since it may well be another distribution's.
archive_foreign()
{
	local dir=$1 architecture=$2 package=$3 apt=$1/.apt keys=/usr/share/keyrings/debian-archive-keyring.gpg
	local options
	[[ -r $keys ]] || die "cannot verify Debian's packages without '$keys': install debian-archive-keyring"
	mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,none}
	: >"$apt/status"
	printf 'deb [signed-by=%s] http://deb.debian.org/debian %s main\n' "$keys" "${archive_suite:-$(suite_with "$architecture")}" >"$apt/sources"
	options=(-qq -o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache"
		-o Dir::Etc::sourcelist="$apt/sources" -o Dir::Etc::sourceparts="$apt/none" -o Dir::Etc::preferencesparts="$apt/none"
		-o APT::Architecture="$architecture" -o APT::Architectures="$architecture"
		-o Acquire::Languages=none)
	((EUID != 0)) || options+=(-o APT::Sandbox::User=root)
	(cd "$apt" && apt-get "${options[@]}" update && apt-get "${options[@]}" download "$package") >&2 ||
		die "cannot download '$package' for '$architecture' from Debian's archive"
	dpkg-deb -x "$apt"/*.deb "$dir"
	rm -rf "$apt"
}
