/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between architectures, one row each. Adding an architecture is adding a row
 * (arch/NAME.c) and a fixture in the tests.
 */
#ifndef KLP_ARCH_H
#define KLP_ARCH_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table;
struct table_site;

struct arch_reloc {
	uint32_t type;
	const char *name;
	uint8_t size;  /* bytes written at the relocated place */
	bool relative; /* what it writes is a distance from there */
	bool branch;   /* only calls and jumps have it */
	bool plain;    /* data has it: it writes a whole number, not a part of an instruction */
	bool label;    /* its symbol marks the relocation that it completes */
	bool code;     /* data never has it */
	/*
	 * What follows is for relocations whose symbol becomes a livepatch symbol (klp/moves.h).
	 * Where all of it is zero, the relocation becomes a livepatch relocation unchanged.
	 */
	bool got;      /* it refers to a pointer to its symbol, not to the symbol */
	uint32_t slot; /* 0, or the type with which the same code refers to a pointer of ours */
	bool whole;    /* its instruction alone can be made to load */
	bool upper;    /* relocations of this kind complete the addresses that it begins */
	/* 0, or the type of what has the other part of the address, with the same addend */
	uint32_t other;
	/* 0, or what it becomes in a call of a function of vmlinux, and of a module's function */
	uint32_t call[2];
	uint32_t minus;	     /* 0, or the type that subtracts what this one's place counts from */
	uint32_t difference; /* what the two become together */
	/*
	 * An address in two instructions, each with its own relocation against the symbol. Where
	 * neither may be written to when the symbol is known, the one with the page gets the
	 * address from a slot, through arch.slots.veneer, and the others what is to be added to it.
	 * What has a label may have a low, too: then it gets 0, as the veneer loads all of it.
	 */
	bool page;
	uint8_t low;	   /* 0, or how many bytes the instruction counts in */
	const char *never; /* why it cannot be one, with the way out */
	const char *late;  /* NULL, or what goes wrong when it is one against a module's symbol */
	/* NULL, or the loader's function that applies it, which older kernels lack */
	const char *handler;
};

/* For a message: a relocation and its handler, which a kernel does not have. */
#define ARCH_RELOC_UNKNOWN "this kernel's module loader does not know %s: it has no %s()"

#define ARCH_STUB_MAX 20

/*
 * A piece of code that jumps to where a pointer leads. Calls go there whose own relocation cannot
 * be a livepatch relocation.
 */
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

/* How a table says where something is. */
enum table_form {
	TABLE_DISTANCE, /* from the member to the place, in four bytes */
	TABLE_FAR,	/* ... in eight */
	TABLE_POINTER,
	TABLE_EITHER, /* one of the two, as the kernel is configured */
};

/*
 * A table by which the kernel replaces code while it loads a module. Each entry says where the code
 * is and where its replacement is, and how long each is or where it ends. NULL: it does not say.
 */
struct arch_rewrite {
	const char *section;
	/* Of an entry; NULL: it is the distance to one instruction, in eight bytes */
	const char *structure;
	const char *code, *length, *end, *other, *other_length, *other_end; /* members of it */
	enum table_form form;	   /* of those that lead somewhere */
	const char *other_section; /* where all that replaces code lies, or NULL */
	bool other_data;	   /* what replaces code is not always in a section of code */
	const char *reader;	   /* the function that reads it; NULL: the first of functions */
	uint8_t length_size; /* bytes of a member that is a length; or of the one instruction */
	bool from_entry;     /* distances count from where the entry begins, not the member */
	const char *const *functions; /* of vmlinux's unit that has the structure; ends with NULL */
	const char *path;	      /* ... and its file */
};

/* Where the kernel's ftrace, by which livepatch works, looks for the functions that it can
 * redirect. */
struct arch_ftrace {
	/* Where a module lists its traced call sites: FTRACE_CALLSITE_SECTION, which of two */
	const char *section[2];
	/*
	 * On kernels built that way (symbols/traced.h finds out): how many bytes before a traced
	 * function the listed place lies. ftrace_call_adjust() makes of it a place in the function
	 */
	uint8_t padding;
	/* How many bytes a traced call site has: MCOUNT_INSN_SIZE */
	uint8_t size;
};

/* What the module loader does, and when. */
struct arch_loader {
	const char *ignored_undef; /* left undefined by design, or NULL */
	bool zero_before_apply;	   /* it wants the relocated bytes to be zero */
	bool takes_none;	   /* it skips relocations of type 0 (R_*_NONE) */
	bool writes_code;   /* it relocates read-only memory as well, when a patch is loaded */
	bool modules_below; /* modules lie below vmlinux, less than 2 GiB away */
	uint8_t late_align; /* 0, or the alignment of what is relocated late */
	/* Sections that the kernel reads or moves while it loads the module; ends with NULL. */
	const char *const *early_sections;
	const struct arch_rewrite *rewrites; /* ends with a NULL section; or NULL */
};

/* What klplink writes where a livepatch relocation is impossible: klp/moves.h. */
struct arch_slots {
	/* For calls from memory that the kernel does not relocate any more; or NULL */
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
	 * What an instruction with arch_reloc.page becomes a jump to, and one with arch_reloc.slot
	 * whose address is completed by what cannot load: loads the pointer into the
	 * register of that and goes on behind it; or NULL
	 */
	const struct arch_stub *veneer;
	/*
	 * How far, in bytes, the jumps to and from a veneer reach; 0: wherever the loader may put
	 * code, or it checks that itself.
	 */
	uint32_t veneer_reach;
	/* Makes a veneer use the register of the instruction; false when it is another one. */
	bool (*fit_veneer)(unsigned char *veneer, const unsigned char *code);
	/* Makes an instruction with arch_reloc.low add that number; false when it cannot. */
	bool (*set_low)(unsigned char *code, uint8_t low, int64_t number);
};

/* What instructions look like. */
struct arch_code {
	/* klpdiff knows all that it needs of it, and tests have shown that. */
	bool cut;
	/* Is a relative relocation at code[offset] an operand, not a branch's? NULL: always */
	bool (*relative_operand)(const unsigned char *code, uint64_t offset);
	/*
	 * Can an instruction other than a branch have its operand at code[offset], in the form that
	 * a relocation of that type writes? Also true where that is unknown. NULL: unknown
	 */
	bool (*takes)(const unsigned char *code, uint64_t offset, const struct arch_reloc *type);
	/* Code has its addresses in itself: data has only those that the source names */
	bool addresses_in_code;
	/* Bytes from such a place to the one that the address counts from; may be negative */
	int8_t operand_ahead;
	/*
	 * Does the instruction with its operand at code[offset] access the memory there, rather
	 * than the processor's own copy of a variable, as far as its bytes show? NULL: instructions
	 * do not show this.
	 */
	bool (*plain_operand)(const unsigned char *code, uint64_t offset);
	/*
	 * How many bytes before an operand at code[offset] an instruction would begin that accesses
	 * the processor's own copy of a variable; 0: there is no such instruction. Whether one
	 * begins there is for the caller to find out. Only set together with plain_operand.
	 */
	size_t (*percpu_operand)(const unsigned char *code, uint64_t offset);
	/*
	 * If the bytes are a direct branch (call or jump): how many they are, and how far from
	 * their end it leads; else 0. It may also match inside an instruction. NULL: unknown.
	 */
	size_t (*branch)(const unsigned char *code, size_t size, int64_t *distance);
	/* The bytes that one with a distance of four bytes may begin with; others have one byte. */
	const char *long_branches;
	/*
	 * Where an instruction has the distance to its operand: how many of its bytes follow behind
	 * that; the distance counts from the instruction's end. before: bytes that are there before
	 * it
	 */
	unsigned int (*immediate)(const unsigned char *distance, size_t before);
	/*
	 * Makes of an instruction with a constant of eight bytes at code[offset] one that loads it
	 * from memory, and says where in the code that one has its operand, which pc32 relocates
	 * with addend -4; 0: it is another instruction. NULL: there is none such
	 */
	size_t (*load_constant)(unsigned char *code, size_t offset);
	/* An instruction of this many bytes that does nothing, as the kernel writes it; or NULL */
	const unsigned char *(*nop)(size_t size);
};

/*
 * What an indirect call has to land on, and where objects list the functions that lose it; or NULL.
 */
struct arch_landing {
	const char *bytes, *sealed_section;
};

struct arch_syscall {
	/*
	 * The prefixes that a system call's functions have before its name: first the one for
	 * programs of the kernel's own word size, then others, which come from the same source or
	 * stand beside it. Ends with NULL; NULL: unknown.
	 */
	const char *const *prefixes;
	/*
	 * What leads to those others: tables of them (ends with NULL; or NULL), or a function that
	 * calls them. A kernel may have some that nothing uses.
	 */
	const char *const *tables;
	const char *caller;
};

struct arch {
	const char *name; /* as in `uname -m` */
	uint16_t machine; /* e_machine */
	uint8_t order;	  /* e_ident[EI_DATA] */

	/* Relocations. */
	const struct arch_reloc *reloc; /* what the module loader applies, ends with a NULL name */
	uint32_t abs64, abs32;		/* plain addresses, as used in data and in DWARF */
	uint32_t based;			/* an address in a linked file that moves as a whole */
	uint32_t pc32;			/* relative, as code refers to data */
	/* Sums and differences in debug information, ends with size 0; or NULL. */
	const struct arch_sum *sums;

	struct arch_loader loader;
	struct arch_slots slots;
	struct arch_ftrace ftrace;
	struct arch_code code;
	struct arch_landing landing;
	struct arch_syscall syscall;

	/* Tables of modules that this architecture alone has, and what is at the places that such
	 * list (arch/tables.h); each ends with a NULL section. NULL: none */
	const struct table *tables;
	const struct table_site *sites;
	/* The file whose compile unit knows the structures of all tables about code, as it applies
	 * alternatives; or NULL */
	const char *alternatives_path;
	/* A flag whose value kbuild makes another for modules than for vmlinux, as code fits; or
	 * NULL */
	const char *module_flag;
};

/* The row for the machine of an ELF file, or NULL. */
const struct arch *arch_of(const GElf_Ehdr *ehdr);

/* The loader's relocation of that type, or NULL when it would refuse it. */
const struct arch_reloc *arch_reloc_by_type(const struct arch *arch, uint32_t type);

/* How a relocation of that type changes what is in its place; NULL: it overwrites that. */
const struct arch_sum *arch_sum_by_type(const struct arch *arch, uint32_t type);

/* Does a relocation of that type only complete another one, or subtract from it? */
bool arch_reloc_is_rest(const struct arch *arch, uint32_t type);

#endif
