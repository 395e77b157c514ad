/* SPDX-License-Identifier: GPL-2.0-only */
/* A livepatch of one function of vmlinux, so that each test module holds only what it is about. */
#ifndef SHOW_H
#define SHOW_H

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#define LIVEPATCH(old, new)                                                        \
	static struct klp_func funcs[] = {{.old_name = old, .new_func = new}, {}}; \
	static struct klp_object objects[] = {{.funcs = funcs}, {}};               \
	static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};     \
	static void __exit patch_exit(void)                                        \
	{                                                                          \
	}                                                                          \
	module_exit(patch_exit);                                                   \
	MODULE_LICENSE("GPL");                                                     \
	MODULE_INFO(livepatch, "Y")

#endif
