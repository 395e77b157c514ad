/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What klplink will do to a module, decided before a byte is written (link/decide.h): which symbols
 * become livepatch symbols, which relocations move into which .klp.rela section, which sections
 * stay, which bytes change.
 */
#ifndef KLP_LINK_PLAN_H
#define KLP_LINK_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "arch/arch.h"
#include "elf/elf_file.h"
#include "elf/relocs.h"
#include "klp/table.h"

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

/* Bytes that differ in the output. */
struct link_edit {
	size_t section;
	uint64_t offset;
	size_t size;
	unsigned char bytes[8];
};

/* A relocation that gets another symbol, and waits for the object of that symbol. */
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
	const struct table_symbol **symbol; /* by symbol index; NULL: it stays unchanged */
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
	size_t modinfo;		     /* section index of .modinfo */
	unsigned char *modinfo_data; /* its new content */
	size_t modinfo_size;
};

/* The section's name, also of one that klplink adds. */
const char *link_plan_section(const struct link_plan *plan, size_t index);

/* Adds a symbol and returns its index; takes the name. */
size_t link_plan_add_symbol(struct link_plan *plan, struct new_symbol symbol);

/* The livepatch relocations of that section which wait for that object. */
struct link_relas *link_plan_klp(struct link_plan *plan, size_t target, const char *object);

void link_relas_add(struct link_relas *relas, Elf64_Rela r);

/* Bytes of a section that get other values in the output; they are zero until they are set. */
struct link_edit *link_plan_edit(struct link_plan *plan, size_t section, uint64_t offset,
				 size_t size);

void link_plan_free(struct link_plan *plan);

#endif
