# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2154 # klpmake sets home, and the commands use what is set here
#
# A command on other machines, over ssh. Nothing of klpmake has to be there: what the command needs goes there as one
# stream and is removed again, with the module, unpacked, and what klpinfo says of it. The machine has to have a shell,
# bash, tar, coreutils and kmod, or busybox's commands of these names. far/ is the other side.
#
# The stream does not end before the command does: where it ends, klpmake or the connection is gone, and the other side has
# the command take back what it has begun. What a machine answers is only shown. Source facts.bash first.

hosts=() hosts_jobs=1
hosts_work='' hosts_hold='' hosts_failed='' hosts_report=''
declare -gA hosts_state=() # by host: running, done, failed
declare -gA hosts_pid=()
hosts_most=5000 # lines that a machine may say
hosts_beat=15   # seconds after which a machine hears again that klpmake is there (far/run.bash)

IFS= read -r -d '' hosts_usage <<'USAGE' || true
      --host HOST       on this machine, over ssh, where klpmake need not be
                        installed (repeatable): one after the other, until one
                        fails
  -j, --jobs NUMBER     on so many of them at once
USAGE

# hosts_option NAME VALUE: 1 if it is none of these options.
hosts_option()
{
	case $1 in
		--host)
			# Nothing that ssh takes for an option, or that a shell would read in a ProxyCommand.
			[[ $2 =~ ^([A-Za-z0-9_][A-Za-z0-9_.+-]*@)?[A-Za-z0-9_:][A-Za-z0-9_.:-]*$ && ${#2} -lt 200 ]] ||
				usage_error "'$2' is not the name of a machine: give NAME or USER@NAME; ssh's configuration has the rest"
			[[ " ${hosts[*]-} " != *" $2 "* ]] || usage_error "'--host $2' is there twice"
			hosts+=("$2")
			;;
		--jobs)
			[[ $2 =~ ^[1-9][0-9]{0,3}$ ]] || usage_error "'--jobs' needs a number, not '$2'"
			hosts_jobs=$2
			;;
		*) return 1 ;;
	esac
}

# hosts_run MODULE COMMAND [ARG...]: runs it on all hosts, and ends the script, and removes the directory $work, if there is
# one. MODULE, if it is not empty, is the file that facts.bash has read; the command gets it, too.
hosts_run()
{
	at_exit hosts_finish
	hosts_work=${work-}
	need_tools ssh tar mkfifo
	[[ -n $hosts_work ]] || hosts_work=$(temporary -d) || exit 1
	hosts_pack "$@"
	mkfifo "$hosts_work/hold" || exit 1
	exec {hosts_hold}<>"$hosts_work/hold"
	hosts_all
	[[ -z $hosts_failed ]] || exit 1
	exit 0
}

# hosts_pack MODULE COMMAND [ARG...]: makes the stream.
hosts_pack()
{
	local module=$1 command=$2 ship=$hosts_work/ship
	shift
	[[ -z $json ]] || set -- "$@" --json
	((verbosity)) || [[ -n $json ]] || set -- "$@" --quiet
	# tar gives its mode to the directory there: nobody else may write what root runs, whatever umask is here.
	mkdir -m 700 "$ship" && mkdir "$ship/build" "$ship/module" || exit 1
	cp -- "$home/scripts/lib/run/far/"{start.sh,run.bash} "$ship" || exit 1
	cp -- "$home/scripts/lib/run/far/klpinfo.bash" "$ship/build" || exit 1
	if [[ -n $module ]]; then
		klpinfo "$module" >"$ship/build/facts" || exit 1
		# By its own name, which has only letters: that of the file may have any.
		cp -- "$module" "$ship/module/${facts[name]}.ko" || exit 1
		set -- "$@" "module/${facts[name]}.ko"
	fi
	printf '%s\n' "$@" >"$ship/arguments"
	tar -cf "$hosts_work/stream" -C "$ship" . -C "$home" klpmake "scripts/cmd/$command.bash" \
		scripts/lib/{common,environment,json,options,packed,signals}.bash scripts/lib/json.awk scripts/lib/run || die "'tar' has failed"
}

# hosts_all: until all have had their turn or one has failed; those that are at work then come to their end.
hosts_all()
{
	local host running=0
	for host in "${hosts[@]}"; do
		if ((running == hosts_jobs)); then
			hosts_wait
			running=$((running - 1))
		fi
		[[ -z $hosts_failed ]] || break
		hosts_state[$host]=running
		hosts_one "$host" &
		hosts_pid[$host]=$!
		running=$((running + 1))
	done
	for (( ; running; running--)); do
		hosts_wait
	done
	hosts_lost
}

# hosts_lost: all have come to an end, and what has not said how has failed.
hosts_lost()
{
	local host
	for host in "${!hosts_state[@]}"; do
		[[ ${hosts_state[$host]} != running ]] || hosts_state[$host]=failed hosts_failed=1
	done
}

# hosts_wait: until one more has come to its end.
hosts_wait()
{
	wait -n || true
	hosts_look
}

# hosts_look: who has come to an end?
hosts_look()
{
	local host
	for host in "${!hosts_state[@]}"; do
		[[ ${hosts_state[$host]} == running ]] || continue
		first_line "$hosts_work/$host.status" || continue
		hosts_state[$host]=done
		[[ $REPLY == 0 ]] || hosts_state[$host]=failed hosts_failed=1
	done
}

# hosts_one HOST: in a process of its own.
hosts_one()
{
	local end feed size feeder options=(-T -o ServerAliveInterval=15)
	((hosts_jobs == 1)) || options+=(-o BatchMode=yes)
	# Opened while there is a writer; afterwards klpmake alone is that.
	exec {end}<"$hosts_work/hold" {hosts_hold}>&-
	exec {feed}< <(hosts_feed <&"$end")
	feeder=$!
	exec {end}<&-
	# ^C goes to all of the terminal's processes: it ends the stream, and ssh waits until what was begun is taken back.
	trap '' INT TERM HUP
	size=$(stat -c %s "$hosts_work/stream")
	if [[ -n $json ]]; then
		# In pipelines, because bash waits for the last one of several process substitutions only.
		{ hosts_ssh "$1" 2>&1 >&3 3>&- | head -c 1000000 >"$hosts_work/$1.err" 3>&-; } 3>&1 | head -c 1000000 >"$hosts_work/$1.out"
	else
		{ hosts_ssh "$1" 2>&1 >&3 3>&- | hosts_show "$1" "$hosts_work/$1.err" >&2 3>&-; } 3>&1 | hosts_show "$1" "$hosts_work/$1.out"
	fi
	kill "$feeder" 2>/dev/null || true
	wait
	mv -f -- "$hosts_work/$1.ended" "$hosts_work/$1.status"
}

# hosts_feed: the stream, and behind it a line now and then, until standard input ends. A machine whose connection is lost
# hears nothing of that: its ssh server waits for hours.
hosts_feed()
{
	local status=0
	cat "$hosts_work/stream"
	while
		read -r -t "$hosts_beat" || status=$?
		((status > 128))
	do
		status=0
		echo
	done
}

# hosts_ssh HOST: the command is for any login shell, so it is a word in single quotes, in one line, without '!'.
hosts_ssh()
{
	local status=0 script
	# shellcheck disable=SC2016
	script='d=$(mktemp -d) || exit; head -c '$size' | tar -xof - -C "$d" && sh "$d/start.sh" "$d"; s=$?; rm -rf "$d"; exit $s'
	ssh "${options[@]}" -- "$1" "exec sh -c '$script'" <&"$feed" || status=$?
	printf '%d\n' "$status" >"$hosts_work/$1.ended"
}

# hosts_show HOST FILE: shows its standard input as what the host says, and keeps it.
hosts_show()
{
	local line n=0
	while IFS= read -r -n 1000 line || [[ -n $line ]]; do
		((n++ < hosts_most)) || break
		[[ $line != *[[:cntrl:]]* && $line != *$'\xc2'[$'\x80'-$'\x9f']* ]] || line=$(printable_lines <<<"$line")
		printf '%s\n' "$line" >>"$2"
		printf '%s: %s\n' "$1" "$line"
	done
	cat >/dev/null
}

# hosts_finish STATUS: also the end of an interrupted run: those that are at work see the end of the stream, and take back what
# they have begun.
hosts_finish()
{
	local host
	trap '' PIPE
	if [[ -n $hosts_hold ]]; then
		exec {hosts_hold}>&-
		for host in "${!hosts_state[@]}"; do
			wait "${hosts_pid[$host]}" || true
		done
		hosts_look
		hosts_lost
		[[ -n $json ]] || hosts_table || true
	fi
	[[ -z $json ]] || hosts_report=$(hosts_json)
	[[ -z $hosts_work ]] || rm -rf -- "$hosts_work"
	report_end "$1" hosts_print
}

# hosts_table: one line for each of them.
hosts_table()
{
	local host width=0
	for host in "${hosts[@]}"; do
		((${#host} <= width)) || width=${#host}
	done
	say ''
	for host in "${hosts[@]}"; do
		hosts_result "$host"
		say "$(printf '%-*s  %s' "$width" "$host" "$REPLY")"
	done
}

# hosts_result HOST: sets REPLY to how it went there.
hosts_result()
{
	case ${hosts_state[$1]-} in
		done)
			REPLY=$(tail -n 1 "$hosts_work/$1.out" 2>/dev/null) || REPLY='done'
			;;
		failed)
			hosts_reason "$1"
			REPLY="failed: $REPLY"
			;;
		*) REPLY='not tried' ;;
	esac
}

# hosts_reason HOST: sets REPLY to why it failed: an error of klpmake's there, or what ssh has said.
hosts_reason()
{
	local said=$hosts_work/$1.err
	REPLY=$(sed -n 's/^klpmake[a-z ]*: error: //p' "$said" 2>/dev/null | tail -n 1) || REPLY=''
	[[ -n $REPLY ]] || REPLY=$(grep . "$said" 2>/dev/null | tail -n 1) || true
	[[ -n $REPLY ]] || REPLY="it ended without a word, with status $(cat "$hosts_work/$1.status" 2>/dev/null || echo unknown)"
}

hosts_json()
{
	local host comma=''
	printf '"hosts": ['
	for host in "${hosts[@]}"; do
		printf '%s{"host": ' "$comma"
		json_string "$host"
		printf ', "state": "%s", "reason": ' "${hosts_state[$host]:-skipped}"
		if [[ ${hosts_state[$host]-} == failed ]] && hosts_reason "$host"; then json_string "$REPLY"; else printf 'null'; fi
		printf ', "report": '
		if [[ -f $hosts_work/$host.out ]]; then json_object "$hosts_work/$host.out"; else printf 'null'; fi
		printf '}'
		comma=', '
	done
	printf ']'
}

hosts_print()
{
	printf '%s' "$hosts_report"
}
