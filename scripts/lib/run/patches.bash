# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034 # what it sets is for others
#
# The livepatches that the kernel has, from /sys/kernel/livepatch. They come and go while it is read: one that vanishes
# in between is left out. Source system.bash first.

# Names, in the order in which they were put on top of each other: the last one is on top.
patches=()
declare -gA patch_enabled=() patch_moving=() patch_replace=() patch_order=()
# "PATCH OBJECT FUNCTION,POSITION" for each, in the order of the patches.
patch_functions=()
# By "OBJECT FUNCTION,POSITION": the patch whose function runs, and all that have one.
declare -gA function_owner=() function_users=()

# patches_read: sets all of these.
patches_read()
{
	local dir name
	patches=() patch_enabled=() patch_moving=() patch_replace=() patch_order=()
	for dir in "$run_sys"/kernel/livepatch/*/; do
		dir=${dir%/} name=${dir%/}
		name=${name##*/}
		is_module_name "$name" || continue
		first_line "$dir/enabled" || continue
		patch_enabled[$name]=$REPLY
		# Kernels that stop the machine for it have no transition.
		first_line "$dir/transition" || REPLY=0
		patch_moving[$name]=$REPLY
		# Older kernels do not have these two.
		! first_line "$dir/replace" || patch_replace[$name]=$REPLY
		! first_line "$dir/stack_order" || patch_order[$name]=$REPLY
		patches+=("$name")
	done
	patches_sort
	patches_functions
}

# patches_sort: by the kernel's own order; where it does not say that, in the order in which the modules were loaded,
# of which /proc/modules has the newest first.
patches_sort()
{
	local name i=0 sorted=()
	local -A age=()
	while read -r name _; do
		i=$((i + 1))
		age[$name]=$i
	done 2>/dev/null <"$run_proc/modules" || true
	while read -r _ _ name; do
		sorted+=("$name")
	done < <(for name in ${patches[@]+"${patches[@]}"}; do
		printf '%d %d %s\n' "${patch_order[$name]:-0}" "-${age[$name]:-0}" "$name"
	done | sort -k 1,1n -k 2,2n)
	patches=(${sorted[@]+"${sorted[@]}"})
}

patches_functions()
{
	local name dir key
	patch_functions=() function_owner=() function_users=()
	for name in ${patches[@]+"${patches[@]}"}; do
		for dir in "$run_sys/kernel/livepatch/$name"/*/*,*/; do
			[[ -d $dir ]] || continue
			dir=${dir%/}
			key=${dir#"$run_sys/kernel/livepatch/$name/"}
			key=${key/\// }
			patch_functions+=("$name $key")
			function_users[$key]+=" $name"
			[[ ${patch_enabled[$name]} != 1 ]] || function_owner[$key]=$name
		done
	done
}

# patch_is_there NAME
patch_is_there()
{
	[[ -d $run_sys/kernel/livepatch/$1 ]]
}

# patch_moves NAME: is it in transition?
patch_moves()
{
	first_line "$run_sys/kernel/livepatch/$1/transition" && [[ $REPLY == 1 ]]
}

# patch_is_enabled NAME: is it, or will it be when its transition is over?
patch_is_enabled()
{
	first_line "$run_sys/kernel/livepatch/$1/enabled" && [[ $REPLY == 1 ]]
}

# moving_patch: sets REPLY to the patch in transition; the kernel has one at a time. 1 if there is none.
moving_patch()
{
	local dir
	for dir in "$run_sys"/kernel/livepatch/*/; do
		dir=${dir%/}
		! patch_moves "${dir##*/}" || {
			REPLY=${dir##*/}
			return 0
		}
	done
	return 1
}

# patch_write NAME FILE VALUE: 1 if the kernel refuses that.
patch_write()
{
	{ printf '%s\n' "$3" >"$run_sys/kernel/livepatch/$1/$2"; } 2>/dev/null
}
