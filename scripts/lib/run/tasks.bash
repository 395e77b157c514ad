# SPDX-License-Identifier: GPL-2.0-only
#
# The tasks that keep a transition from ending: which ones, where they are, and what would move them. Source
# patches.bash first; patches_read must have run before task_read.

tasks=() # their directories in /proc
task_tid='' task_name='' task_state='' task_kernel='' task_wait='' task_stack=() task_function=''

# tasks_left PATCH: sets tasks to those that have not gone where its transition leads.
# Rule: fs/proc/base.c, proc_pid_patch_state(); kernel/livepatch/transition.c: 0 unpatched, 1 patched, -1 no transition.
tasks_left()
{
	local state wanted
	tasks=()
	first_line "$run_sys/kernel/livepatch/$1/enabled" || return 0
	wanted=$REPLY
	for state in "$run_proc"/[0-9]*/task/[0-9]*/patch_state; do
		first_line "$state" || continue
		[[ $REPLY == -1 || $REPLY == "$wanted" ]] || tasks+=("${state%/patch_state}")
	done
}

# task_read DIRECTORY PATCH: sets task_*; 1 if the task is gone.
task_read()
{
	local text words
	task_tid=${1##*/}
	text=$(cat "$1/stat" 2>/dev/null) && [[ $text == *')'* ]] || return 1
	# The name may have any characters.
	task_name=${text#*\(}
	task_name=${task_name%)*}
	read -r -a words <<<"${text##*)}"
	task_state=${words[0]-}
	# include/linux/sched.h, PF_KTHREAD
	task_kernel=''
	((!(${words[6]:-0} & 0x00200000))) || task_kernel=1
	first_line "$1/wchan" || true
	task_wait=$REPLY
	[[ $task_wait != 0 ]] || task_wait=''
	mapfile -t task_stack < <(cat "$1/stack" 2>/dev/null)
	task_function=''
	for text in ${task_stack[@]+"${task_stack[@]}"}; do
		! frame_is_patched "$text" "$2" || {
			task_function=$REPLY
			break
		}
	done
}

# frame_is_patched LINE PATCH: is this line of a stack in a function that the patch replaces, or that a livepatch has
# put in place of one? Sets REPLY to the function.
frame_is_patched()
{
	local function module name form='^\[<[^>]*>\] ([^+ ]+)\+[^ ]*( \[([^] ]+).*\])?'
	[[ $1 =~ $form ]] || return 1
	function=${BASH_REMATCH[1]} module=${BASH_REMATCH[3]-}
	for name in ${patches[@]+"${patches[@]}"}; do
		[[ $module != "$name" ]] || {
			REPLY="$function [$module]"
			return 0
		}
	done
	for name in ${patch_functions[@]+"${patch_functions[@]}"}; do
		[[ $name == "$2 ${module:-vmlinux} $function,"* ]] || continue
		REPLY=$function${module:+" [$module]"}
		return 0
	done
	return 1
}

# task_moves PATCH: sets REPLY to what would move the task that was read last.
# Rule: kernel/livepatch/transition.c, klp_try_switch_task(), klp_send_signals().
task_moves()
{
	local where=${task_function:-'what keeps it'} wait=${task_wait:+" in $task_wait"}
	case $task_kernel$task_state in
		*[ZXx]) REPLY='it is ending, and counts until it has ended' ;;
		*R) REPLY='it runs: it moves when it next enters or leaves the kernel, or sleeps elsewhere' ;;
		1*) REPLY="it is a kernel thread, which no signal ends: it moves when it returns from $where" ;;
		D) REPLY="it sleeps uninterruptibly$wait: no signal reaches it, and it moves when what it waits for has come" ;;
		T) REPLY='it is stopped: SIGCONT lets it go on, and it moves on its way out of the kernel' ;;
		t) REPLY='its debugger has stopped it: it moves when that lets it go on' ;;
		*)
			REPLY="it sleeps$wait, and a signal wakes it: "
			if [[ -e $run_sys/kernel/livepatch/$1/signal ]]; then
				REPLY+="'klpmake signal' sends one that it does not see"
			else
				REPLY+='this kernel sends one every 15 seconds, which it does not see'
			fi
			;;
	esac
}

# task_show PATCH: shows the task that was read last.
task_show()
{
	local frame
	# A task chooses its name, so there may be anything in it that a terminal obeys.
	say "  '$(printf '%s' "${task_name//$'\n'/ }" | printable_lines)' ($task_tid)${task_function:+, in $task_function}"
	task_moves "$1"
	say "    $REPLY"
	for frame in ${task_stack[@]+"${task_stack[@]}"}; do
		say "    $frame"
	done
}

# Where they are if /proc shows none.
tasks_hidden='no task that /proc shows: it is the idle task of a processor, or the transition has just ended'

# tasks_show PATCH MOST: shows so many of tasks.
tasks_show()
{
	local dir n=0
	for dir in ${tasks[@]+"${tasks[@]}"}; do
		((n < $2)) || break
		! task_read "$dir" "$1" || {
			n=$((n + 1))
			task_show "$1"
		}
	done
	((${#tasks[@]})) || say "  $tasks_hidden"
	((${#tasks[@]} <= n)) || say "  ... and $((${#tasks[@]} - n)) more; 'klpmake why' shows all"
}

# tasks_json PATCH: prints tasks as an array.
tasks_json()
{
	local dir comma=''
	printf '['
	for dir in ${tasks[@]+"${tasks[@]}"}; do
		task_read "$dir" "$1" || continue
		printf '%s{"tid": %d, "pid": %d, "name": ' "$comma" "$task_tid" "$(basename "${dir%/task/*}")"
		json_string "$task_name"
		printf ', "state": '
		json_or_null "$task_state"
		printf ', "kernel_thread": %s, "waits_in": ' "$([[ -z $task_kernel ]] && echo false || echo true)"
		json_or_null "$task_wait"
		printf ', "function": '
		json_or_null "$task_function"
		task_moves "$1"
		printf ', "moves": '
		json_string "$REPLY"
		printf ', "stack": ['
		((!${#task_stack[@]})) || printf '%s\n' "${task_stack[@]}" | json_lines
		printf ']}'
		comma=', '
	done
	printf ']'
}
