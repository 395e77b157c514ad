// SPDX-License-Identifier: GPL-2.0-only
/*
 * A system call has an entry function for each kind of program (64-bit, 32-bit). They are made of
 * one source (arch/x86/include/asm/syscall_wrapper.h), or are written apart
 * (COMPAT_SYSCALL_DEFINEx). A patch of the one for native programs does not change the others.
 */
#include <stdlib.h>
#include <string.h>

#include "check/effect/old.h"

struct count {
	size_t calls, others, uncovered;
};

void check_compat_want(struct check *c)
{
	for (const char *const *t = c->target->arch->syscall.tables; t && *t; t++)
		kallsyms_want(&c->target->kallsyms, *t);
}

/* The name of the system call of whose native entry this is the name, or NULL. */
static const char *system_call(const struct arch *arch, const char *name)
{
	const char *native = arch->syscall.prefixes[0];

	return str_starts(name, native) ? name + strlen(native) : NULL;
}

static bool is_in_table(const struct check *c, const struct ksym *table, uint64_t addr)
{
	const struct elf_file *f = c->target->vmlinux;
	const unsigned char *entry = elf_file_at(f, table->addr, table->size);

	for (uint64_t i = 0; entry && i + 8 <= table->size; i += 8) {
		if (elf_file_number(f, entry + i, 8) == addr)
			return true;
	}
	return false;
}

/*
 * Can a program reach this entry? An entry is not used when the source has a
 * COMPAT_SYSCALL_DEFINEx() for the call. True as well when it is unknown.
 */
static bool is_reached(const struct check *c, struct check_debug *debug, const struct ksym *sym)
{
	const struct arch *arch = c->target->arch;
	bool tables = false, reached;
	struct callers callers;

	for (const char *const *t = arch->syscall.tables; t && *t; t++) {
		size_t count;
		const struct ksym *table = kallsyms_find(&c->target->kallsyms, *t, &count);

		if (table && is_in_table(c, table, sym->addr))
			return true;
		tables |= table != NULL;
	}
	if (tables)
		return false;
	if (!arch->syscall.caller || !functions_named(check_functions(debug), arch->syscall.caller))
		return true;
	reached = callers_find(debug->o->elf, arch, debug->o->dwarf, &sym->addr, 1, &callers) ||
		  callers.n;
	callers_free(&callers);
	return reached;
}

bool check_is_unused_entry(const struct check *c, struct check_debug *debug, const struct ksym *sym)
{
	const char *const *prefix = c->target->arch->syscall.prefixes;

	while (prefix && *prefix && !str_starts(sym->name, *prefix))
		prefix++;
	return !debug->o->module && prefix && *prefix && !is_reached(c, debug, sym);
}

static void check_function(struct check *c, size_t i, struct count *count)
{
	struct check_debug *debug = c->old[i].debug;
	const char *call = system_call(c->target->arch, c->func[i].func->old_name);

	if (!debug || debug->o->module || !call)
		return;
	count->calls++;
	for (const char *const *prefix = c->target->arch->syscall.prefixes + 1; *prefix; prefix++) {
		char *name = xasprintf("%s%s", *prefix, call);
		const struct ksym *sym = functions_named(check_functions(debug), name);

		if (sym && is_reached(c, debug, sym)) {
			count->others++;
			if (!check_covered(c, debug, sym)) {
				count->uncovered++;
				bad(c,
				    "'%s' is the system call '%s' of native programs only: others get "
				    "'%s', which the patch does not replace\n"
				    "  replace that one, too%s",
				    c->func[i].func->old_name, call, name,
				    strstr(name, "compat_sys_")
					    ? "; it has code of its own: where that needs no change, "
					      "leave it"
					    : "");
			}
		}
		free(name);
	}
}

void check_compat(struct check *c)
{
	struct count count = {0};

	if (!c->target->arch->syscall.prefixes) {
		note(c, "the names of this architecture's system call functions are unknown");
		return;
	}
	check_old_read(c);
	for (size_t i = 0; i < c->func_num; i++)
		check_function(c, i, &count);
	checked(c, "%zu system call%s, %zu function%s of other programs, %zu uncovered",
		count.calls, count.calls == 1 ? "" : "s", count.others,
		count.others == 1 ? "" : "s", count.uncovered);
}
