// SPDX-License-Identifier: GPL-2.0-only
/* Modules that have a name: see answer/module_mentions.h. */
#include "answer/module_mentions.h"

#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "base/util.h"
#include "dwarf/sections.h"

struct search {
	const char *name;
	const struct module_list *all;
	bool *has;
};

/* Does one of its debug sections have the name, as a string of its own or as the end of one? */
static bool has_name(struct debug_sections *d, const char *section, const char *name)
{
	size_t size;
	const unsigned char *bytes = debug_sections_bytes(d, section, &size);

	return bytes && memmem(bytes, size, name, strlen(name) + 1);
}

static int look_into(struct parallel *p, size_t i)
{
	const struct search *s = p->arg;
	struct debug_sections *d;
	struct elf_file *elf;

	if (elf_file_open(s->all->path[i], &elf))
		return -1;
	d = debug_sections_create(elf);
	/* A name that is not longer than its offset in .debug_str may stand in place. */
	if (has_name(d, ".debug_str", s->name) ||
	    (strlen(s->name) < sizeof(uint32_t) && has_name(d, ".debug_info", s->name)))
		parallel_send(p, &i);
	debug_sections_destroy(d);
	elf_file_close(elf);
	return 0;
}

static void take(struct parallel *p, const void *record)
{
	const struct search *s = p->arg;
	size_t i;

	memcpy(&i, record, sizeof(i));
	s->has[i] = true;
}

int module_mentions(const struct module_options *files, const char *name, struct module_list *ret)
{
	struct module_list all = {0};
	struct search s = {.name = name, .all = &all};
	struct parallel p = {
		.what = "modules searched",
		.record_size = sizeof(size_t),
		.work = look_into,
		.take = take,
		.arg = &s,
	};
	int status;

	for (size_t i = 0; i < files->extras; i++)
		module_list_add(&all, xstrdup(files->extra[i]));
	if (files->debug)
		module_list_all(&all, files->debug);
	s.has = xcalloc(all.n, sizeof(*s.has));
	p.items = all.n;
	status = all.n ? parallel_run(&p) : 0;
	for (size_t i = 0; i < all.n; i++) {
		if (s.has[i])
			module_list_add(ret, xstrdup(all.path[i]));
	}
	free(s.has);
	module_list_free(&all);
	return status;
}
