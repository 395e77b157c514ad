// SPDX-License-Identifier: GPL-2.0-only
/* Which functions ftrace can take hold of: see symbols/traced.h. */
#include "symbols/traced.h"

#include "base/util.h"
#include "elf/based.h"

/* The table that begins at start. */
struct based {
	struct sites *sites;
	uint64_t start;
	size_t filled;
};

static void take_based(uint64_t place, uint64_t addr, void *arg)
{
	struct based *b = arg;

	if (place < b->start || (place - b->start) / 8 >= b->sites->n || place % 8)
		return;
	b->sites->site[(place - b->start) / 8] = addr;
	b->filled++;
}

struct padded {
	const struct sites *sites;
	uint8_t padding;
	size_t n;
};

static void count_padded(const struct ksym *sym, void *arg)
{
	struct padded *p = arg;

	p->n += sym->elf_type == STT_FUNC && sites_in(p->sites, sym->addr - p->padding, 1);
}

/* No symbol tells how the compiler was called, but functions begin where padding ends. */
static bool is_padded(const struct sites *t, const struct elf_file *vmlinux, uint8_t padding)
{
	struct padded p = {.sites = t, .padding = padding};

	if (padding)
		kallsyms_each(vmlinux, count_padded, &p);
	return p.n > t->n / 2;
}

int traced_read_vmlinux(struct sites *t, const struct elf_file *vmlinux, const struct arch *arch,
			uint64_t start, uint64_t stop, uint8_t *padding)
{
	struct based based = {.sites = t, .start = start};
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
	}
	based_each(vmlinux, arch, take_based, &based);
	filled |= based.filled == n;
	if (!filled)
		return 0;
	sites_sort(t);
	t->known = true;
	*padding = is_padded(t, vmlinux, arch->ftrace.padding) ? arch->ftrace.padding : 0;
	for (size_t i = 0; i < n; i++)
		t->site[i] += *padding;
	return 0;
}

int traced_read_module(struct sites *t, const struct elf_file *f, const struct arch *arch,
		       uint8_t padding)
{
	const char *const *section = arch->ftrace.section;

	if (section[1] && elf_file_section(f, section[1]))
		section++;
	if (sites_read_module(t, f, *section, 8))
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
