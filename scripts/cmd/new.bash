# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake new' makes a patch directory of patches to the kernel's source, or of whole kernel files to edit. All files in
# it are the author's from then on.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/kernel.bash
. "$home/scripts/lib/kernel.bash"
# shellcheck source=scripts/lib/machines.bash
. "$home/scripts/lib/machines.bash"
# shellcheck source=scripts/lib/target.bash
. "$home/scripts/lib/target.bash"
# shellcheck source=scripts/lib/source.bash
. "$home/scripts/lib/source.bash"
# shellcheck source=scripts/lib/json.bash
. "$home/scripts/lib/json.bash"
# shellcheck source=scripts/lib/report.bash
. "$home/scripts/lib/report.bash"
# shellcheck source=scripts/lib/workdir.bash
. "$home/scripts/lib/workdir.bash"
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

new_directory='' new_is_ours='' new_place='' new_files=()

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake new [OPTION...] FIX.patch... DIRECTORY    of patches to the kernel's source
       klpmake new [OPTION...] DIRECTORY FILE.c...       of whole kernel files, to edit
Make a patch directory; 'klpmake DIRECTORY' makes the module. It gets the patches, or for each FILE, which is
a path in the kernel's source, a copy with its tag, and beside it FILE.base, which stays as it is; main.c,
which describes the livepatch (licence, callbacks); and a Makefile. What klpmake makes of patches and whole
files is made anew each time, so that nothing in the directory depends on the kernel.

$target_usage$source_usage$fix_usage  -q, --quiet           show nothing but errors
  -h, --help            this help
USAGE
}

option()
{
	target_option "$@" || source_option "$@" || fix_option "$@" || case $1 in
		--quiet) verbosity=0 ;;
	esac
}

main_new()
{
	program='klpmake new'
	options_parse option "$@"
	new_operands
	((!${#fix_patches[@]})) || fix_check_patches
	[[ ! -e $new_directory || -d $new_directory ]] || die "'$new_directory' is not a directory"
	[[ ! -d $new_directory || -z $(ls -A -- "$new_directory") ]] ||
		die "'$new_directory' is not empty: what is in it stays as it is"
	at_exit new_finish
	heed_signals
	((!${#new_files[@]})) || new_find_source
	new_is_ours=contents
	[[ -d $new_directory ]] || new_is_ours=all
	mkdir -p -- "$new_directory" || exit
	real_directory "$new_directory"
	new_directory=$REPLY
	((!${#new_files[@]})) || fix_whole_copy "$kernel_source" "$new_directory" "${new_files[@]}"
	fix_name "${fix_patches[0]-${new_files[0]}}"
	fix_directory "$new_directory" "$REPLY" ${fix_patches[@]+"${fix_patches[@]}"}
	new_is_ours=''
	new_say
}

# new_operands: finds out what the words are: patches, files of the kernel, and one directory, which comes first or last.
new_operands()
{
	local word others=()
	for word in ${operands[@]+"${operands[@]}"}; do
		if fix_is_patch "$word"; then
			fix_patches+=("$word")
		elif [[ $word == *.[ch] ]]; then
			new_files+=("$word")
		else
			others+=("$word")
		fi
	done
	((${#fix_patches[@]} + ${#new_files[@]})) || usage_error 'which patches or kernel files?'
	((${#others[@]})) || usage_error 'which directory? name it before the kernel files, or behind the patches'
	((${#others[@]} == 1)) ||
		usage_error "one of '${others[0]}' and '${others[1]}' can be the directory; what is the other? Patches are called FIX.patch, kernel files path/FILE.c"
	new_directory=${others[0]}
	[[ $new_directory == "${operands[0]}" || $new_directory == "${operands[-1]}" ]] ||
		usage_error "'$new_directory', the directory, stands between others: name it first or last"
}

# new_find_source: the source of the target, of which the files are.
new_find_source()
{
	local file
	for file in "${new_files[@]}"; do
		# It is in no array yet by which its tag would be found.
		fix_whole_paths[$file]=$file
	done
	find_release
	new_place=$(temporary -d) || exit 1
	fix_source "$new_place"
	fix_whole_paths=()
}

new_say()
{
	local what='the patches'
	((${#fix_patches[@]})) || what=''
	((!${#new_files[@]})) || what+="${what:+, }${fix_whole[*]##*/}"
	say "'$new_directory' has $what, main.c and Makefile: 'klpmake $new_directory' makes the module"
}

# new_finish STATUS: after a failure nothing stays.
new_finish()
{
	[[ -z $new_place ]] || rm -rf "$new_place"
	case $new_is_ours in
		all) rm -rf -- "$new_directory" ;;
		contents) find "$new_directory" -mindepth 1 -delete ;;
	esac
	exit "$1"
}
