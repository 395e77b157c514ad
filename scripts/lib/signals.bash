# SPDX-License-Identifier: GPL-2.0-only
#
# How a script ends that makes something which must not stay behind: it cleans up, and after a signal its status
# says which signal it was. Bash does not run traps while it waits for a foreground command, so these scripts start
# long commands in the background and wait for them with 'wait'.

# at_exit COMMAND: runs it with the status when the script ends, and nothing interrupts it. A child that bash has
# just made runs the script's EXIT trap, too, if a signal comes before the child has its own traps.
at_exit()
{
	exit_command=$1
	trap 'at_exit_once "$?"' EXIT
}

at_exit_once()
{
	trap - EXIT
	[[ $BASHPID == "$$" ]] || return 0
	# Bash complains if a signal that it has noted becomes ignored before its trap has run.
	trap : INT TERM HUP USR1
	trap '' INT TERM HUP
	[[ -z ${interrupts_PID-} ]] || exec {interrupts[0]}<&- {interrupts[1]}>&-
	"$exit_command" "$1"
}

# heed_signals: lets signals end the script from now on. Only the first one counts: a second one in the EXIT trap would
# end the script at once.
heed_signals()
{
	trap 'trap : INT TERM HUP USR1; exit 130' INT USR1
	trap 'trap : INT TERM HUP USR1; exit 143' TERM
	trap 'trap : INT TERM HUP USR1; exit 129' HUP
}

# heed_interrupts: as heed_signals, and does not lose a SIGINT. Bash loses one that comes while it waits only for the
# process of a $(...): wait_for() in its jobs.c notes the signal, but looks at the note only when it waits for a job.
# ^C goes to the whole foreground group, hence to the coprocess here, too. The coprocess gives the script time to end by
# itself; if the script does not, the signal was lost, and the coprocess sends a SIGUSR1 instead. It ends when the
# script does.
heed_interrupts()
{
	heed_signals
	coproc interrupts {
		exec 2>/dev/null
		trap 'ended=0; read -r -t 0.2 || ended=$?; ((ended <= 128)) || kill -USR1 "$$"' INT
		trap '' TERM HUP
		echo ready
		read -r
	}
	read -r <&"${interrupts[0]}"
}
