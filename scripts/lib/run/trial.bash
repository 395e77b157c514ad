# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # klpmake sets home
#
# Trials: a patch that goes back by itself unless somebody says in time that it shall stay. A process of its own
# (keeper.bash) waits for the end, so that neither the end of klpmake nor that of its terminal matters.
#
# A trial is the file PATCH.trial.XXXXXX in the state directory: the second of the machine's uptime at which it ends, and
# the keeper's process id. Who renames it has decided: 'klpmake keep' to PATCH.kept.XXXXXX, the keeper to
# PATCH.ending.XXXXXX. One of two renames fails. Source transition.bash first.

trial_file=''
trial_own='' # the file of the trial that this klpmake has begun

# trial_find PATCH: sets trial_file; 1 if it is not on trial.
trial_find()
{
	for trial_file in "$run_state/$1".trial.??????; do
		[[ ! -f $trial_file ]] || return 0
	done
	trial_file=''
	return 1
}

# trial_is_ending PATCH: its time is over, and it is being taken back.
trial_is_ending()
{
	compgen -G "$run_state/$1.ending.??????" >/dev/null
}

# trial_left PATCH: sets REPLY to the seconds that are left; 1 if it is not on trial.
trial_left()
{
	local end
	trial_find "$1" && first_line "$trial_file" && [[ $REPLY =~ ^[0-9]+$ ]] || return 1
	end=$REPLY
	uptime_now
	REPLY=$((end > REPLY ? end - REPLY : 0))
}

# trial_has_keeper PATCH: is there a process that will end its trial?
trial_has_keeper()
{
	local lines=()
	trial_find "$1" && mapfile -t lines <"$trial_file" && [[ ${lines[1]-} =~ ^[0-9]+$ ]] &&
		[[ $(tr '\0' ' ' <"/proc/${lines[1]}/cmdline" 2>/dev/null) == *"/keeper.bash "* ]]
}

# trial_begin PATCH SECONDS: before the patch is loaded, so that from then on somebody will take it back.
trial_begin()
{
	local lines=() tries=0
	state_directory
	trial_file=$(mktemp "$run_state/$1.trial.XXXXXX") || die "cannot write to '$run_state'"
	trial_own=$trial_file
	chmod 644 "$trial_file"
	uptime_now
	printf '%d\n' "$((REPLY + $2))" >"$trial_file"
	setsid "$BASH" -p "$home/scripts/lib/run/keeper.bash" "$run_sys" "$run_proc" "$run_state" "$1" "$trial_file" "$$" \
		</dev/null >>"$run_state/log" 2>&1 &
	disown "$!"
	until mapfile -t lines 2>/dev/null <"$trial_file" && ((${#lines[@]} == 2)); do
		[[ -e $trial_file ]] || die "the trial of '$1' is over before it was loaded: another klpmake has loaded it, or its time was too short"
		((++tries < 100)) || {
			trial_drop
			die "the process that ends the trial did not start; see '$run_state/log'"
		}
		sleep 0.1
	done
}

# trial_alone PATCH: this klpmake has loaded the module, so its trial is the one that counts. Not before: of two loads at once
# the kernel takes one, and that must not lose its trial to the other one.
trial_alone()
{
	local file
	for file in "$run_state/$1".{trial,ending,kept}.??????; do
		[[ ${file##*.} == "${trial_own##*.}" ]] || rm -f -- "$file"
	done
}

# trial_drop: this klpmake has not loaded anything.
trial_drop()
{
	[[ -z $trial_own ]] || rm -f -- "$trial_own"
}

# trial_settle PATCH WORD: decides it. 1 if it was decided before.
trial_settle()
{
	local to
	trial_find "$1" || return 1
	to=${trial_file/".trial."/".$2."}
	mv -f -- "$trial_file" "$to" 2>/dev/null || return 1
	trial_file=$to
}

# trial_cancel PATCH: its patch is gone.
trial_cancel()
{
	! trial_settle "$1" kept || rm -f -- "$trial_file"
}
