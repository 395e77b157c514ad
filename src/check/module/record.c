// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares what klpmake has recorded in a module with what the module is now. The record may name
 * another build of the kernel, even with the same release, or other functions than the module
 * replaces.
 */
#include <stdlib.h>
#include <string.h>

#include "base/strmap.h"
#include "check/say.h"
#include "elf/modinfo.h"

static char *func_name(const struct check_func *f)
{
	return xasprintf("%s:%s,%llu", f->object ? f->object : KLP_VMLINUX, f->func->old_name,
			 (unsigned long long)f->func->old_sympos);
}

static void check_kernel(struct check *c)
{
	const char *made_for = modinfo_first(c->mod, KLP_INFO_KERNEL);

	if (!made_for)
		note(c, "for which build it was made: its modinfo has no '" KLP_INFO_KERNEL "'");
	else if (!c->target->build_id[0])
		note(c, "whether it was made for this build: '%s' has no build-id",
		     c->target->vmlinux->path);
	else if (strcmp(made_for, c->target->build_id) != 0) {
		c->other_build = !c->now->allowed;
		bad(c,
		    "it was made for another build of the kernel: positions and addresses of that "
		    "one do not hold here\n"
		    "  build-id %s in its modinfo\n"
		    "  build-id %s in '%s'\n"
		    "  make it again for this kernel",
		    made_for, c->target->build_id, c->target->vmlinux->path);
	}
}

/* The recorded functions have to be those of struct klp_patch. */
static void check_recorded(struct check *c)
{
	struct strmap said = {0};
	const char *name;
	size_t pos = 0;

	while ((name = modinfo_next(c->mod, KLP_INFO_PATCHED, &pos)))
		strmap_add(&said, name, 0);
	for (size_t i = 0; i < c->func_num; i++) {
		char *is = func_name(&c->func[i]);
		size_t *count = strmap_get(&said, is);

		if (count)
			*count = 1;
		else
			bad(c, "it replaces '%s', which its modinfo does not say", is);
		free(is);
	}
	for (size_t i = 0; i < said.slots; i++) {
		if (said.slot[i].key && !said.slot[i].value)
			bad(c, "its modinfo says that it replaces '%s', which it does not",
			    said.slot[i].key);
	}
	strmap_free(&said);
}

/* The checks that were waived when the module was made; NULL: none. */
static char *allowed(const struct check *c)
{
	char *list = NULL;
	const char *name;
	size_t pos = 0;

	while ((name = modinfo_next(c->mod, KLP_INFO_ALLOWED, &pos)))
		xappend(&list, "%s%s", list ? ", " : "", name);
	return list;
}

void check_record(struct check *c)
{
	const char *version = modinfo_first(c->mod, KLP_INFO_VERSION);
	char *list;

	if (!version) {
		checked(c, "not made by klpmake");
		return;
	}
	check_kernel(c);
	if (c->patches.n)
		check_recorded(c);
	else
		note(c, "which functions it replaces: no struct klp_patch in its data");
	list = allowed(c);
	checked(c, "klpmake %s, %zu function%s, waived: %s", version, c->func_num,
		c->func_num == 1 ? "" : "s", list ? list : "nothing");
	free(list);
}
