// SPDX-License-Identifier: GPL-2.0-only
/* Section bytes for libdwarf straight from libelf's mapping: see dwarf_object.h. */
#include "dwarf_object.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "arch.h"
#include "util.h"

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
#define ENTRY_SIZE as_entrysize
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
#define ENTRY_SIZE entrysize
#endif

struct dwarf_object {
	struct elf_file *elf;
	const struct arch *arch;
	access_interface interface;
	Dwarf_Debug dbg;
};

/*
 * Without a handler libdwarf aborts the program when a call that was given no place for its error
 * fails; single attributes are read in that way (dwarf_file.c), and failing is an answer there.
 */
static void ignore_error(Dwarf_Error err, Dwarf_Ptr arg)
{
	const struct dwarf_object *o = arg;

	if (o->dbg)
		dwarf_dealloc_error(o->dbg, err);
}

static bool is_debug(const struct elf_section *s)
{
	return str_starts(s->name, ".debug_") && s->shdr.sh_type != SHT_NOBITS;
}

static int get_section_info(void *obj, section_index index, access_section *ret, int *err)
{
	const struct dwarf_object *o = obj;
	const struct elf_section *s;
	GElf_Shdr now;
	GElf_Chdr chdr;

	(void)err;
	if (index >= o->elf->shnum)
		return DW_DLV_NO_ENTRY;
	s = &o->elf->sec[index];
	memset(ret, 0, sizeof(*ret));
	/* What is not DWARF needs no name; a relocation section would only be looked at twice. */
	ret->SECTION(name) = "";
	if (!is_debug(s))
		return DW_DLV_OK;
	ret->SECTION(name) = s->name;
	ret->SECTION(type) = s->shdr.sh_type;
	ret->SECTION(size) = s->shdr.sh_size;
	/* The header as it is now: who has read the file before has decompressed it. */
	if (s->shdr.sh_flags & SHF_COMPRESSED) {
		if (gelf_getchdr(s->scn, &chdr))
			ret->SECTION(size) = chdr.ch_size;
		else if (gelf_getshdr(s->scn, &now))
			ret->SECTION(size) = now.sh_size;
	}
	ret->ENTRY_SIZE = s->shdr.sh_entsize;
	return DW_DLV_OK;
}

static byte_order get_byte_order(void *obj)
{
	const struct dwarf_object *o = obj;

	return o->elf->ehdr.e_ident[EI_DATA] == ELFDATA2MSB ? BIG_ENDIAN_OBJECT
							    : LITTLE_ENDIAN_OBJECT;
}

static Dwarf_Small get_address_size(void *obj)
{
	(void)obj;
	return 8;
}

static Dwarf_Unsigned get_section_count(void *obj)
{
	const struct dwarf_object *o = obj;

	return o->elf->shnum;
}

/* Places in loaded sections are told apart by section, offsets into debug sections are plain. */
static uint64_t target_of(const struct elf_file *f, const struct elf_symbol *sym)
{
	if (!sym->special && (f->sec[sym->shndx].shdr.sh_flags & SHF_ALLOC))
		return elf_place(sym->shndx, sym->sym.st_value);
	return sym->sym.st_value;
}

/* How many bytes the number (LEB128) has that begins there, 0: it has no end. */
static size_t uleb_size(const unsigned char *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!(data[i] & 0x80))
			return i + 1;
	}
	return 0;
}

static uint64_t read_uleb(const unsigned char *data, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size && 7 * i < 64; i++)
		value |= (uint64_t)(data[i] & 0x7f) << (7 * i);
	return value;
}

/* In as many bytes as there are: what does not fit while a sum is not complete is lost rightly. */
static void write_uleb(unsigned char *data, size_t size, uint64_t value)
{
	for (size_t i = 0; i < size; i++) {
		data[i] = (unsigned char)((value & 0x7f) | (i + 1 < size ? 0x80 : 0));
		value >>= 7;
	}
}

static uint64_t sum(char operation, uint64_t is, uint64_t value)
{
	return operation == '+' ? is + value : operation == '-' ? is - value : value;
}

static void apply_sum(const struct elf_file *f, const struct arch_sum *s, unsigned char *data,
		      size_t size, uint64_t value)
{
	size_t len = s->size == ULEB_SIZE ? uleb_size(data, size) : s->size;
	unsigned char old = size ? data[0] : 0;

	if (!len || len > size)
		return;
	if (s->size == ULEB_SIZE) {
		write_uleb(data, len, sum(s->operation, read_uleb(data, len), value));
		return;
	}
	elf_file_store(f, data, sum(s->operation, elf_file_number(f, data, len), value), len);
	if (s->mask)
		data[0] = (unsigned char)((data[0] & s->mask) | (old & ~s->mask));
}

static void apply(const struct dwarf_object *o, const GElf_Rela *r, unsigned char *data,
		  size_t size)
{
	uint32_t type = (uint32_t)GELF_R_TYPE(r->r_info);
	const struct arch_sum *sum = arch_sum_by_type(o->arch, type);
	size_t len = type == o->arch->abs64 ? 8 : type == o->arch->abs32 ? 4 : 0;
	const struct elf_file *f = o->elf;
	struct elf_symbol sym;
	uint64_t value;

	if (GELF_R_SYM(r->r_info) >= f->symnum || r->r_offset > size)
		return;
	data += r->r_offset;
	size -= r->r_offset;
	elf_file_symbol(f, GELF_R_SYM(r->r_info), &sym);
	value = target_of(f, &sym) + (uint64_t)r->r_addend;
	if (len && len <= size)
		elf_file_store(f, data, value, len);
	if (sum)
		apply_sum(f, sum, data, size, value);
}

/*
 * In a relocatable file the references between debug sections are still relocations, and on some
 * architectures so are differences of addresses. The mapping is private, so they are applied in
 * place, in their order.
 */
static void relocate(const struct dwarf_object *o, size_t index, unsigned char *data, size_t size)
{
	const struct elf_file *f = o->elf;

	for (size_t i = 1; i < f->shnum; i++) {
		const GElf_Shdr *shdr = &f->sec[i].shdr;
		Elf_Data *d;

		if (shdr->sh_type != SHT_RELA || shdr->sh_info != index ||
		    shdr->sh_entsize != sizeof(Elf64_Rela))
			continue;
		d = elf_getdata(f->sec[i].scn, NULL);
		for (size_t n = 0;
		     d && d->d_type == ELF_T_RELA && n < d->d_size / sizeof(Elf64_Rela); n++) {
			GElf_Rela r;

			gelf_getrela(d, (int)n, &r);
			apply(o, &r, data, size);
		}
	}
}

Elf_Data *debug_section_data(const struct elf_file *f, size_t index)
{
	Elf_Scn *scn = f->sec[index].scn;
	GElf_Shdr now;
	Elf_Data *d;

	/* The header as it is now: decompressing happens once. */
	if (!gelf_getshdr(scn, &now))
		return NULL;
	if ((now.sh_flags & SHF_COMPRESSED) && elf_compress(scn, 0, 0) < 0)
		return NULL;
	d = f->sec[index].shdr.sh_flags & SHF_COMPRESSED ? elf_getdata(scn, NULL)
							 : elf_rawdata(scn, NULL);
	return d && d->d_buf ? d : NULL;
}

const unsigned char *debug_section_bytes(const struct elf_file *f, const char *name, size_t *size)
{
	size_t index = elf_file_section(f, name);
	Elf_Data *data = index ? debug_section_data(f, index) : NULL;

	*size = data ? data->d_size : 0;
	return data ? data->d_buf : NULL;
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
	Elf_Data *d;

	(void)err;
	if (index >= o->elf->shnum || !is_debug(&o->elf->sec[index]))
		return DW_DLV_NO_ENTRY;
	d = debug_section_data(o->elf, index);
	if (!d)
		return DW_DLV_NO_ENTRY;
	/* Once, whoever opens the file again: sums would be added up. */
	if (o->elf->ehdr.e_type == ET_REL && o->arch && !o->elf->sec[index].relocated) {
		relocate(o, index, d->d_buf, d->d_size);
		o->elf->sec[index].relocated = true;
	}
	if (!strcmp(o->elf->sec[index].name, ".debug_rnglists") &&
	    !sane_rnglists(o->elf, d->d_buf, d->d_size)) {
		error("'%s': damaged debug information: section '.debug_rnglists'", o->elf->path);
		return DW_DLV_NO_ENTRY;
	}
	*ret = d->d_buf;
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

struct dwarf_object *dwarf_object_create(struct elf_file *elf)
{
	struct dwarf_object *o = xcalloc(1, sizeof(*o));

	o->elf = elf;
	o->arch = arch_of(&elf->ehdr);
	o->interface.INTERFACE(object) = o;
	o->interface.INTERFACE(methods) = &methods;
	return o;
}

void dwarf_object_destroy(struct dwarf_object *o)
{
	free(o);
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
