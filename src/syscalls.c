// SPDX-License-Identifier: GPL-2.0-only
/* Entry functions of system calls: see syscalls.h. */
#include "syscalls.h"

#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "util.h"

static const char *const inner[] = {"__do_sys_", "__se_sys_", "sys_"};

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
	const char **entry;
	size_t n, cap;
};

/* "__ARCH_sys_NAME": ARCH is one word, which is not so in __pfx_ARCH... and __ARCH_compat... */
static void match(const struct ksym *sym, void *arg)
{
	struct search *s = arg;

	if (!sym->global || !str_starts(sym->name, "__") || call_of(sym->name) ||
	    strcmp(sym->name + 2 + strcspn(sym->name + 2, "_"), s->ending) != 0)
		return;
	GROW(s->entry, s->n, s->cap);
	s->entry[s->n++] = sym->name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
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
		char *longer = xasprintf("%s%s '%s'", entries, i ? "," : "", s.entry[i]);

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
