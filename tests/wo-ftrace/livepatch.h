/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a livepatch can use of include/linux/livepatch.h where openEuler's kernels are configured with
 * CONFIG_LIVEPATCH_WO_FTRACE. With -include it stands before that of a stock kernel, and instead of it.
 */
#ifndef _LINUX_LIVEPATCH_H_
#define _LINUX_LIVEPATCH_H_

#include <linux/list.h>
#include <linux/module.h>

struct klp_func {
	const char *old_name;
	void *new_func;
	unsigned long old_sympos;
	int force;
	void *old_func;
	struct list_head node;
	void *func_node;
};

struct klp_hook {
	void (*hook)(void);
};

struct klp_object {
	const char *name;
	struct klp_func *funcs;
	struct klp_hook *hooks_load, *hooks_unload;
	struct list_head node;
};

struct klp_patch {
	struct module *mod;
	struct klp_object *objs;
	struct list_head list;
};

int klp_register_patch(struct klp_patch *patch);
int klp_unregister_patch(struct klp_patch *patch);

#endif
