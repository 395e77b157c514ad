# SPDX-License-Identifier: GPL-2.0-only
#
# What klpmake shows: the stages with their times as they run, the table of symbols at the end,
# or all of it as one JSON object. Source common.bash and json.bash first.

stages=() # "NAME SECONDS"

# report_print TEXT: prints the report itself; 1 if that fails, as when stdout is closed or a disk is full.
report_print()
{
	! printf '%s\n' "$1" 2>/dev/null || return 0
	complain "error: the report cannot be written: is standard output closed, or the disk full?" || true
	return 1
}

# stage_begin NAME, stage_end: around a step; a step that fails does not reach the end.
# (Not 'stage NAME COMMAND...': bash ignores set -e inside a command whose status is tested.)
stage_begin()
{
	stage_name=$1
	stage_start=$EPOCHREALTIME
	# On a terminal it is seen at once what takes its time; what is printed next takes this line's place.
	[[ -n ${json-} || $verbosity -ne 1 || ! -t 1 ]] || printf '  %s...\r' "$1"
}

stage_end()
{
	local micros=$((${EPOCHREALTIME/[.,]/} - ${stage_start/[.,]/}))
	local seconds line
	printf -v seconds '%d.%03d' $((micros / 1000000)) $((micros % 1000000 / 1000))
	stages+=("$stage_name $seconds")
	printf -v line '  %-9s %6s s' "$stage_name" "$seconds"
	show "$line"
}

# show_command COMMAND...: with -v, shows it in a form that can be typed.
show_command()
{
	((verbosity < 2)) || printf '+ %s\n' "${*@Q}" >&2
}

# verbosely [exec] COMMAND...: runs it, and shows it first with -v.
verbosely()
{
	if [[ $1 == exec ]]; then
		show_command "${@:2}"
	else
		show_command "$@"
	fi
	"$@"
}

# show TEXT: prints it for people; with --json nothing but JSON goes to stdout.
show()
{
	[[ -n $json ]] || say "$1"
}

# terminal_columns: sets REPLY to the columns of the terminal that standard output is; 0 if it is none.
terminal_columns()
{
	local terminal
	REPLY=''
	if [[ -t 1 ]]; then
		exec {terminal}>&1
		read -r _ REPLY < <(stty size <&"$terminal" 2>/dev/null) || true
		exec {terminal}>&-
	fi
	[[ $REPLY =~ ^[0-9]+$ ]] || REPLY=0
}

# report_symbols TABLE COLUMNS: shows the symbols of the table in columns; where that is wider than COLUMNS (0: any width
# will do), each symbol in as many lines as it needs.
report_symbols()
{
	awk -v most="$2" '
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
			total = 1
			for (i = 1; i <= 7; i++) total += width[i] + 1
			for (r = 0; r <= n; r++) {
				if (most && total > most) {
					line = "  " (r ? cell[r, 1] : head[1])
					for (i = 2; i <= 7; i++) {
						next_cell = r ? cell[r, i] : head[i]
						if (length(line) + length(next_cell) + 1 > most) {
							print line
							line = "     " next_cell
						} else line = line " " next_cell
					}
					print line
					continue
				}
				line = " "
				for (i = 1; i <= 7; i++) line = line " " sprintf("%-" width[i] "s", r ? cell[r, i] : head[i])
				sub(/ +$/, "", line)
				print line
			}
		}' "$1"
}

# report_unchecked FILE...: what klpcheck could not look at according to its reports, with the module's name if there are
# several.
report_unchecked()
{
	local file module
	for file; do
		module=${file##*/}
		module=${module%.check}.ko
		(($# > 1)) || module=''
		sed -nE "s/^  not checked  /&${module:+$module: }/p" "$file"
	done
}

# report_checked FILE...: which checks klpcheck's reports list, and what klpcheck could not look at; with -v
# also how much each check has looked at.
report_checked()
{
	local lines line
	((verbosity > 0)) || return 0
	if ((verbosity > 1)); then
		mapfile -t lines < <(sed -nE '/^  (not )?checked /p' "$@")
	else
		mapfile -t lines < <(
			sed -nE 's/^  checked +([a-z-]+): .*/\1/p' "$@" | awk '
				!seen[$0]++ {
					if (line == "") line = sprintf("  checked    %s", $0)
					# With the comma behind it.
					else if (length(line) + length($0) + 3 <= 80) line = line ", " $0
					else { print line ","; line = sprintf("             %s", $0) }
				}
				END { if (line != "") print line }'
			report_unchecked "$@"
		)
	fi
	for line in ${lines[@]+"${lines[@]}"}; do
		show "$line"
	done
}

# report_check STATUS: klpcheck's report of the module that 'klpmake check' is about (its reports of several), or why it made none.
report_check()
{
	if [[ -n $check_report && -s $check_report ]]; then
		((${#operands[@]} < 2)) || printf '{"schema": %d, "ok": %s, "modules": ' "$json_schema" "$( (($1)) && echo false || echo true)"
		cat "$check_report"
		((${#operands[@]} < 2)) || printf '}\n'
		return
	fi
	printf '{"schema": %d, "module": ' "$json_schema"
	json_string "$module"
	printf ', "ok": false, "messages": ['
	json_messages <"$report_messages"
	printf ']}\n'
}

# report_json OK: what happened, with klpcheck's own report of each module.
report_json()
{
	local s comma=''
	printf '{"schema": %d, "ok": %s, "kernel": ' "$json_schema" "$1"
	json_or_null "$release"
	printf ', "vmlinux": '
	json_or_null "$vmlinux"
	printf ', "stages": ['
	for s in ${stages[@]+"${stages[@]}"}; do
		printf '%s{"name": "%s", "seconds": %s}' "$comma" "${s% *}" "${s##* }"
		comma=', '
	done
	printf '], "messages": ['
	json_messages <"$report_messages"
	printf '], "modules": ['
	comma=''
	for s in ${checked[@]+"${checked[@]}"}; do
		# There is no report if klpcheck did not come to its end.
		[[ -s $s ]] || continue
		printf '%s' "$comma"
		cat "$s"
		comma=', '
	done
	printf ']}\n'
}
