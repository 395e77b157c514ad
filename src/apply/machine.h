/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What applying has to know of an architecture: a row each. Nothing else of src/apply/ names a
 * register, an instruction or a system call's number.
 */
#ifndef KLP_MACHINE_H
#define KLP_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/user.h>

#define MACHINE_JUMP_MAX 8
#define MACHINE_VENEER_MAX 16
#define MACHINE_STUB_MAX 256
#define MACHINE_DWARF_MAX 32

enum machine_reloc { RELOC_OTHER, RELOC_IRELATIVE, RELOC_TLS_MODULE };

struct machine {
	uint16_t elf; /* e_machine */

	/* The jump from an old function to a new one, and how far it reaches. */
	size_t jump_size;
	uint64_t reach;
	void (*jump)(unsigned char *out, uint64_t from, uint64_t to);
	/* A place within reach that leads anywhere. */
	size_t veneer_size;
	void (*veneer)(unsigned char *out, uint64_t to);

	/*
	 * Code that makes a system call and then by itself goes back to where the thread was, with
	 * all its registers and the signal mask: whoever injected it may die at any moment. It
	 * changes neither the stack nor the flags. Its first instruction is the system call.
	 */
	size_t stub_size;
	void (*stub)(unsigned char *out, uint64_t place, uint64_t mask,
		     const struct user_regs_struct *back);
	/* Registers that make a system call at the beginning of the stub. */
	void (*call)(struct user_regs_struct *regs, uint64_t place, long number,
		     const uint64_t *arg);
	int64_t (*result)(const struct user_regs_struct *regs);
	/*
	 * Is the thread in a system call that the kernel ends with EINTR only because the thread
	 * was stopped? Then changes it so that the call begins anew, unless there is a signal to
	 * be handled.
	 */
	bool (*restart)(struct user_regs_struct *regs);

	/*
	 * Code in the place of a program's entry: makes a system call that does nothing, by which
	 * a tracer knows that it is there, and goes to the entry.
	 */
	size_t entry_size;
	void (*entry)(unsigned char *out, uint64_t to);
	/* At the beginning of that system call: lets it not be made, and the thread be at to. */
	void (*skip)(struct user_regs_struct *regs, uint64_t to);

	uint64_t (*sp)(const struct user_regs_struct *regs);
	uint64_t (*pc)(const struct user_regs_struct *regs);
	/* The registers in DWARF's order; returns how many. */
	unsigned int (*dwarf)(const struct user_regs_struct *regs, uint64_t *out);

	enum machine_reloc (*reloc)(uint32_t type);
	/* The distance from the thread pointer to the program's thread-local storage. */
	int64_t (*tls)(uint64_t addr, uint64_t size, uint64_t align);
	long mmap; /* the number of the system call, which takes bytes as the offset */
};

/* The row of the machine that this program was compiled for. */
extern const struct machine machine_here;

#endif
