// SPDX-License-Identifier: GPL-2.0-only
/* Asking for names before symbols are read: see resolve/collect.h. */
#include "resolve/collect.h"

#include <stdlib.h>

#include "base/util.h"

/* Frees the text. */
static void want_text(struct kallsyms *k, char *text)
{
	kallsyms_want(k, text);
	free(text);
}

static void collect_use(const struct source *source, const struct asm_name *name,
			struct kallsyms *k, struct scopes *scopes)
{
	kallsyms_want(k, name->name);
	if (name->kind == NAME_STATIC_LOCAL) {
		want_text(k, xasprintf("%s.", name->name));
		want_text(k, xasprintf("%s.%s", name->function, name->name));
		want_text(k, xasprintf("%s.%s.", name->function, name->name));
	}
	if (name->kind == NAME_OF_FILE)
		scopes_want_file(scopes, source, name->file);
}

static void collect_file(const struct object_file *file, struct kallsyms *k, struct scopes *scopes)
{
	scopes_want(scopes, &file->source);
	for (size_t u = 0; u < file->n; u++)
		collect_use(&file->source, &file->use[u].is, k, scopes);
	/*
	 * Names that it defines are included, because the tagged file may have data of that name.
	 */
	for (size_t d = 0; d < file->defined.slots; d++) {
		if (file->defined.slot[d].key)
			kallsyms_want(k, file->defined.slot[d].key);
	}
}

static void collect_patch(const struct patch *p, struct kallsyms *k)
{
	for (size_t o = 0; o < p->n; o++) {
		for (size_t f = 0; f < p->obj[o].n; f++)
			kallsyms_want(k, p->obj[o].func[f].old_name);
	}
}

void collect_names(const struct modules *mods, struct kallsyms *k, struct scopes *scopes)
{
	for (size_t i = 0; i < mods->n; i++) {
		const struct patch_module *m = &mods->m[i];

		for (size_t f = 0; f < m->n; f++)
			collect_file(&m->file[f], k, scopes);
		for (size_t p = 0; p < m->patches.n; p++)
			collect_patch(&m->patches.patch[p], k);
	}
}
