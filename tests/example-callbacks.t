#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Callbacks, one of which refuses the patch at first, from their source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	makes "$dir" klp-callbacks.ko
	reaches "$dir/klp-callbacks.ko" pipe_max_size round_pipe_size
	proves 'a callback refuses the patch, and callbacks change and restore a variable' \
		"$dir/klp-callbacks.ko" -- --scenario "$dir/scenario" --file "$dir/check"
	has "$out" "refused | insmod: can't insert '/try/modules/klp_callbacks.ko': Device or resource busy" \
		"$release: it says so by the error of pre_patch"
}

on_every_kernel example/callbacks
done_testing
