// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
/*
 * The address of the patched function, given to the kernel for good: /proc/klp-address is made with
 * it, and stays when the patch has gone. /proc/version shows, too, what it was when the patch was not
 * yet in effect: a call by name went to the new function, one through the pointer to the old one.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static char by_name[16], by_pointer[16];

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, "patched version\n");
	if (m->private == by_name)
		return 0;
	/* %ps adds the module's name to what is in a module. */
	seq_printf(m, "by name %s\nby pointer %s\npointer to %ps\n", by_name, by_pointer,
		   livepatch_version_proc_show);
	return 0;
}

typedef int show(struct seq_file *m, void *v);

/* Read when it is used: else the compiler knows what it is, and makes a call by name. */
static show *const volatile pointer = livepatch_version_proc_show;

static struct klp_func funcs[] = {
	{
		.old_name = "version_proc_show",
		.new_func = livepatch_version_proc_show,
	}, { }
};

static struct klp_object objs[] = {
	{
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_address_init(void)
{
	static char text[256] __initdata;
	struct seq_file m = { .buf = text, .size = sizeof(text), .private = by_name };

	livepatch_version_proc_show(&m, NULL);
	snprintf(by_name, sizeof(by_name), "%.7s", text);
	m.count = 0;
	pointer(&m, NULL);
	snprintf(by_pointer, sizeof(by_pointer), "%.7s", text);

	if (!proc_create_single("klp-address", 0444, NULL, livepatch_version_proc_show))
		return -ENOMEM;
	return klp_enable_patch(&patch);
}

static void __exit klp_address_exit(void)
{
}

module_init(klp_address_init);
module_exit(klp_address_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
