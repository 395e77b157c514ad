#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Several livepatches in one guest (klpmake try --each): each has a result of its own. What fails does not hide the others,
# unless it stays in the kernel or the kernel dies of it; then that is said of it, and the others are not tried.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/guest.bash
. "$top/tests/guest.bash"

# results JSON: 'file=result:reason' of each module, in a line.
results()
{
	perl -MJSON::PP -e '
		print join(" ", map { $_->{module} =~ m{([^/]*)\.ko$}; "$1=$_->{result}:" . ($_->{reason} // "") }
			@{decode_json(shift)->{results}})' "$1"
}

# The limits leave room for a host that is busy.
main()
{
	local releases=() dir
	try a.ko --each --scenario x
	refused 2 "'--each' and '--scenario' exclude each other" '--each in a scenario'
	try a.ko --each --shell
	refused 2 "'--each' and '--shell' exclude each other" '--each and a shell'
	need_guests
	dir=$(modules_for "${releases[-1]}")

	try --each "$dir/klp-good.ko" "$dir/klp-warn.ko" "$dir/klp-stranger.ko" "$dir/klp-second.ko" \
		--cmd 'cat /proc/cmdline' --timeout 300
	refused 1 'error: 2 of 4 modules did not pass; console log: ' 'four modules, and two that fail'
	has "$out" $'klp-good.ko: with   | patched\nklp-good.ko: after  | console=' 'the first is tried, and unloaded'
	has "$out" $'\nklp-good.ko: ok\n' '... and has its result'
	has "$err" 'error: klp-warn.ko: with: kernel: WARNING: ' 'the second fails'
	has "$err" "error: klp-stranger.ko: load: cannot load 'klp_stranger': klp_stranger: Unknown symbol" \
		'the third fails for its own reason'
	has "$out" 'klp-second.ko: before | console=' 'the last begins without the one that failed'
	has "$out"$'\n' $'\nklp-second.ko: ok\n' '... and is well'

	# shellcheck disable=SC2016
	printf 'echo "$1 $2"; [ "$1 $2" != "with klp_second" ] || echo c >/proc/sysrq-trigger\n' >"$scratch/crash"
	try --each "$dir/klp-good.ko" "$dir/klp-second.ko" "$dir/klp-warn.ko" --run "$scratch/crash" --json --timeout 300
	exits 1 'a kernel that dies'
	has "$(results "$out")" "klp-good=ok: klp-second=failed:the guest died in phase 'with'; kernel: " \
		'is one module'"'"'s result, with the reason'
	has "$(results "$out")" " klp-warn=not tried:the guest died in the try of 'klp-second.ko'" \
		'... and the rest is not tried'

	try --each "$dir/klp-oops.ko" "$dir/klp-good.ko" --timeout 60
	refused 1 '2 of 2 modules did not pass' 'a module that cannot be removed'
	has "$err" "error: klp-oops.ko: load: cannot load 'klp_oops': BUG: kernel NULL pointer dereference" '... fails'
	has "$err" "error: klp-good.ko: not tried: 'klp-oops.ko' leaves something in the kernel" '... and none is tried after it'

	try --each "$dir/klp-good.ko" "$dir/klp-second.ko" --timeout 300
	exits 0 'all are well'
	has "$out" 'ok: each of 2 modules: loaded, every task patched, unloaded again; the kernel did not complain (' \
		'... which is said once'
	nothing_left 'and nothing is left'
	done_testing
}

main
