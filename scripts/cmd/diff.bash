# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake diff FIX.patch...' says which functions of the kernel patches change, and makes nothing.

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
# shellcheck source=scripts/lib/inputs.bash
. "$home/scripts/lib/inputs.bash"
# shellcheck source=scripts/lib/kbuild.bash
. "$home/scripts/lib/kbuild.bash"
# shellcheck source=scripts/lib/recompile.bash
. "$home/scripts/lib/recompile.bash"
# shellcheck source=scripts/lib/json.bash
. "$home/scripts/lib/json.bash"
# shellcheck source=scripts/lib/report.bash
. "$home/scripts/lib/report.bash"
# shellcheck source=scripts/lib/fix/paths.bash
. "$home/scripts/lib/fix/paths.bash"
# shellcheck source=scripts/lib/fix/whole.bash
. "$home/scripts/lib/fix/whole.bash"
# shellcheck source=scripts/lib/fix/apply.bash
. "$home/scripts/lib/fix/apply.bash"
# shellcheck source=scripts/lib/fix/source.bash
. "$home/scripts/lib/fix/source.bash"
# shellcheck source=scripts/lib/fix/kept.bash
. "$home/scripts/lib/fix/kept.bash"
# shellcheck source=scripts/lib/fix/headers.bash
. "$home/scripts/lib/fix/headers.bash"
# shellcheck source=scripts/lib/fix/compile.bash
. "$home/scripts/lib/fix/compile.bash"
# shellcheck source=scripts/lib/fix/diff.bash
. "$home/scripts/lib/fix/diff.bash"
# shellcheck source=scripts/lib/fix/directory.bash
. "$home/scripts/lib/fix/directory.bash"

diff_place=''

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake diff [OPTION...] FIX.patch...|DIRECTORY
Say which functions of the kernel these patches change, or those and the whole
kernel files of a patch directory; what has to go along, and what is refused and
why. Nothing is made. Several patches are applied in the order given; the source
is only read.

$target_usage$module_usage$source_usage$fix_usage$fix_limit_usage  -v, --verbose         show the commands that are run and all that kbuild says
  -q, --quiet           show nothing but errors and the compiler's warnings
  -h, --help            this help
USAGE
}

option()
{
	target_option "$@" || module_option "$@" || source_option "$@" || fix_option "$@" || fix_limit_option "$@" || case $1 in
		--verbose) verbosity=2 ;;
		--quiet) verbosity=0 ;;
	esac
}

main_diff()
{
	program='klpmake diff'
	options_parse option "$@"
	((${#operands[@]})) || usage_error 'which patches, or which patch directory?'
	if ((${#operands[@]} == 1)) && [[ -d ${operands[0]} ]]; then
		diff_directory "${operands[0]}"
	else
		fix_patches=("${operands[@]}")
		fix_check_patches
	fi
	at_exit diff_finish
	trap 'exit 141' PIPE
	heed_interrupts
	target_find kdir
	target_modules
	cross_compiler "$kdir"
	diff_place=$(temporary -d) || exit 1
	is_plain "$diff_place" || die "kbuild cannot work in '$diff_place': set TMPDIR to a plain path"
	fix_source "$diff_place" ${fix_patches[@]+"${fix_patches[@]}"}
	fix_changes "$kernel_source" "$diff_place" ${fix_patches[@]+"${fix_patches[@]}"}
}

# diff_directory DIRECTORY: what it has besides the author's own tagged files.
diff_directory()
{
	local directory
	real_directory "$1"
	directory=$REPLY
	fix_directory_patches "$directory"
	fix_is_asked || die "'$directory' has neither patches nor whole kernel files (its Makefile does not name KLPMAKE_CUT): there is nothing to compare"
}

# diff_finish STATUS: cleans up.
diff_finish()
{
	kbuild_stop
	fix_stop
	[[ -z $diff_place ]] || rm -rf "$diff_place"
	exit "$1"
}
