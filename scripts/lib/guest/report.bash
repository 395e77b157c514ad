# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # scripts/cmd/try.bash sets what is not set here
#
# What a try shows of its guest: each line as it comes and one sentence at the end, or one JSON object.
# Source common.bash and json.bash first.

phases=() outputs=() accel=''
# With --each, the module in whose try a phase was.
phase_modules=()

report_forget()
{
	phases=() outputs=() phase_modules=()
}

report_phase()
{
	phases+=("$1")
	outputs+=('')
	phase_modules+=('')
	[[ -z $each ]] || ! each_is_on || phase_modules[-1]=${modules[${#each_results[@]} - 1]}
}

# report_output LINE: something that the guest showed in this phase.
report_output()
{
	((${#phases[@]})) || report_phase ''
	outputs[-1]+=$1$'\n'
	say "$(printf '%s%-6s | %s' "${phase_modules[-1]:+${phase_modules[-1]##*/}: }" "${phases[-1]}" "$1")"
}

# report_verdict: says what the try has seen, if all went well.
report_verdict()
{
	local seen='loaded, every task patched, unloaded again' list
	if [[ -n $scenario ]]; then
		printf -v list ', %s' "${phases[@]}"
		seen="the scenario came to its end (${list:2})"
	fi
	[[ -z $each ]] || seen="each of ${#modules[@]} modules: $seen"
	printf 'ok: %s; the kernel did not complain (%d s)\n' "$seen" "$SECONDS"
}

# report_try STATUS
report_try()
{
	local i comma='' ok=false
	(($1)) || ok=true
	printf '{"schema": %d, "ok": %s, "kernel": ' "$json_schema" "$ok"
	json_or_null "$release"
	printf ', "modules": ['
	printf '%s\n' "${modules[@]}" | json_lines
	printf '], "accelerator": '
	json_or_null "$accel"
	printf ', "seconds": %d, "phases": [' "$SECONDS"
	for i in "${!phases[@]}"; do
		printf '%s{"name": ' "$comma"
		json_string "${phases[i]}"
		if [[ -n $each ]]; then
			printf ', "module": '
			json_or_null "${phase_modules[i]}"
		fi
		printf ', "output": ['
		printf '%s' "${outputs[i]}" | json_lines
		printf ']}'
		comma=', '
	done
	printf ']'
	[[ -z $each ]] || each_json
	printf ', "log": '
	if [[ -n $log && -e $log ]]; then json_string "$log"; else printf 'null'; fi
	printf ', "messages": ['
	json_messages <"$report_messages"
	printf ']}\n'
}
