// SPDX-License-Identifier: GPL-2.0-only
/* The types of a compile unit in one table: see dwarf/types.h. */
#include "dwarf/types.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "dwarf/imports.h"
#include "dwarf/ranges.h"
#include "dwarf/reduced.h"
#include "dwarf/units.h"

/* How deep types nest, and how long a chain of typedefs may be: hostile DWARF has no end. */
#define DEPTH_MAX 64

/* What is read of a DIE. */
enum {
	NAME = 1 << 0,
	TYPE = 1 << 1,
	SIZE = 1 << 2,
	PLACE = 1 << 3, /* of a member */
	VALUE = 1 << 4, /* of an enumerator */
	COUNT = 1 << 5, /* of a dimension */
	LINE = 1 << 6,
	PARTS = 1 << 7,
	DECLARED = 1 << 8,
};

static const struct reading {
	Dwarf_Half tag;
	unsigned int what;
} readings[] = {
	{DW_TAG_member, NAME | TYPE | PLACE},
	{DW_TAG_formal_parameter, NAME | TYPE},
	{DW_TAG_unspecified_parameters, 0},
	{DW_TAG_enumerator, NAME | VALUE},
	{DW_TAG_subrange_type, COUNT},
	{DW_TAG_pointer_type, TYPE | SIZE},
	{DW_TAG_typedef, NAME | TYPE | LINE},
	{DW_TAG_const_type, TYPE},
	{DW_TAG_volatile_type, TYPE},
	{DW_TAG_restrict_type, TYPE},
	{DW_TAG_atomic_type, TYPE},
	{DW_TAG_base_type, NAME | SIZE},
	{DW_TAG_structure_type, NAME | SIZE | LINE | PARTS},
	{DW_TAG_union_type, NAME | SIZE | LINE | PARTS},
	{DW_TAG_enumeration_type, NAME | SIZE | LINE | PARTS},
	{DW_TAG_array_type, TYPE | PARTS},
	{DW_TAG_subroutine_type, TYPE | PARTS},
	{DW_TAG_subprogram, NAME | TYPE | LINE | PARTS | DECLARED},
	{DW_TAG_variable, NAME | TYPE | LINE | DECLARED},
};

struct reader {
	struct types *types;
	size_t parent, last; /* whose parts are read, and the last of them */
	unsigned int depth;
	Dwarf_Off unit; /* that is read */
};

static const struct reading *find_reading(Dwarf_Half tag)
{
	for (size_t i = 0; i < ARRAY_SIZE(readings); i++) {
		if (readings[i].tag == tag)
			return &readings[i];
	}
	return NULL;
}

/* Until all is read a reference is an offset; 0 and 1 are the indices that stand for no DIE. */
static Dwarf_Off reference(Dwarf_Die die, Dwarf_Half attr)
{
	Dwarf_Bool has = 0;
	Dwarf_Off off;

	if (die_reference(die, attr, &off))
		return off;
	return dwarf_hasattr(die, attr, &has, NULL) == DW_DLV_OK && has ? TYPE_UNKNOWN : TYPE_VOID;
}

/*
 * A number of either sign, in two's complement. Compilers write one that may be negative in a form
 * that says so, and 200 as a byte.
 */
static uint64_t any_number(Dwarf_Die die, Dwarf_Half number)
{
	Dwarf_Attribute attr;
	Dwarf_Unsigned u = 0;
	Dwarf_Signed s = 0;
	Dwarf_Half form;

	if (dwarf_attr(die, number, &attr, NULL) != DW_DLV_OK)
		return 0;
	if (dwarf_whatform(attr, &form, NULL) != DW_DLV_OK)
		form = DW_FORM_sdata;
	if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
		if (dwarf_formsdata(attr, &s, NULL) == DW_DLV_OK)
			u = (Dwarf_Unsigned)s;
	} else if (dwarf_formudata(attr, &u, NULL) != DW_DLV_OK) {
		u = 0;
	}
	dwarf_dealloc_attribute(attr);
	return u;
}

/*
 * Where a member begins, in bits. Before DWARF 4 a bit-field's DW_AT_bit_offset counts from the
 * most significant bit of a unit of DW_AT_byte_size.
 */
static void read_place(const struct dwarf_file *d, Dwarf_Die die, struct type *t)
{
	uint64_t n, unit;

	if (die_number(die, DW_AT_data_member_location, &n))
		t->value = 8 * n;
	if (!die_number(die, DW_AT_bit_size, &t->bits))
		return;
	if (die_number(die, DW_AT_data_bit_offset, &n))
		t->value += n;
	else if (die_number(die, DW_AT_bit_offset, &n) && die_number(die, DW_AT_byte_size, &unit))
		t->value += elf_file_is_big(d->elf) ? n : 8 * unit - n - t->bits;
}

static void read_count(Dwarf_Die die, struct type *t)
{
	if (!die_number(die, DW_AT_count, &t->size) && die_number(die, DW_AT_upper_bound, &t->size))
		t->size++;
}

static void read_attributes(const struct dwarf_file *d, Dwarf_Die die, unsigned int what,
			    struct type *t)
{
	uint64_t encoding;

	if (what & NAME)
		die_string(die, DW_AT_name, &t->name);
	if (what & TYPE)
		t->type = reference(die, DW_AT_type);
	if (what & SIZE)
		die_number(die, DW_AT_byte_size, &t->size);
	if (what & PLACE)
		read_place(d, die, t);
	if (what & VALUE)
		t->value = any_number(die, DW_AT_const_value);
	if (what & COUNT)
		read_count(die, t);
	if (what & LINE) {
		die_number(die, DW_AT_decl_file, &t->file);
		die_number(die, DW_AT_decl_line, &t->line);
	}
	if (what & PARTS)
		t->prototyped = die_flag(die, DW_AT_prototyped);
	if (what & (LINE | PARTS))
		t->incomplete = die_flag(die, DW_AT_declaration) || die_has(die, DW_AT_signature);
	if (t->tag == DW_TAG_structure_type || t->tag == DW_TAG_variable)
		die_number(die, DW_AT_alignment, &t->align);
	if (t->tag == DW_TAG_base_type && die_number(die, DW_AT_encoding, &encoding))
		t->real = encoding == DW_ATE_float || encoding == DW_ATE_complex_float;
}

/* The extent of a function's code, as far as it is in one piece. */
static uint64_t code_size(Dwarf_Die die, uint64_t low)
{
	enum Dwarf_Form_Class class;
	Dwarf_Addr high;
	Dwarf_Half form;

	if (dwarf_highpc_b(die, &high, &form, &class, NULL) != DW_DLV_OK)
		return 0;
	return class == DW_FORM_CLASS_ADDRESS ? high - low : high;
}

/* For now ->type is the offset of what it completes, or its own. */
static void read_declared(struct dwarf_file *d, Dwarf_Die die, struct types *types, size_t i)
{
	struct declared *s;
	Dwarf_Off of;

	GROW(types->declared, types->declared_n, types->declared_cap);
	s = &types->declared[types->declared_n++];
	memset(s, 0, sizeof(*s));
	if (!die_reference(die, DW_AT_abstract_origin, &of) &&
	    !die_reference(die, DW_AT_specification, &of))
		of = types->t[i].off;
	s->type = of;
	s->function = types->t[i].tag == DW_TAG_subprogram;
	s->external = die_flag(die, DW_AT_external);
	s->nocall = die_nocall(die);
	s->defined = !types->t[i].incomplete;
	die_string(die, DW_AT_linkage_name, &s->link_name);
	if (!s->function) {
		s->placed = die_address(d, die, DW_AT_location, &s->addr);
	} else if (die_code_addresses(d, die, &s->addr, 1)) {
		s->placed = true;
		s->size = code_size(die, s->addr);
	}
	s->left_out = s->defined && !s->placed &&
		      (s->function ? die_has(die, DW_AT_low_pc) || die_has(die, DW_AT_ranges)
				   : die_has(die, DW_AT_location));
}

static int read_part(struct dwarf_file *d, Dwarf_Die die, void *arg);

/* Does an entry stand before the last one that was read? So does the first of a unit that is
 * imported. */
static bool leads_back(Dwarf_Die die, Dwarf_Off off, struct reader *r)
{
	struct types *types = r->types;
	Dwarf_Off unit = 0;

	if (off > types->t[types->n - 1].off)
		return false;
	if (!r->parent)
		die_unit(die, &unit);
	if (r->parent || unit == r->unit)
		return true;
	r->unit = unit;
	types->unsorted = true;
	return false;
}

/* A function that only completes another DIE has nothing more to tell. */
static int read_parts(struct dwarf_file *d, Dwarf_Die die, size_t i, const struct reader *r)
{
	struct reader parts = {
		.types = r->types, .parent = i, .depth = r->depth + 1, .unit = r->unit};
	const struct type *t = &r->types->t[i];

	if (r->depth == DEPTH_MAX || (t->tag == DW_TAG_subprogram && !t->name))
		return 0;
	return dwarf_file_children(d, die, read_part, &parts) < 0 ? -1 : 0;
}

static int read_part(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct reader *r = arg;
	struct types *types = r->types;
	const struct reading *reading;
	struct type t = {0};
	size_t i = types->n;

	reading = die_tag(die, &t.tag) ? find_reading(t.tag) : NULL;
	/*
	 * A function's blocks and variables are not read. Its parameters come before them, but for
	 * the static variables of clang.
	 */
	if (types->t[r->parent].tag == DW_TAG_subprogram && (!reading || reading->what & DECLARED))
		return t.tag != DW_TAG_variable || r->last || !strstr(types->producer, "clang");
	if (!reading)
		return 0;
	if (!die_offset(die, &t.off) || leads_back(die, t.off, r)) {
		error("'%s': damaged debug information: entries that lead back", d->elf->path);
		return -1;
	}
	read_attributes(d, die, reading->what, &t);
	GROW(types->t, types->n, types->cap);
	types->t[types->n++] = t;
	if (r->last)
		types->t[r->last].next = i;
	else if (r->parent)
		types->t[r->parent].part = i;
	r->last = i;
	if (reading->what & DECLARED)
		read_declared(d, die, types, i);
	return reading->what & PARTS ? read_parts(d, die, i, r) : 0;
}

static int by_offset(const void *a, const void *b)
{
	Dwarf_Off x = ((const struct type *)a)->off, y = ((const struct type *)b)->off;

	return ORDER(x, y);
}

static int ordered_by_offset(const void *a, const void *b, void *arg)
{
	const struct types *types = arg;

	return by_offset(&types->t[*(const size_t *)a], &types->t[*(const size_t *)b]);
}

/* By offset, where units that were read one after the other are not. */
static void order(struct types *types)
{
	types->order = xcalloc(types->n, sizeof(*types->order));
	for (size_t i = 0; i < types->n; i++)
		types->order[i] = i;
	qsort_r(types->order, types->n, sizeof(*types->order), ordered_by_offset, types);
}

static size_t ordered_index(const struct types *types, Dwarf_Off off)
{
	size_t first = COUNT_FIRST(i, types->n, types->t[types->order[i]].off < off);

	return first < types->n && types->t[types->order[first]].off == off ? types->order[first]
									    : TYPE_UNKNOWN;
}

size_t types_index(const struct types *types, Dwarf_Off off)
{
	const struct type *t;

	if (types->order)
		return ordered_index(types, off);
	t = bsearch(&(struct type){.off = off}, types->t, types->n, sizeof(*types->t), by_offset);
	return t ? (size_t)(t - types->t) : TYPE_UNKNOWN;
}

static void add_enumerators(struct types *types, size_t i)
{
	for (size_t e = types->t[i].part; e; e = types->t[e].next) {
		if (types->t[e].name)
			strmap_add(&types->enumerators, types->t[e].name, e);
	}
}

/* Definitions at file scope; the first of a name counts. */
static void add_definition(struct types *types, size_t i)
{
	const struct type *t = &types->t[i], *is = &types->t[t->type];

	switch (t->tag) {
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
		if (t->name && !t->incomplete)
			strmap_add(&types->tags, t->name, i);
		else if (!t->name && t->tag == DW_TAG_enumeration_type)
			add_enumerators(types, i);
		break;
	case DW_TAG_typedef:
		if (t->name && !is->name && !is->incomplete &&
		    (is->tag == DW_TAG_structure_type || is->tag == DW_TAG_union_type))
			strmap_add(&types->typedefs, t->name, t->type);
		break;
	}
}

/* From offsets to indices. What completes a declaration takes over what that says. */
static void resolve(struct types *types)
{
	if (types->unsorted)
		order(types);
	for (size_t i = 0; i < types->n; i++)
		types->t[i].type = types_index(types, types->t[i].type);
	for (size_t i = 2; i; i = types->t[i].next)
		add_definition(types, i);
	for (size_t i = 0; i < types->declared_n; i++)
		types->declared[i].type = types_index(types, types->declared[i].type);
}

/* What a unit's own DIE says of it. */
static void read_head(Dwarf_Die die, struct types *ret)
{
	uint64_t language;

	ret->untyped =
		die_number(die, DW_AT_language, &language) && language == DW_LANG_Mips_Assembler;
	ret->reduced = reduced_structures(die);
	ret->path = unit_path(die);
	if (!die_string(die, DW_AT_producer, &ret->producer))
		ret->producer = "";
}

int types_read(struct dwarf_file *d, Dwarf_Off unit, struct types *ret)
{
	struct reader r = {.types = ret, .unit = unit};
	CLEANUP_DIE Dwarf_Die die = NULL;
	int status, lines;

	memset(ret, 0, sizeof(*ret));
	ret->unit = unit;
	if (dwarf_file_die(d, unit, &die))
		return -1;
	read_head(die, ret);
	lines = reduced_to_lines(d, die);
	ret->untyped |= lines > 0;
	ret->reduced |= lines > 0 || reduced_to_type_units(d);
	for (ret->n = 0; ret->n < 2; ret->n++) {
		GROW(ret->t, ret->n, ret->cap);
		ret->t[ret->n] = (struct type){.off = ret->n};
	}
	status = lines < 0 ? -1 : imports_children(d, die, read_part, &r);
	if (status)
		types_free(ret);
	else if (ret->n > 2)
		resolve(ret);
	return status;
}

void types_free(struct types *t)
{
	free(t->t);
	free(t->order);
	free(t->declared);
	strmap_free(&t->tags);
	strmap_free(&t->typedefs);
	strmap_free(&t->enumerators);
	memset(t, 0, sizeof(*t));
}

void types_place(struct dwarf_file *d, const struct types *types, size_t i, char *buf, size_t size)
{
	const struct type *t = &types->t[i];

	/* A type may be in a unit that is imported. */
	unit_place_of(d, t->off, types->unit, t->file, t->line, buf, size);
}

size_t type_strip(const struct types *t, size_t i)
{
	for (unsigned int depth = 0; depth < DEPTH_MAX; depth++) {
		switch (t->t[i].tag) {
		case DW_TAG_typedef:
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_restrict_type:
		case DW_TAG_atomic_type:
			i = t->t[i].type;
			break;
		default:
			return i;
		}
	}
	return TYPE_UNKNOWN;
}

uint64_t type_size(const struct types *t, size_t i)
{
	uint64_t count = 1;

	i = type_strip(t, i);
	for (unsigned int depth = 0; t->t[i].tag == DW_TAG_array_type; depth++) {
		if (depth == DEPTH_MAX)
			return 0;
		for (size_t dim = t->t[i].part; dim; dim = t->t[dim].next)
			count *= t->t[dim].size;
		i = type_strip(t, t->t[i].type);
	}
	return count * t->t[i].size;
}

const struct declared *types_at(const struct types *t, const struct ksym *sym, bool function)
{
	for (size_t i = 0; i < t->declared_n; i++) {
		const struct declared *s = &t->declared[i];

		if (s->placed && ksym_is_at(sym, s->addr) && s->function == function)
			return s;
	}
	return NULL;
}

const struct declared *types_global(const struct types *t, const char *name)
{
	for (size_t i = 0; i < t->declared_n; i++) {
		const struct declared *s = &t->declared[i];
		const char *is = t->t[s->type].name;

		if (s->external && is && !strcmp(is, name))
			return s;
	}
	return NULL;
}

struct local_walk {
	const struct types *t;
	int (*fn)(const struct types *t, Dwarf_Die die, size_t type, void *arg);
	void *arg;
	unsigned int depth;
};

/* Within functions: blocks, inlined functions, and the variables in them. */
static int walk_locals(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct local_walk *w = arg, inner = *w;
	Dwarf_Half tag;

	if (!die_tag(die, &tag) || w->depth == DEPTH_MAX)
		return 0;
	inner.depth++;
	if (tag == DW_TAG_variable && w->depth)
		return w->fn(w->t, die, types_index(w->t, reference(die, DW_AT_type)), w->arg);
	if (tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block ||
	    tag == DW_TAG_inlined_subroutine)
		return dwarf_file_children(d, die, walk_locals, &inner);
	return 0;
}

int types_each_local(struct dwarf_file *d, const struct types *t,
		     int (*fn)(const struct types *t, Dwarf_Die die, size_t type, void *arg),
		     void *arg)
{
	struct local_walk w = {.t = t, .fn = fn, .arg = arg};
	CLEANUP_DIE Dwarf_Die die = NULL;

	if (dwarf_file_die(d, t->unit, &die))
		return -1;
	return dwarf_file_children(d, die, walk_locals, &w);
}
