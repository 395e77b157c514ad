/* SPDX-License-Identifier: GPL-2.0-only */
/* What klplink changes in the contents of sections besides relocations: .modinfo, and the
 * old_sympos of functions. */
#ifndef KLP_LINK_CONTENTS_H
#define KLP_LINK_CONTENTS_H

#include "link/plan.h"

/*
 * Plans what the table's lines "sympos", "depends" and "modinfo" say of this module, and the line
 * that makes the kernel see a livepatch where the author forgot it: kernel/module/main.c,
 * check_modinfo_livepatch(). error() and -1 when the module does not have what they are about.
 */
int link_contents(struct link_plan *plan, const struct symtable *table, const char *module);

#endif
