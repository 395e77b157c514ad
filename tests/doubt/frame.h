/* SPDX-License-Identifier: GPL-2.0 */
/* What every one of these patches has besides: all of its functions are of one object, mostly vmlinux. */
#include <linux/livepatch.h>
#include <linux/module.h>

#define REPLACES(old, new) { .old_name = #old, .new_func = new }

#define PATCH(...) PATCH_OF(NULL, __VA_ARGS__)

#define PATCH_OF(object, ...)                                   \
	static struct klp_func funcs[] = { __VA_ARGS__, { } };  \
	static struct klp_object objs[] = {                     \
		{ .name = object, .funcs = funcs }, { }         \
	};                                                      \
	static struct klp_patch patch = {                       \
		.mod = THIS_MODULE,                             \
		.objs = objs,                                   \
	};                                                      \
	static int __init klp_doubt_init(void)                  \
	{                                                       \
		return klp_enable_patch(&patch);                \
	}                                                       \
	static void __exit klp_doubt_exit(void)                 \
	{                                                       \
	}                                                       \
	module_init(klp_doubt_init);                            \
	module_exit(klp_doubt_exit);                            \
	MODULE_LICENSE("GPL");                                  \
	MODULE_INFO(livepatch, "Y")
