#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2317 # until_holds calls what it is given
# 'klpmake load', 'keep' and 'unload' with --host, on made-up machines: an ssh of this test runs the command of the other side
# here. Names and answers of the machines are anything that one could be up to.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/run.bash"

[[ -x $bin/klpinfo ]] || skip_all 'klpmake is not built'
k=$scratch/k
mini_vmlinux "$k" || exit
cd "$scratch" || exit
export TMPDIR=$scratch/tmp HOSTS=$scratch/hosts TOP=$top
mkdir "$TMPDIR" hosts ssh far
kernels=()
trap 'kill "${kernels[@]}" 2>/dev/null; tap_end' EXIT

# ssh: the last argument is the command for the login shell.
cat >ssh/ssh <<'SSH'
#!/bin/bash
echo "$*" >>"$HOSTS/ssh"
while [[ $1 != -- ]]; do shift; done
case $2 in
	away) echo 'ssh: connect to host away port 22: No route to host' >&2 && exit 255 ;;
	liar) printf 'evil\e]0;x\a\r\n{"schema": 1, "ok": true}}\n' && printf 'klpmake load: error: I am \e[2Jfine\n' >&2 && exit 3 ;;
	flood) exec yes flood ;;
	bare) PATH=$HOSTS/bare exec /bin/sh -c "$3" ;;
esac
export MACHINE=$HOSTS/${2#*@}
PATH=${HOSTS%/hosts}/far:$TOP/tests/run/bin:$PATH exec env --default-signal "${LOGIN_SHELL:-/bin/sh}" -c "$3"
SSH
# bash: on such a machine klpmake runs as tests/run/command does.
cat >far/bash <<'BASH'
#!/bin/bash -p
[[ ${2-} == klpmake ]] || exec /bin/bash "$@"
stat -c %a . >"$HOSTS/mode"
MACHINE_HOME=$PWD exec "$TOP/tests/run/command" "$MACHINE" "${@:3}"
BASH
printf '#!/bin/sh\nexit 1\n' >far/sudo
chmod +x ssh/ssh far/bash far/sudo
mkdir hosts/bare
for name in sh mktemp head tar rm id mkdir; do ln -s "$(type -P "$name")" "hosts/bare/$name"; done

# boot_all NAME...: made-up machines of these names.
boot_all()
{
	local name
	kill ${kernels[@]+"${kernels[@]}"} 2>/dev/null
	wait
	kernels=()
	for name; do
		machine=$HOSTS/$name kernel_pid=''
		boot
		kernels+=("$kernel_pid")
	done
	: >"$HOSTS/ssh"
}

# klp COMMAND [ARG...]
klp()
{
	run env PATH="$scratch/ssh:$PATH" "$top/klpmake" "$@"
}

# loaded_on NAME...: what is loaded there.
loaded_on()
{
	local name
	for name; do
		machine=$HOSTS/$name loaded
	done | paste -sd ' '
}

# moving NAME...: all of them are in transition.
moving()
{
	local name
	for name; do
		[[ $(<"$HOSTS/$name/sys/kernel/livepatch/klp_x/transition") == 1 ]] || return
	done
}

make_patch klp-x
make_patch klp-other 'MODULE_INFO(klpmake_kernel, "0a0b0c0e");'
printf '#include "mini.h"\nMODULE_LICENSE("GPL");\n' >plain.c
mini_module "$k" "$scratch/plain.ko" plain.c || exit


boot_all a bb ccc
klp load --host a --host root@bb --timeout 60 klp-x.ko
is "$status:$err:$(loaded_on a bb ccc)" '0::klp_x|klp_x klp_x|klp_x |' 'a livepatch is loaded on two machines'
is "$(grep 'every task has it$' <<<"$out")" $'a: klp_x: enabled, every task has it\nroot@bb: klp_x: enabled, every task has it\na        klp_x: enabled, every task has it\nroot@bb  klp_x: enabled, every task has it' \
	'... one after the other, with what each says, and a table'
klp unload --all --host bb
is "$status:$(loaded_on a bb)" '0:klp_x|klp_x |' 'it is unloaded on one'
klp load --host bb --host a --host ccc klp-x.ko
refused 1 "a: klpmake load: error: a livepatch 'klp_x' is loaded already" 'one of three fails'
is "$(tail -n 3 <<<"$out")" $'bb   klp_x: enabled, every task has it\na    failed: a livepatch \'klp_x\' is loaded already: \'klpmake unload klp_x\' takes it back\nccc  not tried' '... the table says which'
is "$(loaded_on a bb ccc)" 'klp_x|klp_x klp_x|klp_x |' '... and the next one is not tried'
klp load --json --host ccc --host a --host bb klp-x.ko
# shellcheck disable=SC2016 # Perl's
holds '... in JSON' perl -MJSON::PP -e 'my $d = decode_json(shift); my ($c, $a, $b) = @{$d->{hosts}};
	!$d->{ok} && $c->{host} eq "ccc" && $c->{state} eq "done" && $c->{report}{loaded} && $c->{report}{patch} eq "klp_x" && !$c->{reason} &&
	$a->{state} eq "failed" && $a->{reason} =~ /^a livepatch .klp_x. is loaded already/ && !$a->{report}{ok} && $b->{state} eq "skipped" && !$b->{report} or die' "$out"
klp unload --quiet --host a --host bb --host ccc klp_x
is "$status:$out$err:$(loaded_on a bb ccc)" '0::| | |' 'unload, quietly'
gzip -k klp-x.ko
for LOGIN_SHELL in "$(type -P bash)" "$(type -P dash)" "$(type -P csh)" "$(type -P fish)"; do
	[[ -n $LOGIN_SHELL ]] || continue
	export LOGIN_SHELL
	klp load --host a klp-x.ko.gz
	is "$status:$(loaded_on a)" '0:klp_x|klp_x' "a compressed one, through $LOGIN_SHELL"
	klp unload --host a klp_x
done
unset LOGIN_SHELL
umask 0
klp load --host a klp-x.ko
umask 022
is "$status:$(<hosts/mode)" 0:700 'nobody else can change there what root runs'
klp unload --host a klp_x
is "$(names_in "$TMPDIR")" '' 'nothing is left here or there'

# What the machines have to say against it.
klp load --host a plain.ko
refused 1 "'plain.ko' is not a livepatch module" 'another module'
klp load --host a klp-other.ko
refused 1 "a: klpmake load: error: it is for another build of kernel '9.9.0-mini': for build-id 0a0b0c0e, and 0a0b0c0d is running" 'another build'
klp load --host away --host a klp-x.ko
refused 1 'away: ssh: connect to host away port 22: No route to host' 'a machine that is away'
has "$out" 'away  failed: ssh: connect to host away port 22: No route to host' '... the table has it'
klp load --host bare klp-x.ko
refused 1 "bare: klpmake: error: there is no 'bash' on this machine" 'a machine without bash'
klp load --host liar klp-x.ko
is "$status:$err" '1:liar: klpmake load: error: I am \x1b[2Jfine' 'what a machine says cannot do anything to the terminal'
has "$out" $'liar: evil\\x1b]0;x\\x07\\x0d\nliar: {"schema": 1, "ok": true}}\n' '... on either way'
klp load --json --host liar klp-x.ko
# shellcheck disable=SC2016 # Perl's
holds '... nor to the JSON' perl -MJSON::PP -e 'my $h = decode_json(shift)->{hosts}[0]; $h->{state} eq "failed" && !$h->{report} && $h->{reason} eq "I am \e[2Jfine" or die' "$out"
# shellcheck disable=SC2016 # for that bash
run timeout 60 env PATH="$scratch/ssh:$PATH" bash -c '"$0" load --host flood "$1" | head -n 3' "$top/klpmake" klp-x.ko
is "$out" $'flood: flood\nflood: flood\nflood: flood' 'one that does not stop, and somebody who does not listen'
# shellcheck disable=SC2016 # a name
for name in -oProxyCommand=x 'a b' 'a;b' '' a@-b -- '$(id)' a/b $'a\nb' '%h' "$(printf 'a%.0s' {1..200})"; do
	klp load "--host=$name" klp-x.ko
	is "$status:$(grep -c "is not the name of a machine\|needs a value" <<<"$err")" 2:1 "a name that is none: ${name@Q}"
done
klp load --host a --host a klp-x.ko
refused 2 "'--host a' is there twice" 'one machine twice'
klp load --host a -j 0 klp-x.ko
refused 2 "'--jobs' needs a number, not '0'" 'no jobs'
is "$(loaded_on a bb ccc):$(names_in "$TMPDIR")" '| | |:' 'nothing has happened'

# Several at once: a transition ends nowhere until all three have one.
boot_all a bb ccc dd
for name in a bb ccc; do : >"$HOSTS/$name/stall-klp_x-1"; done
machine=$HOSTS/bb
task 11 sleeper S 64 0 'helper+0x10/0x20'
PATH="$scratch/ssh:$PATH" "$top/klpmake" load -j3 --host a --host bb --host ccc --host dd --trial 2h klp-x.ko >shown 2>&1 &
loader=$!
holds 'three of four at once' until_holds moving a bb ccc
is "$(loaded_on dd)" '|' '... and not the fourth'
holds '... with what keeps them' until_holds grep -q "^bb:   'sleeper' (11), in helper" shown
rm "$HOSTS"/{a,bb,ccc}/stall-klp_x-1
wait "$loader"
is "$?:$(loaded_on a bb ccc dd)" '0:klp_x|klp_x klp_x|klp_x klp_x|klp_x klp_x|klp_x' '... all four in the end'
has "$(<hosts/ssh)" '-o BatchMode=yes' '... and nobody is asked for a password'
klp keep -j 4 --host a --host bb --host ccc klp_x
is "$status:$(grep -c ' stays$' <<<"$out")" 0:6 'three trials are kept'
klp unload -j4 --host a --host bb --host ccc --host dd klp_x
is "$status:$(loaded_on a bb ccc dd)" '0:| | | |' 'all are unloaded'

# The same machine by two names: one of the two loads it, and it is on trial.
boot_all a bb
klp load -j 2 --host a --host root@a --trial 1h klp-x.ko
is "$status:$(loaded_on a):$(compgen -G "$HOSTS/a/state/klp_x.trial.*" | wc -l)" '1:klp_x|klp_x:1' 'two trials at once on one machine: one is left'
klp unload --host a klp_x
is "$(names_in "$HOSTS/a/state")" log '... until it is unloaded'

# Interrupted, or killed.
for signal in INT TERM KILL; do
	: >"$HOSTS/a/stall-klp_x-1"
	# Without this, bash has what is in the background ignore SIGINT.
	(set -m && PATH="$scratch/ssh:$PATH" exec "$top/klpmake" load --host a --host bb klp-x.ko >shown 2>&1) &
	loader=$!
	until_holds moving a
	pid=$(pgrep -f "^/bin/bash -p $top/klpmake load --host a" | head -n 1)
	kill "-$signal" "$pid"
	{ wait "$loader"; } 2>/dev/null
	gone() { [[ $(loaded_on a bb) == '| |' ]]; }
	holds "interrupted by $signal: it is taken back there" until_holds gone
done

# real_ssh: the same over ssh, whose server talks to it through pipes instead of a port, and lets this user in.
real_ssh()
{
	local name server
	server=$(PATH=$PATH:/usr/sbin:/sbin type -P sshd) || server=''
	if [[ -z $server ]] || { ((!EUID)) && [[ ! -d /run/sshd ]]; }; then
		skip 'a real ssh' "there is no sshd (Debian's package openssh-server), or not its directory /run/sshd"
		return
	fi
	for name in host user; do ssh-keygen -q -t ed25519 -N '' -f "$scratch/key-$name" || return; done
	for name in a bb; do
		cat >"$scratch/sshd-$name" <<-END
			HostKey $scratch/key-host
			AuthorizedKeysFile $scratch/key-user.pub
			StrictModes no
			UsePAM no
			PermitRootLogin yes
			SetEnv PATH=$scratch/far:$top/tests/run/bin:$PATH HOSTS=$HOSTS TOP=$top MACHINE=$HOSTS/$name TMPDIR=$TMPDIR
		END
	done
	cat >"$scratch/ssh-config" <<-END
		Host *
			ProxyCommand $server -i -e -f $scratch/sshd-%n 2>>$scratch/sshd-log
			IdentityFile $scratch/key-user
			IdentitiesOnly yes
			UserKnownHostsFile /dev/null
			StrictHostKeyChecking no
			LogLevel ERROR
	END
	printf '#!/bin/sh\nexec %q -F %q "$@"\n' "$(type -P ssh)" "$scratch/ssh-config" >ssh/ssh
	boot_all a bb
	klp load -j 2 --host a --host bb --trial 1h klp-x.ko.gz
	is "$status:$err:$(loaded_on a bb)" '0::klp_x|klp_x klp_x|klp_x' 'over a real ssh'
	klp unload --host a --host bb klp_x
	is "$status:$err:$(loaded_on a bb)" '0::| |' '... and unloaded'
	: >"$HOSTS/a/stall-klp_x-1"
	(set -m && PATH="$scratch/ssh:$PATH" exec "$top/klpmake" load --host a --host bb klp-x.ko >shown 2>&1) &
	loader=$!
	holds '... a transition begins' until_holds moving a
	kill -KILL "$(pgrep -f "^/bin/bash -p $top/klpmake load --host a" | head -n 1)"
	{ wait "$loader"; } 2>/dev/null
	holds '... and is taken back when klpmake is killed' until_holds gone
	(set -m && PATH="$scratch/ssh:$PATH" exec "$top/klpmake" load --host a --host bb klp-x.ko >shown 2>&1) &
	loader=$!
	until_holds moving a
	pkill -KILL -f "^$(type -P ssh) -F $scratch/ssh-config"
	wait "$loader"
	is "$?:$(tail -n 1 shown)" '1:bb  not tried' '... when the connection is lost, it is a failure'
	holds '... and taken back there' until_holds gone
}
real_ssh
rm -rf "${TMPDIR:?}"/*
is "$(names_in "$HOSTS/a/state")" log 'nothing is left there'
done_testing
