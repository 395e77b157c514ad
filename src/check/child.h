/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Passes that read what libdwarf may not survive.
 *
 * A module may come from anybody, and libdwarf crashes on some damaged debug information. So a pass
 * that reads a module's does it in a child process: its findings come back through a pipe, and a
 * crash becomes an error that says so.
 */
#ifndef KLP_CHECK_CHILD_H
#define KLP_CHECK_CHILD_H

#include <stdio.h>
#include <sys/types.h>

#include "check/say.h"

/* As by bad(), odd(), note(), checked(), what others said with error() and warning(), and places.
 */
enum finding_kind {
	FOUND_BAD,
	FOUND_ODD,
	FOUND_NOTE,
	FOUND_CHECKED,
	FOUND_ERROR,
	FOUND_WARNING,
	FOUND_PLACE
};

struct finding {
	enum finding_kind kind;
	size_t symbol; /* FOUND_PLACE: the number of a symbol of the module's */
	char *pass; /* which pass it is for, by name; FOUND_ERROR, FOUND_WARNING, FOUND_PLACE: "" */
	char *text; /* FOUND_PLACE: "file:line" of the symbol's definition */
};

struct findings {
	bool whole; /* fn came to its end */
	struct finding *f;
	size_t n, cap;
	pid_t pid; /* of the child, until it has been waited for; then, or when there is none, 0 */
	FILE *in;  /* what it writes */
};

/* In the child: sends a finding to the parent. */
void found(const char *pass, enum finding_kind kind, const char *fmt, ...) KLP_PRINTF(3, 4);

/* In the child: tells the parent where a symbol of the module's is defined. */
void found_place(size_t symbol, const char *place);

/*
 * Runs fn, which returns -1 after error(), in a child process and keeps what it finds. error()
 * when the child does not come to its end, as when it takes a minute of the processor's time.
 */
struct findings *findings_gather(struct check *c, int (*fn)(struct check *c));

/* The same in two steps, between which the child works while this process goes on. */
struct findings *findings_begin(struct check *c, int (*fn)(struct check *c));
void findings_end(struct check *c, struct findings *findings);

/* Reports the findings of the pass that runs now. */
void findings_tell(struct check *c, const struct findings *findings);

void findings_free(struct findings *findings);

#endif
