# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake user check X.klpu' reads a finished patch again, with other code than what made it. Source what
# scripts/cmd/user.bash does first.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and options.bash uses usage

# shellcheck source=scripts/lib/user/target.bash
. "$home/scripts/lib/user/target.bash"

user_check_args=() user_make=()

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake user check [OPTION...] X.klpu
Read a finished patch for programs again, and compare it with its target: the
one of the Makefile beside X.klpu, unless an option names another.

$user_target_usage$user_allow_usage  -v, --verbose         show also what each check has looked at
  -h, --help            this help
USAGE
}

usage_end()
{
	printf '\n'
	user_checks
}

user_option()
{
	user_target_option "$@" || user_allow_option "$@" || case $1 in
		--verbose) user_check_args+=(-v) ;;
	esac
}

user_check()
{
	local tool patch
	program='klpmake user check'
	options_parse user_option "$@"
	((${#operands[@]})) || usage_error 'which patch? give X.klpu'
	((${#operands[@]} == 1)) || usage_error "one patch at a time, not '${operands[0]}' and '${operands[1]}'"
	patch=${operands[0]}
	[[ ! -d $patch ]] || die "'$patch' is a directory: name the patch in it, as '${patch%/}/fix.klpu'"
	[[ -f $patch ]] || die "'$patch': no such file"
	real_directory "$(dirname -- "$patch")"
	user_patch=$REPLY
	if [[ -z $user_target ]]; then
		[[ -f $user_patch/Makefile ]] || die "'$patch' does not say where its target is, and there is no Makefile beside it: give --target"
		user_place=$(temporary -d) || exit 1
		at_exit user_clean
		user_make_command
		"${user_make[@]}" lists || exit 1
	fi
	user_find_target
	tool_find klpuser
	"$tool" check "${user_target_args[@]}" ${user_allow_args[@]+"${user_allow_args[@]}"} \
		${user_check_args[@]+"${user_check_args[@]}"} "$patch"
}
