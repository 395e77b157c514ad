/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output that appears whole or not at all: written beside its target under a name of its own, and
 * renamed at the end. A signal or an error takes the unfinished file away.
 */
#ifndef KLP_OUTPUT_H
#define KLP_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output {
	const char *path;
	char *beside;
	FILE *stream;
	bool optional;
};

/*
 * One output at a time. error() and -1 when the file beside path cannot be made, or path is a
 * device, whose place renaming would take.
 */
int output_begin(struct output *o, const char *path);

/*
 * The same for an output that the program can do without: a failure to write it is silent and is
 * not an error.
 */
int output_begin_optional(struct output *o, const char *path);

/* Flushes to disk and renames. error() and -1 (nothing is left) on any failure, a full disk too. */
int output_end(struct output *o);

/* Gives up: removes the unfinished file. */
void output_cancel(struct output *o);

#endif
