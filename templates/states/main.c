// SPDX-License-Identifier: GPL-2.0
@TAG@
/*
 * TODO: what the patch changes, and why.
 *
 * It takes the place of all patches before it: put their changes into this one. A state says what the
 * callbacks of a patch have changed, so that the next patch can take that over. The callbacks of a
 * patch that is replaced are not called, so that the change stays.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
@INCLUDES@
#include <klpmake.h>
#include <klpmake_template.h>

/* TODO: a number for what the callbacks change, the same in all these patches. */
#define STATE_ID	1UL
/* TODO: one more, when a patch changes it in a way that earlier patches do not know. */
#define STATE_VERSION	1

@DECLARATIONS@
@FUNCTIONS@

static struct klp_state states[] = {
	{
		.id = STATE_ID,
		.version = STATE_VERSION,
	}, { }
};

static void post_patch(struct klp_object *obj)
{
	if (klp_get_prev_state(STATE_ID)) {
		/* TODO: the patch before has made the change; take over what it has left. */
		return;
	}
	/* TODO: make the change. */
}

/* The patch goes, and no other one takes its place. */
static void pre_unpatch(struct klp_object *obj)
{
	/* TODO: take back the change. */
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
		},
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
	.states = states,
	.replace = true,
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
