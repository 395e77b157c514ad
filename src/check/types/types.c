// SPDX-License-Identifier: GPL-2.0-only
/*
 * The passes that compare the patch's types with the kernel's: they share what is read, in one
 * child process. See check/types/types.h.
 */
#include "check/types/types.h"
#include "dwarf/alternate.h"
#include "kernel/rules.h"

static void (*const comparisons[])(struct type_checks *t) = {
	compare_prototypes, compare_data,   compare_layout, compare_compiler,
	compare_helpers,    compare_locals, compare_handed,
};

/* What is exported, and declared by hand, is looked up as well. */
void check_types_want(struct check *c)
{
	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (s.special && s.shndx == SHN_UNDEF && s.name[0])
			kallsyms_want(&c->target.kallsyms, s.name);
	}
}

/* In the child process. */
static int compare_types(struct check *c)
{
	struct type_checks t = {.c = c, .objects = {.files = c->objects.files}};

	if (kernel_objects(&t.objects, &c->target) || dwarf_file_open(c->mod, &t.dwarf) ||
	    type_checks_pair(&t))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(comparisons); i++)
		comparisons[i](&t);
	return 0;
}

/* Whether the module has debug information is for check_types() to say. */
void check_types_begin(struct check *c)
{
	/* Before its sources have been read it may turn out to be unreadable. */
	if (c->source && !c->types && !c->unreadable && dwarf_file_present(c->mod) &&
	    !dwarf_alternate(c->mod))
		c->types = findings_begin(c, compare_types);
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
	if (!c->types && !c->unreadable)
		c->types = findings_begin(c, compare_types);
	if (c->types) {
		findings_end(c, c->types);
		c->unreadable |= !c->types->whole;
		findings_tell(c, c->types);
	}
	if (c->unreadable)
		note(c, "the debug information could not be read");
}
