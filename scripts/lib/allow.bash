# SPDX-License-Identifier: GPL-2.0-only
#
# --allow CHECK: which of klpcheck's findings the user accepts. klpcheck knows the names.
# Source common.bash and target.bash first.

allow_args=() # each as '--allow' and a name, once

IFS= read -r -d '' allow_usage <<'USAGE' || true
      --allow CHECK     accept what this check finds, and write that into the
                        module (repeatable, a list with commas; 'klpmake check
                        --help' lists them)
USAGE

# allow_list: prints the checks that can be waived, and what each doubts.
allow_list()
{
	"$(tool klpcheck)" --help | sed -n '/^Checks that/,$p'
}

# allow_option OPTION VALUE: takes the option above, as target_option does.
allow_option()
{
	[[ $1 == --allow ]] || return
	allow_checks "$2"
}

allow_checks()
{
	local names name known list
	tool klpcheck >/dev/null
	mapfile -t known < <(allow_list | sed -nE 's/^  ([a-z-]+) .*/\1/p')
	printf -v list ', %s' "${known[@]}"
	IFS=, read -r -a names <<<"$1,"
	((${#names[@]})) || names=('')
	for name in "${names[@]}"; do
		[[ " ${known[*]} " == *" $name "* && -n $name ]] ||
			usage_error "'$name' is not a check that can be waived; those are: ${list:2}"
		[[ " ${allow_args[*]-} " == *" $name "* ]] || allow_args+=(--allow "$name")
	done
}
