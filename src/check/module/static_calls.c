// SPDX-License-Identifier: GPL-2.0-only
/*
 * Static calls that have their trampoline in the place of their key. objtool writes that when an
 * object file does not refer to the key, as with static_call_mod(). The kernel knows the keys of
 * only those trampolines that it exports for this, and refuses a module with any other.
 *
 * Rules: kernel/static_call_inline.c, static_call_add_module() and tramp_key_lookup();
 * tools/objtool/check.c, create_static_call_sections().
 */
#include <inttypes.h>
#include <string.h>

#include "check/say.h"

#define SITES ".static_call_sites"
#define TABLE_START "__start_static_call_tramp_key"
#define TABLE_STOP "__stop_static_call_tramp_key"
#define TRAMPOLINE "__SCT__"

/* struct static_call_site and struct static_call_tramp_key consist of two distances each. */
#define ENTRY 8
#define KEY 4

/* The name of the symbol to which the relocation of a key refers. */
static const char *key_name(const struct check *c, const struct reloc *r)
{
	size_t livepatch = c->symbol_of[r->symbol];
	struct elf_symbol s;

	if (livepatch)
		return c->symbol[livepatch - 1].name;
	elf_file_symbol(c->mod, r->symbol, &s);
	return s.name;
}

static bool has_trampoline(const struct check *c, const struct reloc *r)
{
	return !strcmp(c->mod->sec[r->section].name, SITES) && r->offset % ENTRY == KEY &&
	       str_starts(key_name(c, r), TRAMPOLINE);
}

void check_static_calls_want(struct check *c)
{
	kallsyms_want(&c->target->kallsyms, TABLE_START);
	kallsyms_want(&c->target->kallsyms, TABLE_STOP);
	for (size_t i = 0; i < c->relocs.n; i++) {
		if (has_trampoline(c, &c->relocs.r[i]))
			kallsyms_want(&c->target->kallsyms, key_name(c, &c->relocs.r[i]));
	}
}

/* tramp_key_lookup() */
static bool has_key(const struct check *c, uint64_t start, uint64_t stop, uint64_t trampoline)
{
	const struct elf_file *f = c->target->vmlinux;

	for (uint64_t at = start; at < stop && stop - at >= ENTRY; at += ENTRY) {
		const unsigned char *entry = elf_file_at(f, at, ENTRY);

		if (entry && at + (uint64_t)(int32_t)elf_file_number(f, entry, 4) == trampoline)
			return true;
	}
	return false;
}

static const struct ksym *symbol_of(const struct check *c, const char *name)
{
	size_t n;

	return kallsyms_find(&c->target->kallsyms, name, &n);
}

static void refuse(struct check *c, const struct reloc *r, const char *call)
{
	uint64_t offset;
	size_t section, user = 0;

	if (relocs_pointer(c->mod, &c->relocs, r->section, r->offset - KEY, &section, &offset))
		user = check_symbol_at(c, section, offset);
	bad(c,
	    "%s'" SITES "' + 0x%" PRIx64
	    ": the static call '%s' has its trampoline for a key, and this "
	    "kernel has no key for that: static_call_add_module() refuses the module (\"Failed to "
	    "fixup __raw_static_call() usage\")\n"
	    "  write static_call(%s) for static_call_mod(%s)",
	    user ? check_source(c, user) : "", r->offset, call, call, call);
}

void check_static_calls(struct check *c)
{
	const struct ksym *start = symbol_of(c, TABLE_START), *stop = symbol_of(c, TABLE_STOP);

	/*
	 * Kernels without CONFIG_HAVE_STATIC_CALL_INLINE have no such table, and do not read the
	 * section.
	 */
	if (!start || !stop)
		return;
	for (size_t i = 0; i < c->relocs.n; i++) {
		const struct reloc *r = &c->relocs.r[i];
		const struct ksym *trampoline;

		if (!has_trampoline(c, r))
			continue;
		trampoline = symbol_of(c, key_name(c, r));
		if (!trampoline || !has_key(c, start->addr, stop->addr, trampoline->addr))
			refuse(c, r, key_name(c, r) + strlen(TRAMPOLINE));
	}
}
