// SPDX-License-Identifier: GPL-2.0-only
/* Debug sections for libdwarf: see dwarf/object.h. */
#include "dwarf/object.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/*
 * Two generations of the interface: Debian 12's libdwarf 20210528 has no version macros, all
 * since 0.3.0 have them, and since 0.2.0 the structures carry the suffix _a.
 */
#ifdef DW_LIBDWARF_VERSION_MAJOR
typedef Dwarf_Unsigned section_index;
typedef Dwarf_Small byte_order;
typedef Dwarf_Obj_Access_Section_a access_section;
typedef Dwarf_Obj_Access_Methods_a access_methods;
typedef Dwarf_Obj_Access_Interface_a access_interface;
#define SECTION(member) as_##member
#define METHOD(member) om_##member
#define INTERFACE(member) ai_##member
#define BIG_ENDIAN_OBJECT DW_END_big
#define LITTLE_ENDIAN_OBJECT DW_END_little
#else
typedef Dwarf_Half section_index;
typedef Dwarf_Endianness byte_order;
typedef Dwarf_Obj_Access_Section access_section;
typedef Dwarf_Obj_Access_Methods access_methods;
typedef Dwarf_Obj_Access_Interface access_interface;
#define SECTION(member) member
#define METHOD(member) member
#define INTERFACE(member) member
#define BIG_ENDIAN_OBJECT DW_OBJECT_MSB
#define LITTLE_ENDIAN_OBJECT DW_OBJECT_LSB
#endif

struct dwarf_object {
	const struct elf_file *elf;
	struct debug_sections *sections;
	access_interface interface;
	Dwarf_Debug dbg;
	const char *replaced; /* the name of a section, or NULL */
	const unsigned char *bytes;
};

/*
 * Without a handler libdwarf aborts the program when a call that was given no place for its error
 * fails; single attributes are read in that way (dwarf/file.c), and failing is an answer there.
 */
static void ignore_error(Dwarf_Error err, Dwarf_Ptr arg)
{
	const struct dwarf_object *o = arg;

	if (o->dbg)
		dwarf_dealloc_error(o->dbg, err);
}

/*
 * libdwarf's section number i is debug section number i - 1: number 0 is none, as in ELF. It sees
 * no others, and so never a number too large for it: to the older one they have 16 bits.
 */
static int get_section_info(void *obj, section_index index, access_section *ret, int *err)
{
	const struct dwarf_object *o = obj;
	const struct debug_section *s;

	(void)err;
	if (index > o->sections->n)
		return DW_DLV_NO_ENTRY;
	memset(ret, 0, sizeof(*ret));
	ret->SECTION(name) = "";
	if (!index)
		return DW_DLV_OK;
	s = &o->sections->s[index - 1];
	ret->SECTION(name) = s->name;
	ret->SECTION(type) = SHT_PROGBITS;
	ret->SECTION(size) = s->size;
	return DW_DLV_OK;
}

static byte_order get_byte_order(void *obj)
{
	const struct dwarf_object *o = obj;

	return elf_file_is_big(o->elf) ? BIG_ENDIAN_OBJECT : LITTLE_ENDIAN_OBJECT;
}

static Dwarf_Small get_address_size(void *obj)
{
	(void)obj;
	return 8;
}

static Dwarf_Unsigned get_section_count(void *obj)
{
	const struct dwarf_object *o = obj;

	return o->sections->n + 1;
}

/*
 * Are these the range lists of DWARF 5, one set behind the other? libdwarf 20210528 frees twice
 * what it has read when a header among them is damaged: it must not see such.
 */
static bool sane_rnglists(const struct elf_file *f, const unsigned char *data, size_t size)
{
	for (size_t off = 0; off < size;) {
		uint64_t length, wide, entries;

		if (size - off < 12)
			return false;
		length = elf_file_number(f, data + off, 4);
		wide = length == 0xffffffff ? 8 : 0;
		if (wide)
			length = elf_file_number(f, data + off + 4, 8);
		off += 4 + wide;
		/* version, address size, segment selector size, offset entry count */
		if (length < 8 || length > size - off || elf_file_number(f, data + off, 2) != 5 ||
		    data[off + 2] != 8 || data[off + 3] != 0)
			return false;
		entries = elf_file_number(f, data + off + 4, 4);
		if (entries > (length - 8) / (wide ? 8 : 4))
			return false;
		off += length;
	}
	return true;
}

static int load_section(void *obj, section_index index, Dwarf_Small **ret, int *err)
{
	struct dwarf_object *o = obj;
	const struct debug_section *s;
	const unsigned char *data;

	(void)err;
	if (!index || index > o->sections->n)
		return DW_DLV_NO_ENTRY;
	s = &o->sections->s[index - 1];
	if (o->replaced && !strcmp(s->name, o->replaced))
		data = o->bytes;
	else
		data = debug_sections_data(o->sections, index - 1);
	if (!data)
		return DW_DLV_NO_ENTRY;
	if (!strcmp(s->name, ".debug_rnglists") && !sane_rnglists(o->elf, data, s->size)) {
		error("'%s': damaged debug information: section '.debug_rnglists'", o->elf->path);
		return DW_DLV_NO_ENTRY;
	}
	/* libdwarf's interface lacks const, but it only reads. */
	*ret = (Dwarf_Small *)(uintptr_t)data;
	return DW_DLV_OK;
}

#ifdef DW_LIBDWARF_VERSION_MAJOR
static Dwarf_Unsigned get_file_size(void *obj)
{
	const struct dwarf_object *o = obj;
	size_t size = 0;

	elf_rawfile(o->elf->elf, &size);
	return size;
}
#endif

static const access_methods methods = {
	.METHOD(get_section_info) = get_section_info,
	.METHOD(get_byte_order) = get_byte_order,
	.METHOD(get_length_size) = get_address_size,
	.METHOD(get_pointer_size) = get_address_size,
	.METHOD(get_section_count) = get_section_count,
	.METHOD(load_section) = load_section,
#ifdef DW_LIBDWARF_VERSION_MAJOR
	.METHOD(get_filesize) = get_file_size,
#endif
};

struct dwarf_object *dwarf_object_create(struct debug_sections *sections)
{
	struct dwarf_object *o = xcalloc(1, sizeof(*o));

	o->elf = sections->elf;
	o->sections = sections;
	o->interface.INTERFACE(object) = o;
	o->interface.INTERFACE(methods) = &methods;
	return o;
}

void dwarf_object_destroy(struct dwarf_object *o)
{
	free(o);
}

void dwarf_object_replace(struct dwarf_object *o, const char *section, const unsigned char *bytes)
{
	o->replaced = section;
	o->bytes = bytes;
}

int dwarf_object_open(struct dwarf_object *o, Dwarf_Debug *dbg, Dwarf_Error *err)
{
	int status =
		dwarf_object_init_b(&o->interface, ignore_error, o, DW_GROUPNUMBER_ANY, dbg, err);

	o->dbg = status == DW_DLV_OK ? *dbg : NULL;
	return status;
}

void dwarf_object_end(Dwarf_Debug dbg)
{
#ifdef DW_LIBDWARF_VERSION_MAJOR
	dwarf_object_finish(dbg);
#else
	Dwarf_Error err;

	dwarf_object_finish(dbg, &err);
#endif
}
