// SPDX-License-Identifier: GPL-2.0-only
/* Which functions ftrace can take hold of: see traced.h. */
#include "traced.h"

#include "util.h"

int traced_read_vmlinux(struct sites *t, const struct elf_file *vmlinux, uint64_t start,
			uint64_t stop, uint8_t padding)
{
	const unsigned char *data;
	bool filled = false;
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
	for (t->n = 0; t->n < n; t->n++) {
		t->site[t->n] = elf_file_number(vmlinux, data + 8 * t->n, 8);
		filled |= t->site[t->n] != 0;
		t->site[t->n] += padding;
	}
	if (filled || !n)
		sites_sort(t);
	return 0;
}

int traced_read_module(struct sites *t, const struct elf_file *f, const struct arch *arch,
		       uint8_t padding)
{
	if (sites_read_module(t, f, arch->traced_section, 8))
		return -1;
	for (size_t i = 0; i < t->n; i++)
		t->site[i] += padding;
	return 0;
}

const char *traced_refusal(const struct sites *t, const struct ksym *sym)
{
	if (t->known && !sites_in(t, sym->addr, sym->size))
		return "ftrace has no call site in it (notrace, noinstr or built without tracing)";
	return NULL;
}
