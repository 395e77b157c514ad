#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The commands that operate livepatches, on every fetched kernel: load, behaviour, list, unload; a task held in a patched
# function; a trial whose terminal and klpmake are killed; keep; two loads at once; a patch for another kernel.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/guest.bash
. "$top/tests/guest.bash"

# scenario: what the guest does.
scenario()
{
	guest_words
	cat <<-'END'
		cmdline() {
			grep -qx "$1" /proc/cmdline || fail "/proc/cmdline is not '$1'"
		}
		nothing() {
			[ -z "$(ls /sys/kernel/livepatch)" ] && [ ! -d /sys/module/klp_good ] && [ ! -d /sys/module/klp_held ]
		}
		waiting() {
			grep -q 'left of those' "$1"
		}

		phase load
		says 0 'no livepatch is loaded' list
		says 0 'function vmlinux cmdline_proc_show 0' info /try/modules/klp_good.ko
		says 0 'klp_good: enabled, every task has it' load /try/modules/klp_good.ko
		cmdline patched
		says 0 '  vmlinux cmdline_proc_show,1' list
		says 1 "a livepatch 'klp_good' is loaded already" load /try/modules/klp_good.ko
		says 0 "'cmdline_proc_show,1' of vmlinux is 'klp_good''s now" load /try/modules/klp_over.ko
		cmdline 'patched over'
		says 0 "(that of 'klp_over' runs)" list
		says 0 '"owner": "klp_over"' list --json
		says 0 'klp_good: gone' unload --all
		nothing || fail 'something is left of two patches'
		! grep -q patched /proc/cmdline || fail 'it is still patched'
		complain

		phase refuse
		says 1 "it is for kernel '0" load foreign.ko
		says 1 "'/try/modules/plain.ko' is not a livepatch module" load /try/modules/plain.ko
		nothing || fail 'something is left of what was refused'
		for suffix in gz xz zst; do
			says 0 'klp_good: enabled' load klp-good.ko.$suffix
			says 0 'klp_good: gone' unload klp-good.ko.$suffix
		done
		says 1 "the kernel does not take 'klp_stranger'" load klp-stranger.ko
		grep -q 'kernel: klp_stranger: Unknown symbol no_such_function' /run/output || fail "the kernel's words are not shown"
		# That is no complaint here.
		news >/run/news
		news_judged

		phase stall
		load holder
		says 1 "the transition of 'klp_held' is not over after 10 seconds: taking it back" load --timeout 10 /try/modules/klp_held.ko
		# It wakes twenty times a second.
		grep -q "'klp_held' ([0-9]*), in held_here \[holder\]: it \(is a kernel thread\|runs\)" /run/output || fail 'the task is not named'
		grep -q 'held_here+0x' /run/output || fail 'its stack is not shown'
		grep -q "'klp_held' is taken back: nothing of it is left" /run/output || fail 'it was not taken back'
		nothing || fail 'something is left of a patch that was taken back'
		/tree/klpmake load --timeout 600 /try/modules/klp_held.ko >/run/loading 2>&1 &
		loading=$!
		within waiting /run/loading || fail 'the transition is not shown'
		says 1 "'klp_held' is in transition, and the kernel has one at a time" load /try/modules/klp_good.ko
		says 0 'in held_here [holder]' why
		says 0 '"function": "held_here [holder]"' why --json klp_held
		says 0 'nothing was sent: this kernel signals the tasks that are left by itself' signal
		says 0 'klp_held: in transition, being enabled' list
		echo 1 >/sys/module/holder/parameters/released
		wait $loading || fail 'the load failed although its task has gone on'
		says 0 'klp_held: enabled' list
		says 0 'klp_held: gone' unload klp_held
		complain

		phase trial
		says 0 "unless 'klpmake keep klp_good' comes first" load --trial 2h /try/modules/klp_good.ko
		says 0 'klp_good: enabled, on trial for ' list
		says 0 'klp_good: stays' keep klp_good
		says 0 'klp_good: gone' unload klp_good
		cat >/run/terminal <<'TERMINAL'
		echo $$ >/run/shell
		/tree/klpmake load --trial 60 /try/modules/klp_good.ko >/run/trial 2>&1
		sleep 1000
		TERMINAL
		setsid sh /run/terminal &
		within grep -q 'enabled, every task has it' /run/trial || fail 'the trial did not begin'
		kill -9 "-$(cat /run/shell)"
		cmdline patched
		show "its shell is dead, and it is patched"
		gone_again() { [ ! -d /sys/module/klp_good ]; }
		within gone_again || fail 'the trial did not end'
		! grep -q patched /proc/cmdline || fail 'it is still patched'
		told() { dmesg | grep -q "klpmake: 'klp_good' is gone"; }
		within told || fail "the kernel's log does not tell of that"
		says 1 "no livepatch 'klp_good' is loaded" keep klp_good
		echo 0 >/sys/module/holder/parameters/released
		rmmod holder
		load holder
		echo 0 >/sys/module/holder/parameters/released
		setsid sh -c 'echo $$ >/run/shell; exec /tree/klpmake load --trial 60 --timeout 600 /try/modules/klp_held.ko' >/run/trial 2>&1 &
		within waiting /run/trial || fail 'the transition of the trial is not shown'
		kill -9 "-$(cat /run/shell)"
		says 0 'klp_held: in transition, being enabled, on trial for ' list
		within nothing || fail 'the trial of a killed klpmake did not end'
		complain

		phase twice
		(/tree/klpmake load /try/modules/klp_good.ko >/run/one 2>&1; echo $? >/run/one.status) &
		(/tree/klpmake load /try/modules/klp_good.ko >/run/two 2>&1; echo $? >/run/two.status) &
		wait
		[ "$(cat /run/one.status /run/two.status | sort | tr '\n' ' ')" = '0 1 ' ] || fail 'two loads at once'
		cmdline patched
		says 0 'klp_good: gone' unload klp_good

		phase stack
		tar -xf stack.tar
		# Lists beside loads, and beside the end: each has to be whole, whatever comes and goes.
		list_whole() {
			/tree/klpmake list >"/run/list$1" 2>&1 || cp "/run/list$1" /run/bad
			! grep -vE '^klp_st[0-9]+: (enabled|disabled|in transition, being (en|dis)abled)$|^  vmlinux cmdline_proc_show,1( .*)?$|^no livepatch is loaded$' "/run/list$1" >>/run/odd
		}
		for module in klp_st*.ko; do
			# What loads most of them is no matter, and these are loaded faster.
			case $module in
			klp_st20.ko | klp_st01.ko) ;;
			*)
				insmod "$module" || fail "'$module' was not loaded"
				within grep -qx 0 "/sys/kernel/livepatch/${module%.ko}/transition" || fail "'$module' is not enabled"
				continue
				;;
			esac
			list_whole "$module" &
			says 0 ': enabled, every task has it' load "$module"
			wait
		done
		[ "$(ls /sys/kernel/livepatch | wc -l)" -eq 20 ] || fail 'there are not 20 livepatches'
		cmdline patched
		for n in 1 2 3; do list_whole $n; done &
		says 0 'klp_st01: gone' unload --all
		wait
		[ ! -e /run/bad ] && [ ! -s /run/odd ] || { cat /run/bad >>/run/odd; show_file /run/odd; fail 'a list was not whole'; }
		sed -n 's/: gone$//p' /run/output >/run/order
		[ "$(wc -l </run/order)" -eq 20 ] && sort -r /run/order | cmp - /run/order || fail 'not in their order'
		[ -z "$(ls /sys/kernel/livepatch)" ] || fail 'something is left of twenty patches'
		! grep -q patched /proc/cmdline || fail 'it is still patched'
		complain

		phase force
		allow 'forcing remaining tasks to the patched state'
		says 0 'its module, or those that it replaces, can never be unloaded' load --timeout 3 --force /try/modules/klp_held.ko
		says 0 'klp_held: enabled, was forced' list
		# Of these kernels that is safe: what a forced transition removes is what they keep.
		says 0 'klp_held: gone' unload klp_held
	END
}

# stack RELEASE DIR: klp_good under twenty names of the same length, in a tar.
stack()
{
	local name
	mkdir "$scratch/stack-$1"
	strip --strip-debug -o "$scratch/stack-$1/good" "$2/klp-good.ko"
	for name in klp_st{01..20}; do
		sed "s/klp_good/$name/g" "$scratch/stack-$1/good" >"$scratch/stack-$1/$name.ko"
	done
	tar -cf "$scratch/stack.tar" -C "$scratch/stack-$1" .
}

main()
{
	local releases=() release dir
	need_guests
	klpmake_in "$scratch/tree.tar"
	scenario >"$scratch/scenario"
	for release in "${releases[@]}"; do
		dir=$(modules_for "$release")
		sed 's/vermagic=[0-9]/vermagic=0/' "$dir/klp-good.ko" >"$scratch/foreign.ko"
		cp "$dir/klp-stranger.ko" "$scratch"
		stack "$release" "$dir"
		rm -rf "$scratch/packed"
		mkdir "$scratch/packed"
		gzip -c "$dir/klp-good.ko" >"$scratch/packed/klp-good.ko.gz"
		xz -c "$dir/klp-good.ko" >"$scratch/packed/klp-good.ko.xz"
		zstd -qc "$dir/klp-good.ko" >"$scratch/packed/klp-good.ko.zst"
		try "$scratch/packed/klp-good.ko.xz" "$dir"/{klp-over,klp-held,holder,plain}.ko --scenario "$scratch/scenario" \
			--file "$scratch/tree.tar" --file "$scratch/foreign.ko" --file "$scratch/klp-stranger.ko" --file "$scratch/stack.tar" \
			--file "$scratch"/packed/klp-good.ko.gz --file "$scratch"/packed/klp-good.ko.xz --file "$scratch"/packed/klp-good.ko.zst \
			"${klpmake_programs[@]}" --program zstd --timeout 1200
		exits 0 "$release: the commands that operate livepatches"
	done
	nothing_left 'nothing is left of the guests'
	done_testing
}

main
