/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between architectures, one row each. Adding an architecture is adding a row
 * in arch.c and a fixture in the tests.
 */
#ifndef KLP_ARCH_H
#define KLP_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arch_reloc {
	uint32_t type;
	const char *name;
	uint8_t size;  /* bytes written at the relocated place */
	bool relative; /* what it writes counts from there */
	bool branch;   /* only calls and jumps have it */
};

struct arch {
	const char *name;	   /* as in `uname -m` */
	uint16_t machine;	   /* e_machine */
	uint32_t abs64, abs32;	   /* plain address relocations, as used in data and in DWARF */
	uint32_t pc32;		   /* relative to its own end, as code refers to data */
	const char *ignored_undef; /* left undefined by design, or NULL */
	/* Where a module lists its traced call sites: FTRACE_CALLSITE_SECTION */
	const char *traced_section;
	bool zero_before_apply; /* the loader wants the relocated bytes to be zero */
	bool takes_none;	/* the loader skips relocations of type 0 (R_*_NONE) */
	/* Is a relative relocation at code[offset] an operand, not a branch's? NULL: always */
	bool (*relative_operand)(const unsigned char *code, uint64_t offset);
	uint8_t operand_ahead; /* bytes from such a place to the one that the address counts from */
	/* What an indirect call has to land on, and where objects list what loses it; or NULL. */
	const char *landing, *sealed_section;
	/* Sections that the kernel reads or moves while it loads the module; ends with NULL. */
	const char *const *early_sections;
	const struct arch_reloc *reloc; /* what the module loader applies, ends with a NULL name */
};

/* The row for an e_machine, or NULL. */
const struct arch *arch_by_machine(uint16_t machine);

/* The loader's relocation of that type, or NULL when it would refuse it. */
const struct arch_reloc *arch_reloc_by_type(const struct arch *arch, uint32_t type);

#endif
