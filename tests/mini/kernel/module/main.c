// SPDX-License-Identifier: GPL-2.0-only
/* What the module loader compares, and what it must have for a patched module to come again. */
#include "mini.h"

static const char vermagic[] __used = "9.9.0-mini SMP preempt mod_unload modversions ";

void module_layout(struct module *mod)
{
	mod->state = vermagic[mod->state];
}
EXPORT_SYMBOL(module_layout);

/* A kernel that has it reads extended symbol versions. */
#ifndef PLAIN_VERSIONS
void modversion_ext_start(struct module *mod);
void modversion_ext_start(struct module *mod)
{
	mod->state++;
}
#endif

int clear_relocate_add(int x);
int clear_relocate_add(int x)
{
	return x - 1;
}
