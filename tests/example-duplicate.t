#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One of several functions of the same name, from its source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	local module=$dir/klp-duplicate.ko

	makes "$dir" klp-duplicate.ko
	reaches "$module" "map_entries,$(position map_entries memmap.c)" map_entries_lock
	is "$(old_sympos "$module" funcs)" "$(position type_show memmap.c)" \
		"$release: the position of the patched function was filled in"
	proves 'the right one changed, and the others did not' "$module" -- --run "$dir/check"
}

on_every_kernel example/duplicate
done_testing
