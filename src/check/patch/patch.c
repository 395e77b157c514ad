// SPDX-License-Identifier: GPL-2.0-only
/*
 * struct klp_patch: which functions of which objects it replaces, and whether the kernel can.
 * Rules: kernel/livepatch/core.c, klp_enable_patch(), klp_init_object(), klp_init_func() and
 * klp_init_object_loaded(); kernel/livepatch/patch.c, klp_patch_func(). What only holds for a
 * kernel without ftrace is in check/patch/wo_ftrace.c.
 */
#include <stdlib.h>
#include <string.h>

#include "check/say.h"
#include "kernel/module_files.h"
#include "kernel/rules.h"
#include "klp/module_name.h"
#include "symbols/syscalls.h"

static const char *object_name(const char *name)
{
	return name ? name : KLP_VMLINUX;
}

/* elf_validity_cache_index_mod(): the size of struct module. */
static void check_module_size(const struct check *c)
{
	size_t index = elf_file_section(c->mod, ".gnu.linkonce.this_module");

	if (index && c->mod->sec[index].shdr.sh_size != c->layout.module_size)
		bad(c,
		    "section '.gnu.linkonce.this_module' has %llu bytes, struct module of this "
		    "kernel %zu: the loader refuses the module; compile it with this kernel's "
		    "headers",
		    (unsigned long long)c->mod->sec[index].shdr.sh_size, c->layout.module_size);
}

static void list_functions(struct check *c)
{
	for (size_t i = 0; i < c->patches.n; i++) {
		const struct patch *p = &c->patches.patch[i];

		for (size_t k = 0; k < p->n; k++) {
			for (size_t f = 0; f < p->obj[k].n; f++) {
				GROW(c->func, c->func_num, c->func_cap);
				c->func[c->func_num++] = (struct check_func){
					.object = p->obj[k].name,
					.func = &p->obj[k].func[f],
				};
			}
		}
	}
}

void check_patch_read(struct check *c)
{
	/* The kernel's layout is the one that counts; and the module's DWARF is not to be trusted.
	 */
	if (klp_layout_read(NULL, c->target->vmlinux, &c->layout))
		return;
	c->layout_known = true;
	check_module_size(c);
	if (!c->relocs_sane) {
		note(c, "struct klp_patch and its functions: the relocations are damaged");
		return;
	}
	if (relocs_read(c->mod, &c->relocs) ||
	    patches_read(c->mod, c->target->arch, &c->relocs, &c->layout, &c->patches))
		return;
	c->patches_known = true;
	list_functions(c);
}

/* The module's init function has to be there and to start the patch. */
static void check_start(const struct check *c)
{
	const char *starter = target_starter(c->target);
	bool init = false, enabled = false;

	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		init |= !s.special && !strcmp(s.name, "init_module");
		enabled |= s.special && s.shndx == SHN_UNDEF && !strcmp(s.name, starter);
	}
	if (!init)
		bad(c, "it has no init function (init_module): nothing would start the patch\n"
		       "  write module_init() in one of its files");
	if (!enabled)
		bad(c, "it does not call %s(): loading it would patch nothing", starter);
}

/* klp_init_object(); klp_find_object_module(), which compares it with the name of each module */
static void check_object_name(const struct check *c, const char *name)
{
	char *meant = module_name_meant(name);

	if (!name[0])
		bad(c, "an object of its struct klp_patch has an empty name: NULL stands for "
		       "vmlinux");
	else if (!strcmp(name, KLP_VMLINUX))
		bad(c, "an object of its struct klp_patch is named 'vmlinux': the kernel looks "
		       "for a module of that name; leave .name out");
	else if (strlen(name) > KLP_MODULE_NAME_MAX)
		bad(c,
		    "object '%s' has a name of more than %d characters: klp_init_object() refuses "
		    "it",
		    name, KLP_MODULE_NAME_MAX);
	else if (meant)
		bad(c,
		    "object '%s': no module is called so when it is loaded, so nothing of it would "
		    "be replaced\n"
		    "  write .name = \"%s\"",
		    name, meant);
	free(meant);
}

/* klp_enable_patch() */
static void check_mod(struct check *c, const struct patch *p)
{
	size_t symbol = check_symbol_at(c, p->section, p->offset);
	const char *source = symbol ? check_source(c, symbol) : "";

	if (p->mod == PATCH_MOD_NONE)
		bad(c,
		    "%s.mod of '%s' is not set: klp_enable_patch() refuses it\n"
		    "  write .mod = THIS_MODULE, where '%s' is defined",
		    source, p->symbol, p->symbol);
	else if (p->mod == PATCH_MOD_OTHER)
		bad(c,
		    "%s.mod of '%s' is not this module: the kernel takes it for another one's patch\n"
		    "  write .mod = THIS_MODULE, where '%s' is defined",
		    source, p->symbol, p->symbol);
}

/* What the patch consists of. */
static bool does_anything(const struct patch *p)
{
	bool does = p->replace || p->state_num;

	for (size_t i = 0; i < p->n; i++) {
		const struct patch_object *obj = &p->obj[i];

		does |= obj->n || obj->has_callbacks || obj->loads || obj->unloads;
	}
	return does;
}

static void check_objects(const struct check *c, const struct patch *p)
{
	if (!p->has_objs)
		bad(c,
		    "'%s' has no .objs in its initialiser: what code puts there cannot be checked, "
		    "and without it klp_enable_patch() refuses it\n"
		    "  write .objs = ARRAY, where '%s' is defined",
		    p->symbol, p->symbol);
	else if (p->n == 0)
		bad(c, "'%s' has no objects: klp_enable_patch() refuses it, or patches nothing",
		    p->symbol);
	else if (!does_anything(p))
		bad(c, "'%s' replaces no function and has no callback: loading it would do nothing",
		    p->symbol);
	for (size_t i = 0; i < p->n; i++) {
		const struct patch_object *obj = &p->obj[i];

		if (obj->name)
			check_object_name(c, obj->name);
		if (!obj->has_funcs)
			bad(c, "object '%s' has no functions: klp_enable_patch() refuses it",
			    object_name(obj->name));
		for (size_t k = 0; k < i; k++) {
			if (!strcmp(object_name(p->obj[k].name), object_name(obj->name)))
				bad(c,
				    "object '%s' stands twice in '%s': klp_init_object() refuses "
				    "the second; put all functions of an object into one array",
				    object_name(obj->name), p->symbol);
		}
	}
}

/* klp_init_func(): sysfs has one directory "NAME,POSITION" for each function of an object. */
static void check_duplicates(const struct check *c, const struct patch_object *obj)
{
	for (size_t i = 0; i < obj->n; i++) {
		const struct patch_func *a = &obj->func[i];

		for (size_t k = 0; k < i; k++) {
			const struct patch_func *b = &obj->func[k];

			if (strcmp(a->old_name, b->old_name) != 0 ||
			    (a->old_sympos ? a->old_sympos : 1) !=
				    (b->old_sympos ? b->old_sympos : 1))
				continue;
			bad(c,
			    "function '%s' of object '%s' is listed twice: klp_init_func() "
			    "refuses the second",
			    a->old_name, object_name(obj->name));
			break;
		}
	}
}

/* klp_ftrace_handler() would lead from the function to itself. */
static void check_new_function(const struct check *c, const struct check_func *f)
{
	const struct reloc *at = relocs_at(&c->relocs, f->func->section, f->func->pointer_offset);
	size_t symbol = at ? c->symbol_of[at->symbol] : 0;

	if (f->found && symbol && c->symbol[symbol - 1].found == f->found)
		bad(c,
		    "function '%s' is its own new_func: the kernel would call it without end\n"
		    "  new_func has to be a function of the module",
		    f->func->old_name);
}

/* klp_init_func(), klp_init_object_loaded(), and klp_patch_func() of kernels with ftrace */
static void check_func(const struct check *c, struct check_func *f)
{
	const struct patch_func *func = f->func;
	const struct object *o;
	const char *why;
	char *what, *entries;

	if (!func->old_name[0]) {
		bad(c, "a function of object '%s' has no old_name: klp_init_func() refuses it",
		    object_name(f->object));
		return;
	}
	if (strlen(func->old_name) > KLP_SYMBOL_NAME_MAX) {
		bad(c,
		    "function '%.60s...' of object '%s': old_name has more than %d characters: "
		    "klp_init_func() refuses it",
		    func->old_name, object_name(f->object), KLP_SYMBOL_NAME_MAX);
		return;
	}
	if (!func->has_new_func)
		bad(c, "function '%s' of object '%s' has no new_func: klp_init_func() refuses it",
		    func->old_name, object_name(f->object));
	o = check_object(c, f->object);
	if (!o)
		return;
	what = o->module ? xasprintf("function '%s' of '%s' with old_sympos %llu", func->old_name,
				     o->name, (unsigned long long)func->old_sympos)
			 : xasprintf("function '%s' with old_sympos %llu", func->old_name,
				     (unsigned long long)func->old_sympos);
	f->found = check_position(c, what, o, func->old_name, func->old_sympos);
	free(what);
	check_new_function(c, f);
	why = f->found ? object_refusal(&c->objects, o, f->found) : NULL;
	if (!why)
		return;
	entries = syscall_entries(c->target->vmlinux, func->old_name);
	bad(c,
	    "function '%s' cannot be patched: %s; %s() refuses it\n"
	    "  %s",
	    func->old_name, why, c->target->jump.used ? "klp_init_object_loaded" : "klp_patch_func",
	    entries	     ? entries
	    : f->found->init ? "it has run, and will not run again: what it has set up, a callback "
			       "can change"
			     : "patch its callers instead");
	free(entries);
}

static bool has_object(const struct check *c, const char *name)
{
	for (size_t i = 0; i < c->patches.n; i++) {
		for (size_t k = 0; k < c->patches.patch[i].n; k++) {
			if (!strcmp(object_name(c->patches.patch[i].obj[k].name), name))
				return true;
		}
	}
	return false;
}

/* klp_apply_object_relocs() is called for the objects of the patch, and for no other. */
static void check_relocated_objects(const struct check *c)
{
	for (size_t i = 0; i < c->section_num; i++) {
		const struct check_section *s = &c->section[i];

		if (strcmp(s->object, KLP_VMLINUX) != 0 && !has_object(c, s->object))
			bad(c,
			    "section '%s': its object '%s' is not one of the patch's, so "
			    "klp_apply_object_relocs() never applies it\n"
			    "  add a struct klp_object for it, with a function to patch",
			    c->mod->sec[s->index].name, s->object);
	}
}

/* Who calls it, or has its address: without that nothing is ever patched. */
static void check_enabled(const struct check *c)
{
	const char *starter = target_starter(c->target);

	for (size_t i = 0; i < c->relocs.n; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, c->relocs.r[i].symbol, &s);
		if (!strcmp(s.name, starter))
			return;
	}
	bad(c, "nothing in it calls %s(): it would be loaded, and patch nothing", starter);
}

/*
 * Does anything have the patch's address? Where one variable is the whole patch, nobody counts from
 * something else to reach it.
 */
static void check_handed_over(const struct check *c, const struct patch *p)
{
	struct elf_symbol s;
	const char *file;

	if (!c->target->arch->code.addresses_in_code || p->made || c->patches.n != 1 ||
	    !elf_file_symbol_at(c->mod, p->section, p->offset, &s, &file) ||
	    s.sym.st_value != p->offset || s.sym.st_size != c->layout.patch_size)
		return;
	for (size_t i = 0; i < c->relocs.n; i++) {
		uint64_t offset;
		size_t section;

		if (relocs_reference(c->mod, c->target->arch, &c->relocs.r[i], &section, &offset) &&
		    section == p->section && offset == p->offset)
			return;
	}
	bad(c,
	    "nothing in it has the address of '%s': %s() would be given something else, or nothing",
	    p->symbol, target_starter(c->target));
}

/* A patch of which nothing is known is never called "fine". */
static void check_known(const struct check *c)
{
	size_t known = 0;

	if (!c->patches.n) {
		bad(c,
		    "no struct klp_patch in it: the functions that it replaces are unknown, and "
		    "none of them was checked\n"
		    "  define struct klp_patch, klp_object and klp_func with all that is in them, "
		    "as samples/livepatch/livepatch-sample.c of the kernel source does");
		return;
	}
	for (size_t i = 0; i < c->func_num; i++)
		known += check_object(c, c->func[i].object) != NULL;
	if (c->func_num && !known)
		bad(c,
		    "none of its functions was checked: there are no files of the modules that have "
		    "them\n"
		    "  say where they are: --modules, --debug-modules, --object");
}

static size_t functions_of(const struct check *c, const struct object *o)
{
	size_t n = 0;

	for (size_t i = 0; i < c->func_num; i++)
		n += check_object(c, c->func[i].object) == o;
	return n;
}

void check_patch_want(struct check *c)
{
	for (size_t i = 0; i < c->func_num; i++)
		kallsyms_want(&c->target->kallsyms, c->func[i].func->old_name);
}

void check_patch(struct check *c)
{
	check_start(c);
	if (!c->patches_known)
		return;
	check_known(c);
	check_enabled(c);
	for (size_t i = 0; i < c->patches.n; i++) {
		check_mod(c, &c->patches.patch[i]);
		check_handed_over(c, &c->patches.patch[i]);
		check_objects(c, &c->patches.patch[i]);
		for (size_t k = 0; k < c->patches.patch[i].n; k++)
			check_duplicates(c, &c->patches.patch[i].obj[k]);
	}
	for (size_t i = 0; i < c->func_num; i++)
		check_func(c, &c->func[i]);
	check_relocated_objects(c);
	for (size_t i = 0; i < c->objects.n; i++) {
		const struct object *o = c->objects.obj[i];
		const char *unknown = object_unknown(&c->objects, o);
		size_t n = functions_of(c, o);

		if (n && unknown)
			note(c, "whether %zu function%s can be %s: '%s' %s", n, n == 1 ? "" : "s",
			     c->target->jump.used ? "replaced" : "traced", o->path, unknown);
	}
}
