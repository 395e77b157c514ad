# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake new FIX.patch... DIRECTORY' makes a patch directory of patches to the kernel's source, whose main file and
# Makefile are the author's from then on.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/fix/diff.bash
. "$home/scripts/lib/fix/diff.bash"
# shellcheck source=scripts/lib/fix/directory.bash
. "$home/scripts/lib/fix/directory.bash"

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake new [OPTION...] FIX.patch... DIRECTORY
Make a patch directory of patches to the kernel's source. It gets the patches, main.c, which describes the
livepatch (licence, callbacks), and a Makefile; 'klpmake DIRECTORY' makes the module. What klpmake makes of
the patches is made anew each time, so that nothing in the directory depends on the kernel.

$fix_usage  -q, --quiet           show nothing but errors
  -h, --help            this help
USAGE
}

option()
{
	fix_option "$@" || case $1 in
		--quiet) verbosity=0 ;;
	esac
}

main_new()
{
	local directory
	program='klpmake new'
	options_parse option "$@"
	((${#operands[@]})) || usage_error 'which patches?'
	((${#operands[@]} > 1)) || usage_error 'which directory? name it behind the patches'
	directory=${operands[-1]}
	! fix_is_patch "$directory" || usage_error "which directory? '$directory' is the name of a patch"
	fix_patches=("${operands[@]:0:${#operands[@]}-1}")
	fix_check_patches
	[[ ! -e $directory || -d $directory ]] || die "'$directory' is not a directory"
	[[ ! -d $directory || -z $(ls -A -- "$directory") ]] || die "'$directory' is not empty: what is in it stays as it is"
	mkdir -p -- "$directory" || exit
	real_directory "$directory"
	directory=$REPLY
	fix_directory "$directory" "${fix_patches[@]}"
	say "'$directory' has the patches, main.c and Makefile: 'klpmake $directory' makes the module"
}
