// SPDX-License-Identifier: GPL-2.0-only
/*
 * Symbols that the module leaves undefined: whether the loader finds an export for them, and may
 * use it.
 *
 * Rules: kernel/module/main.c, simplify_symbols(), resolve_symbol() and
 * verify_namespace_is_imported().
 */
#include <stdlib.h>
#include <string.h>

#include "check/module/versions.h"
#include "check/say.h"
#include "elf/modinfo.h"
#include "klp/module_name.h"

/*
 * The namespace "module:a,b*" is only for the modules listed: kernel/module/main.c,
 * verify_module_namespace().
 */
static bool in_module_list(const char *list, const char *name)
{
	while (*list) {
		size_t len = strcspn(list, ",");
		bool glob = len && list[len - 1] == '*';

		if (glob ? !strncmp(list, name, len - 1)
			 : strlen(name) == len && !strncmp(list, name, len))
			return true;
		list += len;
		list += *list == ',';
	}
	return false;
}

/* verify_namespace_is_imported() */
static void check_namespace(const struct check *c, const struct symver *export)
{
	const char *ns, *name;
	size_t pos = 0;

	if (!export->ns[0])
		return;
	if (str_starts(export->ns, "module:")) {
		name = modinfo_first(c->mod, "name");
		if (!name || !in_module_list(export->ns + strlen("module:"), name))
			bad(c,
			    "symbol '%s' is exported only to '%s': resolve_symbol() refuses it; "
			    "it needs a livepatch relocation",
			    export->name, export->ns);
		return;
	}
	while ((ns = modinfo_next(c->mod, "import_ns", &pos)) != NULL) {
		if (!strcmp(ns, export->ns))
			return;
	}
	bad(c,
	    "symbol '%s' is in the namespace '%s', which is not imported: resolve_symbol() "
	    "refuses it\n"
	    "  write MODULE_IMPORT_NS() for it in one of its files",
	    export->name, export->ns);
}

/* Is that module the owner of an export? */
static bool owner_is(const struct symver *export, const char *module)
{
	char *owner = module_name(export->owner);
	bool is = !strcmp(owner, module);

	free(owner);
	return is;
}

/*
 * A patch should not need an export of a module that it patches: it could not be loaded before that
 * module.
 */
static void check_owner(const struct check *c, const struct symver *export)
{
	for (size_t i = 0; i < c->patches.n; i++) {
		for (size_t k = 0; k < c->patches.patch[i].n; k++) {
			const char *object = c->patches.patch[i].obj[k].name;

			if (object && owner_is(export, object))
				odd(c,
				    "symbol '%s' is exported by '%s', which it patches: the "
				    "patch cannot be loaded before that module, and pins it",
				    export->name, object);
		}
	}
}

/* simplify_symbols(), case SHN_UNDEF */
static void check_symbol(struct check *c, const struct versions *v, const struct elf_symbol *s)
{
	const char *ignored = c->target->arch->loader.ignored_undef;
	const struct symver *export = symvers_find(&c->target->symvers, s->name);

	if (!export) {
		if (GELF_ST_BIND(s->sym.st_info) == STB_WEAK ||
		    (ignored && !strcmp(ignored, s->name)))
			return;
		bad(c,
		    "symbol '%s' is exported by nobody: simplify_symbols() refuses it\n"
		    "  if the kernel has it, it needs a livepatch relocation: build with klpmake",
		    s->name);
		return;
	}
	c->undefined_exported++;
	versions_check(c, v, export);
	check_namespace(c, export);
	if (!symver_in_vmlinux(export))
		check_owner(c, export);
}

/* modinfo depends= names the owners of what the module needs: scripts/mod/modpost.c. */
static bool needs_module(const struct check *c, const char *name)
{
	for (size_t i = 1; i < c->mod->symnum; i++) {
		const struct symver *export;
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (!s.special || s.shndx != SHN_UNDEF)
			continue;
		export = symvers_find(&c->target->symvers, s.name);
		if (export && owner_is(export, name))
			return true;
	}
	return false;
}

static void check_depends(const struct check *c)
{
	const char *list = modinfo_first(c->mod, "depends");

	for (; list && *list; list += *list == ',') {
		size_t len = strcspn(list, ",");
		char *word = xstrndup(list, len), *name = module_name(word);

		if (len && !needs_module(c, name))
			odd(c,
			    "modinfo's 'depends' has '%s', but no symbol of it is used: modprobe "
			    "loads that module for nothing",
			    word);
		free(word);
		free(name);
		list += len;
	}
}

void check_undefined(struct check *c)
{
	bool known = c->target->symvers.n > 0;
	struct versions v;

	versions_read(c, &v);
	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		/* A forgotten livepatch symbol: check_symbol_names() has said so. */
		if (!s.special || s.shndx != SHN_UNDEF || str_starts(s.name, KLP_SYM_PREFIX))
			continue;
		c->undefined++;
		if (known)
			check_symbol(c, &v, &s);
	}
	if (known) {
		check_depends(c);
	} else if (c->undefined) {
		note(c,
		     "whether the kernel exports the %zu undefined symbols: no Module.symvers "
		     "(--symvers)",
		     c->undefined);
	}
	versions_free(&v);
}
