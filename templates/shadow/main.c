// SPDX-License-Identifier: GPL-2.0
@TAG@
/*
 * TODO: what the patch changes, and why.
 *
 * A shadow variable is data beside a structure that cannot grow. Replace the function that frees the
 * structure, too, and have it free the variable with klp_shadow_free(); and make none before all
 * tasks run that: post_patch is called then.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/slab.h>
@INCLUDES@
#include <klpmake.h>
#include <klpmake_template.h>

/* TODO: a number of this patch's own, which no other patch uses for its variables. */
#define SHADOW_ID	0x6b6c70UL

/* TODO: what it has. */
struct shadow {
	unsigned long value;
};

/* All tasks run the new code: there may be shadow variables. */
static bool shadow_on;
@DECLARATIONS@

/* The variable of a structure; NULL: it has none. */
static __maybe_unused struct shadow *shadow_get(void *of)
{
	return klp_shadow_get(of, SHADOW_ID);
}

/* The same, made where there is none; NULL: there is no memory, or it is too early. */
static __maybe_unused struct shadow *shadow_make(void *of, gfp_t flags)
{
	if (!READ_ONCE(shadow_on))
		return NULL;
	return klp_shadow_get_or_alloc(of, SHADOW_ID, sizeof(struct shadow), flags, NULL, NULL);
}
@FUNCTIONS@

static void post_patch(struct klp_object *obj)
{
	WRITE_ONCE(shadow_on, true);
}

static void pre_unpatch(struct klp_object *obj)
{
	WRITE_ONCE(shadow_on, false);
}

static void post_unpatch(struct klp_object *obj)
{
	klp_shadow_free_all(SHADOW_ID, NULL);
}

static struct klp_func funcs[] = {
@FUNCS@
	{ }
};

static struct klp_object objs[] = {
	{
@NAME@
		.funcs = funcs,
		.callbacks = {
			.post_patch = post_patch,
			.pre_unpatch = pre_unpatch,
			.post_unpatch = post_unpatch,
		},
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_template_init(void)
{
@UNWRITTEN@
	return KLP_START(&patch);
}

static void __exit klp_template_exit(void)
{
	KLP_STOP(&patch);
}

module_init(klp_template_init);
module_exit(klp_template_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
