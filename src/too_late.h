/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Uses of a module's symbols that would come too late: from sections that the kernel is through
 * with when it applies the relocations of a module (early.h). klpcheck finds them in the finished
 * module; here it is still known where they were written.
 */
#ifndef KLP_TOO_LATE_H
#define KLP_TOO_LATE_H

#include "arch.h"
#include "uses.h"

/* Refuses each with its file and line, and what to write instead. Errors are counted. */
void refuse_too_late(const struct arch *arch, const struct modules *mods,
		     const struct decisions *all);

#endif
