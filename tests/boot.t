#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2317 # until_holds calls what it is given
# Livepatches that are loaded at boot, on a made-up machine: what is installed, in which order it is loaded, and that a patch
# during whose load the machine went down is not tried again.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/run.bash"

[[ -x $bin/klpinfo ]] || skip_all 'klpmake is not built'
k=$scratch/k
mini_vmlinux "$k" || exit
cd "$scratch" || exit
export TMPDIR=$scratch/tmp MACHINE_SETTLE=300
mkdir "$TMPDIR"
trap 'settled_now; halt; tap_end' EXIT

# settled_now: ends what waits until a patch has been good for a while, as an orderly end of the machine does.
settled_now()
{
	until_holds settled_all
}

# It is told again: one that is just about to wait may have missed it.
settled_all()
{
	pkill -TERM -f " settle 300 $machine/store/" || true
	[[ -z $(compgen -G "$machine/store/*/*.trying") ]]
}

store()
{
	(cd "$machine/store" && find . -type f -printf '%P\n' | LC_ALL=C sort | paste -sd ' ')
}

# crash: the machine goes down without a word, and starts again.
crash()
{
	pkill -KILL -f " settle 300 $machine/store/"
	mv "$machine/store" "$scratch/store"
	boot
	mv "$scratch/store" "$machine/store"
	echo 'quiet' >"$machine/proc/cmdline"
}

make_patch klp-a
make_patch klp-b
mini_vermagic=${mini_vermagic/9.9.0-mini/9.9.1-mini} make_patch klp-c
cp "$bin/klpinfo" plain.ko

boot
echo 'quiet' >"$machine/proc/cmdline"
on boot
is "$status:$out$err" 0: 'nothing is installed'
on install plain.ko
refused 1 "plain.ko" 'what is no module'
gzip -k klp-b.ko
on install klp-a.ko klp-b.ko.gz klp-c.ko
is "$status:$(store)" '0:9.9.0-mini/klp_a.ko 9.9.0-mini/klp_b.ko 9.9.0-mini/order 9.9.1-mini/klp_c.ko 9.9.1-mini/order' 'three are installed'
has "$out" $'klp_c: loaded whenever \'9.9.1-mini\' starts\n  \'9.9.0-mini\' is running' '... each for its kernel'
is "$(loaded)" '|' '... and nothing is loaded'
on boot
is "$status:$(loaded)" '0:klp_a klp_b|klp_a klp_b' 'those for this kernel are loaded at boot'
is "$(awk '{ print $1 }' "$machine/proc/modules" | paste -sd ' ')" 'klp_b klp_a' '... in their order'
has "$err" "no build for '9.9.0-mini': klp_c" '... and it is said that a patch has none'
is "$(store | grep -o '[^ ]*trying' | paste -sd ' ')" '9.9.0-mini/klp_a.trying 9.9.0-mini/klp_b.trying' '... for a while they are on trial'
on boot
is "$status:$(loaded)" '0:klp_a klp_b|klp_a klp_b' 'twice is once'
settled_now
lacks "$(store)" trying 'an orderly end ends that'

crash
on boot --quiet
is "$status:$out:$(loaded)" '0::klp_a klp_b|klp_a klp_b' 'they come again'
crash
on boot
is "$status:$(loaded)" '1:|' 'what the machine went down with is left out'
has "$err" "'klp_a' is left out: the machine went down when it was loaded the last time" '... and that is said'
on install klp-b.ko
on boot
is "$status:$(loaded)" '1:klp_b|klp_b' '... until it is installed again'
is "$(paste -sd ' ' "$machine/store/9.9.0-mini/order")" 'klp_a klp_b' '... as the last one'
on install klp-a.ko
is "$(paste -sd ' ' "$machine/store/9.9.0-mini/order")" 'klp_b klp_a' '... each is there once'
settled_now

crash
on load klp-a.ko
is "$status:$(store | grep -o '[^ ]*trying')" '0:9.9.0-mini/klp_a.trying' 'one that is installed is noted also when it is loaded by hand'
crash
on boot
refused 1 "'klp_a' is left out: the machine went down when it was loaded the last time" 'what the machine went down with then'
is "$(loaded)" 'klp_b|klp_b' '... and it alone'
echo 'Invalid argument' >"$machine/refuse"
on load klp-a.ko
is "$status:$(store | grep -o '[^ ]*klp_a.trying')" '1:9.9.0-mini/klp_a.trying' '... which stays so while it cannot be loaded'
rm "$machine/refuse"
on load klp-a.ko
is "$status:$(loaded)" '0:klp_a klp_b|klp_a klp_b' '... and not when somebody loads it'
settled_now
lacks "$(store)" trying '... and it is good'
on unload klp_a
on load klp-a.ko
first=$(pgrep -f " settle 300 $machine/store/")
# So that the directory of the next load is not taken for this one's, whose number it might get.
exec 7<"$machine/sys/module/klp_a"
on unload klp_a
on load klp-a.ko
exec 7<&-
first_over() { kill -TERM "$first" 2>/dev/null; [[ ! -e /proc/$first ]]; }
until_holds first_over && is "$(store | grep -o '[^ ]*trying')" '9.9.0-mini/klp_a.trying' 'a load is not good because a former one has been good for long enough'
settled_now
lacks "$(store)" trying '... but in its own time'
on unload --all
make_patch klp-a 'int changed;'
on load klp-a.ko
is "$status:$(store | grep -o '[^ ]*trying')" 0: 'another module of that name is not the one that is installed'
on install klp-a.ko

crash
: >"$machine/store/9.9.0-mini/.new.AbCdEf"
cp klp-a.ko "$machine/store/9.9.0-mini/klp_never.ko"
: >"$machine/store/9.9.0-mini/klp_gone.trying"
echo text >"$machine/store/9.9.0-mini/notes.txt"
on boot
is "$status:$(loaded)" '0:klp_a klp_b|klp_a klp_b' 'what was not installed to its end is not loaded'
is "$(cd "$machine/store/9.9.0-mini" && echo .new* *)" '.new* klp_a.ko klp_a.trying klp_b.ko klp_b.trying notes.txt order' '... and removed'
rm "$machine/store/9.9.0-mini/notes.txt"
settled_now

crash
echo 'ro klpmake=off quiet' >"$machine/proc/cmdline"
on boot
is "$status:$(loaded)" '0:|' 'klpmake=off'
has "$out" "'klpmake=off' is on the kernel's command line" '... is said'
echo 'ro xklpmake=off' >"$machine/proc/cmdline"
: >"$machine/stall-klp_b-1"
task 11 sleeper S 64 0 'helper+0x10/0x20'
run env "MACHINE_LIMIT=1" "$top/tests/run/command" "$machine" boot
is "$status:$(loaded)" '1:klp_a|klp_a' 'one that is taken back does not keep the others'
is "$(store | grep -o '[^ ]*trying')" '9.9.0-mini/klp_a.trying' '... and may be tried again'
settled_now

flock "$machine/store" sleep 1000 &
holder=$!
is_locked() { ! flock -n "$machine/store" true; }
until_holds is_locked
"$top/tests/run/command" "$machine" install klp-c.ko >"$scratch/shown" 2>&1 &
installer=$!
until_holds pgrep -P "$installer" flock >/dev/null
: >"$machine/store/9.9.0-mini/.new.AbCdEf"
run timeout 60 env MACHINE_LIMIT=1 "$top/tests/run/command" "$machine" boot --quiet
is "$status:$(names_in "$machine/store/9.9.0-mini" | grep -o .new)" 1:.new 'boot does not wait for a command that installs something, nor takes what that writes'
{
	pkill -P "$holder"
	wait "$holder"
	wait "$installer"
} 2>/dev/null
is "$?:$(head -n 1 "$scratch/shown")" "0:klp_c: loaded whenever '9.9.1-mini' starts" 'a second one waits for it'

on uninstall klp-a.ko
is "$status:$(store)" '0:9.9.0-mini/klp_b.ko 9.9.0-mini/order 9.9.1-mini/klp_c.ko 9.9.1-mini/order' 'one is uninstalled'
has "$out" "it is loaded now, and stays: 'klpmake unload klp_a' takes it back" '... and stays loaded'
on uninstall klp_c
refused 1 "'klp_c' is not installed for '9.9.0-mini'; for these kernels there are some: 9.9.1-mini" 'one of another kernel'
on uninstall -k 9.9.1-mini klp_c
is "$status:$(store)" '0:9.9.0-mini/klp_b.ko 9.9.0-mini/order 9.9.1-mini/order' '... is, when that is named'
rm "$machine/store/9.9.0-mini/klp_b.ko"
crash
on boot
refused 1 "'klp_b' is left out: there is no '$machine/store/9.9.0-mini/klp_b.ko'" 'a file that is gone'
printf '../../x\nklp_b\n' >"$machine/store/9.9.0-mini/order"
on boot
is "$(grep -c 'left out' <<<"$err")" 1 'a name that is a path is none'
rm -rf "$machine/store"
ln -s "$scratch" "$machine/store"
on install klp-a.ko
refused 1 "cannot write to '$machine/store/9.9.0-mini': it must be a directory of root's" 'a link in place of the directory'
rm "$machine/store"
done_testing
