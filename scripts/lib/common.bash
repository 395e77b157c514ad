# SPDX-License-Identifier: GPL-2.0-only
#
# What every klpmake script needs: how it prints messages, and how it fails.
# Exit codes everywhere: 0 done, 1 refused or failed, 2 wrong usage.

# shellcheck source=scripts/lib/environment.bash
. "${BASH_SOURCE[0]%/*}/environment.bash"

program=${program:-$(basename "$0")}
verbosity=${verbosity:-1}

# die MESSAGE: lower case, no full stop, what failed first, the subject in single quotes.
die()
{
	complain "error: $1"
	exit 1
}

# usage_error MESSAGE: as die, for a wrong command line.
usage_error()
{
	complain "error: $1"$'\n'"  try '$program --help'"
	exit 2
}

warn()
{
	complain "warning: $1"
}

# complain TEXT: prints it on standard error; names in it may hold any bytes.
complain()
{
	if [[ ${1//[$'\n\t']/} == *[[:cntrl:]]* || $1 == *$'\xc2'[$'\x80'-$'\x9f']* ]]; then
		printf '%s: %s\n' "$program" "$1" | printable_lines >&2
	else
		printf '%s: %s\n' "$program" "$1" >&2
	fi
}

# printable_lines: a filter. Control characters that a terminal would obey, except newline and tab, become \xNN,
# because names come from anywhere (src/base/printable.h).
printable_lines()
{
	awk '
		BEGIN { for (i = 1; i < 256; i++) code[sprintf("%c", i)] = sprintf("\\x%02x", i) }
		{
			while (match($0, /[\001-\010\013-\037\177]|\302[\200-\237]/)) {
				printf "%s", substr($0, 1, RSTART - 1)
				for (i = 0; i < RLENGTH; i++) printf "%s", code[substr($0, RSTART + i, 1)]
				$0 = substr($0, RSTART + RLENGTH)
			}
			print
		}'
}

# real_directory DIRECTORY: sets REPLY to its path without links; dies if nobody may go there. Nearly always the path has
# none, and nothing has to be started to find that out.
real_directory()
{
	case $1 in
		/*) REPLY=${1%/} ;;
		.) REPLY=$PWD ;;
		*) REPLY=$PWD/${1%/} ;;
	esac
	if [[ ! -d $REPLY || ! -x $REPLY ]] || ! has_no_links "$REPLY"; then
		REPLY=$(directory_without_links "$1") || exit
	fi
}

# has_no_links PATH: whether this absolute path is plain and leads to its end without a link, '.' or '..'.
has_no_links()
{
	local path=$1
	[[ $path/ != *//* && $path/ != */./* && $path/ != */../* && $path != *[[:cntrl:]]* ]] || return
	while [[ -n $path ]]; do
		[[ ! -L $path ]] || return
		path=${path%/*}
	done
}

# directory_without_links DIRECTORY: prints its path, and stays there. It is for $(...), which drops newlines at the end of
# a name, so that it would be the name of another directory.
directory_without_links()
{
	# 'cd' must not take it for an option or for the last directory.
	[[ $1 == /* ]] || set -- "./$1"
	cd -P "$1" || exit 1
	[[ $PWD != *[[:cntrl:]]* ]] || die "'$PWD': the path has control characters: rename it"
	printf '%s\n' "$PWD"
}

# absolute PATH: sets REPLY to it as an absolute path, because some programs run in the work directory.
absolute()
{
	REPLY=$1
	[[ $REPLY == /* ]] || REPLY=$PWD/$REPLY
}

# own_status NAME: sets REPLY to what the kernel says of this process under that name; 1 if it does not (proc(5), status).
own_status()
{
	local name
	{
		while IFS=$':\t' read -r name REPLY; do
			[[ $name != "$1" ]] || return 0
		done </proc/self/status
	} 2>/dev/null
	return 1
}

# temporary -d|-f: prints the name of a new directory or file, which the caller removes.
temporary()
{
	local where=${TMPDIR:-/tmp} option=()
	[[ $where == /* ]] || where=$PWD/$where
	[[ $1 != -d ]] || option=(-d)
	mktemp "${option[@]}" "$where/klpmake.XXXXXX" 2>/dev/null ||
		die "cannot write to '$where': set TMPDIR to a directory for temporary files"
}

# is_module_name NAME: names become paths, in /sys, in directories of klpmake's, and in guests.
is_module_name()
{
	[[ $1 =~ ^[A-Za-z0-9_]{1,55}$ ]]
}

# say MESSAGE: prints progress for people, unless -q is given.
say()
{
	((verbosity < 1)) || printf '%s\n' "$1"
}

# cache_find: sets cache to where klpmake keeps what it fetched or built once and can fetch or build again.
cache_find()
{
	cache=${KLPMAKE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/klpmake}
}

# klpmake_cache: prints the same.
klpmake_cache()
{
	local cache
	cache_find
	printf '%s\n' "$cache"
}
