// SPDX-License-Identifier: GPL-2.0-only
/* Which functions ftrace can take hold of: see traced.h. */
#include "traced.h"

#include <stdlib.h>
#include <string.h>

#include "relocs.h"
#include "util.h"

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void sort(struct traced *t)
{
	if (t->n)
		qsort(t->site, t->n, sizeof(*t->site), by_number);
	t->known = true;
}

int traced_read_vmlinux(struct traced *t, const struct elf_file *vmlinux, uint64_t start,
			uint64_t stop)
{
	const unsigned char *data;
	size_t n;

	if (stop < start || (stop - start) % 8) {
		error("'%s': __start_mcount_loc and __stop_mcount_loc make no table",
		      vmlinux->path);
		return -1;
	}
	n = (stop - start) / 8;
	data = n ? elf_file_at(vmlinux, start, stop - start) : NULL;
	if (n && !data) {
		error("'%s': the table at __start_mcount_loc is not in the file", vmlinux->path);
		return -1;
	}
	t->site = xcalloc(n, sizeof(*t->site));
	for (t->n = 0; t->n < n; t->n++)
		t->site[t->n] = elf_file_number(vmlinux, data + 8 * t->n, 8);
	sort(t);
	return 0;
}

int traced_read_module(struct traced *t, const struct elf_file *f, const struct arch *arch)
{
	size_t index = elf_file_section(f, arch->traced_section);
	struct relocs relocs;

	if (!index) { /* not one function is traced */
		sort(t);
		return 0;
	}
	if (relocs_read_section(f, index, &relocs))
		return -1;
	t->site = xcalloc(relocs.n, sizeof(*t->site));
	for (size_t i = 0; i < relocs.n; i++) {
		uint64_t offset;
		size_t section;

		if (relocs_pointer(f, &relocs, index, relocs.r[i].offset, &section, &offset))
			t->site[t->n++] = elf_place(section, offset);
	}
	if (t->n == f->sec[index].shdr.sh_size / 8)
		sort(t);
	relocs_free(&relocs);
	return 0;
}

/* Is there a call site in [addr, addr + size)? */
static bool has_site(const struct traced *t, uint64_t addr, uint64_t size)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->site[mid] < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < t->n && t->site[lo] - addr < size;
}

const char *traced_refusal(const struct traced *t, const struct ksym *sym)
{
	if (sym->elf_type != STT_FUNC)
		return "not a function";
	if (sym->init)
		return "in init memory, which the kernel frees";
	if (sym->size == 0)
		return "it has no size";
	if (t->known && !has_site(t, sym->addr, sym->size))
		return "ftrace has no call site in it (notrace, noinstr or built without tracing)";
	return NULL;
}

void traced_free(struct traced *t)
{
	free(t->site);
	memset(t, 0, sizeof(*t));
}
