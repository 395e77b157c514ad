# SPDX-License-Identifier: GPL-2.0-only
#
# Packages from Debian's archive that are unpacked and not installed. Those of this machine's architecture come through
# its own apt, those of another one through an apt that knows only Debian. Source common.bash first.

# The release of Debian that foreign packages come from; empty: one that has the architecture.
archive_suite=''

# suite_with ARCHITECTURE: trixie has riscv64 and all others except the one that a later release has added.
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

# What apt knows about packages, after archive_read: "PACKAGE FIELD" -> value.
declare -A archive_fact=()

# archive_read PACKAGE...: asks apt about all of them at once; a package that apt does not know has no
# facts. PACKAGE=VERSION is for another version than the newest.
archive_read()
{
	local package field value
	while IFS=$'\t' read -r package field value; do
		archive_fact["$package $field"]=$value
	done < <(apt-cache show --no-all-versions "$@" 2>/dev/null | awk '
		/^Package: / { package = $2 }
		/^(Version|Depends|Size|Installed-Size|SHA256): / {
			field = $1
			sub(/:$/, "", field)
			sub(/^[^:]*: */, "")
			print package "\t" field "\t" $0
		}')
}

# archive_has PACKAGE: whether apt can download it. A package that is only installed does not have a checksum.
archive_has()
{
	[[ -n ${archive_fact["$1 SHA256"]-} ]]
}

# archive_size Size|Installed-Size PACKAGE...: the sum for all of them, in words. Debian counts the second in KiB.
archive_size()
{
	local field=$1 bytes=0 package
	shift
	for package; do
		bytes=$((bytes + ${archive_fact["${package%%=*} $field"]:-0} * (${#field} > 4 ? 1024 : 1)))
	done
	size_in_words "$bytes"
}

# size_in_words BYTES
size_in_words()
{
	if (($1 < 999500000)); then
		printf '%d MB\n' $((($1 + 500000) / 1000000))
	else
		printf '%d.%d GB\n' $((($1 + 50000000) / 1000000000)) $((($1 + 50000000) / 100000000 % 10))
	fi
}

# archive_resume DIR: of the files that an earlier run left in DIR, keeps those that are wanted now, whole
# or partial.
archive_resume()
{
	local deb
	for deb in "$1"/*.deb; do
		[[ ! -e $deb ]] || archive_wants "$deb" || rm -f -- "$deb"
	done
}

# archive_wants DEB: whether the file is wanted. The download of a partial file continues, and is then verified.
archive_wants()
{
	local package=${1##*/} version
	version=${package#*_}
	package=${package%%_*}
	[[ ${version%_*} == "${archive_fact["$package Version"]-}" ]] || return
	(($(stat -c %s -- "$1") < ${archive_fact["$package Size"]})) ||
		[[ $(sha256sum <"$1") == "${archive_fact["$package SHA256"]-}  -" ]]
}

# archive_download DIR PACKAGE...: downloads the packages' files into DIR, except those that are whole
# already. 'apt-get download' would begin a partial file anew; apt's helper for scripts continues it, and
# verifies the checksum as well.
archive_download()
{
	local dir=$1 options=(-qq) uris uri file size sum wanted=()
	shift
	mkdir -p "$dir"
	# As root, apt would change to a user who cannot write into this directory, and complain of that.
	((EUID != 0)) || options+=(-o APT::Sandbox::User=root)
	uris=$(apt-get "${options[@]}" download --print-uris "$@") || archive_refused "$@"
	while read -r uri file size sum; do
		[[ $(stat -c %s -- "$dir/$file" 2>/dev/null) == "$size" ]] || wanted+=("${uri//\'/}" "$dir/$file" "$sum")
	done <<<"$uris"
	((${#wanted[@]})) || return 0
	# It shows progress on a terminal.
	[[ ! -t 2 ]] || ((verbosity < 1)) || options=("${options[@]:1}")
	PATH=$PATH:/usr/lib/apt apt-helper ${options[@]+"${options[@]}"} download-file "${wanted[@]}" >&2 || archive_refused "$@"
}

archive_refused()
{
	die "cannot download '$*'; if apt's lists are old, run 'apt-get update'"
}

# archive_foreign DIR ARCHITECTURE PACKAGE: unpacks it into DIR. apt verifies Debian's signature. The settings of
# this machine's apt are neither used nor changed, because they may be those of another distribution.
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
