/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What klplink will do to a module, decided before a byte is written: which symbols become
 * livepatch symbols, which relocations move into which .klp.rela section, which sections stay.
 */
#ifndef KLP_LINK_PLAN_H
#define KLP_LINK_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "elf_file.h"
#include "symtable.h"

/* A new ".klp.rela.OBJECT.SECTION": the relocations of one section that wait for one object. */
struct klp_section {
	char *name;
	size_t target; /* section index in the input: what is relocated */
	size_t rela;   /* section index in the input: where the relocations come from */
	const char *object;
	Elf64_Rela *r;
	size_t n, cap;
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
	const struct table_symbol **symbol; /* by symbol index; NULL: stays as it is */
	char **new_name;		    /* by symbol index; NULL: stays */
	char **added;			    /* names of livepatch symbols that follow the others */
	size_t added_num, added_cap;
	struct moved_address *address; /* by target and offset */
	size_t addresses, addresses_cap;
	bool *drop;    /* by section index */
	size_t *stays; /* by section index: relocations left in an SHT_RELA */
	struct klp_section *klp;
	size_t klps, klps_cap;
	bool add_livepatch; /* the author forgot MODULE_INFO(livepatch, "Y") */
	size_t modinfo;	    /* section index */
};

/*
 * Makes the plan for one module. table: the lines of other modules are passed over; a symbol that
 * the compiler optimised away is not an error. error() and -1 when the module is not what
 * kbuild makes, or has relocations that cannot be moved.
 */
int link_plan_make(struct link_plan *plan, const struct elf_file *in, const struct symtable *table,
		   const char *module);

/*
 * The object whose livepatch relocation an entry of a relocation section becomes, NULL: it stays
 * where it is. *moved is what it becomes.
 */
const char *link_plan_gate(const struct link_plan *plan, size_t target, const GElf_Rela *r,
			   Elf64_Rela *moved);

void link_plan_free(struct link_plan *plan);

#endif
