// SPDX-License-Identifier: GPL-2.0-only
/* The source files of a kernel: see answer/sources.h. */
#include "answer/sources.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parallel.h"
#include "base/util.h"
#include "dwarf/mention.h"
#include "dwarf/units.h"
#include "klp/module_name.h"

/* What goes through a pipe in one piece. */
#define PATH_MAX_SENT (PIPE_BUF - sizeof(size_t))

struct found {
	size_t object; /* 0: vmlinux; else one more than the module's number */
	char path[PATH_MAX_SENT];
};

struct search {
	const struct sources_query *q;
	struct module_list modules;
	char **line; /* of the answer */
	size_t n, cap;
};

static void add(struct search *s, const char *object, const char *path)
{
	GROW(s->line, s->n, s->cap);
	s->line[s->n++] = xasprintf("%s %s", object, path);
}

static bool is_in(const struct unit_set *set, Dwarf_Off unit)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->off[i] == unit)
			return true;
	}
	return false;
}

static int all_units(struct dwarf_file *d, struct unit_query *ret)
{
	Dwarf_Die die;
	int more;

	while ((more = dwarf_file_next_unit(d, &die)) > 0) {
		struct unit u = {.name = unit_path(die)};

		if (die_offset(die, &u.die)) {
			GROW(ret->unit, ret->n, ret->cap);
			ret->unit[ret->n++] = u;
		}
		dwarf_dealloc_die(die);
	}
	return more;
}

static int units_with(struct dwarf_file *d, const struct sources_query *q, struct unit_query *ret)
{
	int status = q->files ? 0 : all_units(d, ret);

	for (size_t i = 0; i < q->files && !status; i++) {
		ret->path = q->file[i];
		status = units_listing(d, ret);
	}
	return status;
}

/* Calls take() for the path of each unit of an object that is asked for, some more than once. */
static int look_into(struct elf_file *elf, const struct sources_query *q,
		     void (*take)(const char *path, void *arg), void *arg)
{
	struct unit_query units = {.path = NULL};
	struct unit_set with = {0};
	struct dwarf_file *d;
	int status;

	if (dwarf_file_open(elf, &d))
		return -1;
	status = units_with(d, q, &units);
	for (size_t i = 0; i < q->names && units.n && !status; i++)
		status = mention_name(d, q->name[i], &with);
	for (size_t i = 0; i < units.n && !status; i++) {
		if (!q->names || is_in(&with, units.unit[i].die))
			take(units.unit[i].name, arg);
	}
	units_free(&units, 1);
	unit_set_free(&with);
	dwarf_file_close(d);
	return status;
}

struct sender {
	struct parallel *p;
	size_t object;
};

static void send(const char *path, void *arg)
{
	const struct sender *s = arg;
	struct found f = {.object = s->object};

	if (strlen(path) >= sizeof(f.path)) {
		error("'%s': the path of a compile unit is too long", path);
		return;
	}
	strcpy(f.path, path);
	parallel_send(s->p, &f);
}

static int look_into_module(struct parallel *p, size_t i)
{
	const struct search *s = p->arg;
	struct sender sender = {p, i};
	struct elf_file *elf;
	int status;

	if (elf_file_open(s->modules.path[i], &elf))
		return -1;
	status = dwarf_file_present(elf) ? look_into(elf, s->q, send, &sender) : 0;
	elf_file_close(elf);
	return status;
}

static void take_found(struct parallel *p, const void *record)
{
	struct search *s = p->arg;
	const struct found *f = record;
	CLEANUP_FREE char *name = module_name(s->modules.path[f->object]);

	add(s, name, f->path);
}

static void take_vmlinux(const char *path, void *arg)
{
	add(arg, "vmlinux", path);
}

static int look_into_modules(struct search *s, const struct module_options *files)
{
	struct parallel p = {
		.what = "modules searched",
		.record_size = sizeof(struct found),
		.work = look_into_module,
		.take = take_found,
		.arg = s,
	};

	for (size_t i = 0; i < files->extras; i++)
		module_list_add(&s->modules, xstrdup(files->extra[i]));
	if (files->debug)
		module_list_all(&s->modules, files->debug);
	p.items = s->modules.n;
	return p.items ? parallel_run(&p) : 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int sources_print(struct elf_file *vmlinux, const struct module_options *modules,
		  const struct sources_query *q)
{
	struct search s = {.q = q};
	int status = look_into(vmlinux, q, take_vmlinux, &s);

	if (!status)
		status = look_into_modules(&s, modules);
	if (s.n)
		qsort(s.line, s.n, sizeof(*s.line), by_text);
	for (size_t i = 0; i < s.n; i++) {
		if (!status && (!i || strcmp(s.line[i], s.line[i - 1]) != 0))
			printf("%s\n", s.line[i]);
	}
	for (size_t i = 0; i < s.n; i++)
		free(s.line[i]);
	free(s.line);
	module_list_free(&s.modules);
	return status;
}
