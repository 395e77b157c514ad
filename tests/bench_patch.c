// SPDX-License-Identifier: GPL-2.0-only
/*
 * The least that klpsyms takes for a livepatch module, for patches made by the benchmark; with
 * OLD_NAME it replaces that function.
 */
struct module {
	long room[16];
};

struct klp_func {
	const char *old_name;
	void *new_func;
	unsigned long old_sympos;
};

struct klp_object {
	const char *name;
	struct klp_func *funcs;
};

struct klp_patch {
	struct module *mod;
	struct klp_object *objs;
	long room[8];
};

extern struct module __this_module;
int klp_enable_patch(struct klp_patch *patch);

#ifdef OLD_NAME
void new_func(void);
void new_func(void)
{
}

static struct klp_func funcs[] = {{OLD_NAME, new_func}, {0}};
static struct klp_object objs[] = {{0, funcs}, {0}};
#else
static struct klp_object objs[] = {{0, 0}};
#endif
static struct klp_patch patch = {.mod = &__this_module, .objs = objs};
struct module __this_module;

int init_module(void);
int init_module(void)
{
	return klp_enable_patch(&patch);
}
