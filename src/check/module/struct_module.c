// SPDX-License-Identifier: GPL-2.0-only
/*
 * The struct module that the module contains. scripts/mod/modpost.c, add_header(), puts its name
 * and two functions into '.gnu.linkonce.this_module', and nothing else. load_module() uses a copy
 * of the section as it is: it calls what is at .init, and trusts the other members as if it had set
 * them.
 */
#include <string.h>

#include "check/say.h"
#include "elf/modinfo.h"

#define THIS_MODULE ".gnu.linkonce.this_module"

/* The place where a symbol of that name is defined, 0: nowhere. */
static uint64_t place_of(const struct check *c, const char *name)
{
	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (!s.special && !strcmp(s.name, name))
			return elf_place(s.shndx, s.sym.st_value);
	}
	return 0;
}

/*
 * The pointer to init_module() or cleanup_module(), which has to be there if the module defines
 * that function.
 */
static void check_function(const struct check *c, size_t section, size_t member, const char *what,
			   const char *name)
{
	const struct reloc *r = relocs_at(&c->relocs, section, member);
	uint64_t function = place_of(c, name), offset;
	size_t to;

	if (!r && function)
		bad(c,
		    "its struct module has no pointer to '%s' (%s), which it defines: do_init_module() "
		    "and delete_module() would not call it",
		    name, what);
	if (!r)
		return;
	if (r->type != c->target->arch->abs64)
		bad(c,
		    "the pointer at '%s' of its struct module is not an address: load_module() "
		    "would jump to what it finds",
		    what);
	else if (!relocs_pointer(c->mod, &c->relocs, section, member, &to, &offset) ||
		 elf_place(to, offset) != function)
		bad(c,
		    "the pointer at '%s' of its struct module does not lead to '%s': it would be "
		    "called all the same",
		    what, name);
}

static void check_strays(const struct check *c, size_t section)
{
	for (const struct reloc *r = relocs_from(&c->relocs, section, 0);
	     r && r < c->relocs.r + c->relocs.n && r->section == section; r++) {
		if (r->offset != c->layout.module_init && r->offset != c->layout.module_exit)
			bad(c,
			    "its struct module has a relocation at 0x%llx, where modpost writes none: "
			    "load_module() takes that member for its own",
			    (unsigned long long)r->offset);
	}
}

/* Apart from the name and the two pointers, there have to be zeros. */
static void check_bytes(const struct check *c, const unsigned char *data, size_t size)
{
	const char *want = modinfo_first(c->mod, "name");
	size_t name = c->layout.module_name, end = name + KLP_MODULE_NAME_MAX + 1;
	size_t len = name < size ? strnlen((const char *)data + name, size - name) : 0;

	if (end > size)
		return;
	if (len > KLP_MODULE_NAME_MAX)
		bad(c,
		    "the name in its struct module does not end: load_module() would read beyond it");
	else if (want && (strlen(want) != len || memcmp(want, data + name, len) != 0))
		bad(c,
		    "modinfo's name is '%s', that in its struct module '%.*s': the kernel uses now the "
		    "one, now the other",
		    want, (int)len, (const char *)data + name);
	for (size_t i = 0; i < size; i++) {
		bool named = i >= name && i < name + len;

		if (!named && data[i]) {
			bad(c,
			    "its struct module has 0x%02x at 0x%zx, where modpost leaves a zero: "
			    "load_module() takes that member for its own",
			    data[i], i);
			break;
		}
	}
}

/*
 * load_module() uses the section from its first byte as struct module, and the patch uses
 * __this_module: both have to be the same place.
 */
static void check_symbol(const struct check *c, size_t section)
{
	uint64_t place = place_of(c, "__this_module");

	if (place && place != elf_place(section, 0))
		bad(c,
		    "'__this_module' is not the beginning of section '" THIS_MODULE
		    "': klp_enable_patch() would be given another struct module than the loader's");
}

void check_struct_module(struct check *c)
{
	size_t section = elf_file_section(c->mod, THIS_MODULE), size;
	const unsigned char *data;

	if (!section || !c->layout_known || !c->relocs_sane)
		return;
	if (!c->layout.module_init || !c->layout.module_name) {
		note(c, "struct module: '%s' does not tell where its members are",
		     c->target->vmlinux->path);
		return;
	}
	if (elf_file_bytes(c->mod, section, &data, &size) || !data)
		return;
	check_symbol(c, section);
	check_function(c, section, c->layout.module_init, "init", "init_module");
	if (c->layout.module_exit)
		check_function(c, section, c->layout.module_exit, "exit", "cleanup_module");
	check_strays(c, section);
	check_bytes(c, data, size);
}
