#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What goes wrong in a guest is a failure with its exact reason: a script that fails, and modules that are refused, that
# cause warnings or faults, block a transition or hang the machine.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/guest.bash
. "$top/tests/guest.bash"

# scenario COMMANDS REASON NAME MODULE... [OPTION...]: these commands, in one phase, fail for this reason.
scenario()
{
	local reason=$2 name=$3
	printf 'phase one\n%s\n' "$1" >"$scratch/scenario"
	shift 3
	try "$@" --scenario "$scratch/scenario"
	refused 1 "error: one: $reason" "$name"
}

# gives_up MODULE IMAGE: a kvm that starts a guest and then cannot go on. QEMU keeps running, as a real one does.
gives_up()
{
	local qemu
	if [[ ! -r /dev/kvm || ! -w /dev/kvm ]]; then
		skip 'a guest that kvm gives up runs emulated' '/dev/kvm cannot be used'
		return
	fi
	qemu=$(type -P qemu-system-x86_64)
	mkdir "$scratch/bin"
	cat >"$scratch/bin/qemu-system-x86_64" <<-END
		#!/bin/bash
		[[ " \$* " == *' -accel kvm '* ]] || exec $qemu "\$@"
		[[ " \$* " != *' -S '* ]] || exit 0
		printf 'KVM internal error. Suberror: 1\nemulation failure\n' >&2
		exec sleep 1000
	END
	chmod +x "$scratch/bin/qemu-system-x86_64"
	PATH=$scratch/bin:$PATH KLPMAKE_CACHE=$scratch/cache try "$1" --timeout 300 --image "$2"
	exits 0 'a guest that kvm gives up runs emulated'
	has "$out" 'kvm cannot run this kernel here: trying again, emulated' '... which is said'
	PATH=$scratch/bin:$PATH KLPMAKE_CACHE=$scratch/cache try "$1" --timeout 300 --image "$2"
	exits 0 '... and the next one at once'
	has "$out" ', tcg)' '... which is said, too'
}

# The time limits leave room for a host that is busy with other tests.
main()
{
	local releases=() dir
	need_guests
	dir=$(modules_for "${releases[-1]}")
	gives_up "$dir/klp-good.ko" "$(kernel_image "${releases[-1]}")"

	# shellcheck disable=SC2016
	printf 'echo "in $1"; [ "$1" != with ]\n' >"$scratch/fails"
	try "$dir/klp-good.ko" --run "$scratch/fails"
	refused 1 'error: with: the script ended with status 1; console log:' 'a script that fails'
	has "$out" 'with   | in with' 'and what it said'
	printf 'echo begun; sleep 100\n' >"$scratch/hangs"
	try "$dir/klp-good.ko" --run "$scratch/hangs" --timeout 50
	refused 1 "error: before: the script did not end within 25 seconds" 'a script that does not end'
	has "$out" 'before | begun' 'and what it said before'

	scenario 'refused klp-good "File exists"' \
		"'klp_good' was loaded, and should not have been" 'a module that should be refused' "$dir/klp-good.ko"
	scenario 'refused klp-stranger "File exists"' \
		"'klp_stranger' was refused, but nobody said 'File exists'" 'a module refused for another reason' "$dir/klp-stranger.ko"
	scenario 'refused klp-oops ""' \
		'kernel: BUG: kernel NULL pointer dereference' 'a module that faults is not refused' "$dir/klp-oops.ko"
	scenario 'load klp-good; refused klp-good "File exists"' \
		"'klp_good' is loaded already" 'a module that is loaded is not refused' "$dir/klp-good.ko"
	scenario 'wait_replaced klp-good' \
		"'klp_good' is not loaded" 'a livepatch to be replaced that is not loaded' "$dir/klp-good.ko"
	scenario 'load klp-good; wait_patched klp-good; load klp-second; wait_patched klp-second; wait_replaced klp-good' \
		"'klp_good' was not replaced within 30 seconds" 'a livepatch that is not replaced' "$dir/klp-good.ko" "$dir/klp-second.ko" --timeout 60

	try "$dir/klp-stranger.ko"
	refused 1 "error: load: cannot load 'klp_stranger': klp_stranger: Unknown symbol no_such_function (err -2)" \
		'a module that the kernel refuses'
	try "$dir/plain.ko"
	refused 1 "error: load: 'plain' is loaded but is not a livepatch" 'a module that is no livepatch'
	try "$dir/klp-warn.ko" --cmd 'cat /proc/cmdline'
	refused 1 'error: with: kernel: WARNING: ' 'a patch that the kernel warns about'
	try "$dir/klp-oops.ko"
	refused 1 "error: load: cannot load 'klp_oops': BUG: kernel NULL pointer dereference, address: 0000000000000008" \
		'a module that faults'
	try "$dir/klp-blocked.ko" --timeout 60
	refused 1 "error: load: the transition of 'klp_blocked' did not end within 30 seconds" 'a transition that never ends'
	has "$out" "load   | waiting for 'klp_sleeper'" 'and the task that blocks it'
	has "$out" 'load   | [<0>] msleep+' 'and where that task is'
	try "$dir/klp-hang.ko" --timeout 50
	refused 1 "error: no verdict within 50 seconds, in phase 'load'; console log:" 'a guest that hangs'
	holds 'its console is kept all the same' grep -q 'klpmake: the try begins' "$log"
	nothing_left 'failures leave nothing'
	done_testing
}

main
