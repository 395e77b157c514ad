// SPDX-License-Identifier: GPL-2.0-only
/* What came of one process: see apply/outcome.h. */
#include "apply/outcome.h"

static int settle(struct process_outcome *o, enum process_verdict verdict, const char *fmt,
		  va_list ap)
{
	o->verdict = verdict;
	vsnprintf(o->why, sizeof(o->why), fmt, ap);
	return -1;
}

int outcome_refuse(struct process_outcome *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	settle(o, VERDICT_REFUSED, fmt, ap);
	va_end(ap);
	return -1;
}

int outcome_busy(struct process_outcome *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	settle(o, VERDICT_BUSY, fmt, ap);
	va_end(ap);
	return -1;
}

int outcome_other(struct process_outcome *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	settle(o, VERDICT_OTHER, fmt, ap);
	va_end(ap);
	return -1;
}

int outcome_gone(struct process_outcome *o)
{
	o->verdict = VERDICT_GONE;
	snprintf(o->why, sizeof(o->why), "it has ended");
	return -1;
}
