# SPDX-License-Identifier: GPL-2.0-only
#
# What every klpmake script needs: how it speaks, and how it fails.
# Exit codes everywhere: 0 done, 1 refused or failed, 2 wrong usage.

program=${program:-$(basename "$0")}
verbosity=${verbosity:-1}

# die MESSAGE: lower case, no full stop, what failed first, the subject in single quotes.
die()
{
	printf '%s: error: %s\n' "$program" "$1" >&2
	exit 1
}

usage_error()
{
	printf "%s: %s\nTry '%s --help'.\n" "$program" "$1" "$program" >&2
	exit 2
}

warn()
{
	printf '%s: warning: %s\n' "$program" "$1" >&2
}

# temporary -d|-f: prints the name of a new directory or file, which is for the caller to take away.
temporary()
{
	local where=${TMPDIR:-/tmp} option=()
	[[ $1 != -d ]] || option=(-d)
	mktemp "${option[@]}" "$where/klpmake.XXXXXX" 2>/dev/null ||
		die "cannot write to '$where': set TMPDIR to a directory for temporary files"
}

# say MESSAGE: progress for people; -q silences it.
say()
{
	((verbosity < 1)) || printf '%s\n' "$1"
}

# Where klpmake keeps what it fetched or built once and can fetch or build again.
klpmake_cache()
{
	printf '%s\n' "${KLPMAKE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/klpmake}"
}
