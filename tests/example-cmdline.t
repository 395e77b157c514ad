#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The smallest example, from its source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	makes "$dir" klp-cmdline.ko
	reaches "$dir/klp-cmdline.ko" saved_command_line
	proves 'the command line has one word more' "$dir/klp-cmdline.ko" -- --run "$dir/check"
}

on_every_kernel example/cmdline
done_testing
