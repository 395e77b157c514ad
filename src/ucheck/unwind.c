// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether stacks through the old and the new functions can be unwound: whoever applies the patch
 * has to see whether a thread is in one of them. .eh_frame says that of code, function by function.
 */
#include <string.h>

#include "ucheck/check.h"

/* DW_EH_PE_: how an address is written. */
#define PE_PCREL 0x10
#define PE_SDATA4 0x0b
#define PE_ABSPTR 0x00

struct frames {
	const struct elf_file *f;
	const unsigned char *data; /* NULL: there is no such section */
	size_t size;
	uint64_t addr;
};

static void open_frames(struct frames *ret, const struct elf_file *f)
{
	size_t section = elf_file_section(f, ".eh_frame");

	*ret = (struct frames){.f = f};
	if (!section || elf_file_bytes(f, section, &ret->data, &ret->size))
		ret->data = NULL;
	ret->addr = f->sec[section].shdr.sh_addr;
}

/* Past a number of seven bits a byte. */
static size_t skip_leb(const struct frames *e, size_t at)
{
	while (at < e->size && (e->data[at] & 0x80))
		at++;
	return at + 1;
}

/* How the entries of a CIE write addresses; -1: unknown. */
static int encoding_of(const struct frames *e, size_t cie)
{
	size_t at = cie + 9, end;
	const char *augmentation = (const char *)e->data + at;

	if (at >= e->size || !memchr(augmentation, '\0', e->size - at))
		return -1;
	at += strlen(augmentation) + 1;
	at = skip_leb(e, skip_leb(e, skip_leb(e, at))); /* both alignments, the return column */
	if (augmentation[0] != 'z')
		return augmentation[0] ? -1 : PE_ABSPTR;
	at = skip_leb(e, at);
	for (const char *letter = augmentation + 1; *letter; letter++) {
		if (at >= e->size)
			return -1;
		if (*letter == 'R')
			return e->data[at];
		end = *letter == 'L' ? at + 1 : *letter == 'P' ? at + 5 : at;
		if (*letter == 'P' && (e->data[at] & 0xf) != PE_SDATA4)
			return -1;
		at = end;
	}
	return PE_ABSPTR;
}

/* Does the entry at a place speak of that address? */
static bool entry_covers(const struct frames *e, size_t at, size_t end, uint64_t addr)
{
	uint64_t back = elf_file_number(e->f, e->data + at + 4, 4), start, size;
	int encoding;

	if (!back || back > at + 4)
		return false;
	encoding = encoding_of(e, at + 4 - back);
	if (encoding == (PE_PCREL | PE_SDATA4) && end - at >= 16) {
		start = e->addr + at + 8 +
			(uint64_t)(int64_t)(int32_t)elf_file_number(e->f, e->data + at + 8, 4);
		size = elf_file_number(e->f, e->data + at + 12, 4);
	} else if (encoding == PE_ABSPTR && end - at >= 24) {
		start = elf_file_number(e->f, e->data + at + 8, 8);
		size = elf_file_number(e->f, e->data + at + 16, 8);
	} else {
		return false;
	}
	return addr >= start && addr - start < size;
}

static bool covers(const struct frames *e, uint64_t addr)
{
	for (size_t at = 0; e->data && at + 8 <= e->size;) {
		uint64_t length = elf_file_number(e->f, e->data + at, 4);

		if (length < 4 || length > e->size - at - 4)
			return false;
		if (entry_covers(e, at, at + 4 + length, addr))
			return true;
		at += 4 + length;
	}
	return false;
}

void ucheck_unwind(struct ucheck *c)
{
	struct frames image;

	open_frames(&image, c->image->elf);
	for (size_t i = 0; i < c->p->func_count; i++) {
		const struct ucheck_func *f = &c->func[i];
		struct frames target;

		open_frames(&target, f->target->b->elf);
		for (uint32_t k = 0; k < f->is->range_count; k++) {
			uint64_t addr = c->p->range[f->is->range + k].addr;

			if (!covers(&target, addr))
				ucheck_bad(c,
					   "'%s' says nothing of how to unwind '%s' at 0x%llx: who "
					   "is in it could not be seen",
					   f->target->b->path, f->name, (unsigned long long)addr);
		}
		if (!covers(&image, f->is->body) || !covers(&image, f->is->entry))
			ucheck_bad(c,
				   "the new function of '%s' cannot be unwound: was it compiled "
				   "without -fasynchronous-unwind-tables?",
				   f->name);
	}
	ucheck_looked(c, "%zu functions", c->p->func_count);
}
