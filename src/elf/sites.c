// SPDX-License-Identifier: GPL-2.0-only
/* Places in code that a section lists: see elf/sites.h. */
#include "elf/sites.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/util.h"
#include "elf/relocs.h"

/* The kernel keeps its own tables sorted. */
static bool is_sorted(const struct sites *s)
{
	for (size_t i = 1; i < s->n; i++) {
		if (s->site[i - 1] > s->site[i])
			return false;
	}
	return true;
}

void sites_sort(struct sites *s)
{
	if (!is_sorted(s))
		qsort(s->site, s->n, sizeof(*s->site), order_u64);
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
	size_t lo = COUNT_FIRST(i, s->n, s->site[i] < addr);

	return lo < s->n && s->site[lo] - addr < size;
}

void sites_free(struct sites *s)
{
	free(s->site);
	memset(s, 0, sizeof(*s));
}
