/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Passes that read what libdwarf may not survive.
 *
 * A module that klpcheck is given may come from anybody, and libdwarf crashes on some damaged debug
 * information. So who reads that of a module does it in a child process: what it finds comes back
 * through a pipe, and a crash becomes an error that says so.
 */
#ifndef KLP_CHECK_CHILD_H
#define KLP_CHECK_CHILD_H

#include "check.h"

/* As by bad(), odd(), note(), checked(), and what others said with error() and warning(). */
enum finding_kind { FOUND_BAD, FOUND_ODD, FOUND_NOTE, FOUND_CHECKED, FOUND_ERROR, FOUND_WARNING };

struct finding {
	enum finding_kind kind;
	char *pass, *text; /* which pass it is for, by name */
};

struct findings {
	bool whole; /* fn came to its end */
	struct finding *f;
	size_t n, cap;
};

/* In the child: tells the parent. */
void found(const char *pass, enum finding_kind kind, const char *fmt, ...) KLP_PRINTF(3, 4);

/*
 * Runs fn, which returns -1 after error(), in a child process and keeps what it finds. error()
 * when the child does not come to its end, as when it takes a minute of the processor's time.
 */
struct findings *findings_gather(struct check *c, int (*fn)(struct check *c));

/* Says what was found for the pass that runs now. */
void findings_tell(struct check *c, const struct findings *findings);

void findings_free(struct findings *findings);

#endif
