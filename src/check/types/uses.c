// SPDX-License-Identifier: GPL-2.0-only
/* What the comparisons of functions and of variables have in common: see check/types/types.h. */
#include <stdlib.h>
#include <string.h>

#include "check/types/types.h"
#include "dwarf/type_text.h"

size_t type_uses_end(const struct type_checks *t, size_t i)
{
	const struct declared *declared = t->use[i].declared;

	while (i < t->uses && t->use[i].declared == declared)
		i++;
	return i;
}

/* What describes the type: of a function the entry itself, of a variable its type. */
static size_t type_of(const struct types *types, const struct declared *declared)
{
	return declared->function ? declared->type : types->t[declared->type].type;
}

static char *compare(struct type_checks *t, const struct type_use *use)
{
	const struct kernel_side *k = &use->kernel;
	struct agree a = type_checks_agree(t, use->unit, k->in);
	size_t type = type_of(&use->unit->types, use->declared);

	if (use->declared->function && k->function)
		return disagree_function(&a, type, k->type, true);
	if (!use->declared->function)
		return disagree_variable(&a, type, k->type);
	return xstrdup("it is a function, the kernel's a variable");
}

enum verdict type_uses_compare(struct type_checks *t, size_t i, char **why)
{
	size_t end = type_uses_end(t, i);

	*why = NULL;
	for (size_t k = i; k < end; k++) {
		if (!t->use[k].kernel.in || t->use[k].unit->types.untyped)
			return UNKNOWN;
	}
	for (size_t k = end; k-- > i;) {
		free(*why);
		*why = compare(t, &t->use[k]);
		if (!*why)
			return AGREES;
	}
	return DIFFERS;
}

void type_unknown_add(struct type_unknown *u, const char *name)
{
	xappend(&u->names, "%s%s", u->n++ ? ", " : "", name);
}

void type_uses_unknown(const struct type_use *use, size_t *trusted, struct type_unknown *unknown)
{
	if (use->exported && !use->by_hand)
		(*trusted)++;
	else
		type_unknown_add(unknown, use->name);
}

void type_unknown_tell(const struct type_unknown *u, const char *pass, const char *what)
{
	if (u->n)
		found(pass, FOUND_NOTE,
		      "no debug information in the patch or the kernel of %zu %s%s: %s", u->n, what,
		      u->n == 1 ? "" : "s", u->names);
}

void type_undeclared(const struct type_checks *t, bool functions, struct type_unknown *ret)
{
	for (size_t i = 0; i < t->c->symbol_num; i++) {
		const struct check_symbol *s = &t->c->symbol[i];
		bool declared = false;

		if (!s->found || (s->found->elf_type == STT_FUNC) != functions)
			continue;
		for (size_t k = 0; k < t->uses; k++)
			declared |= t->use[k].livepatch == s;
		/*
		 * An old function whose address klpmake puts in place of a new one's is not
		 * declared.
		 */
		for (size_t k = 0; k < t->c->func_num; k++)
			declared |= t->c->func[k].found == s->found;
		if (!declared)
			type_unknown_add(ret, s->name);
	}
}

struct meeting {
	struct patch_unit *unit;
	size_t kernel; /* number of its unit */
};

/* Remembers in which unit a name was met first. */
static void met(size_t patch, size_t kernel, void *arg)
{
	struct meeting *m = arg;

	(void)kernel;
	strmap_add(&m->unit->met, m->unit->types.t[patch].name, m->kernel);
}

struct agree type_checks_agree(struct type_checks *t, struct patch_unit *unit,
			       const struct kernel_unit *kernel)
{
	struct meeting *m = xcalloc(1, sizeof(*m));

	m->unit = unit;
	while (t->kernel[m->kernel] != kernel)
		m->kernel++;
	return (struct agree){&unit->types, &kernel->types, met, m, NULL};
}

void type_use_place(const struct type_checks *t, const struct type_use *use, char *buf, size_t size)
{
	types_place(t->dwarf, &use->unit->types, use->declared->type, buf, size);
}

char *type_both(const char *word, const struct types *patch, const struct declared *declared,
		const char *word2, const struct kernel_side *k)
{
	const struct types *kernel = &k->in->types;
	const char *name = kernel->t[k->entry].name;
	char *p = type_text(patch, type_of(patch, declared), patch->t[declared->type].name);
	char *q = type_text(kernel, k->type, name ? name : k->sym->name), *text;
	char place[512];

	types_place(k->in->object->dwarf, kernel, k->entry, place, sizeof(place));
	text = xasprintf("  %-8s %s\n  %-8s %s (%s)", word, p, word2, q, place);
	free(p);
	free(q);
	return text;
}
