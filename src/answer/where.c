// SPDX-License-Identifier: GPL-2.0-only
/* What became of functions without a symbol: see answer/where.h. */
#include "answer/where.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/defs.h"
#include "image/inlined_list.h"

static bool is_known(const struct where *w, size_t n, const char *place)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(w[i].location.place, place))
			return true;
	}
	return false;
}

static int list_inlined(const struct objects *objects, const struct object *object,
			const struct def *def, struct where *ret)
{
	struct functions functions;
	struct inlined_list l = {
		.objects = objects,
		.object = object,
		.functions = &functions,
	};
	struct inlined in;
	int status;

	functions_read(&functions, object->elf);
	status = inlined_find(object->dwarf, &def, 1, &in);
	if (!status)
		ret->inlined = inlined_list(&l, &in, 0, &ret->functions);
	inlined_free(&in);
	functions_free(&functions);
	return status;
}

/* Adds what one unit has of the name; *n grows when that is something new. */
static int look_into(const struct objects *objects, const struct object *object, Dwarf_Off unit,
		     const struct strmap *wanted, struct where *ret, size_t *n)
{
	struct where *w = &ret[*n];
	struct defs defs = {0};
	int status = defs_read(object->dwarf, unit, wanted, &defs);

	memset(w, 0, sizeof(*w));
	if (!status && defs.n && defs.def[0].defined) {
		def_place(object->dwarf, &defs.def[0], w->location.place,
			  sizeof(w->location.place));
		if (!is_known(ret, *n, w->location.place)) {
			w->header = strstr(w->location.place, ".h:") != NULL;
			w->function = defs.def[0].function;
			if (w->function && defs.def[0].inlined)
				status = list_inlined(objects, object, &defs.def[0], w);
			++*n;
		}
	}
	defs_free(&defs);
	return status;
}

int where_find(const struct objects *objects, const struct object *object, const char *name,
	       struct where *ret, size_t max)
{
	struct strmap wanted = {0};
	struct unit_set set = {0};
	size_t n = 0;
	int status;

	strmap_add(&wanted, name, 0);
	status = mention_name(object->dwarf, name, &set);
	for (size_t i = 0; i < set.n && !status && n < max; i++)
		status = look_into(objects, object, set.off[i], &wanted, ret, &n);
	unit_set_free(&set);
	strmap_free(&wanted);
	return status ? -1 : (int)n;
}

void where_free(struct where *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(w[i].inlined);
}
