// SPDX-License-Identifier: GPL-2.0-only
/* What to write for a name of the kernel: see resolve/advice.h. */
#include "resolve/advice.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/type_text.h"
#include "dwarf/units.h"
#include "symbols/functions.h"

/* How deep types are followed for the private ones among them. */
#define TYPES_DEPTH 16

int advice_open(struct advice_unit *u, struct object *object, const struct arch *arch,
		Dwarf_Off unit)
{
	/* Nothing is compared here: call sites of ftrace do not matter. */
	static const struct sites none;

	memset(u, 0, sizeof(*u));
	u->object = object;
	if (types_read(object->dwarf, unit, &u->types) ||
	    defs_read(object->dwarf, unit, NULL, &u->defs) ||
	    code_open(&u->code, object->elf, arch, &none)) {
		advice_close(u);
		return -1;
	}
	return 0;
}

void advice_close(struct advice_unit *u)
{
	types_free(&u->types);
	defs_free(&u->defs);
	code_close(&u->code);
	memset(u, 0, sizeof(*u));
}

char *advice_header(const char *path)
{
	static const char *const roots[] = {"include/generated/uapi/",
					    "include/uapi/",
					    "include/",
					    "generated/uapi/",
					    "generated/",
					    "uapi/",
					    ""};
	const char *rest = path;

	if (!str_ends(path, ".h"))
		return NULL;
	if (str_starts(path, "arch/")) {
		rest = strchr(path + strlen("arch/"), '/');
		if (!rest || !str_starts(++rest, "include/"))
			return NULL;
		rest += strlen("include/");
	} else if (!str_starts(path, "include/")) {
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		if (str_starts(rest, roots[i]))
			return xasprintf("<%s>", rest + strlen(roots[i]));
	}
	return NULL;
}

/* "<linux/slab.h>" of "include/linux/slab.h:12", or NULL. */
static char *header_of_place(const char *place)
{
	const char *colon = strrchr(place, ':');
	char *path = xstrndup(place, colon ? (size_t)(colon - place) : strlen(place));
	char *header = path ? advice_header(path) : NULL;

	free(path);
	return header;
}

/* The function or variable of that name among the unit's types, or NULL. */
static const struct declared *find_declared(const struct types *t, const struct def *def)
{
	for (size_t i = 0; i < t->declared_n; i++) {
		const struct declared *s = &t->declared[i];
		const char *name = t->t[s->type].name;

		if (s->function == def->function && name && !strcmp(name, def->name))
			return s;
	}
	return NULL;
}

/* The symbol that has the definition, under whatever name; its own is looked for first. */
static const struct ksym *symbol_of(struct advice_unit *u, const struct def *def)
{
	const struct ksym *sym = NULL;

	for (size_t i = 0; i < def->addrs; i++) {
		sym = code_symbol_at(&u->code, def->addr[i], def->name);
		if (!sym)
			sym = code_symbol(&u->code, def->addr[i]);
		if (sym && !strcmp(sym->name, def->name))
			return sym;
	}
	return sym;
}

static bool is_percpu(struct advice_unit *u, const struct def *def)
{
	const struct elf_section *section =
		def->addrs ? code_section(&u->code, def->addr[0]) : NULL;

	return !def->function && section && str_starts(section->name, ".data..percpu");
}

/* As C. */
static char *declaration(struct advice_unit *u, const struct def *def, const struct declared *s)
{
	const struct types *t = &u->types;
	size_t type = def->function ? s->type : t->t[s->type].type;
	bool percpu = is_percpu(u, def);
	char *text = type_text(t, type, percpu ? "" : def->name), *ret;

	if (percpu)
		ret = xasprintf("DECLARE_PER_CPU(%s, %s);", text, def->name);
	else
		ret = xasprintf("%s%s;",
				!def->function	? "extern "
				: def->external ? ""
						: "static ",
				text);
	free(text);
	return ret;
}

char *advice_code(struct advice_unit *u, const struct advice *a)
{
	const struct types *t = &u->types;
	bool percpu = is_percpu(u, a->def);
	size_t type = a->def->function ? a->type : t->t[a->type].type;
	char *text = type_code(t, type, a->def->name), *ret = NULL;

	if (text && percpu) {
		free(text);
		text = type_code(t, type, "");
		ret = xasprintf("DECLARE_PER_CPU(%s, %s);", text, a->def->name);
	} else if (text) {
		ret = xasprintf("extern %s;", text);
	}
	free(text);
	return ret;
}

/* Why a definition of this unit's can be had by a copy only; NULL: it has a symbol of its name. */
static const char *why_copy(const struct def *def, const struct ksym *sym)
{
	if (sym && !strcmp(sym->name, def->name))
		return NULL;
	if (sym && def->function && str_starts(sym->name, def->name))
		return "the compiler left a clone only";
	if (def->function && def->inlined)
		return "inlined everywhere";
	return "optimised away";
}

/* A definition of this unit's by the name PREFIX NAME, NAME ending after LENGTH; NULL: none. */
static const struct def *def_of_part(struct advice_unit *u, const char *prefix, const char *name,
				     size_t length)
{
	char *whole = xasprintf("%s%.*s", prefix, (int)length, name);
	const size_t *i = strmap_get(&u->defs.index, whole);

	free(whole);
	return i ? &u->defs.def[*i] : NULL;
}

/*
 * What to write for trace_NAME() or trace_NAME_enabled(), which the header of a tracepoint makes
 * (include/linux/tracepoint.h, __DECLARE_TRACE()) and a copy of which needs a dozen helpers; NULL:
 * it is not one of these. Its probes are called by a function that the tracepoint, or its static
 * call, is declared with.
 */
static char *tracepoint_text(struct advice_unit *u, const char *function)
{
	const char *name = function + strlen("trace_");
	size_t length = str_starts(function, "trace_") ? strlen(name) : 0;
	bool enabled = length && str_ends(name, "_enabled");
	const struct def *calls;
	const struct declared *s;
	char *iterator, *prototype, *ret;

	if (enabled)
		length -= strlen("_enabled");
	if (!length || !def_of_part(u, "__tracepoint_", name, length))
		return NULL;
	if (enabled)
		return xasprintf(
			"write KLP_TRACE_ENABLED(%.*s) of <klpmake.h>, and declare: extern "
			"struct tracepoint __tracepoint_%.*s;",
			(int)length, name, (int)length, name);
	calls = def_of_part(u, "__traceiter_", name, length);
	if (!calls)
		calls = def_of_part(u, "__SCT__tp_func_", name, length);
	s = calls ? find_declared(&u->types, calls) : NULL;
	if (!s)
		return NULL;
	iterator = xasprintf("__traceiter_%.*s", (int)length, name);
	prototype = type_text(&u->types, s->type, iterator);
	ret = xasprintf("write KLP_TRACE(%.*s, ...) of <klpmake.h>, and declare: extern struct "
			"tracepoint __tracepoint_%.*s; %s;",
			(int)length, name, (int)length, name, prototype);
	free(prototype);
	free(iterator);
	return ret;
}

bool advice_of_name(struct advice_unit *u, const char *name, struct advice *ret)
{
	const size_t *i = strmap_get(&u->defs.index, name);
	const struct def *def = i ? &u->defs.def[*i] : NULL;
	const struct declared *s = def ? find_declared(&u->types, def) : NULL;
	const struct ksym *sym;
	char place[512];

	if (!s)
		return false;
	*ret = (struct advice){.kind = ADVICE_HEADER, .def = def, .type = s->type};
	if (!def->defined || def->addrs)
		ret->declaration = declaration(u, def, s);
	/* Of a variable that a header declares before it is defined. */
	types_place(u->object->dwarf, &u->types, s->type, place, sizeof(place));
	ret->text = header_of_place(place);
	if (!ret->text)
		def_place(u->object->dwarf, def, place, sizeof(place));
	ret->place = xstrdup(place);
	if (ret->text)
		return true;
	sym = symbol_of(u, def);
	ret->reason = def->defined ? why_copy(def, sym) : NULL;
	if (ret->reason && (ret->text = tracepoint_text(u, name))) {
		ret->kind = ADVICE_TRACE;
	} else if (ret->reason) {
		ret->kind = ADVICE_COPY;
		ret->text = xstrdup(place);
	} else if (sym && sym->init) {
		ret->kind = ADVICE_GONE;
		ret->text = xstrdup("it is in init memory, which the kernel frees after boot");
	} else {
		ret->kind = ADVICE_DECLARE;
		ret->text = declaration(u, def, s);
	}
	return true;
}

static bool is_named_type(const struct type *t)
{
	return t->tag == DW_TAG_structure_type || t->tag == DW_TAG_union_type ||
	       t->tag == DW_TAG_enumeration_type || t->tag == DW_TAG_typedef;
}

static bool has_enumerator(const struct types *t, size_t i, const char *name)
{
	for (size_t e = t->t[i].tag == DW_TAG_enumeration_type ? t->t[i].part : 0; e;
	     e = t->t[e].next) {
		if (t->t[e].name && !strcmp(t->t[e].name, name))
			return true;
	}
	return false;
}

static bool has_name(const struct types *t, size_t i, const char *name)
{
	return t->t[i].name && !t->t[i].incomplete && !strcmp(t->t[i].name, name);
}

/* The type that a name, or a constant, is of; 0: none at file scope. */
static size_t find_type(const struct types *t, const char *name,
			bool (*fits)(const struct types *t, size_t i, const char *name))
{
	for (size_t i = 2; i && i < t->n; i = t->t[i].next) {
		if (is_named_type(&t->t[i]) && t->t[i].line && fits(t, i, name))
			return i;
	}
	return 0;
}

static bool of_type(struct advice_unit *u, size_t i, struct advice *ret)
{
	char place[512];

	if (!i)
		return false;
	*ret = (struct advice){.kind = ADVICE_HEADER, .type = i};
	types_place(u->object->dwarf, &u->types, i, place, sizeof(place));
	ret->place = xstrdup(place);
	ret->text = header_of_place(place);
	if (!ret->text) {
		ret->kind = ADVICE_COPY;
		ret->text = xstrdup(place);
		ret->reason = "no header for modules has it";
	}
	return true;
}

bool advice_of_type(struct advice_unit *u, const char *name, struct advice *ret)
{
	return of_type(u, find_type(&u->types, name, has_name), ret);
}

bool advice_of_constant(struct advice_unit *u, const char *name, struct advice *ret)
{
	return of_type(u, find_type(&u->types, name, has_enumerator), ret);
}

static bool has_member(const struct types *t, size_t i, const char *name, unsigned int depth)
{
	i = type_strip(t, i);
	for (size_t m = t->t[i].part; m && depth < TYPES_DEPTH; m = t->t[m].next) {
		if (t->t[m].name ? !strcmp(t->t[m].name, name)
				 : has_member(t, t->t[m].type, name, depth + 1))
			return true;
	}
	return false;
}

bool advice_has_member(const struct advice_unit *u, size_t type, const char *name)
{
	return has_member(&u->types, type, name, 0);
}

void advice_free(struct advice *a)
{
	free(a->text);
	free(a->place);
	free(a->declaration);
}

struct type_walk {
	struct advice_unit *u;
	const char *prefix;
	char *list;
	bool *seen;
	size_t from; /* the type that they are asked for */
};

static void walk_type(struct type_walk *w, size_t i, unsigned int depth)
{
	const struct types *types = &w->u->types;
	const struct type *t = &types->t[i];
	char place[512], *header;

	if (depth == TYPES_DEPTH || w->seen[i])
		return;
	w->seen[i] = true;
	if (i != w->from && is_named_type(t) && t->name && t->line && !t->incomplete) {
		types_place(w->u->object->dwarf, &w->u->types, i, place, sizeof(place));
		header = header_of_place(place);
		free(header);
		/* What a header has brings what it needs. */
		if (header)
			return;
		xappend(&w->list, "\n%s%s%s: copy it from %s", w->prefix,
			t->tag == DW_TAG_structure_type	    ? "struct "
			: t->tag == DW_TAG_union_type	    ? "union "
			: t->tag == DW_TAG_enumeration_type ? "enum "
							    : "",
			t->name, place);
	}
	walk_type(w, t->type, depth + 1);
	for (size_t p = t->part; p && t->tag != DW_TAG_enumeration_type; p = types->t[p].next) {
		size_t of = types->t[p].type;

		/* A pointer in a structure that is copied needs no more than a name. */
		if (!is_named_type(t) || types->t[of].tag != DW_TAG_pointer_type)
			walk_type(w, of, depth + 1);
	}
}

char *advice_private_types(struct advice_unit *u, size_t type, const char *prefix)
{
	struct type_walk w = {.u = u, .prefix = prefix, .from = type};

	w.seen = xcalloc(u->types.n, sizeof(*w.seen));
	/* The entries that stand for no type, and for an unknown one. */
	w.seen[TYPE_VOID] = w.seen[TYPE_UNKNOWN] = true;
	walk_type(&w, type, 0);
	free(w.seen);
	return w.list;
}
