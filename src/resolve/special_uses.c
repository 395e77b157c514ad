// SPDX-License-Identifier: GPL-2.0-only
/* What cannot be used in this place: see resolve/special_uses.h. */
#include "resolve/special_uses.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/util.h"
#include "dwarf/lines.h"
#include "klp/early.h"
#include "klp/moves.h"
#include "patch/rewrites.h"
#include "symbols/sealed.h"

struct search {
	const struct objects *objects;
	const struct patch_module *module;
	const struct decisions *all;
	struct dwarf_file *dwarf; /* of the partially linked module, or NULL */
	struct rewrites rewrites; /* none where the patch waits for no module */
	struct strmap told;	  /* each reported use: it may have more than one relocation */
};

/* The line of a file of the patch. */
struct place {
	const struct patch_module *module;
	const struct object_file *file; /* NULL: not found yet */
	uint64_t line;
	bool outermost; /* the first call of a chain is asked for, not the last */
	/* The headers on the way there: the two that are nearest to the file, and how many. */
	char header[512], inner[512];
	size_t headers;
};

/* What each branch and call that can be switched goes through. */
static bool is_plumbing(const char *file)
{
	return strstr(file, "/jump_label.h") || strstr(file, "/static_call");
}

static void add_header(struct place *p, const char *file)
{
	if (p->file || is_plumbing(file) || (p->headers && path_matches(file, p->header)))
		return;
	p->headers++;
	memcpy(p->inner, p->header, sizeof(p->inner));
	snprintf(p->header, sizeof(p->header), "%s", file);
}

static bool is_ours(const char *file, uint64_t line, void *arg)
{
	const struct object_file *ours = NULL;
	struct place *p = arg;

	for (size_t i = 0; i < p->module->n; i++) {
		const struct object_file *candidate = &p->module->file[i];

		/* Of "a.c" and "sub/a.c" the longer one. */
		if (path_matches(file, candidate->source.path) &&
		    (!ours || strlen(ours->source.path) < strlen(candidate->source.path)))
			ours = candidate;
	}
	if (!ours) {
		add_header(p, file);
		return false;
	}
	p->file = ours;
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

/*
 * A tracepoint that a header's function has, not the file itself: the header of the tracepoint is
 * on the way, and then that one. Its trace_NAME() can be made another one by a macro. To be freed;
 * NULL: there is nothing more to say.
 */
static char *explain_header(const struct place *p, const char *name)
{
	const char *event = tracepoint_of(name);
	const char *file = strstr(p->header, "include/"), *inner = strstr(p->inner, "include/");

	if (!event || !p->file || p->headers < 2)
		return NULL;
	file = file ? file + strlen("include/") : p->header;
	inner = inner ? inner + strlen("include/") : p->inner;
	return xasprintf(
		"\n  a function of <%s> calls it: behind the #include of <%s>, and before that of "
		"<%s>, write\n"
		"  #define trace_%s(...) KLP_TRACE(%s, ##__VA_ARGS__)",
		file, inner, file, event, event);
}

/* "a.c:12", as far as it can be told. *more: explain_header(). */
static char *place_of(const struct search *s, const struct decision *d, const struct reloc *r,
		      char **more)
{
	/* The function that DECLARE_TRACE() makes may stand in the same file as its call. */
	struct place p = {
		.module = s->module,
		.outermost = tracepoint_of(d->use->is.name) != NULL,
	};
	uint64_t addr;

	if (s->dwarf && code_of(s->module, r, &addr))
		code_lines(s->dwarf, addr, is_ours, &p);
	*more = explain_header(&p, d->use->is.name);
	if (p.file)
		return xasprintf("%s:%llu", p.file->source.path, (unsigned long long)p.line);
	return xstrdup(source_place(&d->file->source, d->use->is.name));
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
		return xasprintf("tracepoint '%s' of '%s': the kernel looks for such uses when "
				 "it loads the patch, before it knows the symbols of a module; "
				 "write KLP_TRACE(%s, ...) of <klpmake.h> for trace_%s(...)",
				 event, owner, event, event);
	if (call)
		return xasprintf("static call '%s' of '%s': the kernel looks for such uses when "
				 "it loads the patch, before it knows the symbols of a module; "
				 "write KLP_STATIC_CALL(%s) of <klpmake.h> for static_call(%s)",
				 call, owner, call, call);
	if (branch)
		return xasprintf(
			"static key '%s' of '%s': the kernel looks for such uses "
			"when it loads the patch, before it knows the symbols of a module; "
			"" WRITE_BRANCH,
			name, owner, name, name);
	return xasprintf("'%s' of '%s' is used in the section '%s', which the kernel reads when it "
			 "loads the patch, before it knows the symbols of a module: do without it "
			 "there",
			 name, owner, section);
}

/* The table by which the kernel replaces the code of a relocation, or NULL. */
static const char *rewritten(const struct search *s, const struct reloc *r)
{
	const struct arch_reloc *type = arch_reloc_by_type(s->objects->arch, r->type);

	return type ? rewrites_at(&s->rewrites, r->section, r->offset, type->size) : NULL;
}

static char *explain_rewritten(const struct decision *d, const char *table)
{
	return xasprintf(
		"'%s' of '%s' is used in code that the kernel may replace when it loads the "
		"patch (%s), before it knows the symbols of a module: use it outside of the "
		"ALTERNATIVE()",
		d->use->is.name, d->found.owner->name, table);
}

static struct move move_here(const struct search *s, const struct reloc *r, bool late)
{
	return move_of(s->module->elf, s->objects->arch, &s->module->relocs, r, late);
}

/*
 * The relocation that it would become, if this kernel's loader does not know it; NULL: the loader
 * knows it.
 */
static const struct arch_reloc *unknown_type(const struct search *s, const struct move *m)
{
	bool to_kernel = m->how == MOVE_AS_IS || m->how == MOVE_DIFFERENCE;
	const struct arch_reloc *type =
		to_kernel ? arch_reloc_by_type(s->objects->arch, m->type) : NULL;

	return type && !s->objects->rules->applies(s->objects, type) ? type : NULL;
}

/* Why a relocation cannot become a livepatch relocation, NULL: it can. */
static char *explain_move(const struct search *s, const struct decision *d, const struct reloc *r)
{
	struct move move = move_here(s, r, d->found.gate->module);
	const struct arch_reloc *unknown = unknown_type(s, &move);
	const char *name = d->use->is.name;

	if (unknown)
		return xasprintf(
			"'%s' of '%s' cannot be used so: " ARCH_RELOC_UNKNOWN ": "
			"store its address, and compute with that; for the branch on a static key " WRITE_BRANCH,
			name, d->found.owner->name, unknown->name, unknown->handler, name, name);
	if (move.how != MOVE_REFUSED)
		return NULL;
	return xasprintf("'%s' of '%s' cannot be used so: %s", d->use->is.name,
			 d->found.owner->name, move.why);
}

/*
 * Can its place be written to when the symbol is known? Otherwise the code there goes through a
 * pointer.
 */
static bool is_written(const struct search *s, const struct reloc *r)
{
	enum move_how how = move_here(s, r, true).how;

	return how == MOVE_AS_IS || how == MOVE_DIFFERENCE;
}

/* What is wrong with a symbol in such a section, NULL: nothing. */
static char *explain_use(const struct search *s, const struct decision *d, const struct reloc *r)
{
	const char *section = s->module->elf->sec[r->section].name;
	bool early = section_is_early(s->objects->arch, section);
	const char *table = rewritten(s, r);
	const struct resolved *found = &d->found;
	const char *name = d->use->is.name;

	if (found->how != RESOLVED_LIVEPATCH)
		return NULL;
	if (early && found->gate->module)
		return explain_early(name, found->owner->name, section);
	if (table && found->gate->module && is_written(s, r))
		return explain_rewritten(d, table);
	if (!strcmp(section, "__jump_table") &&
	    is_sealed_key(s->objects->obj[0]->symbols, found->sym->addr))
		return xasprintf("static key '%s' is __ro_after_init, and this kernel faults when "
				 "it loads a module with a branch on such a key (it has no "
				 "jump_label_init_ro()); " WRITE_BRANCH,
				 name, name, name);
	return explain_move(s, d, r);
}

static void refuse(struct search *s, const struct decision *d, const struct reloc *r, char *why)
{
	char *more, *place = place_of(s, d, r, &more);
	char *text = xasprintf("%s: %s%s", place, why, more ? more : "");

	free(place);
	free(more);
	free(why);
	if (!strmap_get(&s->told, text)) {
		strmap_add(&s->told, text, 1);
		error("%s", text);
	}
	free(text);
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

/* For symbols of vmlinux and of modules; most relocations are fine. */
static bool may_be_refused(const struct search *s, const struct reloc *r)
{
	struct move early = move_here(s, r, false);

	return section_is_early(s->objects->arch, s->module->elf->sec[r->section].name) ||
	       move_here(s, r, true).how == MOVE_REFUSED || unknown_type(s, &early) ||
	       rewritten(s, r);
}

/* Does the patch use anything that the kernel knows only when a module is there? */
static bool waits_for_module(const struct search *s)
{
	for (size_t i = 0; i < s->all->n; i++) {
		const struct decision *d = &s->all->d[i];

		if (d->module == s->module && d->found.how == RESOLVED_LIVEPATCH &&
		    d->found.gate->module)
			return true;
	}
	return false;
}

static void search_module(struct search *s)
{
	const struct patch_module *m = s->module;

	if (waits_for_module(s) && rewrites_read(m->elf, s->objects->arch, &m->relocs,
						 s->objects->obj[0]->elf, &s->rewrites))
		return;
	for (size_t i = 0; i < m->relocs.n; i++) {
		const struct reloc *r = &m->relocs.r[i];
		const struct decision *d;
		struct elf_symbol sym;
		char *why;

		elf_file_symbol(m->elf, r->symbol, &sym);
		if (sym.sym.st_shndx != SHN_UNDEF || !may_be_refused(s, r))
			continue;
		d = decision_of(s, sym.name);
		why = d ? explain_use(s, d, r) : NULL;
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

void refuse_special_uses(const struct objects *objects, const struct modules *mods,
			 const struct decisions *all)
{
	for (size_t i = 0; i < mods->n; i++) {
		struct search s = {.objects = objects, .module = &mods->m[i], .all = all};

		search_module(&s);
		rewrites_free(&s.rewrites);
		dwarf_file_close(s.dwarf);
		strmap_free(&s.told);
	}
}
