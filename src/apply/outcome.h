/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What came of one process. Processes are many and live on while they are looked at, so that a
 * reason why one was left alone is no error of the program: it is kept here, in memory of a fixed
 * size that two processes share, and who asked decides how to say it.
 */
#ifndef KLP_OUTCOME_H
#define KLP_OUTCOME_H

#include "base/util.h"

enum process_verdict {
	VERDICT_DONE,
	VERDICT_ALREADY, /* nothing had to be done */
	VERDICT_BUSY,	 /* not now: asking again may help */
	VERDICT_REFUSED,
	VERDICT_GONE,  /* the process, or the program that it ran, has ended */
	VERDICT_OTHER, /* the process does not run what the patch is for */
	VERDICTS,
};

struct process_outcome {
	enum process_verdict verdict;
	char why[768];
};

/* Each says why, and returns -1. */
int outcome_refuse(struct process_outcome *o, const char *fmt, ...) KLP_PRINTF(2, 3);
int outcome_busy(struct process_outcome *o, const char *fmt, ...) KLP_PRINTF(2, 3);
int outcome_other(struct process_outcome *o, const char *fmt, ...) KLP_PRINTF(2, 3);
int outcome_gone(struct process_outcome *o);

#endif
