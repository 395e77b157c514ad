// SPDX-License-Identifier: GPL-2.0-only
/*
 * The modules that a patch names: their files, how they depend on each other, and what happens
 * when one of them goes and comes again while the patch is loaded.
 * Rules: kernel/livepatch/core.c, klp_module_coming() and klp_apply_object_relocs();
 * arch/x86/kernel/module.c, clear_relocate_add().
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/say.h"
#include "elf/modinfo.h"
#include "kernel/module_files.h"
#include "klp/module_name.h"

static struct check_module *add_module(struct check *c, const char *name)
{
	struct check_module *m = check_module(c, name);

	if (m)
		return m;
	GROW(c->module, c->module_num, c->module_cap);
	m = &c->module[c->module_num++];
	memset(m, 0, sizeof(*m));
	m->name = name;
	m->broken = objects_by_name(&c->objects, name, &m->object) != 0;
	return m;
}

void check_open_modules(struct check *c)
{
	for (size_t i = 0; i < c->func_num; i++) {
		if (c->func[i].object && strcmp(c->func[i].object, KLP_VMLINUX) != 0)
			add_module(c, c->func[i].object)->functions++;
	}
	for (size_t i = 0; i < c->symbol_num; i++) {
		if (strcmp(c->symbol[i].object, KLP_VMLINUX) != 0)
			add_module(c, c->symbol[i].object)->symbols++;
	}
}

/* Is it part of vmlinux? lib/modules/RELEASE/modules.builtin has a line "kernel/PATH.ko" then. */
static bool is_built_in(const char *installed, const char *name)
{
	char *path = xasprintf("%s/modules.builtin", installed), *text = NULL, *rest;
	bool found = false;
	size_t size;

	if (access(path, R_OK) == 0 && read_file(path, &text, &size) == 0) {
		rest = text;
		for (char *line; !found && (line = strsep(&rest, "\n"));) {
			char *is = module_name(line);

			found = !strcmp(is, name);
			free(is);
		}
	}
	free(text);
	free(path);
	return found;
}

/* A module without a file: what of the patch has not been checked, and why. */
static void tell_missing(struct check *c, const struct check_module *m)
{
	const struct module_options *files = c->objects.files;
	const char *dir = files->installed ? files->installed : files->debug;
	char *why;

	if (files->installed && is_built_in(files->installed, m->name)) {
		odd(c,
		    "'%s' is built into this kernel: klp_module_coming() never sees a module of "
		    "that name, so nothing of it gets patched\n"
		    "  its functions are vmlinux's: leave .name out",
		    m->name);
		why = xstrdup("it is built into the kernel");
	} else if (dir) {
		why = xasprintf("no file of it in '%s'", dir);
	} else {
		why = xstrdup("no file of it (--modules, --debug-modules, --object)");
	}
	note(c, "module '%s', %zu function%s and %zu livepatch symbol%s of it: %s", m->name,
	     m->functions, m->functions == 1 ? "" : "s", m->symbols, m->symbols == 1 ? "" : "s",
	     why);
	free(why);
}

/*
 * Does the module need the other one, perhaps through more modules? seen: those that have been
 * asked, as several may need the same one, and damaged ones each other.
 */
static bool depends_on(struct check *c, const struct object *o, const char *name,
		       struct strmap *seen)
{
	const char *list = modinfo_first(o->elf, "depends");
	bool found = false;

	for (; list && *list && !found; list += *list == ',') {
		size_t len = strcspn(list, ",");
		char *word = xstrndup(list, len), *needed = module_name(word);
		struct object *next;

		found = !strcmp(needed, name);
		if (!found && len && !objects_by_name(&c->objects, needed, &next) && next &&
		    !strmap_get(seen, next->name)) {
			strmap_add(seen, next->name, 1);
			found = depends_on(c, next, name, seen);
		}
		free(needed);
		free(word);
		list += len;
	}
	return found;
}

/* Relocations that wait for one module, of a symbol that is another's. */
static void check_use(struct check *c, const struct check_use *use)
{
	const struct check_section *s = &c->section[use->section];
	const struct check_symbol *sym = &c->symbol[use->symbol];
	const struct object *gate = check_object(c, s->object);
	const struct symver *export = symvers_find(&c->target->symvers, sym->name);
	struct strmap seen = {0};

	if (gate && !modinfo_first(gate->elf, "depends"))
		note(c, "whether '%s' depends on '%s': '%s' has no modinfo", s->object, sym->object,
		     gate->path);
	else if (gate && !depends_on(c, gate, sym->object, &seen))
		odd(c,
		    "section '%s' uses '%s' of '%s', on which '%s' does not depend: where that is "
		    "not loaded, klp_module_coming() refuses to load '%s'\n"
		    "  see to it that '%s' is loaded first",
		    c->mod->sec[s->index].name, sym->name, sym->object, s->object, s->object,
		    sym->object);
	strmap_free(&seen);
	if (export && !symver_in_vmlinux(export) && sym->found && !sym->found->global)
		odd(c,
		    "section '%s' uses '%s' of '%s', which exports it, but position %llu is "
		    "another one, which is static",
		    c->mod->sec[s->index].name, sym->name, sym->object,
		    (unsigned long long)sym->position);
}

/*
 * Kernels before 6.3 leave relocated what was relocated for a module that goes, and x86 then
 * refuses to relocate it again (0c05e7bd2d01 "livepatch,x86: Clear relocation targets on a module
 * removal"). What vmlinux has tells, its version does not. One that patches by jumps lets no module
 * go while a patch to it is there: klp_find_object_module().
 */
static void check_reload(struct check *c)
{
	size_t count;

	kallsyms_find(&c->target->kallsyms, "clear_relocate_add", &count);
	if (count || !c->target->arch->loader.zero_before_apply || c->target->jump.used)
		return;
	for (size_t i = 0; i < c->section_num; i++) {
		const struct check_section *s = &c->section[i];
		bool told = false;

		for (size_t k = 0; k < i; k++)
			told |= !strcmp(c->section[k].object, s->object);
		if (!told && strcmp(s->object, KLP_VMLINUX) != 0)
			odd(c,
			    "once '%s' has been unloaded, it cannot be loaded again while this "
			    "patch is loaded: this kernel has no clear_relocate_add(), so "
			    "klp_module_coming() refuses it\n"
			    "  unload the patch first",
			    s->object);
	}
}

void check_modules_want(struct check *c)
{
	kallsyms_want(&c->target->kallsyms, "clear_relocate_add");
}

void check_modules(struct check *c)
{
	for (size_t i = 0; i < c->module_num; i++) {
		if (!c->module[i].object && !c->module[i].broken)
			tell_missing(c, &c->module[i]);
	}
	for (size_t i = 0; i < c->use_num; i++)
		check_use(c, &c->use[i]);
	check_reload(c);
}
