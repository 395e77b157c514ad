// SPDX-License-Identifier: GPL-2.0-only
/* A livepatch with which nothing is wrong: /proc/cmdline changes. */
#include "show.h"

static int show_patched(struct seq_file *m, void *v)
{
	seq_puts(m, "patched\n");
	return 0;
}

LIVEPATCH("cmdline_proc_show", show_patched);

static int __init patch_init(void)
{
	return klp_enable_patch(&patch);
}
module_init(patch_init);
