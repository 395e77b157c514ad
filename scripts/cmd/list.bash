# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake list' shows the livepatches that are loaded, what each of them patches, and whose function runs where several
# have one.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/run/all.bash
. "$home/scripts/lib/run/all.bash"
# shellcheck source=scripts/lib/run/facts.bash
. "$home/scripts/lib/run/facts.bash"

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake list [OPTION...]
Show the loaded livepatches, the one on top last: what each of them patches,
whether it is in transition, on trial, or was forced, and, if klpmake has made
and loaded it, for which build of the kernel.

      --json            as one JSON object on standard output
  -h, --help            this help
USAGE
}

option()
{
	json=1
}

main_list()
{
	local name
	program='klpmake list'
	options_parse option "$@"
	no_operands
	at_exit list_finish
	report_begin
	need_livepatch
	patches_read
	((${#patches[@]})) || say 'no livepatch is loaded'
	for name in ${patches[@]+"${patches[@]}"}; do
		list_patch "$name"
	done
}

# list_state NAME: sets REPLY to its state in words.
list_state()
{
	case ${patch_enabled[$1]}${patch_moving[$1]} in
		10) REPLY=enabled ;;
		11) REPLY='in transition, being enabled' ;;
		01) REPLY='in transition, being disabled' ;;
		*) REPLY=disabled ;;
	esac
}

# list_patch NAME
list_patch()
{
	local text line key users
	list_state "$1"
	text="$1: $REPLY"
	[[ ${patch_replace[$1]-} != 1 ]] || text+=', replaces all others'
	[[ ! -e $run_state/$1.forced ]] || text+=', was forced'
	if trial_left "$1"; then
		text+=", on trial for $REPLY more seconds"
		trial_has_keeper "$1" || text+=', but nobody is left to end that'
	elif trial_is_ending "$1"; then
		text+=', its trial is over'
	fi
	say "$text"
	built_find "$1"
	[[ -z $built_by ]] || say "  built by klpmake $built_by${built_for:+ for build-id $built_for}"
	for line in ${patch_functions[@]+"${patch_functions[@]}"}; do
		[[ ${line%% *} == "$1" ]] || continue
		key=${line#* }
		text="  $key"
		if [[ ${function_users[$key]} != " $1" ]]; then
			users=${function_owner[$key]-}
			if [[ $users == "$1" ]]; then
				text+=' (this one runs)'
			else
				text+=" (that of '${users:-nobody}' runs)"
			fi
		fi
		list_has_object "$1" "${key%% *}" || text+=' (its module is not loaded)'
		say "$text"
	done
}

# list_has_object PATCH OBJECT: is what it patches there? Older kernels do not say that.
list_has_object()
{
	! first_line "$run_sys/kernel/livepatch/$1/$2/patched" || [[ $REPLY != 0 || ${patch_enabled[$1]} == 0 ]]
}

# list_finish STATUS
list_finish()
{
	report_end "$1" list_json
}

list_json()
{
	local name comma=''
	printf '"patches": ['
	for name in ${patches[@]+"${patches[@]}"}; do
		printf '%s' "$comma"
		list_patch_json "$name"
		comma=', '
	done
	printf ']'
}

# list_bool VALUE: prints 0 and 1 of sysfs for JSON; null if the kernel does not say that.
list_bool()
{
	case $1 in
		0) printf false ;;
		'') printf null ;;
		*) printf true ;;
	esac
}

# list_line KEY FILE: prints a member: the first line of a file in the module's directory.
list_line()
{
	printf ', "%s": ' "$1"
	if first_line "$2"; then json_or_null "$REPLY"; else printf 'null'; fi
}

# list_patch_json NAME
list_patch_json()
{
	local line key comma='' object='' from=$run_sys/module/$1
	printf '{"name": "%s", "state": ' "$1"
	list_state "$1"
	json_string "$REPLY"
	printf ', "enabled": %s' "$(list_bool "${patch_enabled[$1]}")"
	printf ', "transition": %s' "$(list_bool "${patch_moving[$1]}")"
	printf ', "replace": %s' "$(list_bool "${patch_replace[$1]-}")"
	printf ', "stack_order": %s' "${patch_order[$1]:-null}"
	printf ', "forced": %s, "trial_seconds": ' "$([[ -e $run_state/$1.forced ]] && echo true || echo false)"
	if trial_left "$1"; then printf '%d' "$REPLY"; else printf 'null'; fi
	list_line version "$from/version"
	list_line srcversion "$from/srcversion"
	list_line taint "$from/taint"
	printf ', "build_id": '
	if line=$(klpinfo --notes "$from/notes/.note.gnu.build-id" 2>/dev/null); then json_string "$line"; else printf 'null'; fi
	built_find "$1"
	printf ', "klpmake": '
	json_or_null "$built_by"
	printf ', "kernel_build_id": '
	json_or_null "$built_for"
	printf ', "functions": ['
	for line in ${patch_functions[@]+"${patch_functions[@]}"}; do
		[[ ${line%% *} == "$1" ]] || continue
		key=${line#* }
		printf '%s{"object": ' "$comma"
		json_string "${key%% *}"
		object=${key#* }
		printf ', "name": '
		json_string "${object%,*}"
		printf ', "position": %s, "object_loaded": ' "${object##*,}"
		list_has_object "$1" "${key%% *}" && printf 'true' || printf 'false'
		printf ', "owner": '
		json_or_null "${function_owner[$key]-}"
		printf '}'
		comma=', '
	done
	printf ']}'
}
