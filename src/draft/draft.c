// SPDX-License-Identifier: GPL-2.0-only
/* What a patch's C file begins with: see draft/draft.h. */
#include "draft/draft.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/util.h"
#include "draft/call.h"
#include "dwarf/imports.h"
#include "dwarf/locals.h"
#include "dwarf/reduced.h"
#include "dwarf/type_text.h"
#include "resolve/hidden.h"
#include "resolve/needs.h"
#include "same/code_refs.h"

struct adding {
	struct draft *d;
	const struct objects *objects;
	struct advice_unit *u;
	struct draft_types types;
	const char *function; /* as the unit knows it */
};

/* The declaration of what a header keeps from modules comes before all headers that may need it. */
static void add_header(struct adding *x, const struct advice *a)
{
	const struct draft_headers *h = x->d->headers;
	bool known;

	if (a->declaration && header_hides(h->dir, h->n, a->place))
		lines_add(&x->d->early, advice_code(x->u, a));
	lines_add(&x->d->include, draft_include(h, a->place, &known));
}

static void add_declaration(struct adding *x, const struct advice *a)
{
	char *text = advice_code(x->u, a);

	draft_types_add(&x->types, a->type);
	if (text)
		lines_add(&x->d->declare, text);
	else
		lines_add_comment(&x->d->remark, xasprintf("'%s' cannot be declared: see %s",
							   a->def->name, a->place));
}

static void add_need(struct adding *x, const struct def *def)
{
	struct advice a;

	if (str_starts(def->name, "__builtin_") || str_starts(def->name, "__fentry__") ||
	    !advice_of_name(x->u, def->name, &a))
		return;
	switch (a.kind) {
	case ADVICE_HEADER:
		add_header(x, &a);
		break;
	case ADVICE_DECLARE:
		add_declaration(x, &a);
		break;
	case ADVICE_COPY:
		draft_types_add(&x->types, a.type);
		lines_add_comment(&x->d->remark, xasprintf("%s: copy it from %s (%s)", def->name,
							   a.text, a.reason));
		break;
	case ADVICE_TRACE:
	case ADVICE_GONE:
		lines_add_comment(&x->d->remark, xasprintf("%s: %s", def->name, a.text));
		break;
	}
	advice_free(&a);
}

/* Two blocks of a function may each have a static variable of one name. */
static int add_static_local(struct adding *x, const char *name, uint64_t line, size_t type)
{
	CLEANUP_FREE char *own = NULL, *declaration = NULL;
	struct local all = {.n = 0};

	if (local_find(x->u->object->dwarf, x->u->types.unit, x->function, name, 0, &all))
		return -1;
	own = all.n > 1 ? xasprintf("%s_%llu", name, (unsigned long long)line) : xstrdup(name);
	declaration = type_code(&x->u->types, type, own);
	if (declaration && all.n > 1)
		lines_add(&x->d->declare,
			  xasprintf("extern %s KLP_STATIC_LOCAL_AT(%s, %s, %llu);", declaration,
				    x->function, name, (unsigned long long)line));
	else if (declaration)
		lines_add(&x->d->declare, xasprintf("extern %s KLP_STATIC_LOCAL(%s, %s);",
						    declaration, x->function, name));
	return 0;
}

static int add_local(struct dwarf_file *dwarf, Dwarf_Die die, const struct local_place *at,
		     void *arg)
{
	struct adding *x = arg;
	size_t type = local_type(dwarf, &x->u->types, die);
	uint64_t addr;

	draft_types_add(&x->types, type);
	if (!die_address(dwarf, die, DW_AT_location, &addr) ||
	    local_is_of_place(&x->u->types, type, at->name))
		return 0;
	return add_static_local(x, at->name, at->line, type);
}

/* What a function without a body returns. */
static const char *empty_result(const struct types *t, size_t type)
{
	size_t is = type_strip(t, type);

	switch (t->t[is].tag) {
	case DW_TAG_pointer_type:
		return "NULL";
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
		return "{}";
	default:
		return is == TYPE_VOID ? NULL : "0";
	}
}

/* "(struct kinds_pair){ }": to be freed; NULL: there is nothing to return. */
static char *result(const struct types *t, size_t type)
{
	const char *empty = empty_result(t, type);
	char *text = empty ? type_code(t, type, "") : NULL, *ret;

	ret = !empty			     ? NULL
	      : !strcmp(empty, "{}") && text ? xasprintf("(%s){ }", text)
					     : xstrdup(empty);
	free(text);
	return ret;
}

/* What a header needs for the prototype, whose structures may be private to the file. */
static void add_shared(struct adding *x, size_t type)
{
	struct lines include = {0}, forward = {0}, define = {0};
	struct lines *all[] = {&include, &forward, &define};
	struct draft_types types;

	draft_types_begin(&types, x->u, x->d->headers);
	types.include = &include;
	types.forward = &forward;
	types.define = &define;
	types.pointers = true;
	draft_types_add(&types, type);
	draft_types_end(&types);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		for (size_t k = 0; k < all[i]->n; k++)
			lines_add(&x->d->shared, xstrdup(all[i]->line[k]));
		lines_free(all[i]);
	}
}

static int add_function(struct adding *x, const struct answered *a, const struct advice *advice)
{
	const struct types *t = &x->u->types;
	struct draft *d = x->d;
	struct draft_function f = {.name = xstrdup(a->old_name), .place = xstrdup(advice->place)};
	char *name = a->position ? xasprintf("livepatch_%s_%zu", a->old_name, a->position)
				 : xasprintf("livepatch_%s", a->old_name);

	draft_types_add(&x->types, advice->type);
	if (a->call) {
		f.prototype = draft_call(t, advice->type, a, x->objects->obj[0]->elf, &f.replaces);
		f.result = xstrdup("0");
		lines_add(&d->include, xstrdup(a->compat ? "#include <linux/compat.h>"
							 : "#include <linux/syscalls.h>"));
	} else {
		add_shared(x, advice->type);
		f.prototype = type_code(t, advice->type, name);
		f.result = result(t, t->t[advice->type].type);
		lines_add(&f.replaces, xasprintf("%s\t%s\t%zu", a->old_name, name, a->position));
	}
	free(name);
	GROW(d->function, d->n, d->cap);
	d->function[d->n++] = f;
	if (f.prototype)
		return 0;
	error("'%s': debug information does not tell the prototype of '%s'", x->u->object->path,
	      a->old_name);
	return -1;
}

/* The unit that the function is of; several of one file are asked for one after the other. */
static struct advice_unit *unit_of(struct draft *d, const struct objects *objects,
				   const struct answered *a)
{
	if (d->unit && d->unit->types.unit == a->unit)
		return d->unit;
	if (d->unit)
		advice_close(d->unit);
	else
		d->unit = xcalloc(1, sizeof(*d->unit));
	return advice_open(d->unit, a->object, objects->arch, a->unit) ? NULL : d->unit;
}

/* Declarations without the types that are in other units would be other ones. */
static int refuse_units(const struct answered *a)
{
	CLEANUP_DIE Dwarf_Die unit = NULL;
	int imports;

	if (reduced_to_type_units(a->object->dwarf)) {
		error("'%s': types are in units of their own (-fdebug-types-section), which klpdecl "
		      "does not read: use one that is compiled without that",
		      a->object->path);
		return -1;
	}
	if (dwarf_file_die(a->object->dwarf, a->unit, &unit))
		return -1;
	imports = imports_any(a->object->dwarf, unit);
	if (imports > 0)
		error("'%s': dwz has moved types of the file with '%s' to units of their own, "
		      "which klpdecl does not read: use a debug file that dwz has not changed",
		      a->object->path, a->name);
	return imports ? -1 : 0;
}

int draft_add(struct draft *d, const struct objects *objects, const struct answered *a)
{
	struct adding x = {
		.d = d, .objects = objects, .u = unit_of(d, objects, a), .function = a->name};
	struct needs needs = {.n = 0};
	struct advice advice;
	int status;

	if (!x.u || refuse_units(a))
		return -1;
	if (!advice_of_name(x.u, a->name, &advice) || !advice.def->function) {
		error("'%s': debug information does not say what '%s' is", a->object->path,
		      a->name);
		return -1;
	}
	draft_types_begin(&x.types, x.u, d->headers);
	x.types.include = &d->include;
	x.types.forward = &d->forward;
	x.types.define = &d->define;
	status = add_function(&x, a, &advice) || needs_find(x.u, advice.def, &needs);
	for (size_t i = 0; i < needs.n && !status; i++)
		add_need(&x, needs.def[i]);
	if (!status)
		status = locals_each(a->object->dwarf, a->unit, a->name, add_local, &x);
	if (!status && !code_refs_known(&x.u->code))
		lines_add_comment(&d->remark,
				  xstrdup("Variables are not listed: this architecture's "
					  "code does not tell which ones it uses."));
	needs_free(&needs);
	draft_types_end(&x.types);
	advice_free(&advice);
	return status ? -1 : 0;
}

void draft_print(struct draft *d)
{
	lines_sort(&d->include);
	printf("file\t%s\nobject\t%s\n", d->tag, d->object->name);
	lines_print(&d->early, NULL, "early");
	lines_print(&d->include, NULL, "include");
	lines_print(&d->forward, NULL, "type");
	lines_print(&d->define, &d->shared, "type");
	lines_print(&d->declare, NULL, "declare");
	lines_print(&d->remark, NULL, "remark");
	lines_print(&d->shared, NULL, "shared");
	for (size_t i = 0; i < d->n; i++) {
		const struct draft_function *f = &d->function[i];

		printf("function\t%s\nplace\t%s\nprototype\t%s\n", f->name, f->place, f->prototype);
		if (f->result)
			printf("result\t%s\n", f->result);
		lines_print(&f->replaces, NULL, "replace");
	}
}

void draft_free(struct draft *d)
{
	struct lines *all[] = {&d->include, &d->early,	&d->forward, &d->define,
			       &d->declare, &d->remark, &d->shared};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		lines_free(all[i]);
	for (size_t i = 0; i < d->n; i++) {
		free(d->function[i].name);
		free(d->function[i].prototype);
		free(d->function[i].place);
		free(d->function[i].result);
		lines_free(&d->function[i].replaces);
	}
	free(d->function);
	if (d->unit)
		advice_close(d->unit);
	free(d->unit);
}
