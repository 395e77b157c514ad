/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a copy of a kernel function is the same as the function: for check/effect/helpers.c. */
#ifndef KLP_CHECK_HELPERS_H
#define KLP_CHECK_HELPERS_H

#include "check/copies.h"
#include "dwarf/outline.h"

/*
 * How the copy is known to be the same; or that it differs (OTHER), or that it is unknown
 * (UNCLEAR).
 */
enum helper_verdict { HELPER_CODE, HELPER_TEXT, HELPER_OUTLINE, HELPER_OTHER, HELPER_UNCLEAR };

struct helper {
	const struct copy *copy;
	struct outline own, kernel; /* read only when code and text give no answer */
	enum helper_verdict verdict;
	char *why;
};

struct helpers {
	struct type_checks *t;
	struct copies *copies;
	struct helper *h;
	size_t n;
	bool source; /* the kernel's source was given and has one of the functions */
};

/*
 * Compares code, where both have some: changes HELPER_UNCLEAR to HELPER_CODE where it is the same.
 */
void helpers_by_code(struct helpers *all);

/* Compares the text of those that are unclear, where the kernel's source is at hand. */
void helpers_by_text(struct helpers *all);

/*
 * Compares what debug information says of those that are still unclear. error() and -1 when it is
 * damaged.
 */
int helpers_by_outline(struct helpers *all);

#endif
