/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between architectures, one row each. Adding an architecture is adding a row
 * (arch_NAME.c) and a fixture in the tests.
 */
#ifndef KLP_ARCH_H
#define KLP_ARCH_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arch_reloc {
	uint32_t type;
	const char *name;
	uint8_t size;  /* bytes written at the relocated place */
	bool relative; /* what it writes counts from there */
	bool branch;   /* only calls and jumps have it */
	bool label;    /* its symbol is the place of the relocation that it completes */
	/*
	 * What follows is about a symbol that becomes a livepatch symbol (moves.h). Where none of
	 * it is said, the relocation becomes a livepatch relocation as it is.
	 */
	bool got;      /* it refers to a pointer to its symbol, not to the symbol */
	uint32_t slot; /* 0, or the type with which the same code refers to a pointer of ours */
	bool whole;    /* its instruction can be made to load, whatever becomes of others */
	bool upper;    /* the addresses that it begins are completed by such ones */
	/* 0, or the type of what has the other part of the address, with the same addend */
	uint32_t other;
	/* 0, or what it becomes in a call of a function of vmlinux, and in one of a module */
	uint32_t call[2];
	uint32_t minus;	     /* 0, or the type that subtracts what this one's place counts from */
	uint32_t difference; /* what the two become together */
	/*
	 * An address in two instructions, each with its own relocation against the symbol. Where
	 * neither may be written to when the symbol is known, the one with the page gets the
	 * address from a slot, through arch.veneer, and the others what is to be added to it.
	 */
	bool page;
	uint8_t low;	   /* 0, or how many bytes the instruction counts in */
	const char *never; /* why it cannot be one; with the way out */
	const char *late;  /* NULL, or what it does wrong as one of a module's symbol */
	/* NULL, or the function of the loader by which it applies it; older ones have it not */
	const char *handler;
};

#define ARCH_STUB_MAX 20

/* A piece of code that jumps to where a pointer leads: what calls become that nothing can move. */
struct arch_stub {
	const char *code;
	uint8_t size;
	struct {
		uint8_t offset;
		uint32_t type;
		bool to_itself; /* against the stub (arch_reloc.label), not against the pointer */
	} reloc[2];
	uint32_t jump; /* of a veneer: the relocation of its last instruction, and of jumps to it */
};

/* A relocation that changes what is in its place. */
struct arch_sum {
	uint32_t type;
	uint8_t size;	/* bytes; ULEB_SIZE: a number of as many bytes as it has now */
	char operation; /* '+', '-', '=' */
	uint8_t mask;	/* of the only byte, the bits that are meant; or 0: all */
};

#define ULEB_SIZE 16

struct arch {
	const char *name;	   /* as in `uname -m` */
	uint16_t machine;	   /* e_machine */
	uint8_t order;		   /* e_ident[EI_DATA] */
	uint32_t abs64, abs32;	   /* plain address relocations, as used in data and in DWARF */
	uint32_t based;		   /* an address in a linked file that moves as a whole */
	uint32_t pc32;		   /* relative, as code refers to data */
	const char *ignored_undef; /* left undefined by design, or NULL */
	/* Where a module lists its traced call sites: FTRACE_CALLSITE_SECTION, which of two */
	const char *traced_section[2];
	/*
	 * Where the kernel was made so (traced.h tells): how long before a traced function is the
	 * place that is listed for it, which ftrace_call_adjust() takes for one in the function
	 */
	uint8_t traced_padding;
	bool zero_before_apply; /* the loader wants the relocated bytes to be zero */
	bool takes_none;	/* the loader skips relocations of type 0 (R_*_NONE) */
	bool writes_code;	/* it relocates read-only memory as well, when a patch is loaded */
	bool modules_below;	/* modules lie below vmlinux, less than 2 GiB away */
	uint8_t late_align;	/* 0, or: what is relocated late has to be aligned so */
	/* For calls from memory that is not relocated any more; or NULL */
	const struct arch_stub *stub;
	/*
	 * Where code finds its data by a register that vmlinux and other modules change: are these
	 * eight bytes a call, and an instruction that does nothing and can be made to restore the
	 * register? NULL: there is no such register.
	 */
	bool (*returns)(const unsigned char *code);
	const char *restore; /* that instruction */
	const char *tracer;  /* the function that keeps the register */
	/*
	 * Makes of an instruction that completes (or is) the address of a place one that loads
	 * what is there; false when it does something else. NULL: no such instructions.
	 */
	bool (*load_instead)(unsigned char *code);
	/*
	 * What an instruction with arch_reloc.page becomes a jump to: loads the pointer into the
	 * register of that and goes on behind it; or NULL
	 */
	const struct arch_stub *veneer;
	/* Makes a veneer use the register of the instruction; false when it is another one. */
	bool (*fit_veneer)(unsigned char *veneer, const unsigned char *code);
	/* Makes an instruction with arch_reloc.low add that number; false when it cannot. */
	bool (*set_low)(unsigned char *code, uint8_t low, int64_t number);
	/* Is a relative relocation at code[offset] an operand, not a branch's? NULL: always */
	bool (*relative_operand)(const unsigned char *code, uint64_t offset);
	/* Bytes from such a place to the one that the address counts from; may be negative */
	int8_t operand_ahead;
	/* What an indirect call has to land on, and where objects list what loses it; or NULL. */
	const char *landing, *sealed_section;
	/* Of an instruction on the processor's own copy of a variable; 0: a prefix does not tell */
	uint8_t percpu_prefix;
	/*
	 * How long before an operand at code[offset] an instruction with that prefix may begin; 0:
	 * there is none. It does so if an instruction begins there at all.
	 */
	size_t (*percpu_operand)(const unsigned char *code, uint64_t offset);
	/* Sections that the kernel reads or moves while it loads the module; ends with NULL. */
	const char *const *early_sections;
	const struct arch_reloc *reloc; /* what the module loader applies, ends with a NULL name */
	/*
	 * If the bytes are a direct branch (call or jump): how many they are, and how far from
	 * their end it leads; else 0. Of bytes that no instruction begins with it says something,
	 * too. NULL: not known.
	 */
	size_t (*branch)(const unsigned char *code, size_t size, int64_t *distance);
	/* How many bytes a traced call site has: MCOUNT_INSN_SIZE */
	uint8_t traced_size;
	/*
	 * Where an instruction has the distance to its operand: how many bytes of it follow behind
	 * that, from which the distance does not count. before: bytes that are there before it
	 */
	unsigned int (*immediate)(const unsigned char *distance, size_t before);
	/* An instruction of this many bytes that does nothing, as the kernel writes it; or NULL */
	const unsigned char *(*nop)(size_t size);
	/*
	 * How a system call's functions are called before its name: the one for programs of the
	 * kernel's own kind, then others, which are made of the same source or stand beside it.
	 * Ends with NULL; NULL: not known.
	 */
	const char *const *syscall_prefixes;
	/*
	 * What leads to those others: tables of them (ends with NULL; or NULL), or a function that
	 * calls them. Not every one that is there is used.
	 */
	const char *const *syscall_tables;
	const char *syscall_caller;
	/* A flag whose value kbuild makes another for modules than for vmlinux, as code fits; or
	 * NULL */
	const char *module_flag;
	/* Sums and differences in debug information, ends with size 0; or NULL. */
	const struct arch_sum *sums;
};

/* The row for the machine of an ELF file, or NULL. */
const struct arch *arch_of(const GElf_Ehdr *ehdr);

/* The loader's relocation of that type, or NULL when it would refuse it. */
const struct arch_reloc *arch_reloc_by_type(const struct arch *arch, uint32_t type);

/* How a relocation of that type changes what is in its place; NULL: it writes over it. */
const struct arch_sum *arch_sum_by_type(const struct arch *arch, uint32_t type);

/* Does a relocation of that type only complete another one, or subtract from it? */
bool arch_reloc_is_rest(const struct arch *arch, uint32_t type);

#endif
