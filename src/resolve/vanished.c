// SPDX-License-Identifier: GPL-2.0-only
/* Ways out for functions without a symbol: see resolve/vanished.h. */
#include "resolve/vanished.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "image/inlined_list.h"
#include "resolve/needs_text.h"
#include "same/callers_list.h"

void print_inlined_into(const struct objects *objects, const struct object *object,
			const struct def *def)
{
	char *list;

	if (!inlined_list_all(objects, object, def, &list) && list)
		message_more("%s\n", list + 1);
	free(list);
}

void print_callers(const struct objects *objects, const struct object *object,
		   const struct ksym *clone)
{
	char *list =
		callers_list_all(objects, object, object->code ? object->code : object->elf, clone);

	if (list)
		message_more("%s\n", list + 1);
	free(list);
}

/* One patch asks for several functions of a file, which takes a while to read. */
static struct advice_unit *unit_of_def(const struct objects *objects, const struct scope *scope,
				       const struct def *def)
{
	static struct advice_unit last;

	if (last.object == scope->object && last.types.unit == def->unit)
		return &last;
	advice_close(&last);
	return advice_open(&last, scope->object, objects->arch, def->unit) ? NULL : &last;
}

void print_needs(const struct objects *objects, const struct source *source,
		 const struct scope *scope, const struct def *def)
{
	struct advice_unit *u = unit_of_def(objects, scope, def);
	const size_t *i = u ? strmap_get(&u->defs.index, def->name) : NULL;
	char *list = NULL;

	if (i && !needs_of(u, source, &u->defs.def[*i], "    ", &list) && list)
		message_more("  what a copy of it needs, but for macros:%s\n", list);
	free(list);
}
