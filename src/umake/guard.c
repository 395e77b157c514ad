// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guards, for x86_64: see umake/guard.h. Debug information says where arguments and results are, by
 * the rules of the System V ABI; what a guard cannot pass on is refused.
 */
#include "umake/guard.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/producer.h"

#define INTEGER_ARGUMENTS 6
#define VECTOR_ARGUMENTS 8
#define VECTORS 16
#define TYPES_MAX 64

/* What a value of a type takes: how many registers of each kind, or memory. */
struct class
{
	unsigned int integers, vectors;
	bool memory;
	bool unknown; /* the type, or a part of it, is not in the debug information */
};

static struct class add(struct class a, struct class b)
{
	return (struct class){a.integers + b.integers, a.vectors + b.vectors, a.memory || b.memory,
			      a.unknown || b.unknown};
}

struct classing {
	struct class sum;
	unsigned int depth;
};

static int class_of(struct dwarf_file *d, Dwarf_Die die, unsigned int depth, struct class *ret);

static int class_member(struct dwarf_file *d, Dwarf_Die child, void *arg)
{
	struct classing *c = arg;
	struct class one;
	Dwarf_Half tag;

	if (!die_tag(child, &tag) || tag != DW_TAG_member)
		return 0;
	if (class_of(d, child, c->depth, &one))
		return -1;
	c->sum = add(c->sum, one);
	return 0;
}

/*
 * A structure in registers has one for each eight bytes, of a kind that depends on what shares
 * them: of one kind where all members are, else it is not known here.
 */
static int class_structure(struct dwarf_file *d, Dwarf_Die die, uint64_t size, unsigned int depth,
			   struct class *ret)
{
	struct classing c = {.depth = depth};
	unsigned int words = (unsigned int)((size + 7) / 8);

	/* One that is only declared, or is in a type unit, has no size. */
	if (!die_has(die, DW_AT_byte_size)) {
		*ret = (struct class){.unknown = true};
		return 0;
	}
	if (size > 16) {
		*ret = (struct class){.memory = true};
		return 0;
	}
	if (dwarf_file_children(d, die, class_member, &c) < 0)
		return -1;
	*ret = (struct class){
		.integers = c.sum.integers ? words : 0,
		.vectors = c.sum.vectors ? words : 0,
		.memory = c.sum.memory,
		.unknown = c.sum.unknown,
	};
	return 0;
}

static struct class class_base(Dwarf_Die die, uint64_t size)
{
	struct class ret = {0};
	uint64_t encoding = 0;

	die_number(die, DW_AT_encoding, &encoding);
	/* long double: passed in memory, returned in the x87's stack */
	if (encoding == DW_ATE_complex_float && size == 16)
		ret.vectors = 2;
	else if (encoding == DW_ATE_decimal_float) /* that of 16 bytes has one register, too */
		ret.vectors = 1;
	else if ((encoding == DW_ATE_complex_float || encoding == DW_ATE_float) && size <= 8)
		ret.vectors = 1;
	else if (encoding == DW_ATE_complex_float || encoding == DW_ATE_float)
		ret.memory = true;
	else
		ret.integers = size > 8 ? 2 : 1;
	return ret;
}

/* Of the type that a DIE has (DW_AT_type); none: void. */
static int class_of(struct dwarf_file *d, Dwarf_Die die, unsigned int depth, struct class *ret)
{
	Dwarf_Die type;
	Dwarf_Half tag;
	Dwarf_Off off;
	uint64_t size = 0;
	int status = 0;

	*ret = (struct class){0};
	if (!die_has(die, DW_AT_type))
		return 0;
	if (depth > TYPES_MAX || !die_reference(die, DW_AT_type, &off)) {
		ret->unknown = true;
		return 0;
	}
	if (dwarf_file_die(d, off, &type))
		return -1;
	die_number(type, DW_AT_byte_size, &size);
	if (!die_tag(type, &tag))
		tag = 0;
	switch (tag) {
	case DW_TAG_typedef:
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
	case DW_TAG_array_type: /* of a structure's member, or what a vector register has */
		if (tag == DW_TAG_array_type && die_flag(type, DW_AT_GNU_vector)) {
			ret->vectors = 1;
			break;
		}
		status = class_of(d, type, depth + 1, ret);
		break;
	case DW_TAG_base_type:
		*ret = class_base(type, size);
		break;
	case DW_TAG_pointer_type:
	case DW_TAG_enumeration_type:
		ret->integers = 1;
		break;
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
		status = class_structure(d, type, size, depth + 1, ret);
		break;
	default:
		ret->memory = true;
	}
	dwarf_dealloc_die(type);
	return status;
}

struct arguments {
	struct class sum;
	bool open; /* a variable number */
};

static int class_argument(struct dwarf_file *d, Dwarf_Die child, void *arg)
{
	struct arguments *a = arg;
	struct class one;
	Dwarf_Half tag;

	if (!die_tag(child, &tag))
		return 0;
	a->open |= tag == DW_TAG_unspecified_parameters;
	if (tag != DW_TAG_formal_parameter)
		return 0;
	if (class_of(d, child, 0, &one))
		return -1;
	a->sum = add(a->sum, one);
	return 0;
}

/* What -march= may name that has no AVX-512; others are taken to have it. */
static bool is_without_avx512(const char *march)
{
	static const char *const names[] = {
		"x86-64",      "x86-64-v2",  "x86-64-v3",     "k8",
		"k8-sse3",     "opteron",    "athlon64",      "amdfam10",
		"barcelona",   "btver1",     "btver2",	      "bdver1",
		"bdver2",      "bdver3",     "bdver4",	      "znver1",
		"znver2",      "znver3",     "nocona",	      "core2",
		"corei7",      "nehalem",    "westmere",      "corei7-avx",
		"sandybridge", "core-avx-i", "ivybridge",     "core-avx2",
		"haswell",     "broadwell",  "skylake",	      "atom",
		"bonnell",     "silvermont", "slm",	      "goldmont",
		"tremont",     "alderlake",  "goldmont-plus",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(march, names[i]))
			return true;
	}
	return !*march;
}

/* Which vectors the caller may keep something in. */
static const char *read_vectors(struct dwarf_file *d, Dwarf_Off off, bool *wide)
{
	const char *text, *why = NULL, *march;
	struct producer p;
	Dwarf_Die unit;

	if (dwarf_file_die(d, off, &unit))
		return "its compile unit cannot be read";
	if (!die_has(unit, DW_AT_producer))
		why = "its compile unit does not say for which processors it was compiled";
	producer_parse(&p, die_string(unit, DW_AT_producer, &text) ? text : "");
	march = producer_flag(&p, "-march=");
	*wide = *march && strcmp(march, "-march=x86-64") != 0 &&
		strcmp(march, "-march=x86-64-v2") != 0;
	for (size_t i = 0; i < p.n; i++) {
		if (str_starts(p.flag[i], "-mavx512") || str_starts(p.flag[i], "-mavx10") ||
		    (str_starts(p.flag[i], "-march=") &&
		     !is_without_avx512(p.flag[i] + strlen("-march="))))
			why = "its unit was compiled for AVX-512, whose registers a guard does not "
			      "keep";
		*wide |= str_starts(p.flag[i], "-mavx");
	}
	producer_free(&p);
	dwarf_dealloc_die(unit);
	return why;
}

int guard_read(struct dwarf_file *d, Dwarf_Off unit, Dwarf_Off off, struct guard *ret,
	       const char **why)
{
	struct arguments a = {0};
	struct class result;
	Dwarf_Die die;
	int status;

	memset(ret, 0, sizeof(*ret));
	*why = NULL;
	if (d->elf->ehdr.e_machine != EM_X86_64) {
		*why = "klpmake has no guard for this architecture";
		return 0;
	}
	if (dwarf_file_die(d, off, &die))
		return -1;
	status = class_of(d, die, 0, &result);
	if (!status && dwarf_file_children(d, die, class_argument, &a) < 0)
		status = -1;
	dwarf_dealloc_die(die);
	if (status)
		return -1;
	if (result.unknown || a.sum.unknown)
		*why = "the types of its arguments and its result are not in its debug information "
		       "(-fdebug-types-section, -femit-struct-debug-baseonly)";
	else if (a.open || a.sum.memory || a.sum.integers > INTEGER_ARGUMENTS ||
		 a.sum.vectors > VECTOR_ARGUMENTS)
		*why = "it has arguments on the stack, or may have";
	else if (result.memory || (result.integers && result.vectors))
		*why = "its result is not in registers of one kind";
	else
		*why = read_vectors(d, unit, &ret->wide);
	ret->integers = result.integers > 0;
	ret->vectors = result.vectors > 0;
	ret->second = result.integers > 1 || result.vectors > 1;
	return 0;
}

char *guard_symbol(const char *new_name)
{
	return xasprintf("%s.klpmake.guard", new_name);
}

char *guard_body(const char *new_name)
{
	return xasprintf("%s.klpmake.body", new_name);
}

/* Is that one of the registers that the result is in? */
static bool has_result(const struct guard *g, bool vector, unsigned int number)
{
	return (vector ? g->vectors : g->integers) && (number == 0 || (number == 1 && g->second));
}

static void write_vectors(FILE *out, const struct guard *g, bool save)
{
	for (unsigned int i = 0; i < VECTORS; i++) {
		unsigned int at = i * (g->wide ? 32 : 16);
		const char *move = g->wide ? "vmovups" : "movups";
		char kind = g->wide ? 'y' : 'x';

		if (save)
			fprintf(out, "\t%s %%%cmm%u, %u(%%rsp)\n", move, kind, i, at);
		else if (!has_result(g, true, i))
			fprintf(out, "\t%s %u(%%rsp), %%%cmm%u\n", move, at, kind, i);
	}
}

void guard_write(FILE *out, const char *new_name, const struct guard *g)
{
	/* The first two may have the result. */
	static const char *const registers[] = {"rax", "rdx", "rcx", "rsi", "rdi",
						"r8",  "r9",  "r10", "r11"};
	char *guard = guard_symbol(new_name), *body = guard_body(new_name);
	size_t n = ARRAY_SIZE(registers);

	fprintf(out, "\t.section .text.\"%s\",\"ax\",@progbits\n", guard);
	fprintf(out, "\t.globl \"%s\"\n\t.type \"%s\", @function\n\t.hidden \"%s\"\n", guard, guard,
		body);
	fprintf(out, "\t.p2align 4\n\"%s\":\n\t.cfi_startproc\n\tendbr64\n", guard);
	fputs("\tpushq %rbp\n\t.cfi_def_cfa_offset 16\n\t.cfi_offset %rbp, -16\n"
	      "\tmovq %rsp, %rbp\n\t.cfi_def_cfa_register %rbp\n\tpushfq\n",
	      out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "\tpushq %%%s\n", registers[i]);
	fprintf(out, "\tleaq -%d(%%rsp), %%rsp\n\tandq $-32, %%rsp\n",
		VECTORS * (g->wide ? 32 : 16));
	write_vectors(out, g, true);
	fprintf(out, "\tcall \"%s\"\n", body);
	write_vectors(out, g, false);
	/* Behind the saved %rbp are the flags, then these. */
	for (size_t i = 0; i < n; i++) {
		if (i > 1 || !has_result(g, false, (unsigned int)i))
			fprintf(out, "\tmovq %d(%%rbp), %%%s\n", -16 - 8 * (int)i, registers[i]);
	}
	fputs("\tleaq -8(%rbp), %rsp\n\tpopfq\n\tpopq %rbp\n\t.cfi_def_cfa %rsp, 8\n\tret\n"
	      "\t.cfi_endproc\n",
	      out);
	fprintf(out, "\t.size \"%s\", .-\"%s\"\n", guard, guard);
	free(guard);
	free(body);
}
