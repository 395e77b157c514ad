// SPDX-License-Identifier: GPL-2.0-only
/* What a patch defines under a name of the kernel's: see resolve/own_names.h. */
#include "resolve/own_names.h"

#include <string.h>

#include "base/util.h"

void own_name_check(const struct object_file *file, const struct scope *scope, const char *name,
		    const struct object_file *definer)
{
	for (size_t i = 0; scope && i < scope->defs.n; i++) {
		const struct def *def = &scope->defs.def[i];

		if (!strcmp(def->name, name) && def->defined && !def->external) {
			error("%s: '%s' is defined in %s, and is a static of %s too: give the one "
			      "in %s another name",
			      source_place(&file->source, name), name, definer->source.path,
			      scope->tag, definer->source.path);
			return;
		}
	}
}

static void refuse_data(const struct object_file *file, const char *name, const char *whose)
{
	error("%s: '%s' is a variable of %s, and this defines another of that name: declare it extern "
	      "to use the kernel's, or give yours another name",
	      source_place(&file->source, name), name, whose);
}

static bool has_global_data(const struct kallsyms *k, const char *name)
{
	size_t count;
	const struct ksym *sym = kallsyms_find(k, name, &count);

	for (size_t i = 0; i < count; i++) {
		if (sym[i].global && sym[i].elf_type == STT_OBJECT)
			return true;
	}
	return false;
}

/* What a macro has made, by one of its names: include/linux/tracepoint.h, include/linux/syscalls.h
 */
#define TRACEPOINT "__tracepoint_"
#define SYSCALL_META "__syscall_meta__"

struct made {
	const char *first;
	size_t n;
};

static void add_made(struct made *m, const char *name)
{
	m->n++;
	if (!m->first || strcmp(name, m->first) < 0)
		m->first = name;
}

/*
 * Macros that describe something to the kernel describe it twice in a patch. They make dozens of
 * variables, so there is one message about them in place of all others.
 */
static int check_macros(const struct objects *objects, const struct object_file *file,
			const struct scope *scope)
{
	struct made trace = {0}, syscall = {0};

	for (size_t i = 0; i < file->defined.slots; i++) {
		const char *name = file->defined.slot[i].key;

		if (!name)
			continue;
		if (str_starts(name, SYSCALL_META))
			add_made(&syscall, name + strlen(SYSCALL_META));
		if (str_starts(name, TRACEPOINT) &&
		    (has_global_data(objects->obj[0]->symbols, name) ||
		     (scope && has_global_data(scope->object->symbols, name))))
			add_made(&trace, name + strlen(TRACEPOINT));
	}
	if (trace.n)
		error("%s: CREATE_TRACE_POINTS defines %zu of the kernel's tracepoints once more, '%s' "
		      "for one: whoever traces them sees nothing of what the patch does\n"
		      "  remove the #define: with the header alone, trace_%s() is the kernel's",
		      source_place(&file->source, "CREATE_TRACE_POINTS"), trace.n, trace.first,
		      trace.first);
	if (syscall.n)
		error("%s: SYSCALL_DEFINE() of '%s' makes trace events of it, too: the kernel sets "
		      "these up with code that it has freed after boot, and crashes\n"
		      "  write __SYSCALL_DEFINEx() instead, which makes the functions only: "
		      "example/uname shows how",
		      source_place(&file->source, syscall.first), syscall.first);
	return trace.n || syscall.n ? -1 : 0;
}

void own_data_check(const struct objects *objects, const struct object_file *file,
		    const struct scope *scope)
{
	if (check_macros(objects, file, scope))
		return;
	for (size_t i = 0; scope && i < scope->defs.n; i++) {
		const struct def *def = &scope->defs.def[i];

		if (!def->function && def->addrs && object_file_defines_data(file, def->name))
			refuse_data(file, def->name, scope->tag);
	}
	for (size_t i = 0; i < file->defined.slots; i++) {
		const struct strmap_entry *e = &file->defined.slot[i];

		/* Names that the tagged file has too were reported above. */
		if (!e->key || e->value != DEFINED_GLOBAL_DATA ||
		    (scope && defs_find_data(&scope->defs, e->key)))
			continue;
		if (scope && has_global_data(scope->object->symbols, e->key))
			refuse_data(file, e->key, scope->object->name);
		else if (has_global_data(objects->obj[0]->symbols, e->key))
			refuse_data(file, e->key, objects->obj[0]->name);
	}
}
