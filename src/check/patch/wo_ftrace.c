// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a livepatch must not count on where the kernel patches without ftrace (openEuler's
 * CONFIG_LIVEPATCH_WO_FTRACE): the structures have the same members, and the core takes them, but
 * it does something else with them or nothing at all. Rules: openEuler's kernel/livepatch/core.c
 * without CONFIG_LIVEPATCH_FTRACE (in Linux 5.10 with CONFIG_LIVEPATCH_STOP_MACHINE_CONSISTENCY),
 * klp_register_patch() to klp_unregister_patch().
 */
#include <string.h>

#include "check/say.h"

static bool has_symbol(const struct check *c, const char *name)
{
	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (!strcmp(s.name, name))
			return true;
	}
	return false;
}

/* A patch that was registered stays in the kernel's list until it is unregistered. */
static void check_exit(const struct check *c)
{
	if (has_symbol(c, KLP_REGISTER) && has_symbol(c, "cleanup_module") &&
	    !has_symbol(c, KLP_UNREGISTER))
		bad(c,
		    "it calls %s(), but not %s(): once it is removed, the kernel's list of patches "
		    "leads to freed memory\n"
		    "  call KLP_STOP() of <klpmake.h> in its exit function",
		    KLP_REGISTER, KLP_UNREGISTER);
}

/* klp_load_hook() is called by the init function, klp_unload_hook() by the exit function. */
static void check_hooks(const struct check *c, const struct patch_object *obj)
{
	const struct patch_list *unload = &obj->unload;
	const char *name = obj->name ? obj->name : KLP_VMLINUX;

	if (obj->load.more)
		bad(c,
		    "'%s' ends with entry [%zu], which has no hook: klp_load_hook() stops there\n"
		    "  leave no empty entry before the end",
		    obj->load.name, obj->loads);
	if (unload->more)
		bad(c,
		    "'%s' ends with entry [%zu], which has no hook: klp_unload_hook() stops there\n"
		    "  leave no empty entry before the end",
		    unload->name, obj->unloads);
	if (unload->section && kallsyms_init_section(c->mod, c->mod->sec[unload->section].name))
		bad(c,
		    "hooks_unload '%s' of object %s lies in '%s', which do_init_module() frees when "
		    "the patch has been loaded\n"
		    "  leave out __initdata",
		    unload->name, name, c->mod->sec[unload->section].name);
}

static void check_members(const struct check *c, const struct patch_object *obj)
{
	if (obj->has_callbacks)
		bad(c,
		    "object '%s' has callbacks, which a kernel that patches without ftrace never "
		    "calls\n"
		    "  use .hooks_load and .hooks_unload, which run when the patch is loaded and "
		    "when it is removed, and cannot refuse",
		    obj->name ? obj->name : KLP_VMLINUX);
	check_hooks(c, obj);
}

void check_wo_ftrace(struct check *c)
{
	if (!c->target->jump.used)
		return;
	check_exit(c);
	for (size_t i = 0; i < c->patches.n; i++) {
		const struct patch *p = &c->patches.patch[i];

		if (p->replace)
			bad(c,
			    "'%s' replaces all patches of before (.replace), which a kernel that "
			    "patches without ftrace does not do\n"
			    "  leave .replace out; disable and remove these patches first",
			    p->symbol);
		if (p->state_num)
			odd(c,
			    "'%s' has states, which a kernel that patches without ftrace does not "
			    "look at",
			    p->symbol);
		for (size_t k = 0; k < p->n; k++)
			check_members(c, &p->obj[k]);
	}
}
