// SPDX-License-Identifier: GPL-2.0-only
//KLPMAKE fs/proc/alpha.c
/*
 * A patch to a miniature kernel without ftrace, and to its module gadget. The macros let a test put
 * one thing wrong.
 */
#include "mini.h"
#include <klpmake.h>

#ifndef OLD_NAME
#define OLD_NAME "alpha_notrace" /* which ftrace could not redirect */
#endif
#ifndef GADGET_NAME
#define GADGET_NAME "gadget_export"
#endif
#ifndef LOAD_HOOKS
#define LOAD_HOOKS {.hook = loading}, {}
#endif
#ifndef UNLOAD_HOOKS
#define UNLOAD_HOOKS {.hook = unloading}, {}
#endif
#ifndef UNLOAD_DATA
#define UNLOAD_DATA
#endif
#ifndef MEMBERS
#define MEMBERS
#endif
#ifndef OBJECT_MEMBERS
#define OBJECT_MEMBERS
#endif
#ifndef START
#define START KLP_START(&patch)
#endif
#ifndef STOP
#define STOP KLP_STOP(&patch)
#endif

/* fs/proc/alpha.c */
extern int state;

/* drivers/gadget/gadget.c */
extern int gadget_private KLP_SYMBOL(gadget, gadget_private, 1);

static int patched(int x)
{
	return state + x;
}

static int patched_step(int x)
{
	return x + gadget_private;
}

__attribute__((used)) static void loading(void)
{
	_printk("loading\n");
}

__attribute__((used)) static void unloading(void)
{
	_printk("unloading\n");
}

__attribute__((used)) static int before(void *obj)
{
	return obj == NULL;
}

__attribute__((used)) static void after(void *obj)
{
	if (obj)
		_printk("after\n");
}

static struct klp_func funcs[] = {
	{.old_name = OLD_NAME, .new_func = patched, .force = 1},
	{},
};

static struct klp_func gadget_funcs[] = {
	{.old_name = GADGET_NAME, .new_func = patched_step},
	{},
};

static struct klp_hook load[] = {LOAD_HOOKS};
static UNLOAD_DATA struct klp_hook unload[] = {UNLOAD_HOOKS};

static struct klp_object objects[] = {
	{.funcs = funcs, .hooks_load = load, .hooks_unload = unload, OBJECT_MEMBERS},
	{.name = "gadget", .funcs = gadget_funcs},
	{},
};

__attribute__((used)) static struct klp_state states[] = {{.id = 1}, {}};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
	MEMBERS
};

static int __init jump_init(void)
{
	return START;
}

static void __exit jump_exit(void)
{
	STOP;
}

module_init(jump_init);
module_exit(jump_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
