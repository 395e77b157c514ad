// SPDX-License-Identifier: GPL-2.0-only
/* From a question to a function of the kernel: see draft/ask.h. */
#include "draft/ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/locate.h"
#include "image/inlined_list.h"
#include "resolve/in_scope.h"
#include "resolve/refusal.h"
#include "same/callers_list.h"
#include "symbols/syscalls.h"

static bool is_word(const char *s)
{
	return *s &&
	       !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")];
}

/* A path that can stand behind a tag, in a comment. */
static bool is_file(const char *s)
{
	for (const char *p = s; *p; p++) {
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return false;
	}
	return str_ends(s, ".c") && s[0] != '/' && !strstr(s, "//") && !strstr(s, "*/") &&
	       !strstr(s, "/*") && !str_starts(s, "../") && !strstr(s, "/../") &&
	       !str_starts(s, "./") && !strstr(s, "/./");
}

int asked_parse(struct asked *a, const char *words)
{
	const char *colon = strrchr(words, ':'), *comma = colon ? strchr(colon, ',') : NULL;
	char *end = NULL;

	*a = (struct asked){.source = {.path = words}};
	if (colon) {
		a->file = xstrndup(words, (size_t)(colon - words));
		a->function = comma ? xstrndup(colon + 1, (size_t)(comma - colon - 1))
				    : xstrdup(colon + 1);
	}
	if (comma)
		a->position = strtoull(comma + 1, &end, 10);
	if (colon && is_file(a->file) && is_word(a->function) &&
	    (!comma || (comma[1] >= '1' && comma[1] <= '9' && !*end)))
		return 0;
	error("'%s' is not FILE:FUNCTION: write the path from the kernel tree's root, like "
	      "fs/filesystems.c:fs_index",
	      words);
	asked_free(a);
	return -1;
}

/* "__do_sys_NAME" for any function of a system call; NULL: it is not one's. */
static char *body_of(const char *function, const char **call, bool *compat)
{
	*call = syscall_name(function, compat);
	return *call ? xasprintf("__do_%ssys_%s", *compat ? "compat_" : "", *call) : NULL;
}

void asked_want(const struct asked *a, struct kallsyms *k, struct scopes *scopes)
{
	const char *call;
	bool compat;
	char *body = body_of(a->function, &call, &compat);

	kallsyms_want(k, a->function);
	if (body)
		kallsyms_want(k, body);
	free(body);
	scopes_want_file(scopes, &a->source, a->file);
}

static const struct def *find_body(const struct scope *scope, const char *body)
{
	for (size_t i = 0; body && i < scope->defs.n; i++) {
		const struct def *def = &scope->defs.def[i];

		if (def->function && def->defined && !strcmp(def->name, body))
			return def;
	}
	return NULL;
}

struct entries {
	const struct def *body;
	size_t n;
	bool own; /* the body is an entry, under other names: SYSCALL_DEFINE0() */
};

static void look_at_entry(const struct ksym *sym, void *arg)
{
	struct entries *e = arg;

	e->n++;
	for (size_t i = 0; i < e->body->addrs; i++)
		e->own |= ksym_is_at(sym, e->body->addr[i]);
}

/* The names of the function elsewhere in the kernel, below a message. */
static void print_others(const struct objects *objects, const struct scope *scope, const char *name)
{
	size_t count;
	const struct ksym *all = kallsyms_find(scope->object->symbols, name, &count);
	const struct object *object = scope->object;

	if (!count && object->module) {
		object = objects->obj[0];
		all = kallsyms_find(object->symbols, name, &count);
	}
	print_candidates(object->elf, object->dwarf, all, count);
}

static bool is_elsewhere(const struct objects *objects, const struct scope *scope, const char *name)
{
	return is_static_elsewhere(objects, scope->object, name);
}

/* Has the file a function of that name at all, and only one? */
static int check_scope(const struct asked *a, const struct objects *objects,
		       const struct scope *scope, const char *name)
{
	size_t count;
	const struct ksym *all = kallsyms_find(scope->object->symbols, name, &count);
	struct in_scope in = in_scope_look(scope, all, count, name);
	const struct ksym *global = kallsyms_global(all, count);

	if (in.n == 0 && in.external && in.external->addrs && global &&
	    !in_scope_is_at(global, in.external)) {
		error("%s: the '%s' of %s is weak, and the kernel has the one that overrides it: name "
		      "the file that defines that",
		      a->source.path, name, scope->tag);
		print_others(objects, scope, name);
		return -1;
	}
	if (in.n > 1 && !a->position) {
		char *way_out = xasprintf(
			"write the position of the right one behind it, like %s,1", a->source.path);

		report_twice(&a->source, scope, name, way_out, all, count);
		free(way_out);
		return -1;
	}
	if (in.n || in.external || in.vanished)
		return 0;
	if (is_elsewhere(objects, scope, name)) {
		error("%s: '%s' is not in %s: name the file that defines it", a->source.path, name,
		      scope->tag);
		print_others(objects, scope, name);
	} else {
		report_unknown(objects, &a->source, scope, scope->object, name, NULL);
	}
	return -1;
}

static int check_redirect(const struct asked *a, const struct objects *objects,
			  const struct scope *scope, const struct ksym *sym)
{
	const char *why = object_refusal(objects, scope->object, sym);
	char *list = NULL;

	if (!why)
		return 0;
	error("%s: '%s' cannot be replaced: %s", a->source.path, sym->name, why);
	if (sym->elf_type == STT_FUNC && !sym->init)
		list = callers_list_all(objects, scope->object, scope->object->elf, sym);
	if (list)
		message_more("  replace what calls it, up to the first that can be replaced:%s\n",
			     list);
	free(list);
	return -1;
}

/* Functions that go on running the old code, and are replaced for that. */
static int warn_of_copies(const struct asked *a, const struct objects *objects,
			  const struct object *object, const struct def *def)
{
	char *list;

	if (!def->inlined)
		return 0;
	if (inlined_list_all(objects, object, def, &list))
		return -1;
	if (list)
		warning("%s: '%s' was also inlined into functions that do not reach the new one: name "
			"these as well%s",
			a->source.path, def->name, list);
	free(list);
	return 0;
}

static int answer_function(const struct asked *a, struct objects *objects,
			   const struct scope *scope, const char *name, struct answered *ret)
{
	struct resolver r = {.objects = objects};
	struct resolved found;

	if (check_scope(a, objects, scope, name))
		return -1;
	found = resolve_old_function(&r, &a->source, scope, scope->object, name, a->position);
	if (found.how != RESOLVED_LIVEPATCH || check_redirect(a, objects, scope, found.sym))
		return -1;
	ret->name = ret->old_name = found.sym->name;
	ret->position = a->position;
	/* A global one. Of functions that share their code only one is described with it. */
	for (size_t i = 0; !found.def && i < scope->defs.n; i++) {
		const struct def *def = &scope->defs.def[i];

		if (def->function && def->defined && !strcmp(def->name, name))
			found.def = def;
	}
	if (!found.def) {
		error("%s: debug information does not say what '%s' is", a->source.path, name);
		return -1;
	}
	ret->unit = found.def->unit;
	return warn_of_copies(a, objects, scope->object, found.def);
}

int asked_answer(const struct asked *a, struct objects *objects, const struct scopes *scopes,
		 struct answered *ret)
{
	const struct scope *scope = scopes_find_file(scopes, a->file);
	struct entries entries = {.n = 0};
	const char *call;
	bool compat;
	char *name = body_of(a->function, &call, &compat);
	int status = 0;

	*ret = (struct answered){.object = scope->object};
	entries.body = find_body(scope, name);
	if (entries.body && !scope->object->module)
		syscall_each_entry(scope->object->elf, call, compat, look_at_entry, &entries);
	if (entries.n && !entries.own) {
		ret->name = ret->old_name = entries.body->name;
		ret->unit = entries.body->unit;
		ret->call = call;
		ret->compat = compat;
	} else {
		status = answer_function(a, objects, scope,
					 entries.own ? entries.body->name : a->function, ret);
	}
	free(name);
	return status;
}

void asked_free(struct asked *a)
{
	free(a->file);
	free(a->function);
	source_free(&a->source);
	*a = (struct asked){.position = 0};
}
