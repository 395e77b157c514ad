/* SPDX-License-Identifier: GPL-2.0-only */
/* What klpdiff found, for the driver and for people: klpdiff(1). */
#ifndef KLP_DIFF_REPORT_H
#define KLP_DIFF_REPORT_H

#include <stdio.h>

#include "diff/diff.h"
#include "diff/origin.h"
#include "diff/select.h"

/* One fact a line. s: what was cut out, or NULL. */
void diff_report(const struct diff *d, const struct selection *s, const struct original *o,
		 FILE *out);

#endif
