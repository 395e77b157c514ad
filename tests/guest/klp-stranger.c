// SPDX-License-Identifier: GPL-2.0-only
/* The kernel refuses this one: it uses a function that no kernel has. */
#include "show.h"

int no_such_function(struct seq_file *m, void *v);

static int show_patched(struct seq_file *m, void *v)
{
	return no_such_function(m, v);
}

LIVEPATCH("cmdline_proc_show", show_patched);

static int __init patch_init(void)
{
	return klp_enable_patch(&patch);
}
module_init(patch_init);
