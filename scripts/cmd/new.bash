# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake new FIX.patch... DIRECTORY' makes a patch directory of patches to the kernel's source, whose main file and
# Makefile are the author's from then on. 'klpmake new DIRECTORY FILE:FUNCTION...' makes one of a template.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/kernel.bash
. "$home/scripts/lib/kernel.bash"
# shellcheck source=scripts/lib/machines.bash
. "$home/scripts/lib/machines.bash"
# shellcheck source=scripts/lib/target.bash
. "$home/scripts/lib/target.bash"
# shellcheck source=scripts/lib/json.bash
. "$home/scripts/lib/json.bash"
# shellcheck source=scripts/lib/report.bash
. "$home/scripts/lib/report.bash"
# shellcheck source=scripts/lib/explain.bash
. "$home/scripts/lib/explain.bash"
# shellcheck source=scripts/lib/template.bash
. "$home/scripts/lib/template.bash"
# shellcheck source=scripts/lib/fix/diff.bash
. "$home/scripts/lib/fix/diff.bash"
# shellcheck source=scripts/lib/fix/directory.bash
. "$home/scripts/lib/fix/directory.bash"

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake new [OPTION...] FIX.patch... DIRECTORY
       klpmake new [OPTION...] DIRECTORY FILE:FUNCTION...
Make a patch directory of patches to the kernel's source. It gets the patches, main.c, which describes the
livepatch (licence, callbacks), and a Makefile; 'klpmake DIRECTORY' makes the module. What klpmake makes of
the patches is made anew each time, so that nothing in the directory depends on the kernel.
The second form needs no source: it makes C files of a template for the functions named, each FUNCTION of a
FILE of the kernel (fs/filesystems.c:fs_index), with prototypes, types and declarations of all that the
functions use, from the kernel's debug information. The bodies are for the author to write.

$target_usage$module_usage$template_usage$fix_usage  -v, --verbose         show the commands that are run
  -q, --quiet           show nothing but errors
  -h, --help            this help
USAGE
}

option()
{
	target_option "$@" || module_option "$@" || template_option "$@" || fix_option "$@" || case $1 in
		--verbose) verbosity=2 ;;
		--quiet) verbosity=0 ;;
	esac
}

# new_directory_check DIRECTORY: dies unless it is new or empty.
new_directory_check()
{
	[[ ! -e $1 || -d $1 ]] || die "'$1' is not a directory"
	[[ ! -d $1 || -z $(ls -A -- "$1") ]] || die "'$1' is not empty: what is in it stays as it is"
}

main_new()
{
	local directory
	program='klpmake new'
	options_parse option "$@"
	((${#operands[@]})) || usage_error 'which patches?'
	if template_asked "${operands[@]}"; then
		template_new "${operands[@]}"
		return
	fi
	((${#operands[@]} > 1)) || usage_error 'which directory? name it behind the patches'
	directory=${operands[-1]}
	! fix_is_patch "$directory" || usage_error "which directory? '$directory' is the name of a patch"
	fix_patches=("${operands[@]:0:${#operands[@]}-1}")
	fix_check_patches
	new_directory_check "$directory"
	mkdir -p -- "$directory" || exit
	directory=$(real_directory "$directory") || exit
	fix_directory "$directory" "${fix_patches[@]}"
	say "'$directory' has the patches, main.c and Makefile: 'klpmake $directory' makes the module"
}
