// SPDX-License-Identifier: GPL-2.0-only
/* Where the module's debug information says that its symbols are defined. */
#include <stdlib.h>

#include "check/child.h"
#include "check/say.h"
#include "dwarf/alternate.h"
#include "dwarf/locate.h"

/* In the child process: where each symbol is defined, by its number. */
static int tell_sources(struct check *c)
{
	struct ksym *sym = xcalloc(c->mod->symnum, sizeof(*sym));
	struct location *at = xcalloc(c->mod->symnum, sizeof(*at));
	struct dwarf_file *d;

	if (dwarf_file_open(c->mod, &d))
		return -1;
	for (size_t i = 0; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		sym[i].name = "";
		if (s.special)
			continue;
		sym[i].name = s.name;
		sym[i].addr = elf_place(s.shndx, s.sym.st_value);
		sym[i].elf_type = GELF_ST_TYPE(s.sym.st_info);
	}
	if (locate(d, sym, c->mod->symnum, at))
		return -1;
	for (size_t i = 0; i < c->mod->symnum; i++) {
		if (sym[i].addr && at[i].place[0])
			found_place(i, at[i].place);
	}
	return 0;
}

static void read_sources(struct check *c)
{
	struct findings *told;

	c->source = xcalloc(c->mod->symnum, sizeof(*c->source));
	if (!dwarf_file_present(c->mod) || dwarf_alternate(c->mod))
		return;
	told = findings_gather(c, tell_sources);
	c->unreadable = !told->whole;
	for (size_t i = 0; i < told->n; i++) {
		const struct finding *f = &told->f[i];

		if (f->kind == FOUND_PLACE && f->symbol < c->mod->symnum && !c->source[f->symbol])
			c->source[f->symbol] = xasprintf("%s: ", f->text);
	}
	findings_free(told);
}

const char *check_source(struct check *c, size_t symbol)
{
	if (!c->source)
		read_sources(c);
	return c->source[symbol] ? c->source[symbol] : "";
}
