# SPDX-License-Identifier: GPL-2.0-only
#
# 'klpmake info X.ko' says what a livepatch module is and what it would patch, without a kernel or debug information.

# shellcheck disable=SC2034,SC2154 # klpmake sets home, and what it sources uses what is set here

# shellcheck source=scripts/lib/run/system.bash
. "$home/scripts/lib/run/system.bash"
# shellcheck source=scripts/lib/run/facts.bash
. "$home/scripts/lib/run/facts.bash"

module='' args=()

usage()
{
	IFS= read -r -d '' usage <<USAGE || true
Usage: klpmake info [OPTION...] X.ko
Say what a livepatch module is and what it would patch, one fact on a line: see
klpinfo(1). It may be compressed.

      --json            as one JSON object on standard output
  -h, --help            this help
USAGE
}

option()
{
	args+=("$1")
}

main_info()
{
	program='klpmake info'
	options_parse option "$@"
	((${#operands[@]} < 2)) || usage_error "one module at a time, not '${operands[0]}' and '${operands[1]}'"
	module=${operands[0]-}
	[[ -n $module ]] || usage_error 'which module?'
	[[ ! -d $module ]] || die "'$module' is a directory: name the module in it, as '${module%/}/klp-fix.ko'"
	[[ -f $module ]] || die "'$module': no such file"
	klpinfo ${args[@]+"${args[@]}"} -- "$module"
}
