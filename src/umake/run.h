/* SPDX-License-Identifier: GPL-2.0-only */
/* The step that decides: from object files and a target to the table of symbols. */
#ifndef KLP_UMAKE_RUN_H
#define KLP_UMAKE_RUN_H

#include "binary/find.h"

struct make_options {
	struct binaries binaries;
	const char *target, *patch, *output, *table;
	const char *renames, *visible, *guards; /* or NULL */
	const char **allow;
	size_t allows, allows_cap;
	bool verbose;
	char **operand;
	size_t operands;
};

/* 'klpuser syms'. error() and -1 on failure. */
int make_table(struct make_options *opt);

#endif
