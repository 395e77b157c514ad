# SPDX-License-Identifier: GPL-2.0-only
#
# --allow CHECK: which of klpcheck's findings the user takes as they are. klpcheck knows the names.
# Source common.bash and target.bash first.

allow_args=() # each as '--allow' and a name, once

allow_usage()
{
	cat <<'USAGE'
      --allow CHECK     take what a check finds as it is, and write that into the module
                        (repeatable, a list with commas; 'klpmake check --help' lists them)
USAGE
}

# allow_list: the checks that can be waived, with what each doubts.
allow_list()
{
	"$(tool klpcheck)" --help | sed -n '/^Checks that/,$p'
}

# allow_option OPTION [VALUE]: takes the option above, as target_option does.
# shellcheck disable=SC2034 # taken is for the caller
allow_option()
{
	taken=0
	case $1 in
		--allow)
			[[ -n ${2-} ]] || usage_error "option '$1' needs a value"
			allow_checks "$2"
			taken=2
			;;
		--allow=*)
			allow_checks "${1#*=}"
			taken=1
			;;
	esac
}

allow_checks()
{
	local names name known list
	mapfile -t known < <(allow_list | sed -nE 's/^  ([a-z-]+) .*/\1/p')
	printf -v list ', %s' "${known[@]}"
	IFS=, read -r -a names <<<"$1,"
	((${#names[@]})) || names=('')
	for name in "${names[@]}"; do
		[[ " ${known[*]} " == *" $name "* && -n $name ]] ||
			usage_error "'$name' is no check that can be waived; those are: ${list:2}"
		[[ " ${allow_args[*]-} " == *" $name "* ]] || allow_args+=(--allow "$name")
	done
}
