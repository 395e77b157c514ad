/* SPDX-License-Identifier: GPL-2.0-only */
/* What kallsympos answers: a line for each candidate, as text for a terminal or as JSON. */
#ifndef KLP_ANSWERS_H
#define KLP_ANSWERS_H

#include <stddef.h>
#include <stdint.h>

#include "symbols/kallsyms.h"

/* Can a livepatch redirect it? Where the kernel's files do not tell, that is said. */
enum ability { UNABLE, ABLE, NOT_KNOWN };

struct answer {
	const char *object;
	const struct ksym *sym; /* NULL: there is no such symbol, only a definition */
	size_t position;
	uint64_t addr; /* of a module in its section */
	char *file;    /* "" when unknown */
	uint64_t line;
	enum ability traceable;
	char *note;
	char *inlined; /* "\n  NAME at PATH:LINE" for each function that has it inlined; or NULL */
};

struct answers {
	struct answer *a;
	size_t n, cap;
};

/* able: the word for what can be replaced; without ftrace it is not "traceable". */
void answers_print(const struct answers *all, const char *able);

/*
 * The number changes when a member is removed or changes its meaning; doc/kallsympos.1 lists them.
 */
#define ANSWERS_JSON_SCHEMA 1

void answers_print_json(const struct answers *all, const char *name);

void answers_free(struct answers *all);

#endif
