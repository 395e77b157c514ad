/* SPDX-License-Identifier: GPL-2.0-only */
/* Checking a finished patch for programs. */
#ifndef KLP_UCHECK_RUN_H
#define KLP_UCHECK_RUN_H

#include <stdio.h>

#include "binary/find.h"

struct ucheck_options {
	const char *patch, *target;
	struct binaries *binaries;
	const char **allow;
	size_t allows;
	bool verbose;
};

/* error() and -1 when it cannot be read, or when a pass has found something. */
int ucheck_run(const struct ucheck_options *opt);

/* The names of passes that can be waived, with what they doubt, a line each. */
void ucheck_list(FILE *out);

#endif
