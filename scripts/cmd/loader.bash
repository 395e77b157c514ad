# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake' without a command, where only the commands for running machines are installed: it says which these are.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/run/system.bash
. "$home/scripts/lib/run/system.bash"
# shellcheck source=scripts/lib/run/facts.bash
. "$home/scripts/lib/run/facts.bash"
# shellcheck source=scripts/lib/run/usage.bash
. "$home/scripts/lib/run/usage.bash"

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake COMMAND [OPTION...]
$run_usage
The package 'klpmake', which is not installed, has the commands that make
livepatches.

  -h, --help            this help
      --version         the version

Exit status: 0 done, 1 refused or failed, 2 wrong usage.
USAGE
}

option()
{
	klpinfo --version | sed 's/^klpinfo/klpmake/'
	exit 0
}

main_loader()
{
	options_parse option "$@"
	((!${#operands[@]})) ||
		usage_error "'${operands[0]}' is not a command, and what makes livepatches is not installed: the package for that is called 'klpmake'"
	usage_error 'which command?'
}
