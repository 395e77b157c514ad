// SPDX-License-Identifier: GPL-2.0-only
/* Livepatching by a jump: see kernel/jump.h. */
#include "kernel/jump.h"

#include <string.h>

#include "base/util.h"
#include "dwarf/file.h"
#include "dwarf/units.h"

/* How many elements the arrays have that a type consists of. */
struct array {
	uint64_t elements;
	bool open; /* of no known size */
};

static int read_dimension(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct array *a = arg;
	Dwarf_Half tag;
	uint64_t n;

	(void)d;
	if (!die_tag(die, &tag) || tag != DW_TAG_subrange_type)
		return 0;
	if (die_number(die, DW_AT_count, &n))
		a->elements *= n;
	else if (die_number(die, DW_AT_upper_bound, &n))
		a->elements *= n + 1;
	else
		a->open = true;
	return 0;
}

/* The size of the type at an offset, in bytes; 0 when it has none. */
static int read_size(struct dwarf_file *d, Dwarf_Off off, uint64_t *ret)
{
	struct array a = {.elements = 1};
	int status = 0;

	/*
	 * Typedefs (u32) and arrays lead to the size. A chain of more than a few goes in a circle.
	 */
	for (int depth = 0; depth < 16; depth++) {
		Dwarf_Die die;
		Dwarf_Half tag;
		bool more, sized;

		if (dwarf_file_die(d, off, &die))
			return -1;
		sized = die_number(die, DW_AT_byte_size, ret);
		if (!sized && die_tag(die, &tag) && tag == DW_TAG_array_type)
			status = dwarf_file_children(d, die, read_dimension, &a);
		more = !sized && !status && die_reference(die, DW_AT_type, &off);
		dwarf_dealloc_die(die);
		if (status)
			return -1;
		if (sized && !a.open) {
			*ret *= a.elements;
			return 0;
		}
		if (!more)
			break;
	}
	*ret = 0;
	return 0;
}

static int read_member(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct jump *j = arg;
	const char *name;
	Dwarf_Half tag;
	Dwarf_Off type;
	uint64_t size;

	if (!die_tag(die, &tag) || tag != DW_TAG_member || !die_string(die, DW_AT_name, &name) ||
	    (strcmp(name, "old_insns") != 0 && strcmp(name, "old_code") != 0) ||
	    !die_reference(die, DW_AT_type, &type))
		return 0;
	if (read_size(d, type, &size))
		return -1;
	j->size = size;
	return 1;
}

static int read_structure(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	const char *name;
	Dwarf_Half tag;

	if (!die_tag(die, &tag) || tag != DW_TAG_structure_type ||
	    !die_string(die, DW_AT_name, &name) ||
	    (strcmp(name, "arch_klp_data") != 0 && strcmp(name, "klp_func_node") != 0))
		return 0;
	return dwarf_file_children(d, die, read_member, arg);
}

static int read_unit(struct dwarf_file *d, uint64_t writer, struct jump *j)
{
	CLEANUP_DIE Dwarf_Die unit = NULL;
	int status = unit_holding(d, writer, "kernel/livepatch/core.c", &unit);

	if (status <= 0)
		return status;
	return dwarf_file_children(d, unit, read_structure, j) < 0 ? -1 : 0;
}

int jump_read(struct jump *j, struct elf_file *vmlinux, uint64_t writer)
{
	struct dwarf_file *d;
	int status;

	j->used = true;
	if (!dwarf_file_present(vmlinux))
		return 0;
	if (dwarf_file_open(vmlinux, &d))
		return -1;
	status = read_unit(d, writer, j);
	dwarf_file_close(d);
	snprintf(j->refusal, sizeof(j->refusal),
		 "shorter than the %zu bytes that this kernel overwrites with a jump", j->size);
	return status;
}

/* Where the room of a symbol ends, as far as it has been seen. */
struct room {
	const struct ksym *sym;
	uint64_t end;
};

/* The end of the section of a place; the place itself when it is in none. */
static uint64_t section_end(const struct elf_file *module, uint64_t place)
{
	size_t section = place >> 32;
	uint64_t end = 0;

	if (section < module->shnum)
		end = elf_place(section, module->sec[section].shdr.sh_size);
	return end > place ? end : place;
}

static void look_at_next(const struct ksym *next, void *arg)
{
	struct room *r = arg;

	if (next->addr > r->sym->addr && next->addr < r->end && !kallsyms_ignored(next->name))
		r->end = next->addr;
}

const char *jump_refusal(const struct jump *j, const struct elf_file *object,
			 const struct ksym *sym)
{
	struct room room = {.sym = sym, .end = UINT64_MAX};

	if (sym->size >= j->size)
		return NULL;
	/*
	 * Where the sections of a module will lie is unknown, so the room of a function ends with
	 * its section.
	 */
	if (object->ehdr.e_type == ET_REL)
		room.end = section_end(object, sym->addr);
	kallsyms_each(object, look_at_next, &room);
	return room.end - sym->addr < j->size ? j->refusal : NULL;
}
