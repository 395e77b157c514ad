// SPDX-License-Identifier: GPL-2.0-only
/* Keys that cannot be written any more: see symbols/sealed.h. */
#include "symbols/sealed.h"

#include <stddef.h>

#define FIRST "__start_ro_after_init"
#define END "__end_ro_after_init"
#define REMEDY "jump_label_init_ro"

void sealed_want(struct kallsyms *k)
{
	kallsyms_want(k, FIRST);
	kallsyms_want(k, END);
	kallsyms_want(k, REMEDY);
}

bool is_sealed_key(const struct kallsyms *k, uint64_t addr)
{
	size_t count;
	const struct ksym *first = kallsyms_find(k, FIRST, &count), *end;

	end = kallsyms_find(k, END, &count);
	return first && end && first->addr <= addr && addr < end->addr &&
	       !kallsyms_find(k, REMEDY, &count);
}
