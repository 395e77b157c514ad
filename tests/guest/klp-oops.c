// SPDX-License-Identifier: GPL-2.0-only
/* Loading this one makes the kernel fault. */
#include "show.h"

static int show_nothing(struct seq_file *m, void *v)
{
	return 0;
}

LIVEPATCH("cmdline_proc_show", show_nothing);

static int __init patch_init(void)
{
	*(volatile int *)8 = 1;
	return klp_enable_patch(&patch);
}
module_init(patch_init);
