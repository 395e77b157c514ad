// SPDX-License-Identifier: GPL-2.0-only
/* Ways out for functions without a symbol: see vanished.h. */
#include "vanished.h"

#include <stdlib.h>
#include <string.h>

#include "inlined_list.h"
#include "util.h"

void print_inlined_into(const struct objects *objects, const struct object *object,
			const struct def *def)
{
	struct functions functions;
	struct inlined_list l = {
		.d = object->dwarf,
		.functions = &functions,
		.traced = object_traced(objects, object),
	};
	struct inlined in;
	size_t n;
	char *list;

	functions_read(&functions, object->elf);
	list = inlined_find(object->dwarf, &def, 1, &in) ? NULL : inlined_list(&l, &in, 0, &n);
	if (list)
		fprintf(stderr, "%s\n", list + 1);
	free(list);
	inlined_free(&in);
	functions_free(&functions);
}

/* How people call them; the kernel's own prefixes are in the architecture's row. */
static const char *const spoken[] = {"sys_", "compat_sys_", "SyS_", "__se_sys_", "__do_sys_"};

/* Beside the entry functions: include/linux/syscalls.h, __SYSCALL_DEFINEx() */
static const char *const bodies[] = {"__do_sys_", "__se_sys_", "__do_compat_sys_"};

struct call {
	const struct arch *arch;
	const char *name;
	char *list;
};

static bool is_of_call(const struct call *c, const char *symbol)
{
	for (const char *const *p = c->arch->syscall_prefixes; *p; p++) {
		if (str_starts(symbol, *p) && !strcmp(symbol + strlen(*p), c->name))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		if (str_starts(symbol, bodies[i]) && !strcmp(symbol + strlen(bodies[i]), c->name))
			return true;
	}
	return false;
}

static void add_symbol(const struct ksym *sym, void *arg)
{
	struct call *c = arg;

	if (is_of_call(c, sym->name))
		xappend(&c->list, "%s%s", c->list ? ", " : "", sym->name);
}

void print_system_call(const struct arch *arch, const struct elf_file *elf, const char *name)
{
	struct call c = {.arch = arch};

	for (size_t i = 0; i < ARRAY_SIZE(spoken); i++) {
		if (str_starts(name, spoken[i]))
			c.name = name + strlen(spoken[i]);
	}
	if (!c.name || !c.name[0] || !arch->syscall_prefixes)
		return;
	kallsyms_each(elf, add_symbol, &c);
	if (c.list)
		fprintf(stderr, "  functions of this system call: %s\n", c.list);
	free(c.list);
}
