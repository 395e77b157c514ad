#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# klpapply: patches for programs that run are applied, listed, replaced and taken back; what it
# refuses, and why.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/user.bash
source "$top/tests/user.bash"
user_needs

user_server server
target=program:$scratch/server:server
user_patch p "$user/patch1.c" 1 '' "$target" -- 0:work:work_new 0:block:block_new

# One process.

begin s "$scratch/server"
pid=${user_pid[s]}
answers s work 13 'the old function'
apply apply "$scratch/p.klpu" -p "$pid"
exits 0 'applied'
has "$out" "process $pid (server): applied" 'it says so'
answers s work 1415 'the new function: static data and functions, thread-local storage, libc, constants'
answers s work 2417 'its own data'
answers s block 5005 'another function'
apply list -p "$pid"
is "$status $out" "0 $pid server: p version 1: applied
  server: work: new
  server: block: new" 'list'
apply list -p "$pid" --json
is "$(perl -MJSON::PP -e '$p = decode_json(shift)->{patches}[0]; print "$p->{patch} $p->{state} $p->{functions}[1]{name}"' "$out")" \
	'p applied block' 'list as JSON'
maps=$(wc -l <"/proc/$pid/maps")
apply apply "$scratch/p.klpu" -p "$pid"
is "$status $out" "0 process $pid (server): it is applied already" 'already is success'
apply revert "$scratch/p.klpu" -p "$pid"
exits 0 'reverted'
answers s work 19 'the old function again'
apply list -p "$pid"
has "$out" 'p version 1: not applied' 'list after revert'
apply revert "$scratch/p.klpu" -p "$pid"
is "$status $out" "0 process $pid (server): it is reverted already" 'already reverted is success'
apply apply "$scratch/p.klpu" -p "$pid"
answers s work 3421 'applied again, with the data that it had'
is "$(wc -l <"/proc/$pid/maps")" "$maps" 'the image is used again'
answers s naps 1000 'a thread that slept all the time has not woken up'
is "$(awk '$2 ~ /w/ && $2 ~ /x/' "/proc/$pid/maps")" '' 'nothing is writable and executable'

# Versions.

user_patch p-2 "$user/patch2.c" 2 '' "$target" -- 0:work:work_new 0:third:third_new
user_patch p-2b "$user/patch2.c" 1 '' "$target" -- 0:work:work_new
user_patch other "$user/patch2.c" 1 '' "$target" -- 0:work:work_new
apply apply "$scratch/other.klpu" -p "$pid"
refused 1 "'work' is already replaced, by patch 'p': revert that one first" 'a function of another patch'
apply apply "$scratch/p-2b.klpu" -p "$pid"
refused 1 "version 1 of 'p' is applied, and this is version 1 with other contents: raise the version" 'the same version'
apply apply "$scratch/p-2.klpu" -p "$pid"
exits 0 'a higher version replaces a lower one'
answers s work 20007 'its function'
answers s third 30007 'a function that only the new version has'
tell s block
hear s
is "$REPLY" in 'a function that only the old version had is the old one'
answers s x 7 'and works'
apply apply "$scratch/p.klpu" -p "$pid"
refused 1 "version 2 of 'p' is applied, and this is version 1: revert that one first" 'a lower version'
apply revert "$scratch/p-2.klpu" -p "$pid"
answers s third 9 'reverted'

# A child has what its parent has.

apply apply "$scratch/p.klpu" -p "$pid"
ask s fork
child=$REPLY
apply list -p "$child"
has "$out" "$child server: p version 1: applied" 'a child of a patched process is patched'
apply revert "$scratch/p.klpu" -p "$child"
exits 0 'and can be reverted'
answers s work 4423 'alone'
apply apply "$scratch/p.klpu" --all
exits 0 '--all'
has "$out" 'applied 1, already 1, busy 0, refused 0, gone 0' 'counts'
answers s exec ready 'a program that executes itself'
answers s work 13 'is not patched any more'
apply list -p "$pid"
is "$status $out" '0 ' 'which list says'
kill -KILL "$child"
finish s

# A library, both at once, thread-local storage in another way.

user_patch both "$user/both.c" 1 '' "$target" library:"$scratch/libserver.so":libserver.so -- \
	0:work:work_new 1:lib_work:lib_work_new
begin s "$scratch/server"
pid=${user_pid[s]}
apply apply "$scratch/both.klpu" -p "$pid"
exits 0 'a program and its library in one patch'
answers s lib 50150 'a function of the library: its static data, its thread-local storage'
answers s work 90155 'a pointer to a replaced function is that of the program'
answers s pointer 1 'also for the program'
apply revert "$scratch/both.klpu" --all
has "$out" 'reverted 1, already 0' 'reverted with --all'
answers s lib 148 'the library as it was'
finish s
# Three libraries that lie together, and the image is near the program.
far=() functions=(0:work:work_new)
printf 'int work_new(int x) { return 7; }\n' >"$scratch/far.c"
for number in 1 2 3; do
	printf '__attribute__((noinline, noipa)) int far_%d(int x) { return x * 1000003 + 77777; }\n' "$number" >"$scratch/far$number.c"
	printf 'int far_new_%d(int x) { return %d; }\n' "$number" "$number" >>"$scratch/far.c"
	user_compile "libfar$number.so" -shared -fPIC -Wl,-soname,"libfar$number.so" "$scratch/far$number.c"
	far+=("library:$scratch/libfar$number.so:libfar$number.so")
	functions+=("$number:far_$number:far_new_$number")
done
user_patch far "$scratch/far.c" 1 '' "$target" "${far[@]}" -- "${functions[@]}"
begin s env LD_PRELOAD="$scratch/libfar1.so $scratch/libfar2.so $scratch/libfar3.so" "$scratch/server"
apply apply "$scratch/far.klpu" -p "${user_pid[s]}" --wait 0
exits 0 'a program and three libraries in one patch'
answers s work 7 'the new function of the program'
finish s

# A library that is closed and loaded elsewhere: the patch is applied to it again, and goes from both places in one go.
user_patch reload "$scratch/far.c" 1 '' "$target" library:"$scratch/libfar1.so":libfar1.so -- 0:work:work_new 1:far_1:far_new_1
begin s "$scratch/server"
pid=${user_pid[s]}
answers s "load $scratch/libfar1.so" yes 'a library is loaded'
apply apply "$scratch/reload.klpu" -p "$pid"
exits 0 'a patch of the program and of that library'
answers s far 1 'its function is new'
answers s "load $scratch/libfar1.so" yes 'the library is loaded elsewhere'
answers s far 1077780 'its function is old'
apply list -p "$pid"
is "$out" "$pid server: reload version 1: partly applied
  server: work: new
  libfar1.so: far_1: target gone" 'list'
apply apply "$scratch/reload.klpu" -p "$pid"
exits 0 'the patch is applied again'
answers s far 1 'its function is new'
answers s work 7 'and so is that of the program'
apply list -p "$pid"
is "$(sort <<<"$out")" "  libfar1.so: far_1: new
  libfar1.so: far_1: target gone
  server: work: new
  server: work: replaced by reload version 1
$pid server: reload version 1: applied
$pid server: reload version 1: not applied" 'list'
apply apply "$scratch/reload.klpu" -p "$pid"
is "$out" "process $pid (server): it is applied already" 'already'
apply revert "$scratch/reload.klpu" -p "$pid"
exits 0 'reverted'
answers s far 1077780 'the function of the library is old'
answers s work 13 'that of the program as well'
apply revert "$scratch/reload.klpu" -p "$pid"
is "$out" "process $pid (server): it is reverted already" 'already'
finish s
user_patch p-ie "$user/patch1.c" 1 '' "$target" -- 0:work:work_new
begin s "$scratch/server"
apply apply "$scratch/p-ie.klpu" -p "${user_pid[s]}"
exits 0 'thread-local storage by its distance from the thread pointer'
answers s work 1413 'works'
finish s

# Kinds of programs.

for kind in 'now -Wl,-z,now' 'lazy -Wl,-z,lazy' 'no-pie -no-pie -fno-pie' 'cet -fcf-protection' \
	'joined -Wl,-z,noseparate-code'; do
	read -r name flags <<<"$kind"
	# shellcheck disable=SC2086
	user_server "$name" $flags
	user_patch "p-$name" "$user/patch1.c" 1 '' "program:$scratch/$name:$name" -- 0:work:work_new
	begin s "$scratch/$name"
	apply apply "$scratch/p-$name.klpu" -p "${user_pid[s]}"
	answers s work 1413 "$name: patched"
	apply revert "$scratch/p-$name.klpu" -p "${user_pid[s]}"
	answers s work 15 "$name: reverted"
	finish s
done
for kind in 'static -static' 'static-pie -static-pie'; do
	read -r name flags <<<"$kind"
	# shellcheck disable=SC2086
	user_compile "$name" -DWITHOUT_LIB $flags "$user/server.c"
	user_patch "$name-ie" "$user/patch2.c" 1 '' "program:$scratch/$name:$name" -- 0:work:work_new
	begin s "$scratch/$name"
	apply apply "$scratch/$name-ie.klpu" -p "${user_pid[s]}"
	answers s work 20002 "$name: patched"
	finish s
done

# A first thread that has ended.

begin s "$scratch/server"
answers s end yes 'the first thread has ended'
apply apply "$scratch/p.klpu" -p "${user_pid[s]}"
exits 0 'the others are patched'
answers s work 1413 'works'
finish s

# Where the files are not.

cp "$scratch/server" "$scratch/gone"
begin s "$scratch/gone"
rm "$scratch/gone"
apply apply "$scratch/p.klpu" -p "${user_pid[s]}"
exits 0 'a program whose file was removed'
answers s work 1413 'works'
finish s
mkdir -p "$scratch/root/proc"
cp "$scratch/static" "$scratch/root"
begin s chroot "$scratch/root" /static
apply apply "$scratch/static-ie.klpu" -p "${user_pid[s]}"
exits 0 'a program in another root'
answers s work 20002 'works'
finish s
if unshare --mount --pid --fork true 2>/dev/null; then
	begin s unshare --mount --pid --net --ipc --uts --fork --kill-child "$scratch/server"
	inner=$(pgrep -P "${user_pid[s]}")
	apply apply "$scratch/p.klpu" -p "$inner"
	exits 0 'a program in other namespaces'
	answers s work 1413 'works'
	finish s
else
	skip 'a program in other namespaces' 'no namespaces here'
fi
if unshare --user --map-root-user true 2>/dev/null; then
	begin s unshare --user --map-root-user "$scratch/server"
	apply apply "$scratch/p.klpu" -p "${user_pid[s]}"
	exits 0 'a program in a user namespace'
	answers s work 1413 'works'
	finish s
else
	skip 'a program in a user namespace' 'no user namespaces here'
fi

# Set-uid: to a user with less than root, in a place that may have such programs ($scratch may be mounted nosuid).

elsewhere=$(mktemp -d /var/tmp/klpmake-test.XXXXXX)
chmod 755 "$elsewhere" "$scratch"
cp "$scratch/server" "$elsewhere/secure"
chown 65534 "$elsewhere/secure"
chmod 4755 "$elsewhere/secure"
begin s "$elsewhere/secure"
pid=${user_pid[s]}
ask s secure
if [[ $REPLY == 1065534 ]]; then
	apply apply "$scratch/p.klpu" -p "$pid"
	exits 0 'a set-uid program (AT_SECURE)'
	answers s work 1413 'works'
	if type setpriv >/dev/null 2>&1; then
		run setpriv --reuid 65534 --clear-groups "$bin/klpapply" revert "$scratch/p.klpu" -p "$pid"
		refused 1 'you may not trace it: only its user may, where it is not setuid' 'the user that it runs as may not patch it'
	fi
	apply revert "$scratch/p.klpu" -p "$pid"
	exits 0 'reverted'
	finish s
	mkdir "$scratch/secure"
	cp "$scratch/p.klpu" "$scratch/secure"
	begin w "$bin/klpapply" watch "$scratch/secure" --file "$elsewhere/secure"
	hear w
	begin s "$elsewhere/secure"
	answers s secure 1065534 'watch does not take the set-uid bit away, nor AT_SECURE'
	answers s work 1413 'and patches it'
	finish w
else
	skip 'a set-uid program' 'set-uid bits have no effect in /var/tmp'
fi
finish s
rm -r "$elsewhere"

# Hardened programs.

begin s "$scratch/server"
ask s mdwe
if [[ $REPLY == yes ]]; then
	apply apply "$scratch/p.klpu" -p "${user_pid[s]}"
	exits 0 'memory may not become executable (PR_SET_MDWE)'
	answers s work 1413 'works'
else
	skip 'memory may not become executable' 'not in this kernel'
fi
finish s
user_server filtered -DWITH_FILTER
user_compile alone -DWITHOUT_LIB -DWITHOUT_THREAD -DWITH_FILTER "$user/server.c"
for how in strict filter; do
	user_patch "f-$how-ie" "$user/patch2.c" 1 '' "program:$scratch/alone:alone" -- 0:work:work_new
	begin s "$scratch/alone"
	answers s "$how" yes "seccomp: $how"
	apply apply "$scratch/f-$how-ie.klpu" -p "${user_pid[s]}"
	exits 0 "seccomp $how: applied"
	answers s work 20002 "seccomp $how: works"
	finish s
done
user_patch f "$user/patch1.c" 1 '' "program:$scratch/filtered:filtered" -- 0:work:work_new
begin s "$scratch/filtered"
answers s filter yes 'seccomp for all threads'
apply apply "$scratch/f.klpu" -p "${user_pid[s]}"
answers s work 1413 'works'
finish s
# The filter stands behind the groups in its status.
# shellcheck disable=SC2016 # perl
begin s perl -e '$) = join " ", 0, 0, 1000000 .. 1003000; exec @ARGV' "$scratch/filtered"
answers s filter yes 'seccomp and thousands of groups'
apply apply "$scratch/f.klpu" -p "${user_pid[s]}"
answers s work 1413 'works'
finish s

# A process may lie.

user_server liar -DWITH_LIES -DKLPMAKE_VERSION='"test"' -I"$top/src"
user_patch l "$user/patch1.c" 1 '' "program:$scratch/liar:liar" -- 0:work:work_new
begin s "$scratch/liar"
pid=${user_pid[s]}
answers s record yes 'a process makes up records'
apply list -p "$pid"
is "$status $out $err" '0  ' 'they are not listed'
answers s header yes 'it maps files with headers that lead anywhere'
apply apply "$scratch/l.klpu" -p "$pid"
exits 0 'they are no matter'
answers s work 1413 'works'
apply revert "$scratch/l.klpu" -p "$pid"
exits 0 'nor to reverting'
finish s
begin s "$scratch/liar"
pid=${user_pid[s]}
answers s records yes 'it makes up records of a hundred thousand functions'
# Not a matter of time but of its kind: comparing each with each takes hours.
run bash -c 'ulimit -t 100 && exec "$@"' - "$bin/klpapply" list -p "$pid"
is "$status $(grep -c 'lie version 0' <<<"$out") $(grep -c ': changed by somebody else$' <<<"$out")" '0 48 98304' 'they are listed'
run bash -c 'ulimit -t 100 && exec "$@"' - "$bin/klpapply" apply "$scratch/l.klpu" -p "$pid"
exits 0 'they are no matter'
finish s
begin s "$scratch/liar"
answers s links yes 'its list of libraries leads in a circle'
apply apply "$scratch/l.klpu" -p "${user_pid[s]}"
refused 1 "no library of the process exports 'snprintf'" 'a symbol that is not found so'
finish s
begin s "$scratch/liar"
answers s frames 1 'it destroys its unwind information'
apply apply "$scratch/l.klpu" -p "${user_pid[s]}" --wait 0
refused 1 'the stack of thread' 'stacks that cannot be unwound'
answers s work 13 'it goes on'
finish s

# What is refused.

begin s "$scratch/server"
pid=${user_pid[s]}
user_server rebuilt -DREBUILT -O1
user_patch r "$user/patch1.c" 1 '' "program:$scratch/rebuilt:rebuilt" -- 0:work:work_new
apply apply "$scratch/r.klpu" -p "$pid"
refused 1 "its program 'server' is not the build of 'rebuilt' that the patch is for: the build-id is another" 'another build'
apply apply "$scratch/r.klpu" --all
is "$status $out" '0 applied 0, already 0, busy 0, refused 0, gone 0' 'no process has it'
# Where programs start all the time.
(while :; do (:) & (:) & (:) & wait; done) &
starting=$!
run timeout 60 "$bin/klpapply" apply "$scratch/r.klpu" --all --wait 1
kill "$starting"
wait "$starting" 2>/dev/null
is "$status $out" '0 applied 0, already 0, busy 0, refused 0, gone 0' 'it ends where programs start all the time'
apply revert "$scratch/p.klpu" -p "$pid"
refused 1 'the patch was not applied to it' 'nothing to revert'
chmod o+w "$scratch/p.klpu"
apply apply "$scratch/p.klpu" -p "$pid"
refused 1 'everybody may write to it' 'a patch that everybody may write to'
chmod o-w "$scratch/p.klpu"
ask s breakpoint
apply apply "$scratch/p.klpu" -p "$pid"
refused 1 "'work' does not begin as in the file: a breakpoint, or another tool has patched it" 'a breakpoint'
finish s
begin s "$scratch/server"
pid=${user_pid[s]}
apply apply "$scratch/p.klpu" -p "$pid"
ask s breakpoint
apply revert "$scratch/p.klpu" -p "$pid"
refused 1 "'work' has been changed by somebody else since" 'a breakpoint since then'
apply list -p "$pid"
has "$out" 'p version 1: partly applied
  server: work: changed by somebody else
  server: block: new' 'which list says'
finish s
begin s "$scratch/server"
pid=${user_pid[s]}
ask s share
other=$REPLY
apply apply "$scratch/p.klpu" -p "$pid" --wait 0
refused 1 "it shares its memory with its child $other" 'shared memory'
kill -KILL "$other"
finish s
apply apply "$scratch/p.klpu" -p 999999999
refused 1 'it has ended' 'a process that is not there'
if [[ $(ps -o ppid=,comm= -p 2) =~ ^\ *0\ kthreadd$ ]]; then
	apply apply "$scratch/p.klpu" -p 2
	refused 1 'it runs no program: a thread of the kernel' 'a thread of the kernel'
else
	skip 'a thread of the kernel' 'none is seen in a container'
fi
echo 'int main(void) { __builtin_puts("ready"); getchar(); }' >"$scratch/32.c"
if "$cc" -w -m32 -o "$scratch/32" "$scratch/32.c" 2>/dev/null; then
	begin s "$scratch/32"
	apply apply "$scratch/p.klpu" -p "${user_pid[s]}"
	refused 1 'it runs a 32-bit program' 'a 32-bit program'
	finish s
else
	skip 'a 32-bit program' 'the compiler makes none'
fi
echo 'void swapcontext(void); void (*volatile use)(void) = swapcontext;' >"$scratch/co.c"
user_server coroutines "$scratch/co.c"
user_patch c "$user/patch1.c" 1 '' "program:$scratch/coroutines:coroutines" -- 0:work:work_new
user_patch c-2 "$user/patch1.c" 2 unwind,coroutine "program:$scratch/coroutines:coroutines" -- 0:work:work_new
begin s "$scratch/coroutines"
apply apply "$scratch/c.klpu" -p "${user_pid[s]}"
refused 1 "'coroutines' calls swapcontext(): a stack that waits there is not seen" 'coroutines'
apply apply "$scratch/c-2.klpu" -p "${user_pid[s]}"
exits 0 'coroutines that the author has thought of'
finish s

# At the start.

run "$bin/klpapply" try "$scratch/p.klpu" --cmd "echo work | $scratch/server; exit 3"
is "$status $out" '0 before:
ready
13
(exit status 3)
with the patch:
ready
1413
(exit status 3)' 'try: a command without the patch and with it'
run "$bin/klpapply" try "$scratch/p.klpu" --cmd true
refused 1 'the command runs no program that the patch is for' 'a command without it'
run "$bin/klpapply" try "$scratch/static-ie.klpu" --cmd "echo work | $scratch/static"
has "$out" 20002 'try: a static program'
mkdir "$scratch/patches"
cp "$scratch/p.klpu" "$scratch/patches"
begin w "$bin/klpapply" watch "$scratch/patches" --file "$scratch/server"
is "$REPLY" "watching $scratch/server" 'watch'
hear w
is "$REPLY" 'applied 0, already 0, busy 0, refused 0, gone 0' 'those that run already'
begin s "$scratch/server"
answers s work 1413 'a program that starts is patched'
answers s naps 1000 'as a whole'
answers s exec ready 'also one that executes itself'
answers s work 1413 'from its beginning'
killed w
answers s exec ready 'watch is killed'
answers s work 13 'and programs start as they are'
finish s
finish w
# It is killed while those that run already are still being patched: nobody is asked any more.
begin s "$scratch/server"
begin w env KLPAPPLY_HOOK=between:19 "$bin/klpapply" watch "$scratch/patches" --file "$scratch/server"
# shellcheck disable=SC2317 # until_true calls it
worker_stopped()
{
	child=$(pgrep -P "${user_pid[w]}") && worker=$(pgrep -P "$child") && state_is "$worker" T
}
until_true worker_stopped
killed w
answers s exec ready 'watch is killed while it patches what runs already: programs start'
kill -KILL "$child" "$worker"
finish s
finish w
for point in start-code start-vector start-entry; do
	begin w env "KLPAPPLY_HOOK=$point:9" "$bin/klpapply" watch "$scratch/patches" --file "$scratch/server"
	begin s "$scratch/server"
	is "$REPLY" ready "killed at $point: the program starts"
	answers s work 13 "killed at $point: as it is"
	finish s
	finish w
done
chmod o+w "$scratch/patches/p.klpu"
run "$bin/klpapply" watch "$scratch/patches" --file "$scratch/server"
refused 1 "p.klpu': everybody may write to it" 'watch: a patch that everybody may write to'
chmod o-w "$scratch/patches/p.klpu"
chmod o+w "$scratch/patches"
run "$bin/klpapply" watch "$scratch/patches" --file "$scratch/server"
refused 1 "patches': everybody may write to it" 'watch: a directory that everybody may write to'
chmod o-w "$scratch/patches"
run "$bin/klpapply" watch "$scratch/root"
refused 1 "no *.klpu there" 'a directory without patches'
run "$bin/klpapply" watch "$scratch/patches"
refused 1 'no program that the patches are for was found: name it with --file' 'a program that is nowhere'

# Usage.

for wrong in watch 'watch x --json' "try $scratch/p.klpu" "apply $scratch/p.klpu --file x -p 1" 'apply' \
	"apply $scratch/p.klpu" "apply $scratch/p.klpu -p 1 --all" 'list x' 'list --all' 'list --wait 1' \
	"apply $scratch/p.klpu -p x" "apply $scratch/p.klpu -p -1" "apply $scratch/p.klpu -p 1 --json" 'x' ''; do
	# shellcheck disable=SC2086
	apply $wrong
	exits 2 "wrong usage: ${wrong//$scratch\//}"
done
apply apply "$scratch/server" -p $$
refused 1 'not a patch for programs' 'a file that is no patch'

done_testing
