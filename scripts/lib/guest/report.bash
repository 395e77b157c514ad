# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # scripts/cmd/try.bash sets what is not set here
#
# What a try shows of its guest: each line as it comes and one sentence at the end, or one JSON object.
# Source common.bash and json.bash first.

phases=() outputs=() accel=''

report_forget()
{
	phases=() outputs=()
}

report_phase()
{
	phases+=("$1")
	outputs+=('')
}

# report_output LINE: something that the guest showed in this phase.
report_output()
{
	((${#phases[@]})) || report_phase ''
	outputs[-1]+=$1$'\n'
	say "$(printf '%-6s | %s' "${phases[-1]}" "$1")"
}

# report_verdict: says what the try has seen, if all went well.
report_verdict()
{
	local seen='loaded, every task patched, unloaded again' list
	if [[ -n $scenario ]]; then
		printf -v list ', %s' "${phases[@]}"
		seen="the scenario came to its end (${list:2})"
	fi
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
		printf ', "output": ['
		printf '%s' "${outputs[i]}" | json_lines
		printf ']}'
		comma=', '
	done
	printf '], "log": '
	if [[ -n $log && -e $log ]]; then json_string "$log"; else printf 'null'; fi
	printf ', "messages": ['
	json_messages <"$report_messages"
	printf ']}\n'
}
