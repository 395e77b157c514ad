/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Uses of symbols where the kernel cannot take them. In sections that it reads by itself: of a
 * module, when it is through with the section before it knows that module's symbols (early.h); of
 * vmlinux, when it would fault (sealed.h). Anywhere: by relocations of which no livepatch
 * relocation can be made (moves.h). klpcheck finds them in the finished module; here it is
 * still known where they were written.
 */
#ifndef KLP_SPECIAL_USES_H
#define KLP_SPECIAL_USES_H

#include "target.h"
#include "uses.h"

/* Refuses each with its file and line, and what to write instead. Errors are counted. */
void refuse_special_uses(const struct target *target, const struct modules *mods,
			 const struct decisions *all);

#endif
