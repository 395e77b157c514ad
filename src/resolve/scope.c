// SPDX-License-Identifier: GPL-2.0-only
/* From a tag to compile units and their definitions: see resolve/scope.h. */
#include "resolve/scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/near.h"
#include "base/util.h"
#include "dwarf/reduced.h"

static bool is_within(const struct scope *s, const char *object)
{
	return s->within && object ? !strcmp(s->within, object) : s->within == object;
}

static const struct scope *find(const struct scopes *s, const char *file, const char *object)
{
	for (size_t i = 0; i < s->n; i++) {
		if (!strcmp(s->scope[i].tag, file) && is_within(&s->scope[i], object))
			return &s->scope[i];
	}
	return NULL;
}

static void want(struct scopes *s, const struct source *source, const char *file,
		 const char *object)
{
	if (find(s, file, object))
		return;
	GROW(s->scope, s->n, s->cap);
	memset(&s->scope[s->n], 0, sizeof(*s->scope));
	s->scope[s->n].tag = file;
	s->scope[s->n].within = object;
	s->scope[s->n].source = source;
	s->scope[s->n].query.path = file;
	s->n++;
}

void scopes_want_file(struct scopes *s, const struct source *source, const char *file)
{
	want(s, source, file, NULL);
}

void scopes_want(struct scopes *s, const struct source *source)
{
	if (source->tag)
		want(s, source, source->tag, source->object);
}

static const struct scope *find_wanted(const struct scopes *s, const char *file, const char *object)
{
	const struct scope *found = find(s, file, object);

	if (!found)
		program_error("a scope of '%s' is asked for, which was not wanted before", file);
	return found;
}

const struct scope *scopes_find_file(const struct scopes *s, const char *file)
{
	return find_wanted(s, file, NULL);
}

const struct scope *scopes_find(const struct scopes *s, const struct source *source)
{
	return source->tag ? find_wanted(s, source->tag, source->object) : NULL;
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

/* The units in the object that the tag names. */
static int find_within(struct scope *s, struct objects *objects)
{
	const char *place = source_place(s->source, s->tag);

	if (objects_by_name(objects, s->within, &s->object))
		return -1;
	if (!s->object) {
		error("%s: this %s has no object '%s'", place, objects->rules->whole, s->within);
		return -1;
	}
	if (!s->object->dwarf) {
		error("%s: '%s' has no debug information", place, s->object->path);
		return -1;
	}
	if (units_find(s->object->dwarf, &s->query, 1) ||
	    (!s->query.n && units_including(s->object->dwarf, &s->query)))
		return -1;
	if (s->query.n)
		return 0;
	error("%s: '%s' is not a source file of '%s'", place, s->tag, s->within);
	return -1;
}

/* What one tag stands for, when vmlinux has been looked through. */
static int read_scope(struct scope *s, struct objects *objects)
{
	struct unit_query *q = &s->query;
	int status = 0;

	s->object = objects->obj[0];
	if (s->within) {
		if (find_within(s, objects))
			return -1;
	} else if (q->n == 0) {
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
	size_t n = 0;
	int status;

	for (size_t i = 0; i < s->n; i++) {
		if (!s->scope[i].within)
			q[n++] = s->scope[i].query;
	}
	status = n ? units_find(objects->obj[0]->dwarf, q, n) : 0;
	for (size_t i = s->n; i-- > 0;) {
		if (!s->scope[i].within)
			s->scope[i].query = q[--n];
	}
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
