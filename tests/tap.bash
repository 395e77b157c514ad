# SPDX-License-Identifier: GPL-2.0-only
#
# TAP for the tests: assertions, a scratch directory, captured runs of commands. A test sources this
# file first and ends with done_testing. If it dies before, it has printed no plan, and prove counts
# that as a failure: a signal is never a pass.

set -uo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # for the tests
bin=${KLPMAKE_BIN:-$top/build}
# In a build with sanitizers, what they find (leaks, too) ends a program with a status that no test expects.
export ASAN_OPTIONS=exitcode=99${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export LSAN_OPTIONS="suppressions='$top/tests/leaks.txt':print_suppressions=0"
# No test asks the servers of whoever runs it.
unset DEBUGINFOD_URLS
tap_count=0
tap_failed=0

scratch=$(mktemp -d "${TMPDIR:-/tmp}/klpmake-test.XXXXXX")
trap 'tap_end' EXIT

# tap_end: KLPMAKE_KEEP=1 leaves what the test has made.
tap_end()
{
	if [[ -n ${KLPMAKE_KEEP-} ]]; then
		diag "kept: $scratch"
	else
		rm -rf "$scratch"
	fi
}

# pass NAME, fail NAME: one result line.
pass()
{
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s\n' "$tap_count" "$1"
}

fail()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - %s\n' "$tap_count" "$1"
}

# diag TEXT: why something failed. It goes to standard error, which prove shows without being asked.
diag()
{
	local line
	while IFS= read -r line; do
		printf '# %s\n' "$line" >&2
	done <<<"$1"
}

# skip NAME REASON: counts as passed, and prove's totals say that it was skipped.
skip()
{
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

skip_all()
{
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

# run COMMAND [ARG...]: sets $status, $out and $err.
run()
{
	"$@" >"$scratch/.out" 2>"$scratch/.err" </dev/null
	status=$?
	out=$(<"$scratch/.out")
	err=$(<"$scratch/.err")
}

# json_messages JSON: its messages, one on a line, as SEVERITY|FILE|LINE|CHECK|TEXT: '-' stands for null,
# and a slash for a line break in the text.
json_messages()
{
	perl -MJSON::PP -CO -e '
		for my $m (@{decode_json(shift)->{messages}}) {
			(my $text = $m->{text}) =~ s,\n,/,g;
			print join("|", map({ $_ // "-" } @{$m}{qw(severity file line check)}), $text), "\n";
		}' "$1"
}

# exits WANT NAME: the last run ended with that exit status.
exits()
{
	if [[ $status == "$1" ]]; then
		pass "$2"
	else
		fail "$2"
		diag "exit status $status, wanted $1"
		diag "stdout: $out"
		diag "stderr: $err"
	fi
}

# is GOT WANT NAME: the two are equal.
is()
{
	if [[ $1 == "$2" ]]; then
		pass "$3"
	else
		fail "$3"
		diag "got:    $1"
		diag "wanted: $2"
	fi
}

# has TEXT PART NAME: TEXT contains PART literally.
has()
{
	if [[ $1 == *"$2"* ]]; then
		pass "$3"
	else
		fail "$3"
		diag "not there: $2"
		diag "in: $1"
	fi
}

# lacks TEXT PART NAME: TEXT does not contain PART.
lacks()
{
	if [[ $1 != *"$2"* ]]; then
		pass "$3"
	else
		fail "$3"
		diag "should not be there: $2"
		diag "in: $1"
	fi
}

# holds NAME COMMAND [ARG...]: the command succeeds.
holds()
{
	local name=$1
	shift
	if "$@" >"$scratch/.out" 2>"$scratch/.err" </dev/null; then
		pass "$name"
	else
		fail "$name"
		diag "failed: $*"
		diag "$(<"$scratch/.err")"
	fi
}

# make_elfedit: $scratch/elfedit changes single fields of a copy of an ELF file. All tests of one 'make check' share one
# (tests/mini.bash).
make_elfedit()
{
	local made=${KLPMAKE_MINI:-$scratch}/elfedit
	[[ -x $made ]] || {
		"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -o "$made.$$" "$top/tests/elfedit.c" && mv "$made.$$" "$made" || return
	}
	[[ $made -ef $scratch/elfedit ]] || cp "$made" "$scratch/elfedit"
}

# until_holds COMMAND [ARG...]: waits for it, a minute at the most.
until_holds()
{
	local tries=0
	until "$@" 2>/dev/null; do
		((++tries < 600)) || return
		sleep 0.1
	done
}

# refused STATUS MESSAGE NAME: the last run ended with STATUS, never by a signal, and its standard error has
# MESSAGE. NAME says what was refused.
refused()
{
	if [[ $status == "$1" && $err == *"$2"* ]]; then
		pass "refused: $3"
	else
		fail "refused: $3"
		diag "exit status $status, wanted $1"
		diag "wanted in stderr: $2"
		diag "stderr: $err"
	fi
}

done_testing()
{
	printf '1..%d\n' "$tap_count"
	exit $((tap_failed > 0))
}
