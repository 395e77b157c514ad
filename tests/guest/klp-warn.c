// SPDX-License-Identifier: GPL-2.0-only
/* A livepatch that works, but that the kernel warns about when the patched code runs. */
#include "show.h"

static int show_warning(struct seq_file *m, void *v)
{
	WARN(1, "a warning on purpose");
	seq_puts(m, "patched\n");
	return 0;
}

LIVEPATCH("cmdline_proc_show", show_warning);

static int __init patch_init(void)
{
	return klp_enable_patch(&patch);
}
module_init(patch_init);
