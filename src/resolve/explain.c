// SPDX-License-Identifier: GPL-2.0-only
/* What to write for undeclared names: see resolve/explain.h. */
#include "resolve/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/util.h"
#include "resolve/advice.h"
#include "resolve/advice_search.h"
#include "resolve/hidden.h"
#include "resolve/needs_text.h"
#include "resolve/scope.h"

/* What is said of a name stands below the compiler's message. */
#define INDENT "  "

/* A name that the compiler did not know. */
struct unknown {
	char *line; /* owns the others */
	const char *path, *kind, *name;
};

/* A file of the patch. */
struct patch_text {
	struct source source;
	const struct scope *scope; /* NULL: no tag */
	struct advice_unit *unit;  /* of the tagged file, which may be compiled more than once */
	size_t units;		   /* that have been read */
};

struct explanation {
	struct objects *objects;
	const char *const *headers;
	size_t header_dirs;
	struct unknown *unknown;
	size_t n, cap;
	struct patch_text **file;
	size_t files, files_cap;
	struct scopes scopes;
	struct strmap told; /* types, once for each file */
};

static int read_names(struct explanation *e, const char *path)
{
	CLEANUP_FREE char *text = NULL;
	char *save = NULL;
	size_t size;

	if (read_file(path, &text, &size))
		return -1;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct unknown u = {.line = xstrdup(line)};
		char *word = NULL;

		u.path = strtok_r(u.line, "\t", &word);
		u.kind = strtok_r(NULL, "\t", &word);
		u.name = strtok_r(NULL, "\t", &word);
		if (!u.name) {
			error("'%s': a line in it is not SOURCE, KIND and NAME", path);
			free(u.line);
			return -1;
		}
		GROW(e->unknown, e->n, e->cap);
		e->unknown[e->n++] = u;
	}
	return 0;
}

static struct patch_text *file_of(const struct explanation *e, const char *path)
{
	for (size_t i = 0; i < e->files; i++) {
		if (!strcmp(e->file[i]->source.path, path))
			return e->file[i];
	}
	return NULL;
}

static int read_sources(struct explanation *e)
{
	for (size_t i = 0; i < e->n; i++) {
		struct patch_text *file;

		if (file_of(e, e->unknown[i].path))
			continue;
		file = xcalloc(1, sizeof(*file));
		GROW(e->file, e->files, e->files_cap);
		e->file[e->files++] = file;
		if (source_read(&file->source, e->unknown[i].path))
			return -1;
		scopes_want(&e->scopes, &file->source);
	}
	if (scopes_read(&e->scopes, e->objects))
		return -1;
	for (size_t i = 0; i < e->files; i++)
		e->file[i]->scope = scopes_find(&e->scopes, &e->file[i]->source);
	return 0;
}

/* The tagged file's units, one after the other. NULL: there is no other that can be read. */
static struct advice_unit *unit_of(const struct explanation *e, struct patch_text *file, size_t i)
{
	const struct scope *s = file->scope;

	if (!s || i >= s->query.n)
		return NULL;
	if (!file->unit)
		file->unit = xcalloc(s->query.n, sizeof(*file->unit));
	for (; file->units <= i; file->units++) {
		if (advice_open(&file->unit[file->units], s->object, e->objects->arch,
				s->query.unit[file->units].die))
			return NULL;
	}
	return &file->unit[i];
}

static void say(const struct unknown *u, const char *text)
{
	printf("%s\t%s\t%s\t%s\n", u->path, u->kind, u->name, text);
}

/* Frees its argument, lines that each begin with "\n". */
static void say_lines(const struct unknown *u, char *lines)
{
	char *save = NULL;

	for (char *line = lines ? strtok_r(lines, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		say(u, line);
	free(lines);
}

/* Types that a declaration needs, but for those that the file has been told of. */
static void say_types(struct explanation *e, const struct unknown *u, struct advice_unit *unit,
		      size_t type)
{
	char *lines = advice_private_types(unit, type, INDENT INDENT), *save = NULL;

	for (char *line = lines ? strtok_r(lines, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *key = xasprintf("%s %s", u->path, line);

		if (!strmap_get(&e->told, key)) {
			strmap_add(&e->told, key, 1);
			say(u, line);
		}
		free(key);
	}
	free(lines);
}

static void say_header(const struct explanation *e, const struct unknown *u, const struct advice *a)
{
	char *text;

	if (a->declaration && header_hides(e->headers, e->header_dirs, a->place))
		text = xasprintf("%s keeps it from modules (#ifndef MODULE): declare it before the "
				 "#include that uses it: %s",
				 a->text, a->declaration);
	else
		text = xasprintf("#include %s", a->text);
	say_lines(u, text_wrap(INDENT, text));
	free(text);
}

static void say_copy(struct explanation *e, const struct unknown *u, struct patch_text *file,
		     struct advice_unit *unit, const struct advice *a)
{
	char *text = xasprintf(INDENT "copy it from %s (%s)", a->text, a->reason);
	char *needs;

	say(u, text);
	free(text);
	if (!a->def)
		say_types(e, u, unit, a->type);
	else if (a->def->function && !needs_of(unit, &file->source, a->def, INDENT INDENT, &needs))
		say_lines(u, needs);
}

static void say_advice(struct explanation *e, const struct unknown *u, struct patch_text *file,
		       struct advice_unit *unit, const struct advice *a)
{
	char *text;

	switch (a->kind) {
	case ADVICE_HEADER:
		say_header(e, u, a);
		break;
	case ADVICE_DECLARE:
		text = xasprintf("declare it: %s", a->text);
		say_lines(u, text_wrap(INDENT, text));
		free(text);
		say_types(e, u, unit, a->type);
		break;
	case ADVICE_COPY:
		say_copy(e, u, file, unit, a);
		break;
	case ADVICE_TRACE:
	case ADVICE_GONE:
		say_lines(u, text_wrap(INDENT, a->text));
		break;
	}
}

/* What another file of the kernel has of the name. */
static void say_elsewhere(struct explanation *e, const struct unknown *u, struct patch_text *file,
			  bool type)
{
	struct object *first = file->scope ? file->scope->object : e->objects->obj[0];
	struct advice_unit *unit;
	struct advice a;
	char *text;

	if (!advice_search(e->objects, first, u->name, type, &unit, &a)) {
		text = xasprintf("%s%s%s: a macro, whose #define has to be copied, or misspelt",
				 file->scope ? "it is not in "
					     : "this kernel's debug information "
					       "does not have it",
				 file->scope ? file->scope->tag : "",
				 file->scope ? ", nor elsewhere in this kernel's debug information"
					     : "");
		say_lines(u, text_wrap(INDENT, text));
		free(text);
		return;
	}
	if (a.def && !a.def->external && a.kind != ADVICE_HEADER) {
		text = xasprintf("it is static in another file (%s): put what needs it into a file "
				 "with that tag",
				 a.place);
		say_lines(u, text_wrap(INDENT, text));
		free(text);
	} else {
		say_advice(e, u, file, unit, &a);
	}
	advice_free(&a);
	advice_unit_free(unit);
}

/* "record.weight": what the kernel's structure has of that. */
static void say_member(struct explanation *e, const struct unknown *u, struct patch_text *file)
{
	char *structure = xstrndup(u->name, strcspn(u->name, ".")), *text;
	const char *member = u->name + strcspn(u->name, ".");
	struct advice_unit *unit;
	bool found = false;
	char *place = NULL;
	struct advice a;

	for (size_t i = 0; *member && !found && (unit = unit_of(e, file, i)); i++) {
		if (!advice_of_type(unit, structure, &a))
			continue;
		found = advice_has_member(unit, a.type, member + 1);
		free(place);
		place = xstrdup(a.place);
		advice_free(&a);
	}
	if (place) {
		text = xasprintf(
			found ? "the kernel's has it, at %s: is this a copy of another version, or "
				"of another configuration?"
			      : "nor has the kernel's, at %s: the code is from another version",
			place);
		say_lines(u, text_wrap(INDENT, text));
		free(text);
	}
	free(place);
	free(structure);
}

/* Does the unit know the name of something that can be had, or of anything, with any? */
static bool has_advice(struct advice_unit *unit, const struct unknown *u, bool any,
		       struct advice *ret)
{
	if (!strcmp(u->kind, "type") ? !advice_of_type(unit, u->name, ret)
				     : !advice_of_name(unit, u->name, ret) &&
					       !advice_of_constant(unit, u->name, ret))
		return false;
	if (any || ret->kind == ADVICE_HEADER || ret->kind == ADVICE_DECLARE)
		return true;
	advice_free(ret);
	return false;
}

static void explain_one(struct explanation *e, const struct unknown *u)
{
	struct patch_text *file = file_of(e, u->path);
	struct advice_unit *unit;
	struct advice a;

	if (!strcmp(u->kind, "member")) {
		say_member(e, u, file);
		return;
	}
	for (int any = 0; any < 2; any++) {
		for (size_t i = 0; (unit = unit_of(e, file, i)); i++) {
			if (!has_advice(unit, u, any, &a))
				continue;
			say_advice(e, u, file, unit, &a);
			advice_free(&a);
			return;
		}
	}
	say_elsewhere(e, u, file, !strcmp(u->kind, "type"));
}

int explain(struct objects *objects, const char *names, const char *const *headers,
	    size_t header_dirs)
{
	struct explanation e = {
		.objects = objects,
		.headers = headers,
		.header_dirs = header_dirs,
	};
	int status = read_names(&e, names) || read_sources(&e) ? -1 : 0;

	for (size_t i = 0; i < e.n && !status; i++)
		explain_one(&e, &e.unknown[i]);
	for (size_t i = 0; i < e.files; i++) {
		source_free(&e.file[i]->source);
		for (size_t k = 0; k < e.file[i]->units; k++)
			advice_close(&e.file[i]->unit[k]);
		free(e.file[i]->unit);
		free(e.file[i]);
	}
	for (size_t i = 0; i < e.n; i++)
		free(e.unknown[i].line);
	free(e.unknown);
	free(e.file);
	strmap_free(&e.told);
	scopes_free(&e.scopes);
	return status || error_count() ? -1 : 0;
}
