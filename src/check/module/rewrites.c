// SPDX-License-Identifier: GPL-2.0-only
/*
 * Relocations that wait for a module, in code that the kernel may replace when it loads the patch.
 * When they are applied, another instruction may be at the place, or the code may already have been
 * copied without them.
 *
 * Rules: patch/rewrites.h; kernel/livepatch/core.c, klp_init_object_loaded() and
 * klp_module_coming(), which run later. The kernel does not check this.
 */
#include <string.h>

#include "check/say.h"
#include "patch/rewrites.h"

static const struct check_section *section_of(const struct check *c, const struct reloc *r)
{
	for (size_t i = 0; i < c->section_num; i++) {
		if (c->section[i].index == r->rela)
			return &c->section[i];
	}
	return NULL;
}

static bool is_late(const struct check_section *s)
{
	return strcmp(s->object, KLP_VMLINUX) != 0;
}

static bool has_late_code(const struct check *c)
{
	for (size_t i = 0; i < c->section_num; i++) {
		const struct check_section *s = &c->section[i];

		if (s->target && is_late(s) && s->relocations &&
		    (c->mod->sec[s->target].shdr.sh_flags & SHF_EXECINSTR))
			return true;
	}
	return false;
}

static void check_place(struct check *c, const struct rewrites *rewrites, const struct reloc *r)
{
	const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);
	const struct check_section *s = section_of(c, r);
	size_t symbol = c->symbol_of[r->symbol], user;
	const char *table;

	if (!type || !s || !is_late(s))
		return;
	table = rewrites_at(rewrites, r->section, r->offset, type->size);
	if (!table)
		return;
	user = check_symbol_at(c, r->section, r->offset);
	bad(c,
	    "%s'%s' + 0x%llx: '%s' of '%s' is used in code that the kernel may replace when it loads "
	    "the patch ('%s'), before it knows the symbols of a module\n"
	    "  use it outside of the ALTERNATIVE()",
	    user ? check_source(c, user) : "", c->mod->sec[r->section].name,
	    (unsigned long long)r->offset, symbol ? c->symbol[symbol - 1].name : "?", s->object,
	    table);
}

void check_rewrites(struct check *c)
{
	struct rewrites rewrites;

	if (!c->relocs_sane || !has_late_code(c))
		return;
	if (rewrites_read(c->mod, c->target->arch, &c->relocs, c->target->vmlinux, &rewrites))
		return;
	if (rewrites.unknown)
		note(c,
		     "whether symbols of modules are used in code that is replaced: what '%s' "
		     "consists of is not in the debug information of '%s'",
		     rewrites.unknown, c->target->vmlinux->path);
	for (size_t i = 0; i < c->relocs.n; i++)
		check_place(c, &rewrites, &c->relocs.r[i]);
	rewrites_free(&rewrites);
}
