// SPDX-License-Identifier: GPL-2.0-only
/* Listing the callers of a clone: see same/callers_list.h. */
#include "same/callers_list.h"

#include "base/util.h"

static bool is_wanted(const struct callers_list *l, const struct ksym *in)
{
	return l->wanted ? l->wanted(in, l->arg) : !in || !in->init;
}

char *callers_list(const struct callers_list *l, const struct ksym *clone,
		   const struct caller *caller, size_t n)
{
	const struct ksym *last = NULL;
	char *list = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct ksym *in =
			functions_whole(l->functions, functions_at(l->functions, caller[i].from));
		const char *why = in ? object_refusal(l->objects, l->object, in) : NULL;

		if (!in)
			xappend(&list, "\n  what is at 0x%llx calls it",
				(unsigned long long)caller[i].from);
		if (!in || in == last || in->addr == clone->addr || !is_wanted(l, in))
			continue;
		xappend(&list, "\n  %s calls it%s%s", in->name,
			why ? ", but cannot be patched: " : "", why ? why : "");
		last = in;
	}
	return list;
}

char *callers_list_all(const struct objects *objects, const struct object *object,
		       const struct elf_file *code, const struct ksym *clone)
{
	struct functions functions;
	struct callers_list l = {
		.objects = objects,
		.object = object,
		.functions = &functions,
	};
	struct callers callers = {0};
	const struct caller *caller;
	char *list;
	size_t n;

	functions_read(&functions, object->elf);
	if (callers_find(code, objects->arch, object->dwarf, &clone->addr, 1, &callers)) {
		list = xasprintf("\n  its callers are unknown: the code cannot be searched");
	} else {
		caller = callers_of(&callers, clone->addr, &n);
		list = callers_list(&l, clone, caller, n);
	}
	callers_free(&callers);
	functions_free(&functions);
	return list;
}
