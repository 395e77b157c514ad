// SPDX-License-Identifier: GPL-2.0-only
/*
 * The passes that compare the patch's types with the kernel's run in one child process and share
 * what is read: see check/types/types.h.
 */
#include "check/types/types.h"
#include "check/effect/old.h"
#include "dwarf/alternate.h"

static void (*const comparisons[])(struct type_checks *t) = {
	compare_prototypes, compare_data,   compare_layout, compare_compiler,
	compare_helpers,    compare_locals, compare_handed,
};

/* Exports that the patch declares by hand are looked up as well. */
void check_types_want(struct check *c)
{
	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (s.special && s.shndx == SHN_UNDEF && s.name[0])
			kallsyms_want(&c->target->kallsyms, s.name);
	}
}

/* In the child process. */
static int compare_types(struct check *c)
{
	struct type_checks t = {.c = c, .objects = &c->with_dwarf};

	if (dwarf_file_open(c->mod, &t.dwarf) || type_checks_pair(&t))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(comparisons); i++)
		comparisons[i](&t);
	return 0;
}

static void begin(struct check *c)
{
	if (c->types || c->unreadable)
		return;
	if (check_open_dwarf(c))
		c->unreadable = true;
	else
		c->types = findings_begin(c, compare_types);
}

/* Whether the module has debug information is for check_types() to say. */
void check_types_begin(struct check *c)
{
	/* Before its sources have been read it may turn out to be unreadable. */
	if (c->source && dwarf_file_present(c->mod) && !dwarf_alternate(c->mod))
		begin(c);
}

void check_types(struct check *c)
{
	if (!dwarf_file_present(c->mod)) {
		note(c, "the module has no debug information (is it stripped?)");
		return;
	}
	if (dwarf_alternate(c->mod)) {
		note(c, "part of the module's debug information is in another file, '%s'",
		     dwarf_alternate(c->mod));
		return;
	}
	begin(c);
	if (c->types) {
		findings_end(c, c->types);
		c->unreadable |= !c->types->whole;
		findings_tell(c, c->types);
	}
	if (c->unreadable)
		note(c, "the debug information could not be read");
}
