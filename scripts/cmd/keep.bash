# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake keep NAME' ends the trial of a livepatch: it stays.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/run/all.bash
. "$home/scripts/lib/run/all.bash"
# shellcheck source=scripts/lib/run/hosts.bash
. "$home/scripts/lib/run/hosts.bash"

kept=''

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake keep [OPTION...] NAME
End the trial of a livepatch that was loaded with --trial: it stays. Once its
time is over, it goes.

$hosts_usage  -q, --quiet           show nothing but errors
      --json            report as one JSON object on standard output
  -h, --help            this help
USAGE
}

option()
{
	hosts_option "$@" || case $1 in
		--quiet) verbosity=0 ;;
		--json) json=1 ;;
	esac
}

main_keep()
{
	program='klpmake keep'
	options_parse option "$@"
	((${#operands[@]} == 1)) || usage_error 'which livepatch? give its name'
	at_exit keep_finish
	heed_signals
	report_begin
	patch_name "${operands[0]}"
	((!${#hosts[@]})) || hosts_run '' keep "$REPLY"
	need_root 'keeping a livepatch'
	keep_one "$REPLY"
}

# keep_one NAME
keep_one()
{
	patch_is_there "$1" || trial_is_ending "$1" || die "no livepatch '$1' is loaded: 'klpmake list' shows those that are"
	if ! trial_settle "$1" kept; then
		! trial_is_ending "$1" || die "too late: the trial of '$1' is over, and it is being taken back"
		die "'$1' is not on trial"
	fi
	rm -f -- "$trial_file"
	kept=$1
	say "$1: stays"
	! patch_moves "$1" || say "  it is still in transition: 'klpmake why' says what keeps it"
}

# keep_finish STATUS
keep_finish()
{
	report_end "$1" keep_json
}

keep_json()
{
	printf '"kept": '
	json_or_null "$kept"
}
