// SPDX-License-Identifier: GPL-2.0-only
/* Entry functions of system calls: see syscalls.h. */
#include "syscalls.h"

#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "util.h"

static const char *const inner[] = {
	"__do_sys_", "__se_sys_", "sys_", "__do_compat_sys_", "__se_compat_sys_", "compat_sys_",
};

/* "uname" of "sys_uname", or NULL. */
static const char *call_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(inner); i++) {
		if (str_starts(name, inner[i]) && name[strlen(inner[i])])
			return name + strlen(inner[i]);
	}
	return NULL;
}

struct search {
	char *ending; /* "_sys_uname" */
	struct entry {
		const char *name;
		uint64_t addr;
	} * entry;
	size_t n, cap;
};

/* "__ARCH_sys_NAME" and "__ARCH_compat_sys_NAME"; ARCH is one word, which it is not in __pfx_... */
static void match(const struct ksym *sym, void *arg)
{
	static const char compat[] = "_compat";
	struct search *s = arg;
	const char *end;

	if (!sym->global || !str_starts(sym->name, "__") || call_of(sym->name))
		return;
	end = sym->name + 2 + strcspn(sym->name + 2, "_");
	if (str_starts(end, compat))
		end += strlen(compat);
	if (strcmp(end, s->ending) != 0)
		return;
	GROW(s->entry, s->n, s->cap);
	s->entry[s->n++] = (struct entry){sym->name, sym->addr};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

bool syscall_is_body(const char *name, const char *entry)
{
	const char *ending = str_starts(entry, "__") ? strchr(entry + 2, '_') : NULL;

	return ending && (str_starts(name, "__do_") || str_starts(name, "__se_")) &&
	       !strcmp(strchr(name + 2, '_'), ending);
}

char *syscall_entries(const struct elf_file *vmlinux, const char *name)
{
	const char *call = call_of(name);
	char *entries = xstrdup(""), *line = NULL;
	struct search s = {0};

	if (call) {
		s.ending = xasprintf("_sys_%s", call);
		kallsyms_each(vmlinux, match, &s);
	}
	if (s.n)
		qsort(s.entry, s.n, sizeof(*s.entry), by_name);
	for (size_t i = 0; i < s.n; i++) {
		/* What takes no arguments is one function under several names. */
		bool same = i && s.entry[i].addr == s.entry[i - 1].addr;
		char *longer = xasprintf("%s%s '%s'", entries,
					 same ? " or"
					 : i  ? ","
					      : "",
					 s.entry[i].name);

		free(entries);
		entries = longer;
	}
	if (s.n)
		line = xasprintf("system call '%s': what can be patched is each of its entries%s; "
				 "what they call is inline, and so notrace",
				 call, entries);
	free(entries);
	free(s.entry);
	free(s.ending);
	return line;
}
