// SPDX-License-Identifier: GPL-2.0-only
/* From a tag to compile units and their definitions: see resolve/scope.h. */
#include "resolve/scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/near.h"
#include "base/util.h"
#include "dwarf/reduced.h"

static const struct scope *find(const struct scopes *s, const char *file)
{
	for (size_t i = 0; i < s->n; i++) {
		if (!strcmp(s->scope[i].tag, file))
			return &s->scope[i];
	}
	return NULL;
}

void scopes_want_file(struct scopes *s, const struct source *source, const char *file)
{
	if (find(s, file))
		return;
	GROW(s->scope, s->n, s->cap);
	memset(&s->scope[s->n], 0, sizeof(*s->scope));
	s->scope[s->n].tag = file;
	s->scope[s->n].source = source;
	s->scope[s->n].query.path = file;
	s->n++;
}

void scopes_want(struct scopes *s, const struct source *source)
{
	if (source->tag)
		scopes_want_file(s, source, source->tag);
}

const struct scope *scopes_find_file(const struct scopes *s, const char *file)
{
	const struct scope *found = find(s, file);

	if (!found)
		program_error("scopes_find_file() of '%s', which no scopes_want() named", file);
	return found;
}

const struct scope *scopes_find(const struct scopes *s, const struct source *source)
{
	return source->tag ? scopes_find_file(s, source->tag) : NULL;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Files of vmlinux whose whole path, or else whose base name, looks like the tag. */
static void print_near_files(struct dwarf_file *d, const char *tag)
{
	struct near paths = {.wanted = tag};
	Dwarf_Die die;

	while (dwarf_file_next_unit(d, &die) > 0) {
		const char *name = unit_path(die);

		near_offer(&paths, name);
		/* The right file in a wrong directory. */
		if (!strcmp(base_name(name), base_name(tag)) && paths.n < NEAR_MAX) {
			bool known = false;

			for (size_t i = 0; i < paths.n; i++)
				known |= !strcmp(paths.name[i], name);
			if (!known) {
				paths.name[paths.n] = name;
				paths.distance[paths.n++] = strlen(tag);
			}
		}
		dwarf_dealloc_die(die);
	}
	near_print(&paths, "  files with near names: ");
}

static void report_missing(const struct scope *s, const struct objects *objects)
{
	const struct source *src = s->source;

	error("%s: '%s' is not a source file of this %s%s (not configured, or misspelt)",
	      source_place(src, s->tag), s->tag, objects->rules->first,
	      objects->rules->searched(objects));
	print_near_files(objects->obj[0]->dwarf, s->tag);
}

static void report_ambiguous(const struct scope *s)
{
	const struct unit_query *q = &s->query;

	error(q->included ? "%s: '%s' is included by more than one file: write the including file "
			    "whose copy is meant into the tag"
			  : "%s: '%s' is the end of more than one path: write the whole path from "
			    "the tree's root",
	      source_place(s->source, s->tag), s->tag);
	for (size_t i = 0; i < q->n; i++) {
		bool known = false;

		for (size_t j = 0; j < i; j++)
			known |= !strcmp(q->unit[i].name, q->unit[j].name);
		if (!known)
			message_more("  %s\n", q->unit[i].name);
	}
}

/* A unit that does not tell all names of the file: one of them would be taken for somebody else's.
 */
static int refuse_reduced(const struct scope *s)
{
	CLEANUP_FREE char *before = xasprintf("%s: ", source_place(s->source, s->tag));

	return reduced_refuse(s->object->dwarf, &s->query, before);
}

/* What one tag stands for, when vmlinux has been looked through. */
static int read_scope(struct scope *s, struct objects *objects)
{
	struct unit_query *q = &s->query;
	int status = 0;

	s->object = objects->obj[0];
	if (q->n == 0) {
		if (objects_by_source(objects, s->tag, q, &s->object))
			return -1;
		if (!s->object) {
			report_missing(s, objects);
			return -1;
		}
	}
	if (q->ambiguous) {
		report_ambiguous(s);
		return -1;
	}
	if (refuse_reduced(s))
		return -1;
	for (size_t u = 0; u < q->n && !status; u++)
		status = defs_read(s->object->dwarf, q->unit[u].die,
				   &objects->obj[0]->symbols->wanted, &s->defs);
	return status;
}

int scopes_read(struct scopes *s, struct objects *objects)
{
	struct unit_query *q = xcalloc(s->n, sizeof(*q));
	int status;

	for (size_t i = 0; i < s->n; i++)
		q[i] = s->scope[i].query;
	status = s->n ? units_find(objects->obj[0]->dwarf, q, s->n) : 0;
	for (size_t i = 0; i < s->n; i++)
		s->scope[i].query = q[i];
	/* All tags are looked at, so that one run reports every wrong one. */
	for (size_t i = 0; i < s->n; i++)
		status |= read_scope(&s->scope[i], objects);
	free(q);
	return status ? -1 : 0;
}

void scopes_free(struct scopes *s)
{
	for (size_t i = 0; i < s->n; i++) {
		units_free(&s->scope[i].query, 1);
		defs_free(&s->scope[i].defs);
	}
	free(s->scope);
	memset(s, 0, sizeof(*s));
}
