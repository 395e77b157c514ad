/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What klplink will do to a module, decided before a byte is written: which symbols become
 * livepatch symbols, which relocations move into which .klp.rela section, which sections stay.
 */
#ifndef KLP_LINK_PLAN_H
#define KLP_LINK_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "arch.h"
#include "elf_file.h"
#include "relocs.h"
#include "symtable.h"

/* Relocations of one section: what is left of the file's own, or livepatch ones. */
struct link_relas {
	Elf64_Rela *r;
	size_t n, cap;
};

/* A new ".klp.rela.OBJECT.SECTION": the relocations of one section that wait for one object. */
struct klp_section {
	char *name;
	size_t target; /* section index: what is relocated */
	const char *object;
	struct link_relas relas;
};

/*
 * The sections that klplink may add. Their indexes follow those of the input, in this order:
 * pointers that have livepatch relocations where code cannot, and code that jumps to where they
 * point.
 */
enum { LINK_SLOTS, LINK_STUBS, LINK_OWN };

struct own_section {
	unsigned char *data;
	size_t size;
	struct link_relas relas;
};

/* A symbol that follows those of the input. */
struct new_symbol {
	char *name;
	size_t section; /* section index, 0: a livepatch symbol */
	uint64_t value, size;
};

/* One pointer: the address of a symbol and an addend. */
struct slot {
	size_t symbol;
	int64_t addend;
	const char *object; /* whose livepatch relocation it has; NULL: a plain one */
	uint64_t offset;    /* in the section */
	size_t stub;	    /* index of the symbol of the code that jumps there, or 0 */
};

/* Bytes that are other ones in the output. */
struct link_edit {
	size_t section;
	uint64_t offset;
	unsigned char bytes[4];
};

/* A relocation that gets another symbol, and waits for its object as the others do. */
struct moved_address {
	const struct table_address *line;
	size_t target; /* section index in the input: what is relocated */
	size_t symbol; /* index of its new symbol */
	bool found;    /* there is such a relocation */
};

struct link_plan {
	const struct elf_file *in;
	const struct arch *arch;
	struct relocs relocs;		    /* those of the input */
	const struct table_symbol **symbol; /* by symbol index; NULL: stays as it is */
	char **new_name;		    /* by symbol index; NULL: stays */
	struct new_symbol *added;
	size_t added_num, added_cap;
	struct moved_address *address; /* by target and offset */
	size_t addresses, addresses_cap;
	bool *drop;		 /* by section index */
	struct link_relas *kept; /* by section index: what is left in an SHT_RELA */
	struct klp_section *klp;
	size_t klps, klps_cap;
	struct slot *slot;
	size_t slots, slots_cap;
	struct own_section own[LINK_OWN];
	struct link_edit *edit;
	size_t edits, edits_cap;
	bool add_livepatch; /* the author forgot MODULE_INFO(livepatch, "Y") */
	size_t modinfo;	    /* section index */
};

/* The section's name, also of one that klplink adds. */
const char *link_plan_section(const struct link_plan *plan, size_t index);

/* Adds a symbol and returns its index; takes the name. */
size_t link_plan_add_symbol(struct link_plan *plan, struct new_symbol symbol);

/* The livepatch relocations of that section which wait for that object. */
struct link_relas *link_plan_klp(struct link_plan *plan, size_t target, const char *object);

void link_relas_add(struct link_relas *relas, Elf64_Rela r);

/*
 * Makes the plan for one module. table: the lines of other modules are passed over; a symbol that
 * the compiler optimised away is not an error. error() and -1 when the module is not what
 * kbuild makes, or has relocations that cannot be moved.
 */
int link_plan_make(struct link_plan *plan, const struct elf_file *in, const struct symtable *table,
		   const char *module);

void link_plan_free(struct link_plan *plan);

#endif
