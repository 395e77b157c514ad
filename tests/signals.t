#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A script that catches signals ends with each of them, cleans up once, and its status says which signal it was.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

# script SETTING COMMANDS: makes $scratch/script, which catches signals in one of the two ways.
script()
{
	cat >"$scratch/script" <<-END
		#!/bin/bash -p
		set -euo pipefail
		. "$top/scripts/lib/signals.bash"
		# Leaves time for a second signal.
		cleanup()
		{
			until [[ -e '$scratch/sent' ]]; do :; done
			sleep 0.1
			echo "cleaned \$1"
		}
		at_exit cleanup
		$1
		$2
		echo "went on"
	END
	chmod +x "$scratch/script"
}

# signalled SIGNAL...: sends these to its process group when it has made $scratch/began.
signalled()
{
	local pid signal
	rm -f "$scratch/began" "$scratch/sent"
	# A script cannot catch a signal that its shell ignores, as SIGINT in the background.
	perl -e '$SIG{INT} = $SIG{HUP} = $SIG{TERM} = "DEFAULT"; setpgrp; exec {$ARGV[0]} @ARGV' \
		"$scratch/script" >"$scratch/said" 2>&1 &
	pid=$!
	until [[ -e $scratch/began ]] || ! kill -0 "$pid" 2>/dev/null; do
		:
	done
	for signal; do
		kill "-$signal" -- "-$pid"
	done
	: >"$scratch/sent"
	wait "$pid"
	status=$?
	kill -KILL -- "-$pid" 2>/dev/null
	out=$(<"$scratch/said")
}

# The process in the $(...) has closed its output, so bash only waits for it. It does not die of the signal.
lost="x=\$(trap '' INT TERM HUP; exec >&-; echo >'$scratch/began'; until [[ -e '$scratch/sent' ]]; do :; done; sleep 0.3)"
# The same with a command in the background.
waits="sleep 300 & echo >'$scratch/began'; wait \$!"

for heed in heed_signals heed_interrupts; do
	script "$heed" "$waits"
	for signal in INT TERM HUP; do
		signalled "$signal"
		number=$((128 + $(kill -l "$signal")))
		is "$status:$out" "$number:cleaned $number" "$heed: SIG$signal"
	done
	signalled TERM TERM INT
	is "$(grep -c cleaned <<<"$out")" 1 "$heed: several signals clean up once"
	script "$heed" "echo >'$scratch/began'; until [[ -e '$scratch/sent' ]]; do :; done"
	signalled INT
	is "$status:$out" "130:cleaned 130" "$heed: SIGINT while bash itself is busy"
done
script heed_interrupts "$lost"
signalled INT
is "$status:$out" "130:cleaned 130" "heed_interrupts: SIGINT while the process of a \$(...) is waited for"
signalled TERM
is "$status:$out" "143:cleaned 143" "heed_interrupts: SIGTERM then"
done_testing
