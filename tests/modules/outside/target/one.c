// SPDX-License-Identifier: GPL-2.0
/* A module from outside the kernel's tree: /proc/outside. two.c has the same names again. */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include "outside.h"

/* The table has this one first, the section order has it last. */
static noinline __section(".text.last") const char *twin(void)
{
	barrier();
	return "twin one";
}

/* two.c has a static one. */
const char *pair(void);

noinline const char *pair(void)
{
	barrier();
	return "pair one";
}

/* two.c's is gone when the module is up. */
static noinline int early(void)
{
	barrier();
	return 1;
}

static const char *word = "word one";

static noinline int answer(struct seq_file *m)
{
	seq_printf(m, "%s, %s, %s, early %d\n", twin(), pair(), word, early());
	return 0;
}

static int outside_show(struct seq_file *m, void *v)
{
	seq_puts(m, two_words());
	return answer(m);
}

static int __init outside_init(void)
{
	if (!two_early())
		word = NULL;
	return proc_create_single("outside", 0444, NULL, outside_show) ? 0 : -ENOMEM;
}

static void __exit outside_exit(void)
{
	remove_proc_entry("outside", NULL);
}

module_init(outside_init);
module_exit(outside_exit);
MODULE_LICENSE("GPL");
