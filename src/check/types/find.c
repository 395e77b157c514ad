// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds where the kernel's debug information describes a symbol. Each search goes through all of
 * it, so symbols are looked for in batches. See check/types/types.h.
 */
#include <stdlib.h>
#include <string.h>

#include "check/types/types.h"
#include "dwarf/mention.h"

/* A limit for names that many units mention, because they call a global function. */
#define NAMED_UNITS_MAX 32

struct kernel_unit *type_unit(struct type_checks *t, struct object *o, Dwarf_Off off)
{
	struct kernel_unit *u;

	for (size_t i = 0; i < t->kernels; i++) {
		if (t->kernel[i]->object == o && t->kernel[i]->types.unit == off)
			return t->kernel[i];
	}
	u = xcalloc(1, sizeof(*u));
	u->object = o;
	if (types_read(o->dwarf, off, &u->types)) {
		free(u);
		return NULL;
	}
	GROW(t->kernel, t->kernels, t->kernels_cap);
	return t->kernel[t->kernels++] = u;
}

void type_settle(struct kernel_side *k, const struct kernel_unit *in, const struct declared *is)
{
	k->in = in;
	k->entry = is->type;
	k->function = is->function;
	k->nocall = is->nocall;
	k->type = is->function ? is->type : in->types.t[is->type].type;
}

/*
 * Counts through the kernel's sides of all uses, then of all replaced functions; NULL after the
 * last.
 */
static struct kernel_side *side(const struct type_checks *t, size_t i)
{
	if (i < t->uses)
		return &t->use[i].kernel;
	return i - t->uses < t->funcs ? &t->func[i - t->uses].old : NULL;
}

/* The sides in one object that a search is for, with their addresses. */
struct batch {
	struct kernel_side **side;
	uint64_t *addr;
	Dwarf_Off *unit; /* the answers */
	size_t n;
};

static bool has_dwarf(const struct kernel_side *k)
{
	return k->object && k->object->dwarf && k->sym;
}

static void batch_begin(const struct type_checks *t, const struct object *o, bool functions,
			bool (*wanted)(const struct kernel_side *k), struct batch *ret)
{
	size_t max = t->uses + t->funcs + 1;
	struct kernel_side *k;

	ret->side = xcalloc(max, sizeof(struct kernel_side *));
	ret->addr = xcalloc(max, sizeof(*ret->addr));
	ret->unit = xcalloc(max, sizeof(*ret->unit));
	ret->n = 0;
	for (size_t i = 0; (k = side(t, i)); i++) {
		if (!has_dwarf(k) || k->object != o || k->function != functions || k->in ||
		    k->unit || (wanted && !wanted(k)))
			continue;
		ret->addr[ret->n] = k->sym->addr;
		ret->side[ret->n++] = k;
	}
}

static void batch_end(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		b->side[i]->unit = b->unit[i];
	free(b->side);
	free(b->addr);
	free(b->unit);
}

void type_find_functions(struct type_checks *t)
{
	for (size_t i = 0; i < t->objects->n; i++) {
		struct batch b;

		batch_begin(t, t->objects->obj[i], true, NULL, &b);
		if (b.n)
			units_at(t->objects->obj[i]->dwarf, b.addr, b.n, b.unit);
		batch_end(&b);
	}
}

/* Finds the units of variables by searching the bytes of .debug_info. */
static int find_data(struct type_checks *t, bool (*wanted)(const struct kernel_side *k))
{
	int status = 0;

	for (size_t i = 0; i < t->objects->n && !status; i++) {
		struct batch b;

		batch_begin(t, t->objects->obj[i], false, wanted, &b);
		if (b.n)
			status = mention_addresses(t->objects->obj[i]->dwarf, b.addr, b.n, b.unit);
		batch_end(&b);
	}
	return status;
}

struct local_search {
	struct dwarf_file *d;
	uint64_t addr;
	size_t type;
};

static int is_at(const struct types *types, Dwarf_Die die, size_t type, void *arg)
{
	struct local_search *s = arg;
	uint64_t addr;

	(void)types;
	if (!die_address(s->d, die, DW_AT_location, &addr) || addr != s->addr)
		return 0;
	s->type = type;
	return 1;
}

/* Looks for a side's symbol in a unit. -1 after error(). */
static int look_in(struct kernel_side *k, const struct kernel_unit *u)
{
	struct local_search local = {.d = u->object->dwarf, .addr = k->sym->addr};
	const struct declared *at = types_at(&u->types, k->sym, k->function);
	int status;

	if (u->types.untyped)
		return 0;
	/* An alias may have another type than what is defined at its address. */
	if (at &&
	    !(u->types.t[at->type].name && ksym_has_name(k->sym->name, u->types.t[at->type].name)))
		at = types_global(&u->types, k->sym->name);
	if (at) {
		type_settle(k, u, at);
		return 0;
	}
	if (k->function || !strchr(k->sym->name, '.'))
		return 0;
	status = types_each_local(u->object->dwarf, &u->types, is_at, &local);
	if (status > 0) {
		k->in = u;
		k->type = local.type;
	}
	return status < 0 ? -1 : 0;
}

/* Looks in the side's unit, if that is known, else in all units that have been read. */
static int look_up(struct type_checks *t, struct kernel_side *k)
{
	int status = 0;

	if (!has_dwarf(k) || k->in)
		return 0;
	if (k->unit) {
		const struct kernel_unit *u = type_unit(t, k->object, k->unit);

		return u ? look_in(k, u) : -1;
	}
	for (size_t i = 0; i < t->kernels && !k->function && !k->in && !status; i++) {
		if (t->kernel[i]->object == k->object)
			status = look_in(k, t->kernel[i]);
	}
	return status;
}

static int look_up_all(struct type_checks *t, bool (*wanted)(const struct kernel_side *k))
{
	struct kernel_side *k;
	int status = 0;

	for (size_t i = 0; !status && (k = side(t, i)); i++) {
		if (wanted(k))
			status = look_up(t, k);
	}
	return status;
}

/*
 * Finds functions of a kernel without .debug_aranges, which clang does not write: looks into the
 * units that mention the name.
 */
static int find_functions_by_name(struct type_checks *t,
				  bool (*wanted)(const struct kernel_side *k))
{
	struct kernel_side *k;
	int status = 0;

	for (size_t i = 0; !status && (k = side(t, i)); i++) {
		struct unit_set set = {0};

		if (!has_dwarf(k) || !k->function || k->in || k->unit || !wanted(k) ||
		    elf_file_section(k->object->elf, ".debug_aranges"))
			continue;
		status = mention_name(k->object->dwarf, k->sym->name, &set);
		for (size_t n = 0; n < set.n && n < NAMED_UNITS_MAX && !k->in && !status; n++) {
			const struct kernel_unit *u = type_unit(t, k->object, set.off[n]);

			status = u ? look_in(k, u) : -1;
		}
		unit_set_free(&set);
	}
	return status;
}

/* Functions first, because most variables are in a unit that this has read. */
int type_find(struct type_checks *t, bool (*wanted)(const struct kernel_side *k))
{
	if (look_up_all(t, wanted) || find_functions_by_name(t, wanted) || look_up_all(t, wanted) ||
	    find_data(t, wanted) || look_up_all(t, wanted))
		return -1;
	return 0;
}
