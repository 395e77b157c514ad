// SPDX-License-Identifier: GPL-2.0-only
/* Entry functions of system calls: see symbols/syscalls.h. */
#include "symbols/syscalls.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "symbols/kallsyms.h"

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

/*
 * What follows "__ARCH" in "__ARCH_sys_uname", "__ARCH_compat" in "__ARCH_compat_sys_uname"; ARCH
 * is one word, which it is not in __pfx_... NULL for other names.
 */
static const char *entry_ending(const char *name)
{
	static const char compat[] = "_compat", sys[] = "_sys_";
	const char *end;

	if (!str_starts(name, "__"))
		return NULL;
	end = name + 2 + strcspn(name + 2, "_");
	if (str_starts(end, compat))
		end += strlen(compat);
	return str_starts(end, sys) ? end : NULL;
}

struct search {
	char *ending; /* "_sys_uname" */
	struct entry {
		const char *name;
		uint64_t addr;
	} * entry;
	size_t n, cap;
};

static void match(const struct ksym *sym, void *arg)
{
	const char *end = entry_ending(sym->name);
	struct search *s = arg;

	if (!sym->global || !end || call_of(sym->name) || strcmp(end, s->ending) != 0)
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

static const char *any_call_of(const char *name)
{
	const char *call = call_of(name), *end = entry_ending(name);

	return call ? call : end ? end + strlen("_sys_") : NULL;
}

bool syscall_is_same(const char *a, const char *b)
{
	const char *x = any_call_of(a), *y = any_call_of(b);

	return x && y && !strcmp(x, y);
}

static bool is_compat(const char *name)
{
	return strstr(name, "compat_sys_") != NULL;
}

const char *syscall_name(const char *name, bool *compat)
{
	*compat = is_compat(name);
	return any_call_of(name);
}

struct entry_walk {
	const char *call;
	bool compat;
	void (*fn)(const struct ksym *sym, void *arg);
	void *arg;
};

static void look_at_entry(const struct ksym *sym, void *arg)
{
	const char *end = entry_ending(sym->name);
	const struct entry_walk *w = arg;

	if (sym->global && end && !call_of(sym->name) && !strcmp(end + strlen("_sys_"), w->call) &&
	    is_compat(sym->name) == w->compat)
		w->fn(sym, w->arg);
}

void syscall_each_entry(const struct elf_file *vmlinux, const char *call, bool compat,
			void (*fn)(const struct ksym *sym, void *arg), void *arg)
{
	struct entry_walk w = {.call = call, .compat = compat, .fn = fn, .arg = arg};

	kallsyms_each(vmlinux, look_at_entry, &w);
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
