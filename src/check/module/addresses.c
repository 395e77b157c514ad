// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of functions that the module takes: of new functions, which somebody may call after the
 * patch is gone, and of kernel functions that cannot be called through a pointer. The kernel checks
 * neither when it loads the module.
 */
#include <stdlib.h>

#include "base/search.h"
#include "check/say.h"
#include "kernel/rules.h"
#include "klp/early.h"
#include "patch/taken.h"

/* By new function, then by place. */
static int by_function(const void *a, const void *b)
{
	const struct taken *x = a, *y = b;

	return ORDER(x->func->section, y->func->section) ?: ORDER(x->func->pointer_offset, y->func->pointer_offset) ?: ORDER(x->at, y->at);
}

/*
 * Is it a table that describes the new function's code to the kernel? It has to have the address.
 */
static bool is_description(const struct check *c, const struct taken *t)
{
	const struct elf_section *s = &c->mod->sec[t->at->section];

	return !taken_section(s) && section_is_early(c->target->arch, s->name);
}

/* Warns of the places that hold the address of one new function: taken[0] to taken[n - 1]. */
static void report_places(const struct check *c, const struct taken *t, size_t n)
{
	const struct elf_section *s = &c->mod->sec[t->at->section];
	char others[64] = "";

	if (n > 1)
		snprintf(others, sizeof(others), " and %zu other place%s", n - 1, n > 2 ? "s" : "");
	odd(c,
	    "'%s' + 0x%llx%s: the address of '%s', which is gone when the patch is removed: who has "
	    "kept it then calls freed memory\n"
	    "  that of '%s' should stand there; klpmake puts it into code, .data and .rodata, not into "
	    "sections of your own",
	    s->name, (unsigned long long)t->at->offset, others,
	    t->func->new_name[0] ? t->func->new_name : "a new function", t->func->old_name);
}

/*
 * A warning, not an error: a patch may have such a pointer if it is never removed, or takes back
 * what it has handed out.
 */
static void check_pointers_into(const struct check *c)
{
	struct taken *taken;
	size_t n = 0, all = taken_new_functions(c->mod, c->target->arch, &c->relocs, &c->layout,
						&c->patches, &taken);

	for (size_t i = 0; i < all; i++) {
		if (!is_description(c, &taken[i]))
			taken[n++] = taken[i];
	}
	if (n)
		qsort(taken, n, sizeof(*taken), by_function);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && taken[end].func == taken[i].func; end++)
			;
		report_places(c, &taken[i], end - i);
	}
	free(taken);
}

/* Calls through pointers with IBT: symbols/landing.h. One message for each function. */
static void check_landings(struct check *c)
{
	bool *told = xcalloc(c->symbol_num, sizeof(*told));

	for (size_t i = 0; i < c->relocs.n; i++) {
		const struct reloc *r = &c->relocs.r[i];
		const struct elf_section *section = &c->mod->sec[r->section];
		size_t symbol = c->symbol_of[r->symbol];
		const struct check_symbol *s = symbol ? &c->symbol[symbol - 1] : NULL;
		const char *why;
		int64_t offset;

		if (!s || !s->found || told[symbol - 1] || !taken_section(section) ||
		    !taken_address(c->mod, c->target->arch, r, &offset) || offset != 0)
			continue;
		if (objects_landing(&c->objects, check_object(c, s->object), s->found, &why))
			break;
		if (!why)
			continue;
		told[symbol - 1] = true;
		bad(c,
		    "'%s' + 0x%llx has the address of '%s' of '%s', but a call of that through a "
		    "pointer faults on this kernel (IBT): %s\n"
		    "  call it by its name, or take the address of a function of your own that does",
		    section->name, (unsigned long long)r->offset, s->name, s->object, why);
	}
	free(told);
	for (size_t i = 0; i < c->objects.n; i++) {
		const struct object *o = c->objects.obj[i];

		if (object_landing_unknown(o))
			note(c,
			     "whether functions of '%s' can be called through pointers: '%s' has no "
			     "list of those that have lost their ENDBR",
			     o->name, o->path);
	}
}

void check_addresses(struct check *c)
{
	if (!c->layout_known || !c->relocs_sane)
		return;
	check_pointers_into(c);
	check_landings(c);
}
