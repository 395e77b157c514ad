// SPDX-License-Identifier: GPL-2.0-only
/* A good livepatch of the function that klp-good replaces, too: /proc/cmdline changes again. */
#include "show.h"

static int show_patched(struct seq_file *m, void *v)
{
	seq_puts(m, "patched over\n");
	return 0;
}

LIVEPATCH("cmdline_proc_show", show_patched);

static int __init patch_init(void)
{
	return klp_enable_patch(&patch);
}
module_init(patch_init);
