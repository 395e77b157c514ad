/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which function of the kernel does somebody mean to replace? "FILE:FUNCTION", or
 * "FILE:FUNCTION,POSITION" as old_sympos counts where the file is compiled more than once.
 */
#ifndef KLP_DRAFT_ASK_H
#define KLP_DRAFT_ASK_H

#include "resolve/rules.h"

/* One question. */
struct asked {
	struct source source; /* for messages: its path is the question as it was written */
	char *file, *function;
	uint64_t position; /* 0: not said */
};

/* The answer: a function that a livepatch can redirect, or a system call's body. */
struct answered {
	struct object *object;
	Dwarf_Off unit;	      /* that the function is of */
	const char *name;     /* by which that knows it */
	const char *old_name; /* for struct klp_func */
	size_t position;      /* for old_sympos where the file alone does not tell it; else 0 */
	const char *call; /* a system call that is replaced by its entries; NULL: it is not one */
	bool compat;
};

/* error() and -1 where the words are not that. */
int asked_parse(struct asked *a, const char *words);

/* Asks for the names and the file that the answer needs. */
void asked_want(const struct asked *a, struct kallsyms *k, struct scopes *scopes);

/*
 * error() and -1 when there is no such function or no livepatch can redirect it, with what can be
 * replaced instead. A warning where copies of it were inlined into functions.
 */
int asked_answer(const struct asked *a, struct objects *objects, const struct scopes *scopes,
		 struct answered *ret);

void asked_free(struct asked *a);

#endif
