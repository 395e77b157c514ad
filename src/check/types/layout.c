// SPDX-License-Identifier: GPL-2.0-only
/*
 * Structures, unions and enumerations that a file of the patch and its home know by the same name.
 * They differ when a header was read with another configuration, or when a private structure was
 * copied wrongly.
 */
#include <stdlib.h>
#include <string.h>

#include "check/types/types.h"

#define PASS "layout"

struct layouts {
	struct type_checks *t;
	struct strmap told; /* what has been reported: a header may be in every file of the patch */
	size_t compared;
	char *shorter; /* a list of those that lack the end of the kernel's structure */
};

/* By which name a unit knows what it defines: in which map of struct types. */
enum known_by { BY_TAG, BY_TYPEDEF, AS_ENUMERATOR };

/* A definition of the patch. */
struct definition {
	struct patch_unit *unit;
	size_t entry; /* a type, or an enumerator */
	const char *kind, *name;
	enum known_by by;
};

/* What a unit of the kernel has under the same name. */
struct layout_pair {
	const struct kernel_unit *unit;
	size_t entry; /* 0: it is not there */
};

static const struct strmap *map_of(const struct types *types, enum known_by by)
{
	switch (by) {
	case BY_TAG:
		return &types->tags;
	case BY_TYPEDEF:
		return &types->typedefs;
	case AS_ENUMERATOR:
		return &types->enumerators;
	}
	return NULL;
}

static struct layout_pair find_in(const struct kernel_unit *u, const struct definition *d)
{
	const size_t *entry = strmap_get(map_of(&u->types, d->by), d->name);

	return (struct layout_pair){u, entry ? *entry : 0};
}

static char *compare_in(const struct definition *d, const struct layout_pair *c, bool *shorter)
{
	const struct agree a = {.patch = &d->unit->types, .kernel = &c->unit->types};
	uint64_t in_patch = a.patch->t[d->entry].value, in_kernel = a.kernel->t[c->entry].value;

	*shorter = false;
	if (a.patch->t[d->entry].tag != DW_TAG_enumerator)
		return disagree_layout(&a, d->entry, c->entry, shorter);
	if (in_patch == in_kernel)
		return NULL;
	return xasprintf("it is %lld, the kernel's %lld", (long long)in_patch,
			 (long long)in_kernel);
}

/* Does this part of a unit contain the structure itself, and not only a pointer to it? */
static bool is_whole(const struct types *types, size_t i, size_t structure)
{
	switch (types->t[i].tag) {
	case DW_TAG_member:
	case DW_TAG_variable:
	case DW_TAG_array_type:
	case DW_TAG_formal_parameter:
	case DW_TAG_subprogram:
	case DW_TAG_subroutine_type:
		return type_strip(types, types->t[i].type) == structure;
	default:
		return false;
	}
}

static int is_whole_local(const struct types *types, Dwarf_Die die, size_t type, void *arg)
{
	const size_t *structure = arg;

	(void)die;
	return type_strip(types, type) == *structure;
}

/*
 * A structure without the end of the kernel's has another size. That only matters where it is used
 * as a whole, not through a pointer.
 */
static bool is_used_whole(const struct layouts *l, const struct definition *d)
{
	const struct types *types = &d->unit->types;
	size_t structure = d->entry;

	for (size_t i = 0; i < types->n; i++) {
		if (is_whole(types, i, structure))
			return true;
	}
	return types_each_local(l->t->dwarf, types, is_whole_local, &structure) != 0;
}

static bool is_news(struct layouts *l, char *text)
{
	bool news = !strmap_get(&l->told, text);

	if (news)
		strmap_add(&l->told, text, 0);
	return news;
}

static void tell(struct layouts *l, const struct definition *d, const struct layout_pair *c,
		 const char *why)
{
	char here[512], there[512];

	if (!is_news(l, xasprintf("%s %s: %s", d->kind, d->name, why)))
		return;
	types_place(l->t->dwarf, &d->unit->types, d->entry, here, sizeof(here));
	types_place(c->unit->object->dwarf, &c->unit->types, c->entry, there, sizeof(there));
	found(PASS, FOUND_BAD,
	      "%s: '%s %s' is not that of %s: %s\n"
	      "  the kernel's is in %s: copy it from there, or use the headers of this kernel",
	      here, d->kind, d->name, c->unit->types.path, why, there);
}

static void tell_shorter(struct layouts *l, const struct definition *d, const struct layout_pair *c)
{
	char *name = xasprintf("%s %s", d->kind, d->name);

	if (is_used_whole(l, d)) {
		char *why = xasprintf("it has %llu bytes of %llu, and is not only pointed to",
				      (unsigned long long)d->unit->types.t[d->entry].size,
				      (unsigned long long)c->unit->types.t[c->entry].size);

		tell(l, d, c, why);
		free(why);
	} else if (is_news(l, name)) {
		xappend(&l->shorter, "%s%s", l->shorter ? ", " : "", name);
	}
}

/* A kernel may have several structures of one name: one that agrees is enough. */
static void compare(struct layouts *l, const struct definition *d)
{
	const struct patch_unit *u = d->unit;
	const size_t *met = strmap_get(&u->met, d->name);
	struct layout_pair first = {0};
	char *why = NULL;
	bool shorter = false;

	for (size_t i = 0; i < u->homes + 1; i++) {
		struct layout_pair c = {0};
		char *differs;

		if (i < u->homes)
			c = find_in(u->home[i], d);
		else if (met && !first.entry)
			c = find_in(l->t->kernel[*met], d);
		if (!c.entry)
			continue;
		differs = compare_in(d, &c, &shorter);
		if (!first.entry || !differs) {
			first = c;
			free(why);
			why = differs;
		}
		if (!differs)
			break;
	}
	l->compared += first.entry && u->types.t[d->entry].tag != DW_TAG_enumerator;
	if (why)
		tell(l, d, &first, why);
	else if (first.entry && shorter)
		tell_shorter(l, d, &first);
	free(why);
}

static void compare_enumerators(struct layouts *l, struct patch_unit *u, size_t i)
{
	struct definition d = {
		.unit = u,
		.kind = "enumerator",
		.by = AS_ENUMERATOR,
	};

	for (size_t e = u->types.t[i].part; e; e = u->types.t[e].next) {
		d.entry = e;
		d.name = u->types.t[e].name;
		if (d.name)
			compare(l, &d);
	}
}

/* What an entry at file scope defines, if anything. */
static void compare_entry(struct layouts *l, struct patch_unit *u, size_t i)
{
	const struct type *t = &u->types.t[i], *is = &u->types.t[t->type];
	struct definition d = {
		.unit = u,
		.entry = i,
		.name = t->name,
		.by = BY_TAG,
	};

	switch (t->tag) {
	case DW_TAG_structure_type:
		d.kind = "struct";
		break;
	case DW_TAG_union_type:
		d.kind = "union";
		break;
	case DW_TAG_enumeration_type:
		d.kind = "enum";
		if (!t->name)
			compare_enumerators(l, u, i);
		break;
	case DW_TAG_typedef:
		d.kind = "typedef";
		d.entry = t->type;
		d.by = BY_TYPEDEF;
		if (is->name || (is->tag != DW_TAG_structure_type && is->tag != DW_TAG_union_type))
			return;
		break;
	default:
		return;
	}
	if (d.name && !u->types.t[d.entry].incomplete)
		compare(l, &d);
}

static bool is_home(const struct type_checks *t, const struct kernel_unit *u)
{
	for (size_t i = 0; i < t->patches; i++) {
		for (size_t k = 0; k < t->patch[i].homes; k++) {
			if (t->patch[i].home[k] == u)
				return true;
		}
	}
	return false;
}

/* Adds a note when reduced debug information lacks types, which then have not been compared. */
static void tell_reduced(const struct type_checks *t)
{
	size_t patches = 0, kernels = 0;

	for (size_t i = 0; i < t->patches; i++)
		patches += t->patch[i].types.reduced;
	for (size_t i = 0; i < t->kernels; i++)
		kernels += t->kernel[i]->types.reduced && is_home(t, t->kernel[i]);
	if (patches || kernels)
		found(PASS, FOUND_NOTE,
		      "some or all types of %zu file%s of the patch and of %zu of the kernel: the debug "
		      "information does not have them there (-g1, -fdebug-types-section, "
		      "CONFIG_DEBUG_INFO_REDUCED)",
		      patches, patches == 1 ? "" : "s", kernels);
}

void compare_layout(struct type_checks *t)
{
	struct layouts l = {.t = t};
	size_t files = 0, homes = 0;

	for (size_t i = 0; i < t->patches; i++) {
		const struct types *types = &t->patch[i].types;

		files += t->patch[i].homes != 0;
		for (size_t k = 2; k && k < types->n; k = types->t[k].next)
			compare_entry(&l, &t->patch[i], k);
	}
	for (size_t i = 0; i < t->kernels; i++)
		homes += is_home(t, t->kernel[i]);
	found(PASS, FOUND_CHECKED,
	      "%zu type%s of %zu file%s of the patch with %zu of the kernel%s%s", l.compared,
	      l.compared == 1 ? "" : "s", files, files == 1 ? "" : "s", homes,
	      l.shorter ? "; without their end: " : "", l.shorter ? l.shorter : "");
	tell_reduced(t);
	if (!files)
		found(PASS, FOUND_NOTE,
		      "no file of the patch replaces a function or uses a static symbol of which the "
		      "kernel has debug information");
}
