# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake unload NAME' takes a livepatch back: it disables it, waits until no task runs it, and removes the module.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/run/all.bash
. "$home/scripts/lib/run/all.bash"
# shellcheck source=scripts/lib/run/hosts.bash
. "$home/scripts/lib/run/hosts.bash"

all='' limit=60
far=() # the options that count on other machines
unload_names=() unload_done=() moving='' held_by='[]'

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake unload [OPTION...] NAME
       klpmake unload [OPTION...] --all
Take a livepatch back: disable it, wait until no task runs its functions, remove
its module. When that takes too long, it is enabled again.

      --all             all livepatches, those that lie on top of others first
      --timeout SECONDS how long the transition of each may take (default
                        $limit)
$hosts_usage  -q, --quiet           show nothing but errors
      --json            report as one JSON object on standard output
  -h, --help            this help
USAGE
}

option()
{
	hosts_option "$@" || case $1 in
		--all) all=1 far+=(--all) ;;
		--timeout)
			[[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "'--timeout' needs a number of seconds, not '$2'"
			limit=$2 far+=("$@")
			;;
		--quiet) verbosity=0 ;;
		--json) json=1 ;;
	esac
}

main_unload()
{
	local name
	program='klpmake unload'
	options_parse option "$@"
	((${#operands[@]} < 2)) || usage_error "one livepatch at a time, not '${operands[0]}' and '${operands[1]}'; '--all' means all"
	[[ -z $all || ${#operands[@]} -eq 0 ]] || usage_error "'--all' and a name exclude each other"
	[[ -n $all || ${#operands[@]} -eq 1 ]] || usage_error 'which livepatch? give its name, or --all'
	at_exit unload_finish
	trap 'exit 141' PIPE
	heed_signals
	report_begin
	if ((${#hosts[@]})); then
		[[ -n $all ]] || {
			patch_name "${operands[0]}"
			far+=("$REPLY")
		}
		hosts_run '' unload "${far[@]}"
	fi
	need_root 'unloading a module'
	need_tools rmmod
	patches_read
	unload_find "${operands[@]}"
	for name in ${unload_names[@]+"${unload_names[@]}"}; do
		unload_one "$name"
	done
	((${#unload_names[@]})) || say 'no livepatch is loaded'
}

# unload_find [NAME]: sets unload_names, in the order in which they have to go.
unload_find()
{
	local name
	if (($#)); then
		patch_name "$1"
		name=$REPLY
		unload_names=("$name")
		patch_is_there "$name" || unload_is_rest "$name" || die "no livepatch '$name' is loaded: 'klpmake list' shows those that are"
		unload_note "$name"
		return 0
	fi
	for name in ${patches[@]+"${patches[@]}"}; do
		unload_names=("$name" ${unload_names[@]+"${unload_names[@]}"})
	done
}

# unload_is_rest NAME: is it the module of a livepatch that was replaced, or disabled by other means?
unload_is_rest()
{
	is_loaded "$1" && first_line "$run_sys/module/$1/taint" && [[ $REPLY == *K* ]]
}

# unload_note NAME: whose functions run when it is gone.
unload_note()
{
	local line key
	for line in ${patch_functions[@]+"${patch_functions[@]}"}; do
		key=${line#* }
		[[ ${line%% *} == "$1" ]] || continue
		[[ ${function_owner[$key]-} != "$1" || ${function_users[$key]} == " $1" ]] ||
			complain "note: '${key#* }' of ${key%% *} will be that of the livepatch below it"
	done
}

# unload_one NAME
unload_one()
{
	local settled next
	if [[ -n $all ]] && ! is_loaded "$1"; then
		return # somebody was faster
	fi
	if patch_is_there "$1"; then
		if moving_patch && [[ $REPLY != "$1" ]]; then
			die "'$REPLY' is in transition, and the kernel has one at a time: 'klpmake why' says what keeps it"
		fi
		settled='' next='it goes on leaving'
		! patch_is_enabled "$1" || patch_moves "$1" || settled=$1
		[[ -z $settled ]] || next='enabling it again'
		patch_disable "$1" || die "the kernel does not disable '$1': one that was loaded later may have to go first ('klpmake unload --all')"
		moving=$settled
		if ! patch_wait_gone "$1" "$limit"; then
			transition_blame "$1"
			[[ -z $json ]] || held_by=$(tasks_json "$1")
			die "'$1' is not gone after $limit seconds: $next; --timeout gives it more"
		fi
		moving=''
	fi
	take_back "$1" "$limit" || exit 1
	trial_cancel "$1"
	unload_done+=("$1")
	say "$1: gone"
}

# unload_again NAME: turns its transition round.
unload_again()
{
	if patch_write "$1" enabled 1 && patch_moves "$1"; then
		transition_wait "$1" "$limit" || {
			complain "error: '$1' is still on its way back to being enabled"
			return 0
		}
	fi
	if patch_is_enabled "$1"; then
		complain "'$1' is enabled again"
	else
		complain "error: '$1' is neither enabled again nor gone: 'klpmake list' shows it"
	fi
}

# unload_finish STATUS
unload_finish()
{
	trap '' PIPE
	# What is printed here may fail, as when the terminal is gone.
	[[ -z $moving ]] || ! patch_is_there "$moving" || unload_again "$moving" || true
	report_end "$1" unload_json
}

unload_json()
{
	printf '"unloaded": ['
	((!${#unload_done[@]})) || printf '%s\n' "${unload_done[@]}" | json_lines
	printf '], "held_by": %s' "$held_by"
}
