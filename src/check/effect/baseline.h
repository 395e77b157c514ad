/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * klpcheck --baseline: does the compiler of this machine, with these flags and headers, make the
 * code that the kernel has from the kernel's sources? The old functions of a patch are compared.
 * Their source files, which klpcheck --sources lists, have been compiled before klpcheck runs.
 */
#ifndef KLP_CHECK_BASELINE_H
#define KLP_CHECK_BASELINE_H

#include "check/effect/witness.h"

/*
 * Prints the source files of the functions that the patch replaces, one on a line, each once.
 * error() where a file is unknown.
 */
void baseline_sources(struct check *c);

/*
 * Compares these functions with the object files below a directory, each under the path of its
 * source, and reports on stdout. error() for each that differs. With a table, the symbols that the
 * patch uses are compared as well.
 */
void baseline_compare(struct check *c, struct witness *w, bool json);

#endif
