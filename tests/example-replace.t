#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A cumulative patch that replaces another, from their source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	local both=(khugepaged_scan_sleep_millisecs khugepaged_sleep_expire khugepaged_wait)

	makes "$dir" klp-replace-1.ko klp-replace-2.ko
	reaches "$dir/klp-replace-1.ko" "${both[@]}" khugepaged_alloc_sleep_millisecs
	reaches "$dir/klp-replace-2.ko" "${both[@]}" khugepaged_pages_to_scan
	is "$(old_sympos "$dir/klp-replace-2.ko" funcs)" "$(position pages_to_scan_store khugepaged.c)" \
		"$release: the position of the function that has a namesake was filled in"
	proves 'one patch takes the place of another, which is then unloaded' \
		"$dir/klp-replace-1.ko" "$dir/klp-replace-2.ko" -- --scenario "$dir/scenario" --file "$dir/check"
}

on_every_kernel example/replace
done_testing
