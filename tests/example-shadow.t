#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Shadow variables that one patch makes and the next one uses, from their source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	local module symbols=(dec_ucount proc_sys_poll_notify uts_sem)

	if header_has linux/nstree.h ns_tree_remove; then
		symbols+=(__ns_common_free uts_ns_tree)
	else
		symbols+=(proc_free_inum uts_ns_cache)
	fi
	makes "$dir" klp-shadow.ko klp-shadow-limit.ko
	for module in "$dir"/klp-shadow{,-limit}.ko; do
		reaches "$module" "${symbols[@]}"
	done
	proves 'shadow data outlive the patch that made them, and no more than that' \
		"$dir/klp-shadow.ko" "$dir/klp-shadow-limit.ko" -- --scenario "$dir/scenario" --file "$dir/check"
}

on_every_kernel example/shadow
done_testing
