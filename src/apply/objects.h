/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ELF files that a process has mapped, from what stands in its memory: paths may lead to other
 * files (an upgrade, a chroot, another namespace), or nowhere. What stands there is the process's
 * own and may be anything, so each number is bounded when it is read.
 */
#ifndef KLP_OBJECTS_H
#define KLP_OBJECTS_H

#include <elf.h>

#include "apply/process.h"
#include "user/format.h"

#define OBJECTS_PHDRS_MAX 64

struct loaded {
	uint64_t bias;		       /* what is added to the file's addresses */
	uint64_t low, high;	       /* its addresses in the process */
	const struct process_map *map; /* its first one */
	const char *name;	       /* the last part of its path */
	bool program;
	bool image; /* of a patch: not mapped from a file */
	Elf64_Phdr phdr[OBJECTS_PHDRS_MAX];
	size_t phdr_count;
	uint16_t type; /* e_type */
	uint8_t id[USER_ID_MAX];
	size_t id_size; /* 0: it has none */
};

struct loaded_list {
	struct loaded *object;
	size_t count;
	uint64_t entry; /* of the program: AT_ENTRY */
};

/* -1 with the outcome, also for a process of another machine, which has no such objects. */
int objects_read(struct loaded_list *objects, struct process *p);
void objects_free(struct loaded_list *objects);

/* The object whose ELF header is at an address, be it mapped from a file or not; 0 or -1. */
int objects_at(const struct process *p, uint64_t start, struct loaded *ret);

/* The program header of a type, or NULL. */
const Elf64_Phdr *loaded_phdr(const struct loaded *o, uint32_t type);

/* Is an address within what it has mapped? */
bool loaded_has(const struct loaded *o, uint64_t addr, uint64_t size);

#endif
