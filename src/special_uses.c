// SPDX-License-Identifier: GPL-2.0-only
/* What cannot be used in this place: see special_uses.h. */
#include "special_uses.h"

#include <stdlib.h>
#include <string.h>

#include "code_line.h"
#include "early.h"
#include "moves.h"
#include "sealed.h"
#include "units.h"
#include "util.h"

struct search {
	const struct target *target;
	const struct patch_module *module;
	const struct decisions *all;
	struct dwarf_file *dwarf; /* of the partially linked object, or NULL */
	struct strmap told;	  /* one use can have more than one relocation */
};

/* The line of a file of the patch. */
struct place {
	const struct patch_module *module;
	const struct template *t;
	uint64_t line;
	bool outermost; /* the first call of a chain is asked for, not the last */
};

static bool is_ours(const char *file, uint64_t line, void *arg)
{
	const struct template *ours = NULL;
	struct place *p = arg;

	for (size_t i = 0; i < p->module->n; i++) {
		const struct template *t = &p->module->t[i];

		/* Of "a.c" and "sub/a.c" the longer one. */
		if (unit_path_matches(file, t->source.path) &&
		    (!ours || strlen(ours->source.path) < strlen(t->source.path)))
			ours = t;
	}
	if (!ours)
		return false;
	p->t = ours;
	p->line = line;
	return !p->outermost;
}

static bool is_code(const struct patch_module *m, size_t section)
{
	return m->elf->sec[section].shdr.sh_flags & SHF_EXECINSTR;
}

static bool points_to_code(const struct patch_module *m, const struct reloc *r, uint64_t *addr)
{
	size_t section;
	uint64_t offset;

	if (!relocs_pointer(m->elf, &m->relocs, r->section, r->offset, &section, &offset) ||
	    !is_code(m, section))
		return false;
	*addr = elf_place(section, offset);
	return true;
}

/*
 * Code that is put in place of other code has no line: it is that of the code which it replaces.
 * struct alt_instr begins with these two, in this order.
 */
static bool replaced_by(const struct patch_module *m, size_t section, uint64_t addr, uint64_t *ret)
{
	uint64_t nearest = elf_place(section, 0), code, replacement;
	bool found = false;

	for (size_t i = 1; i < m->relocs.n; i++) {
		const struct reloc *r = &m->relocs.r[i];

		if (!strcmp(m->elf->sec[r->section].name, ".altinstructions") &&
		    r[-1].section == r->section && points_to_code(m, r, &replacement) &&
		    replacement <= addr && replacement >= nearest &&
		    points_to_code(m, r - 1, &code)) {
			nearest = replacement;
			*ret = code;
			found = true;
		}
	}
	return found;
}

/*
 * The code that a relocation is about: itself, or where the entry of a table begins. struct
 * jump_entry and struct static_call_site have their code first, and what it depends on last.
 */
static bool code_of(const struct patch_module *m, const struct reloc *r, uint64_t *addr)
{
	bool found = false;

	if (is_code(m, r->section)) {
		*addr = elf_place(r->section, r->offset);
		return strcmp(m->elf->sec[r->section].name, ".altinstr_replacement") != 0 ||
		       replaced_by(m, r->section, *addr, addr);
	}
	while (r > m->relocs.r && r[-1].section == r->section && points_to_code(m, r - 1, addr)) {
		found = true;
		r--;
	}
	return found;
}

/* What stands behind a prefix, or NULL. */
static const char *after(const char *s, const char *prefix)
{
	return str_starts(s, prefix) ? s + strlen(prefix) : NULL;
}

/* include/linux/static_call_types.h: the key, or the trampoline where there is no key. */
static const char *static_call_of(const char *name)
{
	const char *call = after(name, "__SCK__");

	return call ? call : after(name, "__SCT__");
}

/* include/linux/tracepoint.h: a tracepoint has a static call, too. */
static const char *tracepoint_of(const char *name)
{
	const char *call = static_call_of(name);

	return call ? after(call, "tp_func_") : after(name, "__tracepoint_");
}

/* "a.c:12", as far as it can be told. */
static char *place_of(const struct search *s, const struct decision *d, const struct reloc *r)
{
	/* The function that DECLARE_TRACE() makes may stand in the same file as its call. */
	struct place p = {
		.module = s->module,
		.outermost = tracepoint_of(d->use->is.name) != NULL,
	};
	uint64_t addr;

	if (s->dwarf && code_of(s->module, r, &addr))
		code_lines(s->dwarf, addr, is_ours, &p);
	if (p.t)
		return xasprintf("%s:%llu", p.t->source.path, (unsigned long long)p.line);
	return xstrdup(source_place(&d->t->source, d->use->is.name));
}

#define WRITE_BRANCH                                                              \
	"write KLP_STATIC_BRANCH_LIKELY(&%s) or KLP_STATIC_BRANCH_UNLIKELY(&%s) " \
	"of <klpmake.h> for the branch"

/* What the symbol of a module is to the author, and what to write instead. */
static char *explain_early(const char *name, const char *owner, const char *section)
{
	bool branch = !strcmp(section, "__jump_table");
	bool called = !strcmp(section, ".static_call_sites");
	const char *event = branch || called ? tracepoint_of(name) : NULL;
	const char *call = called ? static_call_of(name) : NULL;

	if (section_runs_anyway(section))
		return xasprintf("'%s' of '%s' is used in '%s', which runs whether '%s' is there "
				 "or not: use it in a function that replaces one of '%s', or in a "
				 "callback of its struct klp_object",
				 name, owner, section, owner, owner);
	if (event)
		return xasprintf("tracepoint '%s' of '%s': the kernel looks for such when it loads "
				 "the patch, before it knows the symbols of a module; write "
				 "KLP_TRACE(%s, ...) of <klpmake.h> for trace_%s(...)",
				 event, owner, event, event);
	if (call)
		return xasprintf("static call '%s' of '%s': the kernel looks for such when it "
				 "loads the patch, before it knows the symbols of a module; write "
				 "KLP_STATIC_CALL(%s) of <klpmake.h> for static_call(%s)",
				 call, owner, call, call);
	if (branch)
		return xasprintf(
			"static key '%s' of '%s': the kernel looks for such when it loads "
			"the patch, before it knows the symbols of a module; " WRITE_BRANCH,
			name, owner, name, name);
	return xasprintf("'%s' of '%s' is used in the section '%s', which the kernel reads when it "
			 "loads the patch, before it knows the symbols of a module: do without it "
			 "there",
			 name, owner, section);
}

static struct move move_here(const struct search *s, const struct reloc *r, bool late)
{
	return move_of(s->module->elf, s->target->arch, &s->module->relocs, r, late);
}

/* What it would become, where this kernel's loader does not know that; NULL: it does. */
static const struct arch_reloc *unknown_type(const struct search *s, const struct move *m)
{
	bool to_kernel = m->how == MOVE_AS_IS || m->how == MOVE_DIFFERENCE;
	const struct arch_reloc *type =
		to_kernel ? arch_reloc_by_type(s->target->arch, m->type) : NULL;

	return type && !target_applies(s->target, type) ? type : NULL;
}

/* A relocation that cannot be a livepatch one, NULL: it can. */
static char *explain_move(const struct search *s, const struct decision *d, const struct reloc *r)
{
	struct move move = move_here(s, r, d->found.gate->module);
	const struct arch_reloc *unknown = unknown_type(s, &move);
	const char *name = d->use->is.name;

	if (unknown)
		return xasprintf(
			"'%s' of '%s' cannot be used so: " TARGET_UNKNOWN_RELOCATION ": "
			"store its address, and compute with that; for the branch on a static key " WRITE_BRANCH,
			name, d->found.owner->name, unknown->name, unknown->handler, name, name);
	if (move.how != MOVE_REFUSED)
		return NULL;
	return xasprintf("'%s' of '%s' cannot be used so: %s", d->use->is.name,
			 d->found.owner->name, move.why);
}

/* What is wrong with a symbol in such a section, NULL: nothing. */
static char *explain(const struct search *s, const struct decision *d, const struct reloc *r)
{
	const char *section = s->module->elf->sec[r->section].name;
	bool early = section_is_early(s->target->arch, section);
	const struct resolved *found = &d->found;
	const char *name = d->use->is.name;

	if (found->how != RESOLVED_LIVEPATCH)
		return NULL;
	if (early && found->gate->module)
		return explain_early(name, found->owner->name, section);
	if (!strcmp(section, "__jump_table") &&
	    is_sealed_key(&s->target->kallsyms, found->sym->addr))
		return xasprintf("static key '%s' is __ro_after_init, and this kernel faults when "
				 "it loads a module with a branch on such a key (it has no "
				 "jump_label_init_ro()); " WRITE_BRANCH,
				 name, name, name);
	return explain_move(s, d, r);
}

static void refuse(struct search *s, const struct decision *d, const struct reloc *r, char *why)
{
	char *place = place_of(s, d, r);
	char *text = xasprintf("%s: %s", place, why);

	free(place);
	free(why);
	if (strmap_get(&s->told, text)) {
		free(text);
		return;
	}
	/* Kept as long as the process: the map does not copy. */
	strmap_add(&s->told, text, 1);
	error("%s", text);
}

/*
 * The decision behind a relocation; NULL also while one name means two symbols, which are told
 * apart when the module has been linked again.
 */
static const struct decision *decision_of(const struct search *s, const char *name)
{
	const struct decision *found = NULL;

	for (size_t i = 0; i < s->all->n; i++) {
		const struct decision *d = &s->all->d[i];

		if (d->module != s->module || strcmp(d->use->link_name, name) != 0)
			continue;
		if (found && !resolved_same(&found->found, &d->found))
			return NULL;
		found = found ? found : d;
	}
	return found;
}

/* Whoever has the symbol: most relocations are as they should be. */
static bool may_be_refused(const struct search *s, const struct reloc *r)
{
	struct move early = move_here(s, r, false);

	return section_is_early(s->target->arch, s->module->elf->sec[r->section].name) ||
	       move_here(s, r, true).how == MOVE_REFUSED || unknown_type(s, &early);
}

static void search_module(struct search *s)
{
	const struct patch_module *m = s->module;

	for (size_t i = 0; i < m->relocs.n; i++) {
		const struct reloc *r = &m->relocs.r[i];
		const struct decision *d;
		struct elf_symbol sym;
		char *why;

		elf_file_symbol(m->elf, r->symbol, &sym);
		if (sym.sym.st_shndx != SHN_UNDEF || !may_be_refused(s, r))
			continue;
		d = decision_of(s, sym.name);
		why = d ? explain(s, d, r) : NULL;
		if (!why)
			continue;
		/* Without debug information the name is looked for in the source. */
		if (!s->dwarf && dwarf_file_present(m->elf) && dwarf_file_open(m->elf, &s->dwarf)) {
			free(why);
			return;
		}
		refuse(s, d, r, why);
	}
}

void refuse_special_uses(const struct target *target, const struct modules *mods,
			 const struct decisions *all)
{
	for (size_t i = 0; i < mods->n; i++) {
		struct search s = {.target = target, .module = &mods->m[i], .all = all};

		search_module(&s);
		dwarf_file_close(s.dwarf);
		strmap_free(&s.told);
	}
}
