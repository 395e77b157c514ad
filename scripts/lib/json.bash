# SPDX-License-Identifier: GPL-2.0-only
#
# Reports as JSON, for all commands. Messages go to standard error as usual, and are kept for the report. Source common.bash first.

json='' json_schema=1
json_scripts=${BASH_SOURCE[0]%/*}

# report_listen, report_deaf: between these two, everything that goes to stderr is also kept for the report.
report_listen()
{
	report_messages=$(temporary -f) || exit 1
	exec {report_stderr}>&2
	# -i: ^C goes to all of the terminal's processes, and klpmake prints messages after it.
	exec 2> >(exec tee -i "$report_messages" >&"$report_stderr")
	report_tee=$!
}

report_deaf()
{
	exec 2>&"$report_stderr"
	wait "$report_tee" || true
}

json_awk()
{
	LC_ALL=C awk -v what="$1" -f "$json_scripts/json.awk"
}

json_string()
{
	# Most are plain, and need no program.
	if [[ $1 != *[!A-Za-z0-9\ ._,:/+-]* ]]; then printf '"%s"' "$1"; else json_awk string <<<"$1"; fi
}

# json_or_null STRING: an empty string becomes null.
json_or_null()
{
	if [[ -n $1 ]]; then json_string "$1"; else printf 'null'; fi
}

# json_lines, json_messages: filters to the members of an array (json.awk).
json_lines()
{
	json_awk lines
}

json_messages()
{
	json_awk messages
}

# json_object FILE: prints the object that is in it, or null.
json_object()
{
	json_awk object <"$1"
}
