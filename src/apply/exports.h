/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the libraries of a process export, and what its relocations have become: from the dynamic
 * section of each object in memory, as the dynamic linker reads it (System V ABI, "Dynamic
 * Linking"; glibc, elf/dl-lookup.c).
 */
#ifndef KLP_EXPORTS_H
#define KLP_EXPORTS_H

#include "apply/objects.h"

/* The parts of a dynamic section that matter here; 0: not there. */
struct exports_dynamic {
	uint64_t symtab, strtab, strsz, hash, gnu_hash, versym, verdef, verdefnum;
	uint64_t rela, relasz, jmprel, pltrelsz, debug;
};

struct exports_symbol {
	const struct loaded *object;
	uint64_t addr; /* of an IFUNC: what its resolver has answered */
};

/* False: it has no dynamic section. */
bool exports_dynamic(const struct process *p, const struct loaded *o, struct exports_dynamic *ret);

/*
 * Finds a symbol where the dynamic linker would: in the order in which objects were loaded. An
 * empty version is the default one. type is enum user_type. -1 with the outcome.
 */
int exports_find(struct process *p, const struct loaded_list *objects, const char *name,
		 const char *version, uint32_t type, struct exports_symbol *ret);

/* Does an object refer to a function of others of that name? */
bool exports_imports(const struct process *p, const struct loaded *o, const char *name);

#endif
