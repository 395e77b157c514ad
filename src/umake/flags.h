/* SPDX-License-Identifier: GPL-2.0-only */
/* With which flags a file of a patch has to be compiled. */
#ifndef KLP_FLAGS_H
#define KLP_FLAGS_H

#include "umake/run.h"

/*
 * 'klpuser flags': prints the flags for a C file on one line, and on the next which compiler made
 * the unit that it is tagged with: "GNU C 12.2.0". error() and -1 on failure.
 */
int print_flags(struct make_options *opt);

#endif
