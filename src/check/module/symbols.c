// SPDX-License-Identifier: GPL-2.0-only
/*
 * Livepatch symbols: whether their names have the right form, and whether the kernel finds the
 * symbol at the position that the name gives.
 *
 * Rules: kernel/livepatch/core.c, klp_resolve_symbols() and klp_find_object_symbol();
 * kernel/module/main.c, simplify_symbols().
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check/say.h"
#include "symbols/sealed.h"

/*
 * Reads a name as sscanf(".klp.sym.%55[^.].%511[^,],%lu") does. NULL when all three parts are
 * there, else what is wrong.
 */
static const char *parse_name(const char *name, struct check_symbol *s)
{
	char symbol[KLP_SYMBOL_NAME_MAX + 1];
	const char *p;

	p = scan_until(name + strlen(KLP_SYM_PREFIX), '.', KLP_MODULE_NAME_MAX, s->object);
	if (!p)
		return "it names no object";
	if (*p != '.')
		return *p ? "its object's name has more than 55 characters" : "it names no symbol";
	p = scan_until(p + 1, ',', KLP_SYMBOL_NAME_MAX, symbol);
	if (!p)
		return "it names no symbol";
	if (*p != ',')
		return *p ? "its symbol's name has more than 511 characters" : "it has no position";
	p++;
	while (isspace((unsigned char)*p))
		p++;
	if (!isdigit((unsigned char)*p))
		return "its position is not a number";
	errno = 0;
	s->position = strtoull(p, NULL, 10);
	if (errno)
		return "its position is too large";
	s->name = xstrdup(symbol);
	return NULL;
}

/* The reserved section numbers that simplify_symbols() accepts. */
static void check_reserved_index(const struct check *c, const struct elf_symbol *s)
{
	switch (s->shndx) {
	case SHN_UNDEF:
	case SHN_ABS:
	case SHN_LIVEPATCH:
		break;
	case SHN_COMMON:
		if (!str_starts(s->name, "__gnu_lto"))
			bad(c,
			    "symbol '%s' is a common one: simplify_symbols() refuses it; compile "
			    "with -fno-common",
			    s->name);
		break;
	default:
		bad(c,
		    "symbol '%s' has the reserved section number 0x%zx: simplify_symbols() "
		    "refuses it",
		    s->name, s->shndx);
	}
}

static void add_symbol(struct check *c, size_t index, const char *name)
{
	struct check_symbol *s;
	const char *wrong;

	GROW(c->symbol, c->symbol_num, c->symbol_cap);
	s = &c->symbol[c->symbol_num];
	memset(s, 0, sizeof(*s));
	s->index = index;
	wrong = parse_name(name, s);
	if (wrong) {
		bad(c,
		    "livepatch symbol '%s' is not '.klp.sym.OBJECT.NAME,POSITION': %s; "
		    "klp_resolve_symbols() refuses it",
		    name, wrong);
		return;
	}
	c->symbol_of[index] = ++c->symbol_num;
	if (!isdigit((unsigned char)name[strlen(name) - 1]))
		odd(c, "livepatch symbol '%s': the kernel ignores what follows the position", name);
}

void check_symbol_names(struct check *c)
{
	c->symbol_of = xcalloc(c->mod->symnum, sizeof(*c->symbol_of));
	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;
		bool marked, named;

		elf_file_symbol(c->mod, i, &s);
		marked = s.special && s.shndx == SHN_LIVEPATCH;
		named = str_starts(s.name, KLP_SYM_PREFIX);
		if (s.special)
			check_reserved_index(c, &s);
		if (marked && named)
			add_symbol(c, i, s.name);
		else if (marked)
			bad(c,
			    "symbol '%s' is SHN_LIVEPATCH but not named '.klp.sym.OBJECT.NAME,"
			    "POSITION': klp_resolve_symbols() refuses it",
			    s.name);
		else if (named)
			bad(c,
			    "symbol '%s' is named like a livepatch symbol, but its section number "
			    "is 0x%zx instead of SHN_LIVEPATCH (0xff20): the loader %s\n"
			    "  ld -r and objcopy of some makes do that to a finished module; "
			    "make it again",
			    s.name, s.shndx,
			    s.shndx == SHN_UNDEF ? "looks for an export of that name"
						 : "takes its value as it stands");
	}
}

void check_symbol_positions_want(struct check *c)
{
	sealed_want(&c->target->kallsyms);
	for (size_t i = 0; i < c->symbol_num; i++)
		kallsyms_want(&c->target->kallsyms, c->symbol[i].name);
}

void check_symbol_positions(struct check *c)
{
	for (size_t i = 0; i < c->symbol_num; i++) {
		struct check_symbol *s = &c->symbol[i];
		const struct object *o = check_object(c, s->object);
		char *what;

		if (!o)
			continue;
		what = xasprintf("livepatch symbol '.klp.sym.%s.%s,%llu'", s->object, s->name,
				 (unsigned long long)s->position);
		s->found = check_position(c, what, o, s->name, s->position);
		/*
		 * A linker script's symbol may mark a border of init memory: its address remains
		 * valid.
		 */
		if (s->found && s->found->init && (o->module || s->found->elf_type != STT_NOTYPE))
			bad(c,
			    "%s: lies in init memory, which the kernel has freed when the patch "
			    "is loaded",
			    what);
		if (s->found && !o->module && s->branched_on &&
		    is_sealed_key(&c->target->kallsyms, s->found->addr))
			bad(c,
			    "%s: a static key that is __ro_after_init: jump_label_add_module() of "
			    "this kernel writes to it and faults (it has no jump_label_init_ro())\n"
			    "  <klpmake.h> has KLP_STATIC_BRANCH_LIKELY() for the branch",
			    what);
		free(what);
	}
}
