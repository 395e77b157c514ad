// SPDX-License-Identifier: GPL-2.0-only
/* The first bytes of functions: see umake/entry.h. */
#include "umake/entry.h"

#include <string.h>

/* What assemblers put between functions on x86: int3, zeros, and no-ops of any length. */
static size_t padding(const unsigned char *code, size_t size)
{
	size_t prefixes = 0;

	while (prefixes < size && (code[prefixes] == 0x66 || code[prefixes] == 0x2e))
		prefixes++;
	if (!size)
		return 0;
	if (code[0] == 0xcc || code[0] == 0)
		return 1;
	if (prefixes < size && code[prefixes] == 0x90)
		return prefixes + 1;
	/* nopl, nopw: 0f 1f and an operand */
	if (prefixes + 2 < size && code[prefixes] == 0x0f && code[prefixes + 1] == 0x1f) {
		unsigned char modrm = code[prefixes + 2];
		size_t len = prefixes + 3;

		len += (modrm & 7) == 4;
		len += modrm >> 6 == 1 ? 1 : modrm >> 6 == 2 ? 4 : 0;
		return len <= size ? len : 0;
	}
	return 0;
}

void entry_read(const struct binary *b, uint64_t addr, uint64_t size, struct func_entry *ret)
{
	size_t section = binary_section(b, addr), len;
	const unsigned char *code;
	uint64_t left;

	memset(ret, 0, sizeof(*ret));
	if (!section || !(b->elf->sec[section].shdr.sh_flags & SHF_EXECINSTR) ||
	    elf_file_bytes(b->elf, section, &code, &len) || !code)
		return;
	code += addr - b->elf->sec[section].shdr.sh_addr;
	left = len - (addr - b->elf->sec[section].shdr.sh_addr);
	if (b->arch->landing.bytes && left >= 4 && !memcmp(code, b->arch->landing.bytes, 4))
		ret->jump = 4;
	ret->room = size < left ? size : left;
	while (ret->room < ret->jump + ENTRY_JUMP) {
		size_t more = padding(code + ret->room, left - ret->room);

		if (!more)
			break;
		ret->room += more;
	}
	ret->first_size = left < USER_FIRST_MAX ? left : USER_FIRST_MAX;
	memcpy(ret->first, code, ret->first_size);
}
