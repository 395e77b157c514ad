// SPDX-License-Identifier: GPL-2.0-only
/* What the module loader compares. */
#include "mini.h"

static const char vermagic[] __used = "9.9.0-mini SMP preempt mod_unload modversions ";

void module_layout(struct module *mod)
{
	mod->state = vermagic[mod->state];
}
EXPORT_SYMBOL(module_layout);
