// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was copied along with functions of a kernel file and does not belong into a patch: exports,
 * trace events of system calls, aliases of devices, lists of BTF IDs.
 *
 * Rules: kernel/module/main.c, verify_exported_symbols(); kernel/trace/trace_events.c,
 * trace_module_add_events() and event_init(), which calls init_syscall_trace() of
 * kernel/trace/trace_syscalls.c; scripts/mod/file2alias.c; include/linux/btf_ids.h and
 * scripts/Makefile.modfinal, cmd_btf_ko.
 */
#include <string.h>

#include "check/say.h"
#include "elf/modinfo.h"

#define KSYMTAB "__ksymtab_"
#define SYSCALL_META "__syscall_meta__"

/* The number of the global symbol of that name that the module defines, 0: there is none. */
static size_t find_defined(const struct check *c, const char *name)
{
	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (!s.special && GELF_ST_BIND(s.sym.st_info) != STB_LOCAL && !strcmp(s.name, name))
			return i;
	}
	return 0;
}

static void check_export(struct check *c, const char *name)
{
	const struct symver *export = symvers_find(&c->target->symvers, name);

	if (!export) {
		odd(c, "it exports '%s': other modules would then depend on a patch", name);
		return;
	}
	bad(c,
	    "%s'%s' is exported, as '%s' does already: verify_exported_symbols() refuses the module\n"
	    "  remove EXPORT_SYMBOL() from its files",
	    check_source(c, find_defined(c, name)), name, export->owner);
}

/* Trace events of system calls are set up by a function in the kernel's init memory. */
static void check_syscall(struct check *c, size_t symbol, const char *name)
{
	bad(c,
	    "%sit has trace events of the system call '%s': event_init() calls "
	    "init_syscall_trace() for them, which is gone after boot, and the kernel crashes\n"
	    "  write __SYSCALL_DEFINEx() instead of SYSCALL_DEFINE(): that makes none",
	    check_source(c, symbol), name);
}

/* depmod lists aliases, and modprobe and udev would load the patch for a device. */
static void check_alias(const struct check *c)
{
	const char *alias = modinfo_first(c->mod, "alias");

	if (alias)
		odd(c,
		    "modinfo has the alias '%s': whoever looks for a driver by it gets the patch; "
		    "remove MODULE_DEVICE_TABLE() and MODULE_ALIAS() from its files",
		    alias);
}

/* Has resolve_btfids left the section as zeros? */
static bool is_empty(const struct elf_file *f, size_t section)
{
	const unsigned char *data;
	size_t size;

	if (elf_file_bytes(f, section, &data, &size))
		return false;
	for (size_t i = 0; i < size; i++) {
		if (data[i])
			return false;
	}
	return true;
}

static void refuse_btf_ids(struct check *c, size_t user, const char *section)
{
	const char *source = user ? check_source(c, user) : "";
	struct elf_symbol s;

	elf_file_symbol(c->mod, user, &s);
	bad(c,
	    "%s'%s' uses a list of BTF IDs of the patch, which is empty: only resolve_btfids fills "
	    "such\n"
	    "  leave BTF_ID_LIST() and its like out; a global list of the kernel's can be declared "
	    "extern",
	    source, user ? s.name : section);
}

/*
 * BTF_ID_LIST() and its like reserve zeros, where resolve_btfids writes the numbers of types.
 * kbuild runs that only for modules that get BTF. No type has the number 0, so that code with an
 * empty list recognises no type.
 */
static void check_btf_ids(struct check *c)
{
	size_t section = elf_file_section(c->mod, ".BTF_ids"), told = 0;

	if (!section || !is_empty(c->mod, section))
		return;
	for (size_t i = 0; i < c->relocs.n; i++) {
		const struct reloc *r = &c->relocs.r[i];
		struct elf_symbol to;
		size_t user;

		elf_file_symbol(c->mod, r->symbol, &to);
		if (to.special || to.shndx != section)
			continue;
		user = check_symbol_at(c, r->section, r->offset);
		if (!user || user != told)
			refuse_btf_ids(c, user, c->mod->sec[r->section].name);
		told = user;
	}
}

void check_leftovers(struct check *c)
{
	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (s.special)
			continue;
		if (str_starts(s.name, KSYMTAB) &&
		    str_starts(c->mod->sec[s.shndx].name, "__ksymtab"))
			check_export(c, s.name + strlen(KSYMTAB));
		else if (str_starts(s.name, SYSCALL_META))
			check_syscall(c, i, s.name + strlen(SYSCALL_META));
	}
	check_alias(c);
	check_btf_ids(c);
}
