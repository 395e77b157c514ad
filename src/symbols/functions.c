// SPDX-License-Identifier: GPL-2.0-only
/* Functions by address: see symbols/functions.h. */
#include "symbols/functions.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/search.h"
#include "base/util.h"
#include "symbols/ksym_sort.h"

struct keeping {
	struct functions *f;
	const uint64_t *addr; /* which ones, NULL: all of them */
	size_t n;
};

static bool is_wanted(const struct keeping *k, uint64_t addr)
{
	for (size_t i = 0; i < k->n; i++) {
		if (k->addr[i] == addr)
			return true;
	}
	return !k->addr;
}

static void keep_function(const struct ksym *sym, void *arg)
{
	const struct keeping *k = arg;

	if (!is_wanted(k, sym->addr))
		return;
	GROW(k->f->sym, k->f->n, k->f->cap);
	k->f->sym[k->f->n++] = *sym;
}

static int by_address(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;

	/* Of one address global ones first. */
	return ORDER(x->addr, y->addr) ?: ORDER(y->global, x->global) ?: ORDER(x->order, y->order);
}

void functions_read_at(struct functions *f, const struct elf_file *elf, const uint64_t *addr,
		       size_t n)
{
	struct keeping keeping = {.addr = addr, .n = n};

	*f = (struct functions){0};
	keeping.f = f;
	kallsyms_each_function(elf, keep_function, &keeping);
	ksym_sort(f->sym, f->n, by_address);
}

void functions_read(struct functions *f, const struct elf_file *elf)
{
	functions_read_at(f, elf, NULL, 0);
}

const struct ksym *functions_at(const struct functions *f, uint64_t addr)
{
	size_t lo = COUNT_FIRST(i, f->n, f->sym[i].addr <= addr);

	if (lo == 0)
		return NULL;
	for (lo--; lo > 0 && f->sym[lo - 1].addr == f->sym[lo].addr; lo--)
		;
	if (addr != f->sym[lo].addr && addr - f->sym[lo].addr >= f->sym[lo].size)
		return NULL;
	return &f->sym[lo];
}

const struct ksym *functions_named(const struct functions *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!strcmp(f->sym[i].name, name))
			return &f->sym[i];
	}
	return NULL;
}

static bool same_file(const struct ksym *a, const struct ksym *b)
{
	return a->file && b->file && !strcmp(a->file, b->file);
}

static int by_name(const void *a, const void *b, void *arg)
{
	const struct functions *f = arg;
	const size_t *x = a, *y = b;

	return strcmp(f->sym[*x].name, f->sym[*y].name) ?: ORDER(*x, *y);
}

static void sort_names(struct functions *f)
{
	f->by_name = xcalloc(f->n, sizeof(*f->by_name));
	for (size_t i = 0; i < f->n; i++)
		f->by_name[i] = i;
	qsort_r(f->by_name, f->n, sizeof(*f->by_name), by_name, f);
}

const struct ksym *functions_whole(struct functions *f, const struct ksym *part)
{
	const struct ksym *any = NULL, *here = NULL;
	size_t anywhere = 0, in_file = 0, first;
	CLEANUP_FREE char *name = NULL;

	if (!part || !function_is_cold(part->name))
		return part;
	name = xstrndup(part->name, (size_t)(strstr(part->name, ".cold") - part->name));
	if (!f->by_name && f->n)
		sort_names(f);
	first = COUNT_FIRST(i, f->n, strcmp(f->sym[f->by_name[i]].name, name) < 0);
	for (size_t i = first; i < f->n; i++) {
		const struct ksym *sym = &f->sym[f->by_name[i]];

		if (strcmp(sym->name, name) != 0)
			break;
		any = sym;
		anywhere++;
		if (same_file(sym, part)) {
			here = sym;
			in_file++;
		}
	}
	return anywhere == 1 ? any : in_file == 1 ? here : NULL;
}

bool function_is_clone(const char *name)
{
	/*
	 * "__pfx_NAME" is not a function, but the padding before one:
	 * arch/x86/include/asm/linkage.h
	 */
	return !function_is_cold(name) && !str_starts(name, "__pfx_") &&
	       (strstr(name, ".isra.") || strstr(name, ".constprop.") || strstr(name, ".part."));
}

/* gcc has numbered them up to its release 9: NAME.cold.3 */
bool function_is_cold(const char *name)
{
	const char *cold = strstr(name, ".cold");

	return cold && (!cold[5] || cold[5] == '.');
}

bool function_is_cold_of(const char *part, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(part, name, len) && str_starts(part + len, ".cold") &&
	       function_is_cold(part + len);
}

void functions_free(struct functions *f)
{
	free(f->sym);
	free(f->by_name);
	memset(f, 0, sizeof(*f));
}
