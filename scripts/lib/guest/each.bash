# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # scripts/cmd/try.bash sets what is not set here
#
# The results of 'klpmake try --each'. The guest (each.sh) tries the modules in the order of the command line, and says
# when one begins and how it ended; the last may be the guest's end, too. Source report.bash first.

# One for each module that has begun: ok or failed, and why.
each_results=() each_reasons=()
# Whether the guest has given up, because the last one leaves something in the kernel.
each_stays=''

each_forget()
{
	each_results=() each_reasons=() each_stays=''
}

each_begins()
{
	each_results+=('')
	each_reasons+=('')
}

# each_is_on: whether a module is being tried.
each_is_on()
{
	((${#each_results[@]})) && [[ -z ${each_results[-1]} ]]
}

# each_file: prints the name of the one that is, or was last.
each_file()
{
	printf '%s\n' "${modules[${#each_results[@]} - 1]##*/}"
}

# each_mark: prints the line in the kernel's log with which it began.
each_mark()
{
	printf "%s: '%s'\n" "$mark" "${names[${#each_results[@]} - 1]}"
}

# each_ends RESULT [REASON]
each_ends()
{
	each_results[-1]=$1
	each_reasons[-1]=${2-}
	if [[ $1 == ok ]]; then
		say "$(each_file): ok"
	else
		complain "error: $(each_file): $2"
	fi
}

# each_conclude: when the guest has ended. Sets verdict and reason to what is to be said of all.
each_conclude()
{
	local i why=$reason failed=0
	((${#each_results[@]})) || return 0
	if each_is_on; then
		each_ends failed "$reason"
		why="the guest died in the try of '$(each_file)'"
	fi
	[[ -z $each_stays ]] || why="'$(each_file)' leaves something in the kernel"
	for i in "${!modules[@]}"; do
		if ((i >= ${#each_results[@]})); then
			each_results+=('not tried')
			each_reasons+=("$why")
			complain "error: ${modules[i]##*/}: not tried: $why"
		fi
		[[ ${each_results[i]} == ok ]] || failed=$((failed + 1))
	done
	if ((failed)); then
		# shellcheck disable=SC2034 # for scripts/cmd/try.bash
		verdict=failed reason="$failed of ${#modules[@]} modules did not pass"
	fi
}

# each_json: the member 'results' of the report, with a comma before it.
each_json()
{
	local i comma=''
	printf ', "results": ['
	for i in "${!modules[@]}"; do
		printf '%s{"module": ' "$comma"
		json_string "${modules[i]}"
		printf ', "result": '
		json_string "${each_results[i]:-not tried}"
		printf ', "reason": '
		json_or_null "${each_reasons[i]-}"
		printf '}'
		comma=', '
	done
	printf ']'
}
