// SPDX-License-Identifier: GPL-2.0-only
/* Places in code that a section lists: see sites.h. */
#include "sites.h"

#include <stdlib.h>
#include <string.h>

#include "relocs.h"
#include "util.h"

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void sites_sort(struct sites *s)
{
	if (s->n)
		qsort(s->site, s->n, sizeof(*s->site), by_number);
}

int sites_read_module(struct sites *s, const struct elf_file *f, const char *section, size_t entry)
{
	size_t index = elf_file_section(f, section);
	struct relocs relocs;

	if (!index) { /* not one function is listed */
		s->known = true;
		return 0;
	}
	if (relocs_read_section(f, index, &relocs))
		return -1;
	s->site = xcalloc(relocs.n, sizeof(*s->site));
	for (size_t i = 0; i < relocs.n; i++) {
		uint64_t offset;
		size_t to;

		if (relocs_pointer(f, &relocs, index, relocs.r[i].offset, &to, &offset))
			s->site[s->n++] = elf_place(to, offset);
	}
	sites_sort(s);
	s->known = s->n == f->sec[index].shdr.sh_size / entry;
	relocs_free(&relocs);
	return 0;
}

bool sites_in(const struct sites *s, uint64_t addr, uint64_t size)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->site[mid] < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->n && s->site[lo] - addr < size;
}

void sites_free(struct sites *s)
{
	free(s->site);
	memset(s, 0, sizeof(*s));
}
