# SPDX-License-Identifier: GPL-2.0-only
#
# What klpmake shows: the stages with their times as they run, the table of symbols at the end,
# or all of it as one JSON object. Source common.bash first.

json=''
stages=() # "NAME SECONDS"

# report_listen, report_deaf: between them all that goes to stderr is kept for the report as well.
report_listen()
{
	report_messages=$(temporary -f) || exit 1
	exec {report_stderr}>&2
	# -i: ^C goes to all of the terminal's processes, and we have things to say after it.
	exec 2> >(exec tee -i "$report_messages" >&"$report_stderr")
	report_tee=$!
}

report_deaf()
{
	exec 2>&"$report_stderr"
	wait "$report_tee" || true
}

json_string()
{
	local s=$1
	s=${s//\\/\\\\}
	s=${s//\"/\\\"}
	s=${s//$'\n'/\\n}
	s=${s//$'\t'/\\t}
	s=${s//$'\r'/\\r}
	# Other control characters have no place in names and messages.
	printf '"%s"' "${s//[[:cntrl:]]/?}"
}

# stage_begin NAME, stage_end: around a step; the end is only reached when it went well.
# (Not 'stage NAME COMMAND...': bash forgets set -e inside a command whose status is looked at.)
stage_begin()
{
	stage_name=$1
	stage_start=$EPOCHREALTIME
}

stage_end()
{
	local micros=$((${EPOCHREALTIME/[.,]/} - ${stage_start/[.,]/}))
	stages+=("$stage_name $(printf '%d.%03d' $((micros / 1000000)) $((micros % 1000000 / 1000)))")
	show "$(printf '  %-9s %6s s' "$stage_name" "${stages[-1]##* }")"
}

# show_command COMMAND...: with -v, as it can be run by hand.
show_command()
{
	((verbosity < 2)) || printf '+ %s\n' "${*@Q}" >&2
}

# verbosely COMMAND...: runs it, and shows it first with -v.
verbosely()
{
	show_command "$@"
	"$@"
}

# show TEXT: for people; a program that asked for JSON gets nothing else on stdout.
show()
{
	[[ -n $json ]] || say "$1"
}

# report_symbols TABLE: the symbols of one module, in columns.
report_symbols()
{
	awk '
		# symbol MODULE LINK_NAME OBJECT NAME POSITION ADDRESS TYPE SOURCE
		$1 == "symbol" {
			n++
			split("5 4 6 7 8 9 2", column, " ")
			for (i = 1; i <= 7; i++) {
				cell[n, i] = $column[i]
				if (length(cell[n, i]) > width[i]) width[i] = length(cell[n, i])
			}
		}
		/^# .* is compiled in / { included[++c] = "  " substr($0, 3) }
		# sympos MODULE SECTION OFFSET POSITION NAME
		$1 == "sympos" { filled[++f] = "  old_sympos of \047" $6 "\047 in " $2 ": " $5 }
		# address MODULE SECTION OFFSET OBJECT NAME POSITION ADDEND NEW_NAME
		$1 == "address" && !told[$2, $9]++ {
			filled[++f] = "  address of \047" $9 "\047 in " $2 ": that of \047" $6 "\047"
		}
		END {
			for (i = 1; i <= c; i++) print included[i]
			for (i = 1; i <= f; i++) print filled[i]
			if (n == 0) exit
			split("symbol object position address type source module", head, " ")
			for (i = 1; i <= 7; i++) if (length(head[i]) > width[i]) width[i] = length(head[i])
			for (r = 0; r <= n; r++) {
				line = " "
				for (i = 1; i <= 7; i++) line = line " " sprintf("%-" width[i] "s", r ? cell[r, i] : head[i])
				sub(/ +$/, "", line)
				print line
			}
		}' "$1"
}

# report_checked FILE...: which checks klpcheck's reports are of, and what they could not look at; with -v
# also how much each has looked at.
report_checked()
{
	local lines line
	if ((verbosity > 1)); then
		mapfile -t lines < <(sed -nE '/^  (not )?checked /p' "$@")
	else
		mapfile -t lines < <(
			sed -nE 's/^  checked +([a-z-]+): .*/\1/p' "$@" | awk '!seen[$0]++' | paste -sd , | sed 's/^/  checked    /; s/,/, /g'
			sed -nE '/^  not checked /p' "$@"
		)
	fi
	((verbosity == 0)) || for line in ${lines[@]+"${lines[@]}"}; do
		show "$line"
	done
}

# report_json OK: what happened, with klpcheck's own report of each module.
report_json()
{
	local ok=$1 s line first=1
	printf '{"ok": %s, "kernel": ' "$ok"
	json_string "$release"
	printf ', "vmlinux": '
	json_string "$vmlinux"
	printf ', "stages": ['
	for s in ${stages[@]+"${stages[@]}"}; do
		((first)) || printf ', '
		first=0
		printf '{"name": "%s", "seconds": %s}' "${s% *}" "${s##* }"
	done
	printf '], "messages": ['
	first=1
	while IFS= read -r line; do
		[[ -n $line ]] || continue
		((first)) || printf ', '
		first=0
		json_string "$line"
	done <"$report_messages"
	printf '], "modules": ['
	first=1
	for s in ${checked[@]+"${checked[@]}"}; do
		((first)) || printf ', '
		first=0
		cat "$s"
	done
	printf ']}\n'
}
