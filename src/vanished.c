// SPDX-License-Identifier: GPL-2.0-only
/* Ways out for functions without a symbol: see vanished.h. */
#include "vanished.h"

#include <stdlib.h>
#include <string.h>

#include "inlined_list.h"
#include "util.h"

void print_inlined_into(const struct objects *objects, const struct object *object,
			const struct def *def)
{
	struct functions functions;
	struct inlined_list l = {
		.functions = &functions,
		.objects = objects,
		.object = object,
	};
	struct inlined in;
	size_t n;
	char *list;

	functions_read(&functions, object->elf);
	list = inlined_find(object->dwarf, &def, 1, &in) ? NULL : inlined_list(&l, &in, 0, &n);
	if (list)
		fprintf(stderr, "%s\n", list + 1);
	free(list);
	inlined_free(&in);
	functions_free(&functions);
}
