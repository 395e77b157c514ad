// SPDX-License-Identifier: GPL-2.0-only
/* Listing inlined copies: see image/inlined_list.h. */
#include "image/inlined_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define LIST_MAX 20

const struct ksym *inlined_container(struct functions *f, const struct inlined_place *p)
{
	const struct ksym *found = NULL;

	for (size_t i = 0; i < p->parts; i++) {
		const struct ksym *sym = functions_at(f, p->code[i]);

		if (sym && (!found || function_is_cold(found->name)))
			found = sym;
	}
	return functions_whole(f, found);
}

static char *describe(const struct inlined_list *l, const struct inlined_place *p,
		      const struct ksym *in)
{
	const char *why = in ? object_refusal(l->objects, l->object, in) : NULL;
	char call[512], address[32];

	inlined_call(l->object->dwarf, p, call, sizeof(call));
	snprintf(address, sizeof(address), "0x%llx", (unsigned long long)p->code[0]);
	return xasprintf("\n  %s at %s%s%s", in ? in->name : address, call,
			 why ? ", but it cannot be patched: " : "", why ? why : "");
}

char *inlined_list(const struct inlined_list *l, const struct inlined *in, size_t function,
		   size_t *n)
{
	const struct ksym *last = NULL;
	char *list = NULL, *line = NULL;
	size_t lines = 0;
	bool cut = false;

	*n = 0;
	for (size_t i = 0; i < in->n; i++) {
		const struct inlined_place *p = &in->place[i];
		const struct ksym *sym = inlined_container(l->functions, p);
		char *next;

		if (p->function != function || p->own ||
		    (l->wanted ? !l->wanted(p, sym, l->arg) : sym && sym->init))
			continue;
		*n += !sym || sym != last;
		last = sym;
		cut = lines == LIST_MAX;
		if (cut)
			continue;
		/* Inlined twice by way of another function that was inlined: one call. */
		next = describe(l, p, sym);
		if (!line || strcmp(line, next) != 0) {
			xappend(&list, "%s", next);
			lines++;
		}
		free(line);
		line = next;
	}
	if (cut)
		xappend(&list, "\n  ... %zu functions in all", *n);
	free(line);
	return list;
}

int inlined_list_all(const struct objects *objects, const struct object *object,
		     const struct def *def, char **ret)
{
	struct functions functions;
	struct inlined_list l = {
		.functions = &functions,
		.objects = objects,
		.object = object,
	};
	struct inlined in;
	size_t n;
	int status;

	*ret = NULL;
	functions_read(&functions, object->elf);
	status = inlined_find(object->dwarf, &def, 1, &in);
	if (!status)
		*ret = inlined_list(&l, &in, 0, &n);
	inlined_free(&in);
	functions_free(&functions);
	return status;
}
