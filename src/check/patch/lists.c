// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lists that a struct klp_patch consists of: the kernel takes them as they are, but may see
 * less of them than their author wrote, or use them when they are gone.
 * Rules: include/linux/livepatch.h, klp_for_each_object_static() and klp_for_each_func_static();
 * kernel/livepatch/state.c, klp_for_each_state() and klp_get_state(); kernel/module/main.c,
 * do_init_module(), which frees what has served to load the module.
 */
#include <inttypes.h>

#include "check/say.h"

/* An entry that looks like the end is the end, whatever follows it. */
static void check_end(const struct check *c, const struct patch_list *list, size_t n,
		      const char *because, const char *hint)
{
	if (list->more)
		bad(c,
		    "'%s' ends with entry [%zu], %s: the kernel does not look at what else is "
		    "in it\n"
		    "  %s",
		    list->name, n, because, hint);
}

/* What a patch consists of is used as long as it is loaded; for its functions see
 * check/module/init.c. */
static void check_stays(const struct check *c, size_t section, const char *what, const char *name,
			const char *object)
{
	if (section && kallsyms_init_section(c->mod, c->mod->sec[section].name))
		bad(c,
		    "%s '%s'%s%s lies in '%s', which do_init_module() frees when the patch has "
		    "been loaded\n"
		    "  leave out __init or __initdata",
		    what, name, object ? " of object " : "", object ? object : "",
		    c->mod->sec[section].name);
}

static void check_states(const struct check *c, const struct patch *p)
{
	check_end(c, &p->states, p->state_num, "whose id is 0",
		  "give each state an id that is not 0");
	check_stays(c, p->states.section, "the list of states of", p->symbol, NULL);
	for (size_t i = 0; i < p->state_num; i++) {
		for (size_t k = 0; k < i; k++) {
			if (!p->state[i] || p->state[k] != p->state[i])
				continue;
			bad(c,
			    "state 0x%" PRIx64 " stands twice in '%s': klp_get_state() finds only "
			    "the first; give each state an id of its own",
			    p->state[i], p->symbol);
			break;
		}
	}
}

static void check_object_data(const struct check *c, const struct patch *p,
			      const struct patch_object *obj)
{
	const char *name = obj->name ? obj->name : KLP_VMLINUX;

	check_end(c, &obj->funcs, obj->n, "whose old_name, new_func and old_sympos are 0",
		  "leave no empty entry before the end");
	if (!p->made)
		check_stays(c, obj->funcs.section, "the array of functions", obj->funcs.name, name);
}

void check_lists(struct check *c)
{
	for (size_t i = 0; i < c->patches.n; i++) {
		const struct patch *p = &c->patches.patch[i];

		if (!p->made) {
			check_stays(c, p->section, "the struct klp_patch", p->symbol, NULL);
			check_stays(c, p->objs.section, "the list of objects of", p->symbol, NULL);
		}
		check_end(c, &p->objs, p->n, "which has neither name nor funcs",
			  "give each object .funcs: an array of one empty entry will do");
		check_states(c, p);
		for (size_t k = 0; k < p->n; k++)
			check_object_data(c, p, &p->obj[k]);
	}
}
