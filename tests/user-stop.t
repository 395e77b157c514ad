#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What stopping a process must not do to it: no signal is lost, no system call ends because of it,
# no thread stays behind, and klpapply may die at any moment.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/user.bash
source "$top/tests/user.bash"
user_needs

user_compile storm "$user/storm.c"
user_compile waits "$user/waits.c"
user_compile wake "$user/wake.c"
user_compile tracer "$user/tracer.c"
user_compile rounds -DKLPMAKE_VERSION='"test"' -I"$top/src" "$user/rounds.c" "$top"/src/apply/{hook,inject,note,objects,outcome,process,stop,x86_64}.c \
	"$top/src/base/util.c"
user_server server
target=program:$scratch/server:server
user_patch p "$user/patch1.c" 1 '' "$target" -- 0:work:work_new 0:block:block_new

# Signals and system calls.

begin storm "$scratch/storm"
run "$scratch/rounds" "${user_pid[storm]}" "${KLPMAKE_ROUNDS:-10000}"
is "$status $out" "0 ${KLPMAKE_ROUNDS:-10000}" 'stopped again and again amid threads that begin and end'
answers storm stop 'sent many handled 0' 'no signal was lost'
finish storm
begin waits "$scratch/waits"
run "$scratch/rounds" "${user_pid[waits]}" 200
is "$status $out" '0 200' 'stopped in every kind of blocking call'
answers waits report '' 'none of them has ended'
answers waits signal signalled 'a signal ends each of them'
finish waits
begin wake "$scratch/wake"
run "$scratch/rounds" "${user_pid[wake]}" 1000
answers wake x 'goes on' 'a signal that comes meanwhile wakes who waits for it'
finish wake

# Where threads are.

begin s "$scratch/server"
pid=${user_pid[s]}
answers s block in 'a thread is in a function'
apply apply "$scratch/p.klpu" -p "$pid" --wait 0
refused 1 "process $pid: busy: block in thread $pid" 'it is busy'
apply list -p "$pid"
has "$out" 'p version 1: not applied' 'and nothing is switched'
"$bin/klpapply" apply "$scratch/p.klpu" -p "$pid" --wait 60 >"$scratch/waiting" 2>&1 &
waiting=$!
answers s x 2 'it leaves'
wait "$waiting"
is "$?" 0 'then it is applied'
answers s work 1413 'and works'
apply revert "$scratch/p.klpu" -p "$pid"
answers s callblock in 'a function of the program under one of a library'
apply apply "$scratch/p.klpu" -p "$pid" --wait 0
refused 1 "busy: block in thread $pid" 'busy'
ask s x
user_patch sig "$user/patch1.c" 1 '' "$target" -- 0:block_signal:work_new
answers s signal in 'in a signal handler on a stack of its own'
apply apply "$scratch/sig.klpu" -p "$pid" --wait 0
refused 1 "busy: block_signal in thread $pid" 'the function that the signal interrupted'
ask s x
apply apply "$scratch/sig.klpu" -p "$pid"
exits 0 'and behind it'
finish s
"$cc" -O2 -fno-asynchronous-unwind-tables -fomit-frame-pointer -c -o "$scratch/plain.o" "$user/plain.c"
user_server plain -DWITH_PLAIN -fno-omit-frame-pointer "$scratch/plain.o"
user_patch plain "$user/patch1.c" 1 '' "program:$scratch/plain:plain" -- 0:work:work_new
begin s "$scratch/plain"
answers s plain in 'a function without unwind information is called'
apply apply "$scratch/plain.klpu" -p "${user_pid[s]}" --wait 0
refused 1 'leads through code without unwind information' 'who called it is not known'
ask s x
apply apply "$scratch/plain.klpu" -p "${user_pid[s]}"
exits 0 'when it has returned'
finish s
begin s "$scratch/server"
pid=${user_pid[s]}
apply apply "$scratch/sig.klpu" -p "$pid"
user_patch b "$user/patch1.c" 1 '' "$target" -- 0:third:block_new
apply apply "$scratch/b.klpu" -p "$pid"
exits 0 'two patches'
apply list -p "$pid"
is "$(grep -c ': applied' <<<"$out")" 2 'both are listed'
finish s

# Processes that are stopped, traced, or cannot be stopped.

begin s "$scratch/server"
pid=${user_pid[s]}
kill -STOP "$pid"
until_true state_is "$pid" T
apply apply "$scratch/p.klpu" -p "$pid"
refused 1 "it is stopped (SIGSTOP, or a terminal's stop): continue it first, kill -CONT $pid" 'a stopped process'
holds 'it stays stopped' state_is "$pid" T
kill -CONT "$pid"
answers s work 13 'and goes on'
begin tracer "$scratch/tracer" "$pid"
apply apply "$scratch/p.klpu" -p "$pid"
refused 1 "process ${user_pid[tracer]} traces it" 'a traced process'
finish tracer
answers s vfork in 'a process that waits for its child in vfork'
apply apply "$scratch/p.klpu" -p "$pid" --wait 0
refused 1 'busy: it shares its memory with its child' 'it is busy'
tell s x
hear s
is "$REPLY" out 'until the child has executed a program'
apply apply "$scratch/p.klpu" -p "$pid"
exits 0 'then it is applied'
finish s
if type setpriv >/dev/null 2>&1; then
	begin s "$scratch/server"
	chmod 755 "$scratch"
	run setpriv --reuid 65534 --clear-groups "$bin/klpapply" apply "$scratch/p.klpu" -p "${user_pid[s]}"
	refused 1 'you may not trace it' "another user's process"
	finish s
fi

# held POINT: starts applying to the process s, which stops at that point: sets $holder and $worker.
held()
{
	KLPAPPLY_HOOK=$1:19 "$bin/klpapply" apply "$scratch/p.klpu" -p "${user_pid[s]}" --wait 0 "${@:2}" >"$scratch/held" 2>&1 &
	holder=$!
	worker=
	until_true worker_stopped
}

# shellcheck disable=SC2317 # until_true calls it
worker_stopped()
{
	worker=$(pgrep -P "$holder") && state_is "$worker" T
}

release()
{
	kill -CONT "$worker"
	wait "$holder"
	status=$?
	out=$(<"$scratch/held")
	err=$out
}

begin s "$scratch/server"
held stopped
kill -STOP "${user_pid[s]}"
release
exits 0 'a process that is sent SIGSTOP meanwhile'
until_true state_is "${user_pid[s]}" T
holds 'stops then' state_is "${user_pid[s]}" T
kill -CONT "${user_pid[s]}"
answers s work 1413 'and is patched'
finish s
begin s "$scratch/server"
held between
answers s exec ready 'a process that executes another program between lodging and switching'
release
refused 1 'it has ended' 'it is not the process that it was'
answers s work 13 'nothing was done to the new one'
finish s
if setarch -R true 2>/dev/null; then
	# The same addresses again.
	begin s setarch -R "$scratch/server"
	held planned
	answers s exec ready 'a process that executes another program before it is stopped for the first time'
	maps=$(wc -l <"/proc/${user_pid[s]}/maps")
	release
	refused 1 'it has ended' 'it is not that process either'
	is "$(wc -l <"/proc/${user_pid[s]}/maps")" "$maps" 'nothing was mapped into the new one'
	answers s work 13 'which is as it was'
	finish s
fi
begin s "$scratch/server"
held stopped --max-stop 300
sleep 0.4 # the budget itself
release
refused 1 'busy: looking at its stacks took longer than --max-stop' 'the budget is used up'
answers s work 13 'it goes on'
finish s

# klpapply is killed at each point: the process goes on as it was, list tells the truth, and the next one does it.

begin s "$scratch/server"
pid=${user_pid[s]}
# masks: the signals that its threads block.
masks()
{
	awk '/^SigBlk/ { print $2 }' /proc/"$pid"/task/*/status
}
before=$(masks)
calls=0
for point in seized stopped inject-stub inject-registers inject-mask inject-entry inject-exit inject-mask-back \
	inject-registers-back lodge-filled lodged between switch-checked switch-written; do
	run env KLPAPPLY_HOOK=$point:9 "$bin/klpapply" apply "$scratch/p.klpu" -p "$pid"
	refused 1 'was ended by signal 9' "killed at $point"
	answers s x 'what?' "$point: it answers"
	is "$(masks)" "$before" "$point: its threads block the signals that they did"
	apply list -p "$pid"
	lacks "$out" ': applied' "$point: list does not say that it is done"
	ask s block
	if [[ $out == *'block: new'* || ($point == switch-written && $out == *'work: new'*) ]]; then
		is "$([[ $out == *'partly applied'* ]] && echo partly)" partly "$point: list says so"
		[[ $REPLY != in ]] || ask s x
	else
		is "$REPLY" in "$point: the old function"
		ask s x
	fi
	apply apply "$scratch/p.klpu" -p "$pid"
	exits 0 "$point: the next one does it"
	calls=$((calls + 1))
	ask s work
	has "${REPLY:0:-2}" 4 "$point: the new function"
	# Each time with a process that has nothing of it.
	answers s exec ready "$point: it goes on"
done
answers s naps 1000 'the thread that sleeps has not woken up'
finish s

# Between two functions of one switch: it is not whole then, list says so, and the next word finishes it.

user_patch p-2 "$user/patch2.c" 2 '' "$target" -- 0:work:work_new 0:third:third_new

# cut WORD PATCH NUMBER: the word is killed when so many functions are switched.
cut()
{
	run env KLPAPPLY_HOOK="switch-written:9:$3" "$bin/klpapply" "$1" "$scratch/$2.klpu" -p "$pid"
	refused 1 "was ended by signal 9 (Killed); 'list' says what was done" "$1 $2 is killed at function $3"
}

# functions: sets REPLY to what list says, a line for each patch, in their order.
functions()
{
	apply list -p "$pid"
	REPLY=$(sed -E "s/^$pid server: (p version .): /\1: /; s/^  server: (.*): (new|old|replaced by .*)/ \1 \2/" <<<"$out" |
		sed -z 's/\n /, /g; s/\n$//' | sort)
}

# says WANTED TEXT
says()
{
	functions
	is "$REPLY" "$1" "$2"
}

unfinished='partly applied; apply or revert it again, which finishes that'
begin s "$scratch/server"
pid=${user_pid[s]}
cut apply p 1
says "p version 1: $unfinished, work new, block old" 'half of it'
apply list -p "$pid" --json
has "$out" '"state": "partly applied"' 'as JSON'
apply apply "$scratch/p.klpu" --all
has "$out" 'applied 1, already 0' '--all finishes it'
says 'p version 1: applied, work new, block new' 'all of it'
cut revert p 1
says "p version 1: $unfinished, work old, block new" 'half of it is taken back'
apply revert "$scratch/p.klpu" -p "$pid"
says 'p version 1: not applied, work old, block old' 'reverting again finishes that'
cut apply p 1
apply revert "$scratch/p.klpu" -p "$pid"
says 'p version 1: not applied, work old, block old' 'half of it is applied, and taken back'
apply apply "$scratch/p.klpu" -p "$pid"
cut revert p 1
apply apply "$scratch/p.klpu" -p "$pid"
says 'p version 1: applied, work new, block new' 'half of it is taken back, and applied again'
answers s work 1413 'works'

# One version takes the place of another: of three functions one has both, one the old version, one the new.
cut apply p-2 1
says "p version 1: $unfinished, work replaced by p version 2, block new
p version 2: $unfinished, work new, third old" 'one function of the new version'
apply apply "$scratch/p-2.klpu" -p "$pid"
says 'p version 1: not applied, work replaced by p version 2, block old
p version 2: applied, work new, third new' 'applying the new version again finishes it'
apply revert "$scratch/p.klpu" -p "$pid"
refused 1 "process $pid: version 2 of 'p' has replaced it: revert that one" 'the old version is not there to be reverted'
apply revert "$scratch/p-2.klpu" -p "$pid"
for taken in p p-2; do
	apply apply "$scratch/p.klpu" -p "$pid"
	cut apply p-2 1
	apply revert "$scratch/$taken.klpu" -p "$pid"
	exits 0 "either version is reverted then: $taken"
	says 'p version 1: not applied, work old, block old
p version 2: not applied, work old, third old' 'and nothing of the other stays'
done
# One that has fewer functions, of which all are there already.
user_patch p-3 "$user/patch2.c" 3 '' "$target" -- 0:work:work_new
apply apply "$scratch/p.klpu" -p "$pid"
cut apply p-3 1
apply apply "$scratch/p-3.klpu" -p "$pid"
says 'p version 1: not applied, work replaced by p version 3, block old
p version 2: not applied, work replaced by p version 3, third old
p version 3: applied, work new' 'what is left of the old version is taken back'
apply revert "$scratch/p-3.klpu" -p "$pid"
answers s work 15 'the old function'
finish s

# Another patch has taken the free half.

user_patch w "$user/patch2.c" 1 '' "$target" -- 0:work:work_new
begin s "$scratch/server"
pid=${user_pid[s]}
apply apply "$scratch/p.klpu" -p "$pid"
cut revert p 1
apply apply "$scratch/w.klpu" -p "$pid"
apply list -p "$pid"
has "$out" "$pid server: p version 1: partly applied; revert w first, then apply or revert it again, which finishes that
  server: work: replaced by w version 1
  server: block: new" 'half of a patch, and another one'
apply revert "$scratch/p.klpu" -p "$pid"
refused 1 "version 1 of 'w' has replaced it: revert that one" 'it is in the way'
apply apply "$scratch/p.klpu" -p "$pid"
refused 1 "'work' is already replaced, by patch 'w': revert that one first" 'either way'
apply revert "$scratch/w.klpu" -p "$pid"
apply revert "$scratch/p.klpu" -p "$pid"
exits 0 'without that it is finished'
finish s
done_testing
