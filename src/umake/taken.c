// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of new functions. The process may keep one when the patch has gone, and compares it
 * with those that it has: so it has to be the old function's. A linker leaves a word for the
 * address of a function that others can see, which is filled in so. The address of a static one is
 * a distance in the code.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "patch/taken.h"
#include "umake/make.h"

static const char *place_of(const struct patch_module *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++) {
		if (source_line_of(&m->file[i].source, name))
			return source_place(&m->file[i].source, name);
	}
	return m->name;
}

void check_taken_addresses(const struct making *m)
{
	const struct patch_module *patch = &m->mods.m[0];
	const struct patch_func *said = NULL;
	struct taken *taken;
	size_t n = taken_new_functions(patch->elf, m->target.objects.arch, &patch->relocs,
				       &patch->layout, &patch->patches, &taken);

	for (size_t i = 0; i < n; i++) {
		const struct patch_func *func = taken[i].func;

		if (func->new_global || func == said ||
		    !taken_section(&patch->elf->sec[taken[i].at->section]))
			continue;
		said = func;
		error("%s: the patch takes the address of '%s', which replaces '%s', and it is "
		      "static: leave out its 'static', so that the address becomes that of '%s'",
		      place_of(patch, func->new_name), func->new_name, func->old_name,
		      func->old_name);
	}
	free(taken);
}
