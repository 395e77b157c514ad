// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
/*
 * An export of vmlinux in a namespace, as a patch for many kernels imports it. /proc/version says what
 * dma_buf_get() says of no file at all.
 */
#include <linux/dma-buf.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#ifdef NAMESPACE_IS_WORD
MODULE_IMPORT_NS(DMA_BUF);
#else
MODULE_IMPORT_NS("DMA_BUF");
#endif

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	seq_printf(m, "dma_buf_get: %ld\n", PTR_ERR(dma_buf_get(-1)));
	return 0;
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
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_namespace_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_namespace_exit(void)
{
}

module_init(klp_namespace_init);
module_exit(klp_namespace_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
