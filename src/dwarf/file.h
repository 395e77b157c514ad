/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DWARF through libdwarf, served from libelf's mapping.
 *
 * libdwarf's own ELF reader loads all of .debug_info and its relocations before it answers: more
 * than a second and 800 MB for a distribution's vmlinux. Its object-access interface takes the
 * section bytes from us instead (dwarf/object.c). Only calls that all libdwarf generations have
 * are used; what differs between them is wrapped here and there.
 */
#ifndef KLP_DWARF_FILE_H
#define KLP_DWARF_FILE_H

#include <dwarf.h>
#include <libdwarf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dwarf/unit_views.h"
#include "elf/elf_file.h"

struct debug_sections;
struct dwarf_object;

/* A piece of a unit's code. */
struct unit_code {
	uint64_t start, end;
	Dwarf_Off unit;
};

struct dwarf_file {
	struct elf_file *elf; /* not owned */
	size_t users;	      /* how often it was opened and not closed */
	bool is_left;	      /* see dwarf_file_leave() */
	struct dwarf_file *next_left;
	struct debug_sections *sections;
	struct dwarf_object *object;
	Dwarf_Debug dbg; /* of all units but those that have a view: dwarf_file_debug() */
	struct unit_views views;
	/*
	 * The source files of the last unit that was asked for, because decoding them takes a
	 * while.
	 */
	Dwarf_Off files_unit;
	char **files;
	Dwarf_Signed files_count;
	/* Which unit has the code at an address: .debug_aranges, read when it is first asked for.
	 */
	Dwarf_Arange *aranges;
	Dwarf_Signed aranges_count; /* -1: there is none */
	/* The same by the units' own DIEs, for what is not in there; one empty piece: read. */
	struct unit_code *code;
	size_t codes, codes_cap;
	enum { TYPE_UNITS_UNKNOWN, TYPE_UNITS_NONE, TYPE_UNITS } type_units; /* dwarf/reduced.h */
	size_t nested; /* calls of dwarf_file_children() that have not returned */
	const char
		*units_cache; /* a file to keep the units' names in, or NULL: dwarf/units_cache.h */
};

/* Does the file have .debug_info? */
bool dwarf_file_present(const struct elf_file *elf);

/* Has it debug information in the form of an old GNU instead, which is not read? */
bool dwarf_file_is_old(const struct elf_file *elf);

/* error() for one that has not, with the reason, and -1. */
int dwarf_file_missing(const struct elf_file *elf);

/*
 * Opens the DWARF of an ELF file. error() and -1 when it has none or libdwarf refuses it, or when
 * the libdwarf at run time has another ABI than the one compiled against (both Debian 12's and 13's
 * are libdwarf.so.1, with different structures). A file that is open already is shared, with all
 * that libdwarf has found in it, because finding the units of a vmlinux takes most of the time. So
 * whoever walks through the units has to go to the end.
 */
int dwarf_file_open(struct elf_file *elf, struct dwarf_file **ret);
void dwarf_file_close(struct dwarf_file *d);

/* Leaves it (or NULL) open instead: that of a vmlinux takes long to take apart, the end of the
 * process does it at once. */
void dwarf_file_leave(struct dwarf_file *d);

/*
 * The next compile unit's DIE, to be freed with dwarf_dealloc_die(): 1 found, 0 no more (the next
 * call starts again), -1 after error().
 */
int dwarf_file_next_unit(struct dwarf_file *d, Dwarf_Die *ret);

/* A unit's DIE, and the offset at which the unit ends. */
struct unit_range {
	Dwarf_Off die, end;
};

/*
 * Like dwarf_file_next_unit(), but only says where the unit lies, which is cheaper. *range is zero
 * before the first call.
 */
int dwarf_file_next_range(struct dwarf_file *d, struct unit_range *range);

/* The bytes of a debug section, as libdwarf reads them; NULL and *size 0 when there is none. */
const unsigned char *dwarf_file_section(const struct dwarf_file *d, const char *name, size_t *size);

/*
 * May any DIE have that attribute in that form (both below 128)? The bytes of .debug_abbrev tell,
 * where a form follows each attribute. Only "no" is certain.
 */
bool dwarf_file_may_have(const struct dwarf_file *d, unsigned char attr, unsigned char form);

/* A DIE that is freed at the end of its scope, if there is one: it has to begin as NULL. */
#define CLEANUP_DIE __attribute__((cleanup(cleanup_die)))

static inline void cleanup_die(Dwarf_Die *die)
{
	if (*die)
		dwarf_dealloc_die(*die);
}

/* The Dwarf_Debug that the DIEs of the unit at an offset in .debug_info are of. */
Dwarf_Debug dwarf_file_debug(const struct dwarf_file *d, Dwarf_Off off);

/* The same by one of its DIEs. */
Dwarf_Debug dwarf_file_debug_of(const struct dwarf_file *d, Dwarf_Die die);

/*
 * Can something be at that address? In a relocatable file each section has places of its own, and
 * what has lost its relocation, because a linker or klpdiff has left it out, has none.
 */
bool dwarf_file_has_place(const struct dwarf_file *d, uint64_t addr);

/* The DIE at an offset in .debug_info. error() and -1 on failure. */
int dwarf_file_die(struct dwarf_file *d, Dwarf_Off off, Dwarf_Die *ret);

/*
 * Calls fn for each child of a DIE until it returns non-zero, which is then returned;
 * -1 after error() when the DWARF is damaged, or nested deeper than any compiler does. fn must not
 * keep the DIE.
 */
int dwarf_file_children(struct dwarf_file *d, Dwarf_Die parent,
			int (*fn)(struct dwarf_file *d, Dwarf_Die child, void *arg), void *arg);

/*
 * The name of a file that DW_AT_decl_file numbers in the unit with that DIE, as its line table has
 * it; NULL when it has none. Asking for another unit frees the names of this one.
 */
const char *dwarf_file_source(struct dwarf_file *d, Dwarf_Off unit, uint64_t number);

/* Attribute readers: false when the attribute is not there or has another form. */
bool die_tag(Dwarf_Die die, Dwarf_Half *tag);
bool die_string(Dwarf_Die die, Dwarf_Half attr, const char **ret);
bool die_number(Dwarf_Die die, Dwarf_Half attr, uint64_t *ret);
bool die_flag(Dwarf_Die die, Dwarf_Half attr);
bool die_has(Dwarf_Die die, Dwarf_Half attr); /* in whatever form */

/*
 * DW_CC_nocall: this function does not take its arguments as the ABI says. clang changes static
 * functions so without giving them another name.
 */
bool die_nocall(Dwarf_Die die);
bool die_reference(Dwarf_Die die, Dwarf_Half attr, Dwarf_Off *ret);
bool die_offset(Dwarf_Die die, Dwarf_Off *ret);
bool die_unit(Dwarf_Die die, Dwarf_Off *ret); /* where the unit begins that it stands in */

/* The number (LEB128) that all of these bytes make; false when they do not make one. */
bool uleb_number(const unsigned char *p, size_t len, uint64_t *ret);

/*
 * The address in an expression (a variable's DW_AT_location), a plain DW_OP_addr or DW_OP_addrx; of
 * a thread-local variable its place in that storage, which is the value of its symbol as well.
 */
bool die_address(const struct dwarf_file *d, Dwarf_Die die, Dwarf_Half attr, uint64_t *ret);

#endif
