/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a copy of a kernel function is the same as that: for check/effect/helpers.c. */
#ifndef KLP_CHECK_HELPERS_H
#define KLP_CHECK_HELPERS_H

#include "check/copies.h"
#include "dwarf/outline.h"

/* How it is known to be the same, or that it is not, or that this cannot be told. */
enum helper_verdict { HELPER_CODE, HELPER_TEXT, HELPER_OUTLINE, HELPER_OTHER, HELPER_UNCLEAR };

struct helper {
	const struct copy *copy;
	struct outline own, kernel; /* of those that code and text do not tell of */
	enum helper_verdict verdict;
	char *why;
};

struct helpers {
	struct type_checks *t;
	struct copies *copies;
	struct helper *h;
	size_t n;
	bool source; /* the kernel's source is at hand, and is this kernel's */
};

/* By their code, where both have some: sets the verdict to HELPER_CODE, or leaves HELPER_UNCLEAR.
 */
void helpers_by_code(struct helpers *all);

/* By their text, where the kernel's source is at hand. */
void helpers_by_text(struct helpers *all);

/* By what debug information says; of those that are unclear. error() and -1 when it is damaged. */
int helpers_by_outline(struct helpers *all);

#endif
