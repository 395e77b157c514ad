// SPDX-License-Identifier: GPL-2.0-only
/* What other files of the kernel have of a name: see resolve/advice_search.h. */
#include "resolve/advice_search.h"

#include <stdlib.h>

#include "base/util.h"
#include "dwarf/mention.h"

/* Of a name that thousands of units have, the first ones tell as much as all of them. */
#define UNITS_MAX 8

struct search {
	struct objects *objects;
	const char *name;
	bool type, found;
	struct advice_unit *unit;
	struct advice *best;
};

static bool advice_in(struct search *s, struct advice_unit *u, struct advice *ret)
{
	if (s->type)
		return advice_of_type(u, s->name, ret);
	return advice_of_name(u, s->name, ret) || advice_of_constant(u, s->name, ret);
}

/* The less the better. */
static int rank(const struct advice *a)
{
	if (a->kind == ADVICE_HEADER)
		return 0;
	return a->kind == ADVICE_DECLARE && a->def->external ? 1 : 2;
}

void advice_unit_free(struct advice_unit *u)
{
	if (u)
		advice_close(u);
	free(u);
}

static void keep(struct search *s, struct advice_unit *u, const struct advice *a)
{
	if (s->found) {
		advice_free(s->best);
		advice_unit_free(s->unit);
	}
	*s->best = *a;
	s->unit = u;
	s->found = true;
}

static int look_into(struct search *s, struct object *object, Dwarf_Off off)
{
	struct advice_unit *u = xcalloc(1, sizeof(*u));
	struct advice a;
	int status = advice_open(u, object, s->objects->arch, off);

	if (!status && advice_in(s, u, &a)) {
		if (!s->found || rank(&a) < rank(s->best)) {
			keep(s, u, &a);
			return 0;
		}
		advice_free(&a);
	}
	advice_unit_free(u);
	return status;
}

static void search_object(struct search *s, struct object *object)
{
	struct unit_set set = {0};

	if (!object->dwarf || mention_name(object->dwarf, s->name, &set))
		return;
	for (size_t i = 0; i < set.n && i < UNITS_MAX && !(s->found && rank(s->best) == 0); i++) {
		if (look_into(s, object, set.off[i]))
			break;
	}
	unit_set_free(&set);
}

bool advice_search(struct objects *objects, struct object *first, const char *name, bool type,
		   struct advice_unit **unit, struct advice *ret)
{
	struct search s = {.objects = objects, .name = name, .type = type, .best = ret};

	search_object(&s, first);
	if (!s.found && first != objects->obj[0])
		search_object(&s, objects->obj[0]);
	*unit = s.unit;
	return s.found;
}
