// SPDX-License-Identifier: GPL-2.0-only
/* A second good livepatch, of /proc/version, to be loaded on top of klp-good. */
#include "show.h"

static int show_patched(struct seq_file *m, void *v)
{
	seq_puts(m, "second\n");
	return 0;
}

LIVEPATCH("version_proc_show", show_patched);

static int __init patch_init(void)
{
	return klp_enable_patch(&patch);
}
module_init(patch_init);
