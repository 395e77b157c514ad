#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A copied function that uses everything there is, from its source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	local symbols=(arch_report_meminfo hugetlb_report_meminfo nr_free_zone_pages pcpu_nr_pages
		seq_put_decimal_ull_width si_swapinfo vm_commit_limit)

	! header_has linux/vmalloc.h vmalloc_nr_pages || symbols+=(vmalloc_nr_pages)
	! configured MEMORY_FAILURE || symbols+=(num_poisoned_pages)
	! configured CMA || symbols+=(totalcma_pages)
	! configured ZSWAP || symbols+=(zswap_stored_pages zswap_total_pages)
	makes "$dir" klp-meminfo.ko
	reaches "$dir/klp-meminfo.ko" "${symbols[@]}"
	proves 'two lines more, the others as they were' "$dir/klp-meminfo.ko" -- --run "$dir/check"
}

on_every_kernel example/meminfo
done_testing
