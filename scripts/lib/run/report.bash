# SPDX-License-Identifier: GPL-2.0-only
#
# How these commands report in JSON: one object, with the messages that went to standard error. Source json.bash first.

# report_begin: with --json nothing else goes to standard output.
report_begin()
{
	[[ -n $json ]] || return 0
	verbosity=0
	report_listen
}

# report_end STATUS MEMBERS: ends the script; MEMBERS prints what is between "ok" and the messages.
report_end()
{
	local ok=true
	if [[ -n $json ]]; then
		report_deaf
		(($1 == 0)) || ok=false
		{
			printf '{"schema": %d, "ok": %s, ' "$json_schema" "$ok"
			"$2"
			printf ', "messages": ['
			json_messages <"$report_messages"
			printf ']}\n'
		} || true
		rm -f -- "$report_messages"
	fi
	exit "$1"
}
