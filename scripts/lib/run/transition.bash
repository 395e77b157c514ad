# SPDX-License-Identifier: GPL-2.0-only
#
# Watching a transition, and taking a patch back. Source tasks.bash first.

# Seconds that the kernel may need for what it does at once, and after which a transition is shown.
transition_soon=10 transition_patience=2

# transition_wait PATCH SECONDS: until its transition is over, or the patch is gone; 1 at the limit. Shows who is left.
transition_wait()
{
	local begin now left=unknown shown=0
	uptime_now
	begin=$REPLY
	while patch_moves "$1"; do
		uptime_now
		now=$((REPLY - begin))
		((now < $2)) || return 1
		if ((now >= transition_patience && now >= shown + transition_patience)); then
			shown=$now
			tasks_left "$1"
			if [[ "${tasks[*]-}" != "$left" ]]; then
				left=${tasks[*]-}
				say "$1: after $now s $(count "${#tasks[@]}" task) left of those that $(transition_goal "$1")"
				patches_read
				tasks_show "$1" 5
			fi
		fi
		sleep 0.2
	done
}

# count NUMBER WORD
count()
{
	if (($1 == 1)); then printf '1 %s is' "$2"; else printf '%d %ss are' "$1" "$2"; fi
}

transition_goal()
{
	if patch_is_enabled "$1"; then printf 'have to take the patch'; else printf 'have to leave the patch'; fi
}

# transition_blame PATCH: says which tasks hold it, and where.
transition_blame()
{
	local dir text="who holds '$1':"
	patches_read
	tasks_left "$1"
	for dir in ${tasks[@]+"${tasks[@]}"}; do
		task_read "$dir" "$1" || continue
		task_moves "$1"
		text+=$'\n'"  '$task_name' ($task_tid)${task_function:+, in $task_function}: $REPLY"
		((!${#task_stack[@]})) || text+=$(printf '\n    %s' "${task_stack[@]}")
	done
	((${#tasks[@]})) || text+=$'\n'"  $tasks_hidden"
	warn "$text"
}

# patch_disable PATCH: begins to take it back, or turns its transition round; 1 if the kernel refuses.
patch_disable()
{
	patch_is_enabled "$1" || return 0
	patch_write "$1" enabled 0 || ! patch_is_enabled "$1"
}

# patch_wait_gone PATCH SECONDS: its transition may take so long; the kernel drops the patch a moment after that.
patch_wait_gone()
{
	local end soon
	uptime_now
	end=$((REPLY + $2)) soon=$((REPLY + transition_soon))
	while patch_is_there "$1"; do
		if patch_moves "$1"; then
			uptime_now
			transition_wait "$1" "$((end - REPLY))" || return 1
			uptime_now
			soon=$((REPLY + transition_soon))
		else
			uptime_now
			((REPLY < soon)) || return 1
			sleep 0.1
		fi
	done
}

# module_remove NAME: the kernel drops its own reference to the module a moment after the patch, so this may need more
# than one attempt. 1 after an error, in REPLY.
module_remove()
{
	local end said
	uptime_now
	end=$((REPLY + transition_soon))
	while is_loaded "$1"; do
		said=$(rmmod "$1" 2>&1) || true
		is_loaded "$1" || break
		uptime_now
		((REPLY < end)) || {
			REPLY=${said##*: }
			return 1
		}
		sleep 0.1
	done
}

# take_back PATCH SECONDS: until nothing of it is left; 1 after an error message.
take_back()
{
	if patch_is_there "$1"; then
		if ! patch_disable "$1"; then
			if moving_patch && [[ $REPLY != "$1" ]]; then
				take_back_failed "the kernel does not disable '$1' while '$REPLY' is in transition"
			else
				take_back_failed "the kernel does not disable '$1': one that was loaded later may have to go first"
			fi
			return 1
		fi
		if ! patch_wait_gone "$1" "$2"; then
			take_back_failed "'$1' is not gone after $2 seconds: some tasks are still in it, and it stays loaded until they leave"
			transition_blame "$1"
			return 1
		fi
	fi
	module_remove "$1" || {
		take_back_failed "'$1' is disabled, but the module stays: $REPLY; one whose transition was forced stays until the next boot"
		return 1
	}
	rm -f -- "$run_state/$1.forced" "$run_state/$1.built"
}

take_back_failed()
{
	complain "error: $1"
}
