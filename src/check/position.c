// SPDX-License-Identifier: GPL-2.0-only
/*
 * A name and a position: which symbol the kernel takes, in vmlinux or in a module.
 * Rules: kernel/livepatch/core.c, klp_find_object_symbol() and klp_find_callback();
 * kernel/module/kallsyms.c, module_kallsyms_on_each_symbol(), which walks all symbols of a module
 * while that loads, and those that is_core_symbol() has kept once it is up.
 */
#include <stdlib.h>
#include <string.h>

#include "check/say.h"

/* "\n  position N: PLACE TYPE FILE" for each entry of a name, as klp_find_callback() counts. */
static char *list_entries(const struct object *o, const struct ksym *sym, size_t count)
{
	size_t shown = count < 20 ? count : 20, up = 0;
	char *list = xstrdup("");

	for (size_t i = 0; i < shown; i++) {
		char place[256], later[64] = "", *more;

		up += sym[i].kept;
		if (!sym[i].kept)
			snprintf(later, sizeof(later), " (gone when it is up)");
		else if (up != i + 1)
			snprintf(later, sizeof(later), " (%zu when it is up)", up);
		ksym_place(o->elf, &sym[i], place, sizeof(place));
		more = xasprintf("%s\n  position %zu%s: %s %c%s%s", list, i + 1, later, place,
				 sym[i].type, sym[i].file ? " " : "",
				 sym[i].file ? sym[i].file : "");
		free(list);
		list = more;
	}
	if (shown < count) {
		char *more = xasprintf("%s\n  and %zu more", list, count - shown);

		free(list);
		list = more;
	}
	return list;
}

/* As kallsyms_at(), but when the object is up. */
static const struct ksym *take_up(const struct ksym *all, size_t count, uint64_t position)
{
	const struct ksym *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (!all[i].kept)
			continue;
		n++;
		if (n == (position ? position : 1))
			found = &all[i];
	}
	return position == 0 && n > 1 ? NULL : found;
}

const struct ksym *check_position(const struct check *c, const char *what, const struct object *o,
				  const char *name, uint64_t position)
{
	size_t count;
	const struct ksym *all = kallsyms_find(o->symbols, name, &count), *loading, *up;
	char *list;

	if (!count) {
		bad(c,
		    "%s: '%s' has no symbol '%s': klp_find_object_symbol() refuses it\n"
		    "  it is misspelt, inlined, optimised away, or the kernel is another one",
		    what, o->path, name);
		return NULL;
	}
	loading = kallsyms_at(all, count, position);
	up = take_up(all, count, position);
	list = list_entries(o, all, count);
	if (!loading && position == 0)
		bad(c,
		    "%s: '%s' is ambiguous and position 0 takes only a unique symbol: "
		    "klp_find_object_symbol() refuses it; choose one%s",
		    what, name, list);
	else if (!loading)
		bad(c,
		    "%s: '%s' has no position %llu: klp_find_object_symbol() refuses it; there "
		    "%s%s",
		    what, name, (unsigned long long)position, count == 1 ? "is" : "are", list);
	else if (loading != up && (up || !loading->init))
		bad(c,
		    "%s: '%s' at position %llu is not the same in '%s' while that loads and when it "
		    "is up: klp_find_object_symbol() takes the wrong one, or none, at one of these "
		    "times; do without it%s",
		    what, name, (unsigned long long)position, o->name, list);
	else if (loading->unsettled)
		bad(c,
		    "%s: the position of '%s' is made uncertain " KSYM_UNSETTLED
		    ": klp_find_object_symbol() may take the wrong one, or none; do without it%s",
		    what, name, list);
	free(list);
	if (!loading || loading->unsettled || (loading != up && (up || !loading->init)))
		return NULL;
	if (loading->addr == 0) {
		bad(c,
		    "%s: '%s' lies at address 0, which klp_find_object_symbol() takes for not "
		    "found",
		    what, name);
		return NULL;
	}
	return loading;
}
