/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does compiled code do what a kernel's code does? The same bytes, apart from what they refer to;
 * that has to be the same thing: the same function or variable, a string of the same text, the same
 * place in the function. What the kernel's tables say about the code has to be the same, too.
 *
 * Nothing is guessed: what is not proven to be the same counts as different. What is known to do
 * nothing is ignored: the call sites of ftrace, jump labels that are not yet turned into
 * instructions that do nothing, the landing instruction of a function that may be called through
 * pointers, which a compiler leaves out where it knows of none, and the line of a warning.
 */
#ifndef KLP_SAME_H
#define KLP_SAME_H

#include "same/code.h"
#include "same/code_tables.h"

/* What a symbol that the compiled file does not define is in the kernel's file. */
struct same_symbol {
	bool placed;
	uint64_t place;
	const char *name; /* of one that is not in the kernel's file either; NULL: unknown */
	uint64_t pointer; /* the kernel's pointer to it whose value its file lacks; 0: none is seen
			   */
};

/* Two functions, or parts of them. */
struct same_pair {
	uint64_t a, b, a_size, b_size;
	uint64_t a_skip, b_skip; /* a landing instruction that only one of them has */
};

/* Both references lead to the same thing. */
typedef void same_ref_fn(const struct code_ref *a, const struct code_ref *b, void *arg);

struct same {
	struct code *a, *b; /* what was compiled (relocatable), and the kernel's */
	/*
	 * Has a been compiled from the kernel's own source? Then what it defines is in b by the
	 * same name. Otherwise (a patch) writable data is its own, and functions are compared.
	 */
	bool by_name;
	const struct code_tables *tables; /* NULL: unknown */
	struct same_symbol *symbol;	  /* by index in a's symbol table */
	/*
	 * Functions that count as the same whatever their code, by where they begin. A caller that
	 * sets these has to compare static variables within functions itself: here those of one
	 * name and size are the same.
	 */
	const struct same_pair *known;
	size_t knowns;
	/* Called for each reference that is the same, also of functions that then differ; or NULL
	 */
	same_ref_fn *seen;
	void *seen_arg;

	/* What is compared, and the first difference. */
	struct same_pair *pair;
	size_t pairs, pairs_cap;
	size_t references;
	uint64_t a_at, b_at; /* where the difference is */
	char *what;	     /* ... and which, NULL: there is none */
	const char *unknown; /* a table that could not be read, or NULL */
};

/*
 * Begins comparing a with b. Undefined symbols of a are taken to be b's by their names; those of a
 * livepatch are for the caller to set (same_is()).
 */
void same_begin(struct same *s, struct code *a, struct code *b, bool by_name,
		const struct code_tables *tables);
void same_end(struct same *s);

/* States that a symbol of a is at that place in b; or has that name in another file. */
void same_is(struct same *s, size_t symbol, uint64_t place);
void same_is_named(struct same *s, size_t symbol, const char *name);

/*
 * Compares the function at a place of a with the one at a place of b, along with parts of them that
 * lie elsewhere. True when they are the same. Else what says what is different, or unknown is the
 * name of a table that may make a difference.
 */
bool same_function(struct same *s, uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size);

#endif
