// SPDX-License-Identifier: GPL-2.0-only
/* Tables about code: see same/code_tables.h. */
#include "same/code_tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/structure.h"
#include "same/difference.h"

/*
 * What else the kernel notes of its code (.smp_locks, .retpoline_sites, .static_call_sites...)
 * follows from the instructions there. In all of these the first member says which code is meant,
 * as a distance of four bytes. include/asm-generic/vmlinux.lds.h, arch/x86/kernel/vmlinux.lds.S
 */
static const struct {
	const char *section, *start, *stop;
	const char *other_start, *other_stop; /* arch/riscv/kernel/vmlinux.lds.S; or NULL */
} tables[TABLES] = {
	[TABLE_JUMP] = {"__jump_table", "__start___jump_table", "__stop___jump_table", NULL, NULL},
	[TABLE_ALTERNATIVES] = {".altinstructions", "__alt_instructions", "__alt_instructions_end",
				"__alt_start", "__alt_end"},
	[TABLE_EXCEPTIONS] = {"__ex_table", "__start___ex_table", "__stop___ex_table", NULL, NULL},
	[TABLE_BUGS] = {"__bug_table", "__start___bug_table", "__stop___bug_table", NULL, NULL},
};

#define ABOUT_SIZE 4

const char *code_table_name(const struct code_tables *t, size_t table)
{
	return t->t[table].section ? t->t[table].section : tables[table].section;
}

/* How the architecture replaces code of a given length by other code. */
static const struct arch_rewrite *alternatives_of(const struct arch *arch)
{
	static const struct arch_rewrite none = {.section = ".altinstructions",
						 .structure = "alt_instr"};

	for (const struct arch_rewrite *r = arch->loader.rewrites; r && r->section; r++) {
		if (r->structure && r->other && r->other_length)
			return r;
	}
	return &none;
}

/*
 * The unit that applies alternatives knows all of them where it reads and writes other tables'
 * code, too; else the one that loads modules, which have all of them.
 */
static int read_structures(const struct arch_rewrite *rewrite, const struct arch *arch,
			   struct dwarf_file *vmlinux, struct structure *s, size_t n)
{
	static const char *const none[] = {"apply_alternatives", NULL};
	static const char *const loader[] = {"search_module_extables", "load_module", NULL};
	const char *path = arch->alternatives_path ? arch->alternatives_path : rewrite->path;
	int found = structures_read_beside(vmlinux, rewrite->functions ? rewrite->functions : none,
					   path, s, n);

	return found ? found
		     : structures_read_beside(vmlinux, loader, "kernel/module/main.c", s, n);
}

int code_tables_read(struct code_tables *t, const struct arch *arch, struct dwarf_file *vmlinux)
{
	struct code_table *alternatives = &t->t[TABLE_ALTERNATIVES], *bugs = &t->t[TABLE_BUGS];
	const struct arch_rewrite *rewrite = alternatives_of(arch);
	struct structure s[] = {
		{"jump_entry", &t->t[TABLE_JUMP].size, {{NULL, NULL}}, false},
		{rewrite->structure,
		 &alternatives->size,
		 {{rewrite->other ? rewrite->other : "repl_offset", &alternatives->replacement},
		  {rewrite->other_length ? rewrite->other_length : "replacementlen",
		   &alternatives->length}},
		 false},
		{"exception_table_entry", &t->t[TABLE_EXCEPTIONS].size, {{NULL, NULL}}, false},
		{"bug_entry",
		 &bugs->size,
		 {{"file_disp", &bugs->file}, {"file", &bugs->file}, {"line", &bugs->line}},
		 false},
	};

	memset(t, 0, sizeof(*t));
	for (size_t i = 0; i < TABLES; i++)
		t->t[i].section = tables[i].section;
	alternatives->section = rewrite->section;
	alternatives->callback = rewrite->other_data;
	alternatives->length_size = rewrite->length_size;
	return read_structures(rewrite, arch, vmlinux, s, ARRAY_SIZE(s)) < 0 ? -1 : 0;
}

static bool find_table(const struct code_tables *t, size_t table, struct code *c, uint64_t *place,
		       uint64_t *size)
{
	size_t section = elf_file_section(c->elf, code_table_name(t, table));
	const struct ksym *start, *stop;

	if (!c->linked) {
		*place = elf_place(section, 0);
		*size = section ? c->elf->sec[section].shdr.sh_size : 0;
		return *size && *size <= UINT32_MAX;
	}
	start = code_named(c, tables[table].start);
	stop = code_named(c, tables[table].stop);
	if (!start && tables[table].other_start) {
		start = code_named(c, tables[table].other_start);
		stop = code_named(c, tables[table].other_stop);
	}
	if (!start || !stop || stop->addr <= start->addr)
		return false;
	*place = start->addr;
	*size = stop->addr - start->addr;
	return true;
}

struct code_ref code_entry_about(struct code *c, uint64_t entry)
{
	const struct reloc *r = code_reloc(c, entry);
	struct difference d = difference_at(c, entry);
	static const struct code_ref unknown;

	if (c->linked)
		return code_linked_ref(c, entry, ABOUT_SIZE, true, 0);
	if (d.size)
		return d.to;
	return r ? code_reloc_ref(c, r, 0) : unknown;
}

struct code_entries code_table_entries(const struct code_tables *t, size_t table, struct code *c,
				       uint64_t from, uint64_t size)
{
	size_t step = t->t[table].size;
	struct code_entries e = {0};
	uint64_t place, length;

	if (!find_table(t, table, c, &place, &length))
		return e;
	e.unknown = step < ABOUT_SIZE;
	for (uint64_t i = 0; !e.unknown && length - i >= step; i += step) {
		struct code_ref about = code_entry_about(c, place + i);

		if (about.kind != REF_PLACE || about.place - from >= size)
			continue;
		GROW(e.place, e.n, e.cap);
		e.place[e.n++] = place + i;
	}
	return e;
}
