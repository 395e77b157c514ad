# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake why' says which tasks keep a transition from ending, where they are, and what would move them.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/run/all.bash
. "$home/scripts/lib/run/all.bash"

patch='' found='[]'

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake why [OPTION...] [TASK]
Show the tasks that keep a transition from ending, their stacks, and what would
move them. TASK is the number or the name of a task: that one alone.

      --json            as one JSON object on standard output
  -h, --help            this help
USAGE
}

option()
{
	json=1
}

main_why()
{
	program='klpmake why'
	options_parse option "$@"
	((${#operands[@]} < 2)) || usage_error "one task at a time, not '${operands[0]}' and '${operands[1]}'"
	at_exit why_finish
	report_begin
	need_root 'reading the stacks of tasks'
	need_livepatch
	if ! moving_patch; then
		say 'no livepatch is in transition'
		return 0
	fi
	patch=$REPLY
	patches_read
	tasks_left "$patch"
	why_select "${operands[@]}"
	[[ -z $json ]] || found=$(tasks_json "$patch")
	say "$patch: $(count "${#tasks[@]}" task) left of those that $(transition_goal "$patch")"
	tasks_show "$patch" "${#tasks[@]}"
}

# why_select [TASK]: leaves only that one in tasks.
why_select()
{
	local dir kept=()
	(($#)) || return 0
	for dir in ${tasks[@]+"${tasks[@]}"}; do
		task_read "$dir" "$patch" || continue
		[[ $1 != "$task_tid" && $1 != "$task_name" && $dir != */"$1"/task/* ]] || kept+=("$dir")
	done
	((${#kept[@]})) || die "'$1' does not keep the transition of '$patch': it has gone where that leads, or there is no such task"
	tasks=("${kept[@]}")
}

# why_finish STATUS
why_finish()
{
	report_end "$1" why_json
}

why_json()
{
	printf '"patch": '
	json_or_null "$patch"
	printf ', "tasks": %s' "$found"
}
