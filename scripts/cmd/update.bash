# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake update DIRECTORY' brings a patch directory to another kernel: its patches and whole kernel files are merged with
# what has changed in the kernel's source, and the module is made anew; what has changed in the functions that the patch
# replaces is shown.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/kernel.bash
. "$home/scripts/lib/kernel.bash"
# shellcheck source=scripts/lib/machines.bash
. "$home/scripts/lib/machines.bash"
# shellcheck source=scripts/lib/target.bash
. "$home/scripts/lib/target.bash"
# shellcheck source=scripts/lib/source.bash
. "$home/scripts/lib/source.bash"
# shellcheck source=scripts/lib/workdir.bash
. "$home/scripts/lib/workdir.bash"
# shellcheck source=scripts/lib/json.bash
. "$home/scripts/lib/json.bash"
# shellcheck source=scripts/lib/report.bash
. "$home/scripts/lib/report.bash"
# shellcheck source=scripts/lib/allow.bash
. "$home/scripts/lib/allow.bash"
# shellcheck source=scripts/lib/fix/paths.bash
. "$home/scripts/lib/fix/paths.bash"
# shellcheck source=scripts/lib/fix/whole.bash
. "$home/scripts/lib/fix/whole.bash"
# shellcheck source=scripts/lib/fix/apply.bash
. "$home/scripts/lib/fix/apply.bash"
# shellcheck source=scripts/lib/fix/source.bash
. "$home/scripts/lib/fix/source.bash"
# shellcheck source=scripts/lib/fix/diff.bash
. "$home/scripts/lib/fix/diff.bash"
# shellcheck source=scripts/lib/fix/directory.bash
. "$home/scripts/lib/fix/directory.bash"
# shellcheck source=scripts/lib/fix/merge.bash
. "$home/scripts/lib/fix/merge.bash"

update_from='' update_args=() update_old=''

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake update [OPTION...] [DIRECTORY]
Bring a patch directory to another kernel (-k): where its patches or whole
kernel files do not fit that kernel's source any more, merge them with what has
changed there, and make the module. Shows what has changed in the functions that
it replaces. Where both have changed the same lines, nothing is merged:
FILE.RELEASE.conflict has both, to be settled. A patch that was changed stays as
FILE.old.

$target_usage$module_usage$allow_usage$source_usage      --from KERNEL     what it was made for: a release that 'fetch-kernel
                        --source' has fetched, or a source tree (default: the
                        release in DIRECTORY/_klpmake.syms)
  -q, --quiet           show nothing but errors and the compiler's warnings
  -h, --help            this help
USAGE
}

option()
{
	# The command that makes the module gets the same.
	[[ $1 == --from ]] || update_args+=("$1${2+=$2}")
	target_option "$@" || module_option "$@" || allow_option "$@" || source_option "$@" || case $1 in
		--from) update_from=$2 ;;
		--quiet) verbosity=0 ;;
	esac
}

main_update()
{
	local directory
	program='klpmake update'
	options_parse option "$@"
	((${#operands[@]} < 2)) || usage_error 'klpmake updates one directory at a time'
	real_directory "${operands[0]-.}"
	directory=$REPLY
	at_exit update_finish
	heed_signals
	fix_directory_patches "$directory"
	find_release
	merge_place=$(temporary -d) || exit 1
	update_find_old "$directory"
	fix_source "$merge_place/new" ${fix_patches[@]+"${fix_patches[@]}"}
	update_merge "$directory"
	update_functions "$directory"
	"$home/klpmake" ${update_args[@]+"${update_args[@]}"} "$directory"
}

# update_find_old DIRECTORY: sets update_old to the source that the patch was made for, or to nothing.
update_find_old()
{
	local cache was=$update_from
	cache_find
	[[ -n $was || ! -f $1/_klpmake.syms ]] || was=$(sed -n '2s/^# kernel \([^ ,]*\),.*/\1/p' "$1/_klpmake.syms")
	if [[ -d $was && -f $was/Makefile && -d $was/kernel ]]; then
		real_directory "$was"
		update_old=$REPLY
	elif [[ -n $was && $was != */* && -f $cache/kernels/$was/source/Makefile ]]; then
		update_old=$cache/kernels/$was/source
	elif [[ -n $update_from ]]; then
		die "'$update_from' is neither a source tree nor a release whose source was fetched: '$home/scripts/fetch-kernel --source RELEASE' gets Debian's"
	fi
}

# update_merge DIRECTORY
update_merge()
{
	merge_wholes "$kernel_source"
	if ((${#fix_patches[@]})) && ! update_fits; then
		[[ -n $update_old ]] || {
			printf '%s\n' "$update_said" >&2
			die "the patches do not fit '$kernel_source' as they are, and the source that they were made for is not known: name it with --from"
		}
		merge_patches "$update_old" "$kernel_source" "${fix_patches[@]}"
	fi
	merge_finish "$1"
}

# update_fits: whether all patches fit the new source, to the line's context; update_said says what does not.
update_fits()
{
	update_said=$(
		fix_whole=()
		fix_apply "$kernel_source" "$merge_place/fits" "${fix_patches[@]}" 2>&1
		[[ -z $fix_refused ]] || printf 'refused\n'
	) || return
	[[ $update_said != *refused ]] && ! merge_is_fuzzy "$update_said"
}

# update_functions DIRECTORY: shows what the two sources have in the functions that the module of before replaces.
update_functions()
{
	local paths names name path old new changed=0 same=0
	[[ -f $1/_klpmake.syms ]] || return 0
	if [[ -z $update_old ]]; then
		warn "what has changed in the functions that the patch replaces was not looked at: the source that it was made for is not known (--from)"
		return
	fi
	mapfile -t names < <(sed -n 's/^modinfo [^ ]* klpmake_patched=[^:]*:\([^,]*\),.*/\1/p' "$1/_klpmake.syms" | sort -u)
	mapfile -t paths < <(update_paths "$1" | sort -u)
	for name in ${names[@]+"${names[@]}"}; do
		for path in ${paths[@]+"${paths[@]}"}; do
			old=$(update_text "$update_old/$path" "$name")
			new=$(update_text "$kernel_source/$path" "$name")
			[[ -n $old$new ]] || continue
			if [[ $old == "$new" ]]; then
				same=$((same + 1))
				continue
			fi
			changed=$((changed + 1))
			say "  $path: the kernel has changed $name()"
			((verbosity < 1)) || update_difference | printable_lines
		done
	done
	say "  of the functions that the patch replaces, $changed changed and $same did not"
}

# update_difference: prints what differs between old and new of the caller.
update_difference()
{
	diff -u <(printf '%s\n' "$old") <(printf '%s\n' "$new") | sed '1,2d; s/^/    /' || true
}

# update_paths DIRECTORY: prints the kernel files that the patch is about.
update_paths()
{
	sed -nE 's/^(---|\+\+\+) [^/]*\/([^\t\r]*).*/\2/p' /dev/null ${fix_patches[@]+"${fix_patches[@]}"}
	find "$1" -name .klpmake -prune -o -name '*.c' -exec sed -n 's|^//KLPMAKE[[:blank:]]\+\([^[:blank:]]*\).*|\1|p' {} +
}

# update_text FILE NAME: prints the function.
update_text()
{
	[[ ! -f $1 ]] || awk -v name="${2%%.*}" -f "$home/scripts/lib/fix/function.awk" <"$1"
}

# update_finish STATUS
update_finish()
{
	[[ -z $merge_place ]] || rm -rf "$merge_place"
	exit "$1"
}
