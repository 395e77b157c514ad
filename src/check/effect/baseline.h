/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * klpcheck --baseline: does this machine's compiler, with these flags and headers, make the same
 * code from the kernel's sources as the kernel has? The functions that a patch replaces are
 * compared, as they were before, compiled elsewhere from the files that klpcheck --sources names.
 */
#ifndef KLP_CHECK_BASELINE_H
#define KLP_CHECK_BASELINE_H

#include "check/say.h"

/*
 * Prints the source files of the functions that the patch replaces, one a line, each once.
 * error() where one cannot be told.
 */
void baseline_sources(struct check *c);

/*
 * Compares these functions with the object files below a directory, each under the path of its
 * source, and reports on stdout. error() for each that differs.
 */
void baseline_compare(struct check *c, const char *dir, bool json);

#endif
