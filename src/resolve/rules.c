// SPDX-License-Identifier: GPL-2.0-only
/* The rules by which a name that is used becomes a symbol: see resolve/rules.h. */
#include "resolve/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/util.h"
#include "klp/module_name.h"
#include "resolve/in_scope.h"
#include "resolve/macro.h"
#include "resolve/refusal.h"

/*
 * A module's export becomes a livepatch symbol of that module, so that the patch neither pins nor
 * waits for it; only code that patches a module can run when it is there. Code for vmlinux always
 * needs the module: an ordinary import.
 */
static struct resolved module_export(const struct resolver *r, const struct source *source,
				     const struct scope *scope, const char *name,
				     const struct symver *export)
{
	struct object *owner;
	struct resolved ret;
	CLEANUP_FREE char *module = NULL;
	int needed;

	if (!scope || !scope->object->module)
		return (struct resolved){.how = RESOLVED_EXPORT, .export = export};
	module = module_name(export->owner);
	if (objects_by_name(r->objects, module, &owner))
		return resolved_refused;
	if (!owner) {
		error("%s: '%s' is exported by the module '%s', but no file was found for that "
		      "module to look it up in",
		      source_place(source, name), name, module);
		return resolved_refused;
	}
	needed = objects_need(r->objects, scope->object, owner);
	if (needed == 0)
		error("%s: '%s' is exported by the module '%s', on which '%s' does not depend: it "
		      "may not be there when '%s' is; look it up when it is needed, with "
		      "symbol_get()",
		      source_place(source, name), name, owner->name, scope->object->name,
		      scope->object->name);
	if (needed <= 0)
		return resolved_refused;
	ret = resolved_global(r->objects->rules, source, owner, scope->object, name, NULL);
	if (ret.how == RESOLVED_NONE) {
		error("%s: '%s' is exported by '%s' in Module.symvers, but '%s' has no such symbol",
		      source_place(source, name), name, export->owner, owner->path);
		return resolved_refused;
	}
	return ret;
}

/* May every module import it from vmlinux? */
static bool is_open(const struct symver *export)
{
	return export && symver_in_vmlinux(export) && !str_starts(export->ns, "module:");
}

/* A name that is used, and what the rules look at. */
struct question {
	const struct resolver *r;
	const struct source *source;
	const struct scope *scope; /* NULL: the file has no tag */
	const struct use *use;
	const char *name;
	const struct object *object; /* the scope's, else vmlinux */
	const struct ksym *all;	     /* its symbols of that name */
	size_t count;
	struct in_scope in;
	const struct symver *export; /* or NULL */
};

/*
 * Before the rules: names that the patch need not resolve, and names that say which symbol they
 * mean.
 */
static bool says_itself(const struct question *q, struct resolved *ret)
{
	const struct asm_name *is = &q->use->is;

	if (q->r->objects->rules->ignores(q->r->objects, q->name))
		*ret = (struct resolved){.how = RESOLVED_NONE};
	else if (is->kind == NAME_STATIC_LOCAL)
		*ret = resolve_static_local(q->r->objects, q->source, q->scope, is);
	else if (is->kind == NAME_AT_POSITION)
		*ret = resolve_at_position(q->r->objects, q->source, is);
	else
		return false;
	return true;
}

static bool is_static(const struct question *q, struct resolved *ret)
{
	if (q->in.n != 1 || q->in.vanished)
		return false;
	*ret = resolved_livepatch(q->r->objects->rules, q->source, q->object, q->object,
				  q->in.sym[0], q->in.def[0]);
	return true;
}

static bool is_static_twice(const struct question *q, struct resolved *ret)
{
	if (!q->in.n)
		return false;
	report_twice(
		q->source, q->scope, q->name,
		"a tag cannot say which is meant, so do without it, or copy it if it is a function",
		q->all, q->count);
	*ret = resolved_refused;
	return true;
}

/* Its symbol is not there, or the debug information does not speak of it. */
static bool has_vanished(const struct question *q, struct resolved *ret)
{
	if (q->in.external)
		return false;
	if (q->in.vanished)
		report_vanished(q->r->objects, q->source, q->scope, q->in.vanished, false);
	else if (!report_local(q->source, q->scope, q->name, q->all, q->count))
		return false;
	*ret = resolved_refused;
	return true;
}

static bool is_global_of_scope(const struct question *q, struct resolved *ret)
{
	if (!q->scope || (!q->object->module && is_open(q->export)))
		return false;
	*ret = resolved_global(q->r->objects->rules, q->source, q->object, q->object, q->name,
			       q->in.external);
	return ret->how != RESOLVED_NONE;
}

static bool is_exported(const struct question *q, struct resolved *ret)
{
	if (is_open(q->export))
		*ret = (struct resolved){.how = RESOLVED_EXPORT, .export = q->export};
	else if (q->export && !symver_in_vmlinux(q->export))
		*ret = module_export(q->r, q->source, q->scope, q->name, q->export);
	else
		return false;
	return true;
}

static bool is_global_of_vmlinux(const struct question *q, struct resolved *ret)
{
	const struct objects *objects = q->r->objects;

	*ret = resolved_global(objects->rules, q->source, objects->obj[0], objects->obj[0], q->name,
			       NULL);
	return ret->how != RESOLVED_NONE;
}

/* A weak one is zero only where there is nothing that it could mean. */
static bool becomes_zero(const struct question *q, struct resolved *ret)
{
	*ret = (struct resolved){.how = RESOLVED_NONE};
	return q->use->weak && !is_static_elsewhere(q->r->objects, q->object, q->name);
}

static bool is_unknown(const struct question *q, struct resolved *ret)
{
	report_unknown(q->r->objects, q->source, q->scope, q->object, q->name, q->use);
	*ret = resolved_refused;
	return true;
}

/* The first rule that answers or refuses decides; the numbers are those of doc/architecture.md. */
typedef bool resolve_rule(const struct question *q, struct resolved *ret);
static resolve_rule *const rules[] = {
	says_itself,	      /* 0 */
	is_static,	      /* 1 */
	is_static_twice,      /* 2 */
	has_vanished,	      /* 3 */
	is_global_of_scope,   /* 4 */
	is_exported,	      /* 5 */
	is_global_of_vmlinux, /* 6 */
	becomes_zero,	      /* 7 */
	is_unknown,	      /* 8 */
};

struct resolved resolve_use(const struct resolver *r, const struct source *source,
			    const struct scope *scope, const struct use *use)
{
	struct question q = {
		.r = r,
		.source = source,
		.scope = scope,
		.use = use,
		.name = use->is.name,
		.object = scope ? scope->object : r->objects->obj[0],
		.export = symvers_find(r->objects->exports, use->is.name),
	};
	struct resolved ret = resolved_refused;

	q.all = kallsyms_find(q.object->symbols, q.name, &q.count);
	q.in = in_scope_look(scope, q.all, q.count, q.name);
	for (size_t i = 0; i < ARRAY_SIZE(rules) && !rules[i](&q, &ret); i++)
		;
	return ret;
}
