# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The process that ends a trial: 'klpmake load --trial' starts it in a session of its own, before the patch is loaded.
# It waits until the time is over, and takes the patch back, however long that takes. If it is told to end (SIGTERM), as
# when its service is stopped, the trial is over at once. It prints into the state directory's log.
#
# keeper.bash SYS PROC STATE PATCH TRIAL-FILE LOADER

# Nothing that fails may end it, so there is no 'set -e'.
set -uo pipefail

program='klpmake trial'
here=${BASH_SOURCE[0]%/*}
# shellcheck source=scripts/lib/common.bash
. "$here/../common.bash"
# shellcheck source=scripts/lib/run/system.bash
. "$here/system.bash"
# shellcheck source=scripts/lib/run/patches.bash
. "$here/patches.bash"
# shellcheck source=scripts/lib/run/tasks.bash
. "$here/tasks.bash"
# shellcheck source=scripts/lib/run/transition.bash
. "$here/transition.bash"
# shellcheck source=scripts/lib/run/trial.bash
. "$here/trial.bash"
run_sys=$1 run_proc=$2 run_state=$3
name=$4 file=$5 loader=$6 told='' seen=''

# tell TEXT: to the log here, and to the kernel's, which everybody reads.
tell()
{
	say "$(date '+%F %T') $1"
	{ printf 'klpmake: %s\n' "$1" >/dev/kmsg; } 2>/dev/null
}

# incarnation: sets REPLY to what tells this loaded module from a later one of the same name; empty if there is none.
incarnation()
{
	REPLY=$(stat -c %i "$run_sys/module/$name" 2>/dev/null) || REPLY=''
}

# is_lost: somebody else has removed the patch that is on trial.
is_lost()
{
	incarnation
	[[ -n $seen ]] || seen=$REPLY
	[[ -n $seen && $REPLY != "$seen" ]]
}

# may_come: it is there, or whoever loads it is still at work.
may_come()
{
	is_loaded "$name" || kill -0 "$loader" 2>/dev/null
}

main()
{
	local end ending
	cd / || return
	close_files 2>/dev/null
	trap '' HUP INT
	trap 'told=1' TERM
	# Another klpmake has loaded it meanwhile.
	first_line "$file" || return 0
	end=$REPLY
	printf '%d\n' "$$" >>"$file"
	while [[ -e $file && -z $told ]] && uptime_now && ((REPLY < end)); do
		! is_lost || {
			rm -f -- "$file"
			return 0
		}
		# In the background, because bash heeds a signal only between commands.
		sleep 1 &
		wait "$!"
	done
	trap '' TERM
	ending=${file/".trial."/".ending."}
	until mv -f -- "$file" "$ending" 2>/dev/null; do
		[[ -e $file ]] || return 0
		sleep 1
	done
	tell "the trial of '$name' is over: taking it back"
	while may_come && ! is_lost; do
		if is_loaded "$name"; then
			! take_back "$name" 60 || break
			patch_is_there "$name" || {
				tell "'$name' does nothing any more, but its module cannot be removed"
				break
			}
		fi
		sleep 1
	done
	is_loaded "$name" || tell "'$name' is gone"
	rm -f -- "$ending"
}

# On one line: the file may be another one by then.
main && exit
