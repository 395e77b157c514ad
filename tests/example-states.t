#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A state that one patch takes over from another, from its source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	local module

	makes "$dir" klp-states-1.ko klp-states-2.ko
	for module in "$dir"/klp-states-{1,2}.ko; do
		reaches "$module" ksm_iter_wait ksm_thread_sleep_millisecs
	done
	proves 'a newer version of a state is taken over, an older one refused' \
		"$dir/klp-states-1.ko" "$dir/klp-states-2.ko" -- --scenario "$dir/scenario" --file "$dir/check"
}

on_every_kernel example/states
done_testing
