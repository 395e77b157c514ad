// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading this one stops the whole guest: every CPU is halted with interrupts off, which costs the
 * host nothing while it waits.
 */
#include "show.h"
#include <linux/irqflags.h>
#include <linux/smp.h>

static int show_nothing(struct seq_file *m, void *v)
{
	return 0;
}

LIVEPATCH("cmdline_proc_show", show_nothing);

static void stand_still(void *unused)
{
	local_irq_disable();
	while (patch.mod)
		asm volatile("hlt");
}

static int __init patch_init(void)
{
	on_each_cpu(stand_still, NULL, 1);
	return klp_enable_patch(&patch);
}
module_init(patch_init);
