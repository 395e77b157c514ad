// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
/*
 * What a livepatch of vmlinux may refer to, on an architecture that has its own ways to do so: with
 * it /proc/version shows what each part (show.h) reached, a line each.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "show.h"

void (*parts[])(struct seq_file *m) = {
	show_filesystems, show_inodes, show_stats, show_console, show_limits, NULL
};

/* Global and not exported. */
extern const char linux_proc_banner[];
const char *texts[] = { linux_proc_banner };

static int callbacks;

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	for (size_t i = 0; parts[i]; i++)
		parts[i](m);
	seq_printf(m, "banner %.10s\n", texts[0]);
	/* The address is that of the function in the kernel. */
	seq_printf(m, "callbacks %d, shown by %ps\n", callbacks, livepatch_version_proc_show);
	return 0;
}

static int pre_patch(struct klp_object *obj)
{
	callbacks++;
	return 0;
}

static void post_unpatch(struct klp_object *obj)
{
	pr_info("klp_kernel: unpatched\n");
}

static struct klp_func funcs[] = {
	{
		.old_name = "version_proc_show",
		.new_func = livepatch_version_proc_show,
	}, { }
};

static struct klp_object objs[] = {
	{
		.funcs = funcs,
		.callbacks = {
			.pre_patch = pre_patch,
			.post_unpatch = post_unpatch,
		},
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_kernel_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_kernel_exit(void)
{
}

module_init(klp_kernel_init);
module_exit(klp_kernel_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
