# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake signal' makes the kernel wake the tasks that keep a transition from ending. They do not see a signal.
# Rule: Documentation/livepatch/livepatch.rst; kernel/livepatch/transition.c, klp_send_signals(). Kernels before 5.1 do it
# when they are told to, later ones by themselves.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/run/all.bash
. "$home/scripts/lib/run/all.bash"

patch='' sent=false

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake signal [OPTION...]
Make the kernel wake the tasks that keep a transition from ending, by a signal
that they do not see, and say what was done: newer kernels send it by themselves
every 15 seconds.

  -q, --quiet           show nothing but errors
      --json            report as one JSON object on standard output
  -h, --help            this help
USAGE
}

option()
{
	case $1 in
		--quiet) verbosity=0 ;;
		--json) json=1 ;;
	esac
}

main_signal()
{
	program='klpmake signal'
	options_parse option "$@"
	no_operands
	at_exit signal_finish
	report_begin
	need_root 'signalling tasks'
	need_livepatch
	if ! moving_patch; then
		say 'no livepatch is in transition'
		return 0
	fi
	patch=$REPLY
	if [[ ! -e $run_sys/kernel/livepatch/$patch/signal ]]; then
		say "$patch: nothing was sent: this kernel signals the tasks that are left by itself, every 15 seconds"
		say "  those that this does not move, 'klpmake why' explains"
		return 0
	fi
	patch_write "$patch" signal 1 || die "the kernel does not signal the tasks of '$patch': its transition may have ended"
	sent=true
	say "$patch: the kernel has signalled the tasks that are left"
}

# signal_finish STATUS
signal_finish()
{
	report_end "$1" signal_json
}

signal_json()
{
	printf '"patch": '
	json_or_null "$patch"
	printf ', "sent": %s' "$sent"
}
