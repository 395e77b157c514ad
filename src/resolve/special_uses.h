/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Uses of symbols that do not work. In sections that the kernel reads by itself: symbols of a
 * module, if it reads the section before it knows that module's symbols (klp/early.h), and those of
 * vmlinux on which it would fault (symbols/sealed.h). Anywhere: relocations that cannot become
 * livepatch relocations (klp/moves.h). klpcheck finds them in the finished module; here their line
 * in the source is still known.
 */
#ifndef KLP_SPECIAL_USES_H
#define KLP_SPECIAL_USES_H

#include "resolve/uses.h"

/* Refuses each with its file and line, and what to write instead. Errors are counted. */
void refuse_special_uses(const struct objects *objects, const struct modules *mods,
			 const struct decisions *all);

#endif
