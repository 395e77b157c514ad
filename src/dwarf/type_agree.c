// SPDX-License-Identifier: GPL-2.0-only
/* Comparing types of two compile units: see dwarf/type_agree.h. */
#include "dwarf/type_agree.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/type_text.h"

/* Types without a name may nest; hostile ones without an end. */
#define DEPTH_MAX 32
#define DIMENSIONS 8
#define MEMBERS_MAX 65536

enum kind { VOID, INTEGER, REAL, POINTER, AGGREGATE, ARRAY, FUNCTION, UNKNOWN };

static enum kind kind_of(const struct types *t, size_t i)
{
	if (i == TYPE_VOID)
		return VOID;
	switch (t->t[i].tag) {
	case DW_TAG_base_type:
		return t->t[i].real ? REAL : INTEGER;
	case DW_TAG_enumeration_type:
		return INTEGER;
	case DW_TAG_pointer_type:
		return POINTER;
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
		return AGGREGATE;
	case DW_TAG_array_type:
		return ARRAY;
	case DW_TAG_subroutine_type:
	case DW_TAG_subprogram:
		return FUNCTION;
	default:
		return UNKNOWN;
	}
}

static const char *whose(const struct agree *a)
{
	return a->whose ? a->whose : "kernel";
}

/* Where one of the sizes is unknown there is nothing to compare. */
static bool same_number(uint64_t a, uint64_t b)
{
	return !a || !b || a == b;
}

static bool same_value(const struct agree *a, size_t p, size_t k, unsigned int depth);
static char *agree_layout(const struct agree *a, size_t p, size_t k, bool *shorter,
			  unsigned int depth);

/* All dimensions of an array of arrays, and its element in *i; 0 when there are too many. */
static size_t dimensions(const struct types *t, size_t *i, uint64_t *ret)
{
	size_t n = 0;

	while (t->t[*i].tag == DW_TAG_array_type) {
		for (size_t dim = t->t[*i].part; dim; dim = t->t[dim].next) {
			if (n == DIMENSIONS)
				return 0;
			ret[n++] = t->t[dim].size;
		}
		*i = type_strip(t, t->t[*i].type);
		if (!n)
			return 0;
	}
	return n;
}

static bool same_array(const struct agree *a, size_t p, size_t k, unsigned int depth)
{
	uint64_t in_p[DIMENSIONS], in_k[DIMENSIONS];
	size_t n_p = dimensions(a->patch, &p, in_p), n_k = dimensions(a->kernel, &k, in_k);

	if (!n_p || !n_k)
		return true;
	for (size_t i = 0; i < n_p && i < n_k; i++) {
		if (!same_number(in_p[i], in_k[i]))
			return false;
	}
	return n_p == n_k && same_value(a, p, k, depth);
}

/* Structures and unions: by tag, or where they have different ones or none, by what is in them. */
static bool same_aggregate(const struct agree *a, size_t p, size_t k, unsigned int depth)
{
	const struct type *tp = &a->patch->t[p], *tk = &a->kernel->t[k];
	bool both = !tp->incomplete && !tk->incomplete, shorter;
	char *why;

	if (tp->tag != tk->tag)
		return false;
	if (tp->name && tk->name && !strcmp(tp->name, tk->name)) {
		if (both && a->met)
			a->met(p, k, a->arg);
		return true;
	}
	/* Reduced debug information only declares also those without a name. */
	if (!both)
		return !tp->name || !tk->name;
	why = agree_layout(a, p, k, &shorter, depth);
	free(why);
	return !why && !shorter;
}

static bool agree_function(const struct agree *a, size_t p, size_t k, unsigned int depth)
{
	size_t x = a->patch->t[p].part, y = a->kernel->t[k].part;

	if (!same_value(a, a->patch->t[p].type, a->kernel->t[k].type, depth))
		return false;
	if (!a->patch->t[p].prototyped || !a->kernel->t[k].prototyped)
		return true;
	for (; x && y; x = a->patch->t[x].next, y = a->kernel->t[y].next) {
		if (a->patch->t[x].tag != a->kernel->t[y].tag ||
		    !same_value(a, a->patch->t[x].type, a->kernel->t[y].type, depth))
			return false;
	}
	return !x && !y;
}

static bool same_pointee(const struct agree *a, size_t p, size_t k, unsigned int depth)
{
	enum kind in_p, in_k;

	p = type_strip(a->patch, p);
	k = type_strip(a->kernel, k);
	in_p = kind_of(a->patch, p);
	in_k = kind_of(a->kernel, k);
	if (in_p == VOID || in_k == VOID)
		return true;
	if (in_p == AGGREGATE && in_k == AGGREGATE)
		return same_aggregate(a, p, k, depth);
	return same_value(a, p, k, depth);
}

static bool same_value(const struct agree *a, size_t p, size_t k, unsigned int depth)
{
	enum kind in_p, in_k;

	p = type_strip(a->patch, p);
	k = type_strip(a->kernel, k);
	in_p = kind_of(a->patch, p);
	in_k = kind_of(a->kernel, k);
	if (in_p == UNKNOWN || in_k == UNKNOWN || depth++ == DEPTH_MAX)
		return true;
	if (in_p != in_k)
		return false;
	switch (in_p) {
	case INTEGER:
	case REAL:
		return same_number(a->patch->t[p].size, a->kernel->t[k].size);
	case POINTER:
		return same_pointee(a, a->patch->t[p].type, a->kernel->t[k].type, depth);
	case AGGREGATE:
		return same_number(a->patch->t[p].size, a->kernel->t[k].size) &&
		       same_aggregate(a, p, k, depth);
	case ARRAY:
		return same_array(a, p, k, depth);
	case FUNCTION:
		return agree_function(a, p, k, depth);
	default:
		return true;
	}
}

/* "WHAT 'int', the kernel's 'long int'", with what distinguishes them where the names do not. */
static char *two_types(const struct agree *a, const char *what, size_t p, size_t k)
{
	char *in_p = type_text(a->patch, p, ""), *in_k = type_text(a->kernel, k, ""), *text;
	uint64_t size_p = type_size(a->patch, p), size_k = type_size(a->kernel, k);
	size_t of_p = type_strip(a->patch, p), of_k = type_strip(a->kernel, k);

	if (strcmp(in_p, in_k) != 0)
		text = xasprintf("%s '%s', the %s's '%s'", what, in_p, whose(a), in_k);
	else if (size_p != size_k)
		text = xasprintf("%s '%s' of %llu bytes, the %s's of %llu", what, in_p,
				 (unsigned long long)size_p, whose(a), (unsigned long long)size_k);
	else if (of_p != p && of_k != k)
		text = two_types(a, what, of_p, of_k);
	else
		text = xasprintf("%s another '%s' than the %s's", what, in_p, whose(a));
	free(in_p);
	free(in_k);
	return text;
}

static size_t count_parameters(const struct types *t, size_t i)
{
	size_t n = 0;

	for (size_t p = t->t[i].part; p; p = t->t[p].next)
		n += t->t[p].tag == DW_TAG_formal_parameter;
	return n;
}

static bool is_variadic(const struct types *t, size_t i)
{
	for (size_t p = t->t[i].part; p; p = t->t[p].next) {
		if (t->t[p].tag == DW_TAG_unspecified_parameters)
			return true;
	}
	return false;
}

static char *compare_parameters(const struct agree *a, size_t p, size_t k)
{
	size_t n_p = count_parameters(a->patch, p), n_k = count_parameters(a->kernel, k);
	size_t x = a->patch->t[p].part, y = a->kernel->t[k].part;
	bool more_p = is_variadic(a->patch, p), more_k = is_variadic(a->kernel, k);

	if (n_p != n_k)
		return xasprintf("it has %zu argument%s, the %s's %zu", n_p, n_p == 1 ? "" : "s",
				 whose(a), n_k);
	if (more_p != more_k)
		return xasprintf("it takes %s, the %s's %s",
				 more_p ? "any number of arguments" : "these arguments only",
				 whose(a), more_k ? "any number" : "these only");
	for (size_t i = 1; i <= n_p; i++) {
		size_t of_p = a->patch->t[x].type, of_k = a->kernel->t[y].type;
		char what[64];

		snprintf(what, sizeof(what), "argument %zu is", i);
		if (!same_value(a, of_p, of_k, 0))
			return two_types(a, what, of_p, of_k);
		x = a->patch->t[x].next;
		y = a->kernel->t[y].next;
	}
	return NULL;
}

char *disagree_function(const struct agree *a, size_t p, size_t k, bool patch_calls)
{
	size_t of_p = a->patch->t[p].type, of_k = a->kernel->t[k].type;
	size_t caller = patch_calls ? of_p : of_k;

	if (caller != TYPE_VOID && !same_value(a, of_p, of_k, 0))
		return two_types(a, "it returns", of_p, of_k);
	/* "int f();" says nothing of arguments. */
	if (!a->patch->t[p].prototyped || !a->kernel->t[k].prototyped)
		return NULL;
	/* A function without parameters ignores the arguments that it is called with. */
	if (!patch_calls && !a->patch->t[p].part)
		return NULL;
	return compare_parameters(a, p, k);
}

/* "extern char _stext[]": an address, whatever lies there. */
static bool is_bytes(const struct types *t, size_t i)
{
	uint64_t count[DIMENSIONS];

	i = type_strip(t, i);
	return dimensions(t, &i, count) == 1 && !count[0] && t->t[i].size == 1;
}

char *disagree_variable(const struct agree *a, size_t p, size_t k)
{
	/* But code that takes a pointer for an array reads the pointer's own bytes. */
	if (is_bytes(a->patch, p) && kind_of(a->kernel, type_strip(a->kernel, k)) != POINTER)
		return NULL;
	if (same_value(a, p, k, 0))
		return NULL;
	return two_types(a, "it is", p, k);
}

bool type_is_const(const struct types *t, size_t i)
{
	for (unsigned int depth = 0; depth < DEPTH_MAX; depth++) {
		switch (t->t[i].tag) {
		case DW_TAG_const_type:
			return true;
		case DW_TAG_typedef:
		case DW_TAG_volatile_type:
		case DW_TAG_array_type:
			i = t->t[i].type;
			break;
		default:
			return false;
		}
	}
	return false;
}

/* A member of a structure, also of one without a name in it. */
struct member_pair {
	const char *name;
	uint64_t bit, bits;
	size_t type;
};

struct members {
	struct member_pair *m;
	size_t n, cap;
};

static void list_members(const struct types *t, size_t i, uint64_t bit, struct members *ret,
			 unsigned int depth)
{
	for (size_t m = t->t[i].part; m; m = t->t[m].next) {
		const struct type *member = &t->t[m];

		if (member->tag != DW_TAG_member || depth == DEPTH_MAX || ret->n == MEMBERS_MAX)
			continue;
		if (!member->name) {
			list_members(t, type_strip(t, member->type), bit + member->value, ret,
				     depth + 1);
			continue;
		}
		GROW(ret->m, ret->n, ret->cap);
		ret->m[ret->n++] = (struct member_pair){
			member->name,
			bit + member->value,
			member->bits,
			member->type,
		};
	}
}

/* Both sides have mostly the same order: the search begins behind the last one found. */
static const struct member_pair *find_member(const struct members *in, const char *name,
					     size_t *next)
{
	for (size_t i = 0; i < in->n; i++) {
		const struct member_pair *m = &in->m[(*next + i) % in->n];

		if (!strcmp(m->name, name)) {
			*next = (size_t)(m - in->m) + 1;
			return m;
		}
	}
	return NULL;
}

static void place_text(const struct member_pair *m, char *buf, size_t size)
{
	unsigned long long byte = m->bit / 8;

	if (m->bits)
		snprintf(buf, size, "%llu bit%s at byte %llu, bit %llu",
			 (unsigned long long)m->bits, m->bits == 1 ? "" : "s", byte,
			 (unsigned long long)(m->bit % 8));
	else
		snprintf(buf, size, "at byte %llu", byte);
}

static bool is_nameless(const struct types *t, size_t i)
{
	return kind_of(t, i) == AGGREGATE && !t->t[i].name;
}

/* Why two members at the same place are not of the same type. */
static char *compare_member_types(const struct agree *a, const struct member_pair *p,
				  const struct member_pair *k, unsigned int depth)
{
	size_t of_p = type_strip(a->patch, p->type), of_k = type_strip(a->kernel, k->type);
	char *why = NULL, *what, *text;
	bool shorter;

	/* Where neither has a name, "struct {...}" would tell nobody anything. */
	if (is_nameless(a->patch, of_p) && is_nameless(a->kernel, of_k))
		why = agree_layout(a, of_p, of_k, &shorter, depth);
	if (why) {
		text = xasprintf("member '%s': %s", p->name, why);
	} else {
		what = xasprintf("member '%s' is", p->name);
		text = two_types(a, what, p->type, k->type);
		free(what);
	}
	free(why);
	return text;
}

static char *compare_member(const struct agree *a, const struct member_pair *p,
			    const struct member_pair *k, unsigned int depth)
{
	char in_p[96], in_k[96];

	if (!k)
		return xasprintf("the %s's has no member '%s'", whose(a), p->name);
	if (p->bit != k->bit || p->bits != k->bits) {
		place_text(p, in_p, sizeof(in_p));
		place_text(k, in_k, sizeof(in_k));
		return xasprintf("member '%s' is %s, the %s's %s", p->name, in_p, whose(a), in_k);
	}
	if (p->bits || same_value(a, p->type, k->type, depth))
		return NULL;
	return compare_member_types(a, p, k, depth);
}

static char *compare_members(const struct agree *a, size_t p, size_t k, unsigned int depth)
{
	struct members in_p = {0}, in_k = {0};
	char *why = NULL;
	size_t next = 0;

	list_members(a->patch, p, 0, &in_p, 0);
	list_members(a->kernel, k, 0, &in_k, 0);
	for (size_t i = 0; i < in_p.n && !why; i++)
		why = compare_member(a, &in_p.m[i], find_member(&in_k, in_p.m[i].name, &next),
				     depth);
	free(in_p.m);
	free(in_k.m);
	return why;
}

/* A value within a number of bytes: -1 and 0xffffffff are one in an enum of four. */
static uint64_t within(uint64_t value, uint64_t size)
{
	return size && size < 8 ? value & ((1ULL << (8 * size)) - 1) : value;
}

static char *compare_enumerators(const struct agree *a, size_t p, size_t k)
{
	uint64_t size = a->patch->t[p].size;

	for (size_t x = a->patch->t[p].part; x; x = a->patch->t[x].next) {
		const struct type *in_p = &a->patch->t[x], *in_k = NULL;

		for (size_t y = a->kernel->t[k].part; y && in_p->name && !in_k;
		     y = a->kernel->t[y].next) {
			const char *name = a->kernel->t[y].name;

			if (name && !strcmp(name, in_p->name))
				in_k = &a->kernel->t[y];
		}
		if (in_k && within(in_p->value, size) != within(in_k->value, size))
			return xasprintf("'%s' is %lld, the %s's %lld", in_p->name,
					 (long long)in_p->value, whose(a), (long long)in_k->value);
	}
	return NULL;
}

static char *agree_layout(const struct agree *a, size_t p, size_t k, bool *shorter,
			  unsigned int depth)
{
	const struct type *tp = &a->patch->t[p], *tk = &a->kernel->t[k];
	bool is_enum = tp->tag == DW_TAG_enumeration_type;
	char *why;

	*shorter = false;
	if (tp->tag != tk->tag)
		return two_types(a, "it is", p, k);
	if (depth++ == DEPTH_MAX)
		return NULL;
	why = is_enum ? compare_enumerators(a, p, k) : compare_members(a, p, k, depth);
	if (why)
		return why;
	*shorter = !is_enum && tp->size < tk->size;
	if (tp->size > tk->size || (is_enum && !same_number(tp->size, tk->size)))
		return xasprintf("it has %llu bytes, the %s's %llu", (unsigned long long)tp->size,
				 whose(a), (unsigned long long)tk->size);
	return NULL;
}

char *disagree_layout(const struct agree *a, size_t p, size_t k, bool *shorter)
{
	return agree_layout(a, p, k, shorter, 0);
}
