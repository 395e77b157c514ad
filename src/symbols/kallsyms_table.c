// SPDX-License-Identifier: GPL-2.0-only
/* Reading the kernel's own list of symbols: see symbols/kallsyms_table.h. */
#include "symbols/kallsyms_table.h"

#include <string.h>

#include "base/util.h"
#include "klp/format.h"

#define TOKENS 256

/* Bytes of vmlinux from an address to the end of its section. */
struct bytes {
	const unsigned char *p; /* NULL: there are none */
	uint64_t size;
};

struct kallsyms_table {
	const struct elf_file *elf;
	struct bytes number, names, tokens, token_at;
};

static struct bytes bytes_at(const struct elf_file *f, uint64_t addr)
{
	for (size_t i = 1; i < f->shnum; i++) {
		const GElf_Shdr *s = &f->sec[i].shdr;

		if ((s->sh_flags & SHF_ALLOC) && addr >= s->sh_addr &&
		    addr - s->sh_addr < s->sh_size) {
			uint64_t size = s->sh_size - (addr - s->sh_addr);

			return (struct bytes){elf_file_at(f, addr, size), size};
		}
	}
	return (struct bytes){0};
}

static bool find_table(const struct elf_file *f, struct kallsyms_table *t)
{
	const struct {
		const char *name;
		struct bytes *bytes;
	} wanted[] = {
		{"kallsyms_num_syms", &t->number},
		{"kallsyms_names", &t->names},
		{"kallsyms_token_table", &t->tokens},
		{"kallsyms_token_index", &t->token_at},
	};
	bool all = true;

	memset(t, 0, sizeof(*t));
	t->elf = f;
	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(f, i, &s);
		for (size_t k = 0; k < ARRAY_SIZE(wanted); k++) {
			if (!s.special && !strcmp(s.name, wanted[k].name))
				*wanted[k].bytes = bytes_at(f, s.sym.st_value);
		}
	}
	for (size_t k = 0; k < ARRAY_SIZE(wanted); k++)
		all &= wanted[k].bytes->p != NULL;
	return all && t->number.size >= 4 && t->token_at.size >= 2 * TOKENS;
}

/* The string that a byte stands for; NULL when it has no end. */
static const char *token(const struct kallsyms_table *t, unsigned char byte)
{
	uint64_t at = elf_file_number(t->elf, t->token_at.p + 2 * byte, 2);

	if (at >= t->tokens.size || !memchr(t->tokens.p + at, '\0', t->tokens.size - at))
		return NULL;
	return (const char *)t->tokens.p + at;
}

/* A name with its type's letter before it, of so many bytes. */
static bool is_name(const struct kallsyms_table *t, const unsigned char *p, size_t len,
		    const char *name)
{
	char text[KLP_SYMBOL_NAME_MAX + 2];
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		const char *s = token(t, p[i]);
		size_t more = s ? strlen(s) : sizeof(text);

		if (more >= sizeof(text) - n)
			return false;
		memcpy(text + n, s, more);
		n += more;
	}
	text[n] = '\0';
	return n && !strcmp(text + 1, name);
}

bool kallsyms_table_has(const struct elf_file *vmlinux, const char *name)
{
	struct kallsyms_table t;
	uint64_t number, at = 0;

	if (!find_table(vmlinux, &t))
		return false;
	number = elf_file_number(vmlinux, t.number.p, 4);
	for (uint64_t i = 0; i < number && at < t.names.size; i++) {
		size_t len = t.names.p[at++];

		/* "kallsyms: Increase maximum kernel symbol length to 512": a second byte */
		if ((len & 0x80) && at < t.names.size)
			len = (len & 0x7f) | (size_t)t.names.p[at++] << 7;
		if (len > t.names.size - at)
			return false;
		if (is_name(&t, t.names.p + at, len, name))
			return true;
		at += len;
	}
	return false;
}
