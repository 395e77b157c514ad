#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2317 # until_holds calls what it is given
# The commands that operate livepatches, on a made-up machine: what load refuses, transitions that stall, taking back,
# trials, lists. tests/run-guest.t has the same on kernels.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/run.bash"

[[ -x $bin/klpinfo ]] || skip_all 'klpmake is not built'
k=$scratch/k
mini_vmlinux "$k" || exit
cd "$scratch" || exit
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR"
trap 'halt; tap_end' EXIT

make_patch klp-x
REPLACE=1 make_patch klp-all
make_patch klp-built 'MODULE_INFO(klpmake_kernel, "0a0b0c0d"); MODULE_INFO(klpmake, "0.9");'
make_patch klp-other 'MODULE_INFO(klpmake_kernel, "0a0b0c0e");'
printf '#include "mini.h"\nMODULE_LICENSE("GPL");\n' >plain.c
mini_module "$k" "$scratch/plain.ko" plain.c || exit

# load, list, unload
boot
on list
is "$status:$out:$err" '0:no livepatch is loaded:' 'nothing is loaded'
on load klp-x.ko
is "$status:$err:$(loaded)" '0::klp_x|klp_x' 'a livepatch is loaded'
has "$out" 'klp_x: enabled, every task has it' '... and said to be'
on list
is "$out" $'klp_x: enabled\n  vmlinux helper,2' '... and listed'
patched klp_y 'vmlinux helper,2' 'gadget step,1'
echo 0 >"$machine/sys/kernel/livepatch/klp_y/gadget/patched"
on list
is "$out" $'klp_x: enabled\n  vmlinux helper,2 (that of \'klp_y\' runs)\nklp_y: enabled\n  gadget step,1 (its module is not loaded)\n  vmlinux helper,2 (this one runs)' \
	'two with one function: whose runs, and what is not loaded'
echo 1 >"$machine/sys/kernel/livepatch/klp_y/stack_order"
echo 2 >"$machine/sys/kernel/livepatch/klp_x/stack_order"
on list
is "$(head -n 1 <<<"$out")" 'klp_y: enabled' "the kernel's own order counts"
on list --json
# shellcheck disable=SC2016 # Perl's
holds '... in JSON, too' perl -MJSON::PP -e 'my $d = decode_json(shift); my @p = @{$d->{patches}};
	$d->{schema} == 1 && $d->{ok} && join(";", map { my $p = $_; "$p->{name} $p->{state} $p->{enabled} $p->{transition} " . ($p->{stack_order} // "-") .
	join("", map { " $_->{object}:$_->{name}:$_->{position}:$_->{owner}:$_->{object_loaded}" } @{$p->{functions}}) } @p) eq
	"klp_y enabled 1 0 1 gadget:step:1:klp_y:0 vmlinux:helper:2:klp_x:1;klp_x enabled 1 0 2 vmlinux:helper:2:klp_x:1" or die' "$out"
on unload klp-x
is "$status:$(loaded)" '0:klp_y|klp_y' 'one of two is unloaded'
has "$err" "note: 'helper,2' of vmlinux will be that of the livepatch below it" '... which says whose function runs then'
patched klp_z 'vmlinux other,1'
rm -f "$machine"/sys/kernel/livepatch/*/stack_order
on unload --all
is "$status:$out:$(loaded)" $'0:klp_z: gone\nklp_y: gone:|' 'all are unloaded, the last one first'
on unload --all
is "$status:$out" '0:no livepatch is loaded' '... and nothing, then'
on unload klp-x.ko
refused 1 "no livepatch 'klp_x' is loaded" 'to unload what is not there'
on unload ../x
refused 1 "no livepatch 'x' is loaded" 'to unload a path'
on unload '../..'
refused 1 "'../..' is not the name of a livepatch" 'to unload no name'
mkdir -p "$machine/sys/module/klp_x"
echo live >"$machine/sys/module/klp_x/initstate"
echo K >"$machine/sys/module/klp_x/taint"
on unload klp_x
is "$status:$(loaded)" '0:|' 'the module of a livepatch that was replaced is removed'

# What load refuses.
# not_loaded MESSAGE NAME [ARG...]: so does it, and nothing is loaded.
not_loaded()
{
	local before message=$1 name=$2
	shift 2
	before=$(loaded)
	on load "$@"
	refused 1 "$message" "$name"
	is "$(loaded)" "$before" '... and nothing has happened'
}
boot
not_loaded "'plain.ko' is not a livepatch module" 'a module that is none' plain.ko
not_loaded "it is for another build of kernel '9.9.0-mini': for build-id 0a0b0c0e, and 0a0b0c0d is running" 'another build' klp-other.ko
on load klp-built.ko
is "$status:$(loaded)" '0:klp_built|klp_built' 'that for this build is loaded'
on list
is "$out" $'klp_built: enabled\n  built by klpmake 0.9 for build-id 0a0b0c0d\n  vmlinux helper,2' '... and listed with what built it'
on list --json
has "$out" '"klpmake": "0.9", "kernel_build_id": "0a0b0c0d"' '... in JSON, too'
printf 'x' | dd conv=notrunc status=none bs=1 seek=20 of="$machine/sys/module/klp_built/notes/.note.gnu.build-id"
on list --json
has "$out" '"klpmake": null, "kernel_build_id": null' '... but not with what built another module of that name'
on unload --all
is "$(names_in "$machine/state")" '' '... nor when it is gone'
rm "$machine/sys/kernel/notes"
on load klp-other.ko
has "$status:$err" "0:klpmake load: warning: whether it is for this build" 'where the build is not known, that is said'
not_loaded "a livepatch 'klp_other' is loaded already: 'klpmake unload klp_other' takes it back" 'one that is loaded' klp-other.ko
on load klp-x.ko
has "$status:$err" "0:klpmake load: note: 'helper,2' of vmlinux is 'klp_other''s now: this patch lies on top and wins" 'a function that another one has'
on load klp-all.ko
has "$status:$err" "0:klpmake load: note: it replaces all other livepatches, which will be disabled: klp_other klp_x; taking it back does not bring them back" 'one that replaces says which'
boot
echo 9.9.1-mini >"$machine/proc/sys/kernel/osrelease"
not_loaded "it is for kernel '9.9.0-mini', and '9.9.1-mini' is running" 'another kernel' klp-x.ko
boot
echo 1 >"$machine/proc/sys/kernel/modules_disabled"
echo 0 >"$machine/proc/sys/kernel/ftrace_enabled"
mkdir -p "$machine/sys/kernel/security" "$machine/sys/module/module/parameters"
echo 'none [integrity] confidentiality' >"$machine/sys/kernel/security/lockdown"
not_loaded 'kernel.modules_disabled is 1' 'a kernel that takes no modules' klp-x.ko
has "$err" 'function tracing is off' '... that traces no functions'
has "$err" 'this kernel takes signed modules only (it is locked down' '... and is locked down: all is said at once'
rm "$machine"/proc/sys/kernel/{modules_disabled,ftrace_enabled}
echo '[none] integrity confidentiality' >"$machine/sys/kernel/security/lockdown"
echo Y >"$machine/sys/module/module/parameters/sig_enforce"
not_loaded 'this kernel takes signed modules only (module.sig_enforce is on)' 'an unsigned module, where that counts' klp-x.ko
mkdir signed
{ cat klp-x.ko && printf 'x~Module signature appended~\n'; } >signed/klp-x.ko
on load signed/klp-x.ko
is "$status" 0 'a signed one is loaded'
boot
not_loaded "'$scratch' is a directory" 'a directory' "$scratch"
not_loaded "'nowhere.ko': no such file" 'no file' nowhere.ko
printf text >text.ko
not_loaded 'text.ko' 'a text' text.ko
echo 'Key was rejected by service' >"$machine/refuse"
not_loaded "the kernel does not take 'klp_x': Key was rejected by service" 'what the kernel refuses' klp-x.ko
not_loaded "the kernel does not take 'klp_x': Key was rejected by service" '... on trial, too' --trial 1h klp-x.ko
is "$(names_in "$machine/state")" 'log' '... and no trial is left'
rm "$machine/refuse"
: >"$machine/dull"
not_loaded "'klp_x' is loaded, but is not an enabled livepatch: it is removed again" 'one that enables nothing' klp-x.ko
rm "$machine/dull"
for packer in xz gzip zstd; do
	type "$packer" >/dev/null 2>&1 || continue
	suffix=${packer/gzip/gz}
	suffix=${suffix/zstd/zst}
	"$packer" -kqf klp-x.ko
	on load "klp-x.ko.$suffix"
	is "$status:$(loaded)" '0:klp_x|klp_x' "a .$suffix is loaded"
	on unload klp_x
done

# A transition that stalls.
: >"$machine/stall-klp_x-1"
task 11 $'sl) eep\eer' S 64 0 'msleep+0x1/0x2' 'helper+0x10/0x20' 'entry+0x1/0x2'
task 12 kworker D $((0x200000)) 0 'other+0x10/0x20 [gadget]' 'kthread+0x1/0x2'
task 13 ready S 64 1 'helper+0x10/0x20'
on load klp-x.ko --timeout 1
refused 1 "error: the transition of 'klp_x' is not over after 1 seconds: taking it back" 'a transition that does not end'
has "$err" $'who holds \'klp_x\':\n  \'sl) eep\\x1ber\' (11), in helper: it sleeps in wait_woken, and a signal wakes it' '... says who keeps it, and where'
has "$err" $'    [<0>] helper+0x10/0x20\n    [<0>] entry+0x1/0x2' '... with its stack'
has "$err" "'kworker' (12): it is a kernel thread" '... kernel threads, too'
lacks "$err" "'ready'" '... and nobody else'
has "$err" "'klp_x' is taken back: nothing of it is left" '... is taken back'
is "$(loaded)" '|' '... and nothing is left'
has "$out" 'klp_x: after 0 s 2 tasks are left of those that have to take the patch' '... it was shown meanwhile'
on load klp-x.ko --timeout 1 --json
# shellcheck disable=SC2016 # Perl's
holds '... in JSON' perl -MJSON::PP -e 'my $d = decode_json(shift); my $t = $d->{held_by}[0];
	!$d->{ok} && !$d->{loaded} && $d->{patch} eq "klp_x" && $t->{tid} == 11 && $t->{name} eq "sl) eep\x1ber" && $t->{function} eq "helper" &&
	!$t->{kernel_thread} && $t->{stack}[1] eq "[<0>] helper+0x10/0x20" && $d->{held_by}[1]{kernel_thread} &&
	(grep { $_->{severity} eq "error" } @{$d->{messages}}) or die' "$out"
"$top/tests/run/command" "$machine" load klp-x.ko >"$scratch/shown" 2>&1 &
loader=$!
until_holds grep -q 'are left' "$scratch/shown"
on load klp-built.ko
refused 1 "'klp_x' is in transition, and the kernel has one at a time" 'a load beside it'
on unload klp_built
refused 1 "no livepatch 'klp_built' is loaded" 'nothing to unload'
on why
is "$status" 0 'why'
has "$out" $'klp_x: 2 tasks are left of those that have to take the patch\n  \'sl) eep\\x1ber\' (11), in helper\n' 'why: names the tasks'
on why 12
is "$(grep -c "^  '" <<<"$out"):${out#*(}" "1:${out#*(}" 'why TASK: one of them'
has "$out" "'kworker' (12)" '... that one'
on why ready
refused 1 "'ready' does not keep the transition of 'klp_x'" 'a task that does not keep it'
on why --json kworker
# shellcheck disable=SC2016 # Perl's
holds '... in JSON' perl -MJSON::PP -e 'my $d = decode_json(shift); $d->{patch} eq "klp_x" && @{$d->{tasks}} == 1 && $d->{tasks}[0]{tid} == 12 or die' "$out"
on signal
has "$status:$out" '0:klp_x: nothing was sent: this kernel signals the tasks that are left by itself' 'signal: the kernel does it'
: >"$machine/sys/kernel/livepatch/klp_x/signal"
on signal
is "$status:$out:$(<"$machine/sys/kernel/livepatch/klp_x/signal")" '0:klp_x: the kernel has signalled the tasks that are left:1' '... or is told to'
on list
has "$out" 'klp_x: in transition, being enabled' 'list shows a transition'
kill -TERM "$loader"
wait "$loader"
is "$?:$(loaded)" '143:|' 'a load that is interrupted takes it back'
"$top/tests/run/command" "$machine" load klp-x.ko --timeout 1 2>&1 | head -c 1 >/dev/null
is "$(loaded)" '|' '... as one whose output nobody reads'
on load klp-x.ko --timeout 1 --force
is "$status:$(loaded)" '0:klp_x|klp_x' 'a forced transition'
has "$err" "warning: forcing the transition of 'klp_x': the tasks above may run old functions and new ones at once; its module, or those that it replaces, can never be unloaded" '... says what it means'
on list
has "$out" 'klp_x: enabled, was forced' '... and is remembered'

# Unloading that stalls.
boot
on load klp-x.ko
: >"$machine/stall-klp_x-0"
task 21 reader S 64 1 'new_helper+0x1/0x9 [klp_x]'
on unload klp_x --timeout 1
refused 1 "'klp_x' is not gone after 1 seconds: enabling it again" 'an unload that does not end'
has "$err" "'reader' (21), in new_helper [klp_x]" '... says who is in it'
has "$err" "'klp_x' is enabled again" '... and undoes it'
is "$(<"$machine/sys/kernel/livepatch/klp_x/enabled")" 1 '... so it is enabled'
rm "$machine/stall-klp_x-0"
: >"$machine/stuck-module"
on unload klp_x
refused 1 "'klp_x' is disabled, but the module stays: Module klp_x is in use" 'a module that stays'
rm "$machine/stuck-module"

# Trials.
# gone_by_itself: nothing is loaded, and nobody waits.
gone_by_itself()
{
	[[ $(loaded) == '|' && $(names_in "$machine/state") == log ]]
}
boot
on load --trial 2h klp-x.ko
has "$status:$out" "0:klp_x: loaded" 'a trial'
has "$out" "unless 'klpmake keep klp_x' comes first" '... says when it ends'
on list
has "$out" 'klp_x: enabled, on trial for 7' '... is listed'
on keep klp_x
is "$status:$out:$(names_in "$machine/state")" '0:klp_x: stays:log' 'keep'
on keep klp_x
refused 1 "'klp_x' is not on trial" 'to keep it twice'
on list
is "$(head -n 1 <<<"$out")" 'klp_x: enabled' '... it is on trial no more'
on unload klp_x
on load --trial 2h klp-x.ko
on unload klp_x
is "$status:$(names_in "$machine/state")" '0:log' 'unloading ends a trial'
on load --trial 2 klp-x.ko
is "$status" 0 'a short trial'
holds '... goes back by itself' until_holds gone_by_itself
# shellcheck disable=SC2016 # that shell's
setsid bash -c '"$0" "$1" load --trial 3 klp-x.ko >"$2" 2>&1; exec sleep 1000' "$top/tests/run/command" "$machine" "$scratch/shown" &
shell=$!
until_holds grep -q 'enabled, every' "$scratch/shown"
{
	kill -KILL -- "-$shell"
	wait "$shell"
} 2>/dev/null
is "$(loaded)" 'klp_x|klp_x' 'a trial whose terminal is gone'
holds '... goes back by itself' until_holds gone_by_itself
: >"$machine/stall-klp_x-1"
task 31 holder S 64 0 'helper+0x10/0x20'
setsid "$top/tests/run/command" "$machine" load --trial 3 klp-x.ko >"$scratch/shown" 2>&1 &
shell=$!
until_holds grep -q 'is left' "$scratch/shown"
{
	kill -KILL -- "-$shell"
	wait "$shell"
} 2>/dev/null
is "$(loaded)" 'klp_x|klp_x' 'a trial whose klpmake was killed in the transition'
holds '... goes back by itself' until_holds gone_by_itself
on load --trial 3 klp-x.ko --timeout 30
refused 1 "'klp_x' was taken back while it was being loaded, as its trial is over" 'a trial that is shorter than the transition'
holds '... leaves nothing' until_holds gone_by_itself
rm "$machine/stall-klp_x-1"
run timeout 20 bash -c 'cat < <("$@" 2>&1)' - "$top/tests/run/command" "$machine" load --json --trial 2h klp-x.ko
is "$status:${out%%,*}" '0:{"schema": 1' 'a trial holds nothing of whoever began it'
on unload klp_x
on load --trial 2h klp-x.ko
keeper=$(sed -n 2p "$machine"/state/klp_x.trial.*)
kill -TERM "$keeper"
holds 'a keeper that is told to end takes it back' until_holds gone_by_itself
on load --trial 2h klp-x.ko
kill -KILL "$(sed -n 2p "$machine"/state/klp_x.trial.*)"
on list
has "$out" 'but nobody is left to end that' 'a keeper that was killed is missed'
on unload klp_x

# A keep and the end of the trial at the same time: one of the two wins.
winners=0
for _ in 1 2 3; do
	on load --trial 1 klp-x.ko
	until on keep klp_x && ((status == 0)); do [[ $(loaded) != '|' ]] || break; done
	if ((status == 0)); then
		sleep 0.3
		[[ $(loaded) != 'klp_x|klp_x' ]] || winners=$((winners + 1))
		on unload klp_x
	else
		until_holds gone_by_itself && winners=$((winners + 1))
	fi
done
is "$winners" 3 'a keep that races with the end has one winner'

# /sys while patches come and go.
boot
(while [[ ! -e $scratch/enough ]]; do patched klp_a 'vmlinux helper,2' && echo 0 >"$machine/sys/kernel/livepatch/klp_a/enabled" &&
	until_holds test ! -d "$machine/sys/kernel/livepatch/klp_a" && rm -rf "$machine/sys/module/klp_a"; done) 2>/dev/null &
changing=$!
bad=0
for _ in {1..20}; do
	on list --json
	perl -MJSON::PP -e 'decode_json(shift)->{ok} or die' "$out" 2>/dev/null && [[ -z $err ]] || bad=$((bad + 1))
done
: >"$scratch/enough"
wait "$changing"
is "$bad" 0 'a list while patches come and go'
halt
is "$(ls -A "$TMPDIR")" '' 'nothing is left of all that'
done_testing
