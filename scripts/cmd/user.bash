# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake user' is about running programs: it makes a patch (NAME.klpu) from tagged C files, and applies it to processes.
# A second word says what to do; without one a patch is made.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/target.bash
. "$home/scripts/lib/target.bash"

user_words='apply, check, list, make, revert, try, watch'

main_user()
{
	local word=make tool
	case ${1-} in
		make | check)
			word=$1
			shift
			;;
		apply | list | revert | try | watch)
			tool_find klpapply
			exec "$tool" "$@"
			;;
	esac
	# shellcheck disable=SC1090 # make.bash or check.bash
	. "$home/scripts/lib/user/$word.bash"
	"user_$word" "$@"
}
