// SPDX-License-Identifier: GPL-2.0-only
/*
 * A patch to the miniature kernel and to its module gadget, with a livepatch relocation of every
 * kind that klpcheck looks at: calls and data, from text, data and a special section. The macros
 * let a test put one thing wrong.
 */
#include "mini.h"
#include "../same/tables.h"

#ifndef OLD_NAME
#define OLD_NAME "alpha_show"
#endif
#ifndef OLD_SYMPOS
#define OLD_SYMPOS 0
#endif
#ifndef NEW_FUNC
#define NEW_FUNC patched_show
#endif
#ifndef OBJECT
#define OBJECT "gadget"
#endif
#ifndef MODULE_NAME
#define MODULE_NAME "gadget_export"
#endif
#ifndef MODULE_SYMPOS
#define MODULE_SYMPOS 0
#endif
#ifndef FUNCS
#define FUNCS gadget_funcs
#endif
#ifndef MOD
#define MOD .mod = THIS_MODULE,
#endif
#ifndef OBJS
#define OBJS .objs = objects,
#endif
#ifndef IN_INIT
#define IN_INIT
#endif
#ifndef HOLE
#define HOLE
#endif
#ifndef STATES
#define STATES {.id = 1, .version = 1}, {.id = 2}, {}
#endif

/* fs/proc/alpha.c */
extern int state;
int helper(int x);

/* kernel/gamma.c */
extern int gamma_private;

/* drivers/gadget/gadget.c */
extern int gadget_private;
int gadget_step(int x);

/*
 * GNU strip takes a section of livepatch relocations for a plain one when what it relocates has
 * no plain relocation: LONE is such a module.
 */
#ifdef LONE
#define OWN
#define OWN_LABEL
#else
static int own;
#define OWN &own,
#define OWN_LABEL JUMP_LABEL(own)
#endif

static int *const table[] = {&gamma_private, &state, OWN};

int patched_show(int x);
int patched_show(int x)
{
	state += x;
	JUMP_LABEL(gamma_private);
	OWN_LABEL;
	_printk("%d\n", *table[x & 1]);
	return helper(x) + gamma_private;
}

static int patched_step(int x)
{
	return x + 5;
}

static int patched_export(int x)
{
#ifdef REPLACED_CODE
	asm volatile("1: call gadget_step\n2:\n"
		     ".pushsection .altinstructions, \"a\"\n"
		     ".long 1b - ., 3f - ., 0\n.byte 2b - 1b, 4f - 3f\n.popsection\n"
		     ".pushsection .altinstr_replacement, \"ax\"\n3: nop\n4:\n.popsection"
		     : : : "memory");
#endif
	return gadget_step(x) + gadget_private;
}

static int before(void *obj)
{
	return obj == NULL;
}

static void after(void *obj)
{
	if (obj)
		_printk("after\n");
}

static struct klp_func vmlinux_funcs[] = {
	{
		.old_name = OLD_NAME,
		.new_func = NEW_FUNC,
		.old_sympos = OLD_SYMPOS,
	},
	HOLE
	{
		.old_name = "helper",
		.new_func = patched_step,
		.old_sympos = 2,
	},
	{},
};

__attribute__((used)) static struct klp_func gadget_funcs[] = {
	{
		.old_name = MODULE_NAME,
		.new_func = patched_export,
		.old_sympos = MODULE_SYMPOS,
	},
	{},
};

static struct klp_object objects[] = {
	{
		.funcs = vmlinux_funcs,
		.callbacks = {.pre_patch = before, .post_patch = after},
	},
	{
		.name = OBJECT,
		.funcs = FUNCS,
		.callbacks = {.pre_patch = before, .post_unpatch = after},
	},
#ifndef NO_END
	{},
#endif
};

static struct klp_state states[] = {STATES};

#ifdef MADE
/* Memory in which nothing shows what it is for: the patch is made when the module runs. */
static char room[1000];
#define THE_PATCH ((struct klp_patch *)room)
#undef IN_INIT
#define IN_INIT THE_PATCH->mod = THIS_MODULE, THE_PATCH->objs = objects, THE_PATCH->states = states
#else
static struct klp_patch patch = {
	MOD
	OBJS
	.states = states,
};
#define THE_PATCH (&patch)
#endif

static int __init patch_init(void)
{
	IN_INIT;
	return klp_enable_patch(THE_PATCH);
}

static void __exit patch_exit(void)
{
}

module_init(patch_init);
module_exit(patch_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
