# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake new' makes a patch directory: of patches to the kernel's source, of whole kernel files to edit, or of a template
# for functions of the kernel. All files in it are the author's from then on.

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
# shellcheck source=scripts/lib/explain.bash
. "$home/scripts/lib/explain.bash"
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
# shellcheck source=scripts/lib/template.bash
. "$home/scripts/lib/template.bash"

new_directory='' new_is_ours='' new_place='' new_files=() new_functions=()

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake new [OPTION...] FIX.patch... DIRECTORY         of patches
       klpmake new [OPTION...] DIRECTORY FILE.c...            of whole files
       klpmake new [OPTION...] DIRECTORY FILE.c:FUNCTION...   of functions
Make a patch directory; 'klpmake DIRECTORY' makes the module. It gets main.c,
which describes the livepatch (licence, callbacks), a Makefile, and
- the patches; or for each FILE, which is a path in the kernel's source, a copy
  with its tag, and beside it FILE.base, which stays as it is. What klpmake
  makes of them is made anew each time, so that nothing in the directory depends
  on the kernel.
- or C files of a template for the functions named (fs/filesystems.c:fs_index),
  with prototypes, types and declarations of all that they use, from the
  kernel's debug information, without its source. The bodies are for the author
  to write.

$target_usage$module_usage$source_usage$template_usage$fix_usage  -v, --verbose         show the commands that are run
  -q, --quiet           show nothing but errors
  -h, --help            this help
USAGE
}

option()
{
	target_option "$@" || module_option "$@" || source_option "$@" || template_option "$@" || fix_option "$@" || case $1 in
		--verbose) verbosity=2 ;;
		--quiet) verbosity=0 ;;
	esac
}

main_new()
{
	program='klpmake new'
	options_parse option "$@"
	new_operands
	[[ ! -e $new_directory || -d $new_directory ]] || die "'$new_directory' is not a directory"
	[[ ! -d $new_directory || -z $(ls -A -- "$new_directory") ]] ||
		die "'$new_directory' is not empty: what is in it stays as it is"
	at_exit new_finish
	heed_signals
	if ((${#new_functions[@]})); then
		new_of_functions
	else
		new_of_files
	fi
	new_is_ours=''
}

# new_operands: finds out what the words are: patches, files or functions of the kernel, and one directory, which comes
# first or last.
new_operands()
{
	local word others=()
	for word in ${operands[@]+"${operands[@]}"}; do
		if fix_is_patch "$word"; then
			fix_patches+=("$word")
		elif [[ $word == *.c:* ]]; then
			new_functions+=("$word")
		elif [[ $word == *.[ch] ]]; then
			new_files+=("$word")
		else
			others+=("$word")
		fi
	done
	((${#fix_patches[@]} + ${#new_files[@]} + ${#new_functions[@]})) || usage_error 'which patches, kernel files or functions?'
	((${#others[@]})) || usage_error 'which directory? name it before the files and functions, or behind the patches'
	((${#others[@]} == 1)) ||
		usage_error "one of '${others[0]}' and '${others[1]}' can be the directory; what is the other? Patches are called FIX.patch, kernel files path/FILE.c, functions path/FILE.c:FUNCTION"
	((!${#new_functions[@]} || !(${#fix_patches[@]} + ${#new_files[@]}))) ||
		usage_error "a template is for functions alone: '${new_functions[0]}' cannot go with patches or whole files. Make two directories, and put the C files of one into the other"
	new_directory=${others[0]}
	[[ $new_directory == "${operands[0]}" || $new_directory == "${operands[-1]}" ]] ||
		usage_error "'$new_directory', the directory, stands between others: name it first or last"
}

# new_make_directory: from here on, a failure leaves nothing.
new_make_directory()
{
	new_is_ours=contents
	[[ -d $new_directory ]] || new_is_ours=all
	mkdir -p -- "$new_directory" || exit
	real_directory "$new_directory"
	new_directory=$REPLY
}

new_of_files()
{
	local what='the patches'
	((!${#fix_patches[@]})) || fix_check_patches
	((!${#new_files[@]})) || new_find_source
	new_make_directory
	((!${#new_files[@]})) || fix_whole_copy "$kernel_source" "$new_directory" "${new_files[@]}"
	fix_name "${fix_patches[0]-${new_files[0]}}"
	fix_directory "$new_directory" "$REPLY" ${fix_patches[@]+"${fix_patches[@]}"}
	((${#fix_patches[@]})) || what=''
	((!${#new_files[@]})) || what+="${what:+, }${fix_whole[*]##*/}"
	say "'$new_directory' has $what, main.c and Makefile: 'klpmake $new_directory' makes the module"
}

new_of_functions()
{
	template_check
	target_find kdir
	target_modules
	template_ask "${new_functions[@]}"
	template_choose
	new_make_directory
	template_write "$new_directory"
	say "'$new_directory' has main.c and Makefile of the template '$template': write what is marked TODO; 'klpmake $new_directory' makes the module"
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
