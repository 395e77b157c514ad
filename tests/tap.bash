# SPDX-License-Identifier: GPL-2.0-only
#
# TAP for the tests: a few assertions, a scratch directory, and captured command runs.
# A test sources this file first and ends with done_testing. A test that dies before
# that has printed no plan, which prove counts as a failure: a signal is never a pass.

set -uo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # for the tests
bin=${KLPMAKE_BIN:-$top/build}
# Of a build with sanitizers: what they find, leaks among it, ends a program with a status that no test wants.
export ASAN_OPTIONS=exitcode=99${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export LSAN_OPTIONS="suppressions='$top/tests/leaks.txt':print_suppressions=0"
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

# diag TEXT: why something failed. On standard error, as prove shows that without being asked.
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

# json_messages JSON: its messages, one a line: SEVERITY|FILE|LINE|CHECK|TEXT, '-' for null, the lines of
# the text joined by a slash.
json_messages()
{
	perl -MJSON::PP -CO -e '
		for my $m (@{decode_json(shift)->{messages}}) {
			(my $text = $m->{text}) =~ s,\n,/,g;
			print join("|", map({ $_ // "-" } @{$m}{qw(severity file line check)}), $text), "\n";
		}' "$1"
}

# exits WANT NAME: the exit status of the last run.
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

# is GOT WANT NAME
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

# has TEXT PART NAME: TEXT contains PART, to the letter.
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

# lacks TEXT PART NAME
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

# make_elfedit: $scratch/elfedit changes single fields of a copy of an ELF file.
make_elfedit()
{
	"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -o "$scratch/elfedit" "$top/tests/elfedit.c"
}

# refused STATUS MESSAGE NAME: the last run exited with STATUS (never by a signal) and its
# standard error holds MESSAGE.
refused()
{
	if [[ $status == "$1" && $err == *"$2"* ]]; then
		pass "$3"
	else
		fail "$3"
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
