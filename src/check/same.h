/* SPDX-License-Identifier: GPL-2.0-only */
/* The patch's code beside that of the objects it is about, for the passes that compare functions.
 */
#ifndef KLP_CHECK_SAME_H
#define KLP_CHECK_SAME_H

#include "check/say.h"
#include "same/same.h"

/* The code of an object of the kernel, and the comparison of the patch with it. */
struct counterpart {
	const struct object *o;
	struct code code;
	struct same same;
};

struct comparison {
	bool whole; /* it could be read */
	struct sites traced;
	struct code patch;
	struct code_tables tables;
	bool tables_known;
	struct counterpart **with;
	size_t n, cap;
};

/* The patch's code, read once for all passes; NULL after error(). */
struct comparison *check_comparison(struct check *c);

/* The code of an object, as the kernel loads it; NULL after error(). */
struct counterpart *comparison_with(struct check *c, struct comparison *all,
				    const struct object *o);

void check_comparison_free(struct check *c);

#endif
