// SPDX-License-Identifier: GPL-2.0-only
/* An object file of a patch: see patch/object_file.h. */
#include "patch/object_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch/arch.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/util.h"
#include "dwarf/defs.h"
#include "patch/taken.h"

/* Types may nest; hostile ones without an end. */
#define TYPES_MAX 16

static int add_use(struct object_file *file, const struct elf_symbol *s, bool taken, size_t *cap)
{
	struct use *u;

	GROW(file->use, file->n, *cap);
	u = &file->use[file->n++];
	u->link_name = s->name;
	u->weak = GELF_ST_BIND(s->sym.st_info) == STB_WEAK;
	u->taken = taken;
	return asm_name_parse(&u->is, s->name, file->source.path);
}

static bool is_writable_data(const struct elf_file *f, const struct elf_symbol *s)
{
	return !s->special && GELF_ST_TYPE(s->sym.st_info) == STT_OBJECT &&
	       (f->sec[s->shndx].shdr.sh_flags & SHF_WRITE);
}

/* Marks the symbols, by index, whose address is taken other than by calls and jumps. */
static int mark_taken(const struct object_file *file, bool *taken)
{
	const struct arch *arch = arch_of(&file->elf->ehdr);
	struct relocs relocs;

	if (relocs_read(file->elf, &relocs))
		return -1;
	for (size_t i = 0; i < relocs.n && arch; i++) {
		const struct reloc *r = &relocs.r[i];
		int64_t offset;

		if (taken_section(&file->elf->sec[r->section]) &&
		    taken_address(file->elf, arch, r, &offset) && offset == 0)
			taken[r->symbol] = true;
	}
	relocs_free(&relocs);
	return 0;
}

static int read_symbols(struct object_file *file, const bool *taken)
{
	size_t cap = 0;

	for (size_t i = 1; i < file->elf->symnum; i++) {
		struct elf_symbol s;
		bool global;

		elf_file_symbol(file->elf, i, &s);
		global = GELF_ST_BIND(s.sym.st_info) != STB_LOCAL;
		if (!s.name[0])
			continue;
		if (s.sym.st_shndx == SHN_UNDEF) {
			if (add_use(file, &s, taken[i], &cap))
				return -1;
		} else if (global) {
			enum definition d = is_writable_data(file->elf, &s) ? DEFINED_GLOBAL_DATA
									    : DEFINED_GLOBAL;

			*strmap_add(&file->defined, s.name, d) = d;
		} else if (GELF_ST_TYPE(s.sym.st_info) == STT_FUNC)
			strmap_add(&file->defined, s.name, DEFINED_FUNCTION);
		else if (is_writable_data(file->elf, &s))
			strmap_add(&file->defined, s.name, DEFINED_DATA);
	}
	return 0;
}

/* Through arrays and names of types. */
static bool is_const(struct dwarf_file *d, Dwarf_Off off)
{
	Dwarf_Half tag = DW_TAG_variable;
	Dwarf_Die die;
	bool more = true;

	for (size_t i = 0; i < TYPES_MAX && more; i++) {
		if (dwarf_file_die(d, off, &die))
			return false;
		more = die_tag(die, &tag) &&
		       (tag == DW_TAG_variable || tag == DW_TAG_array_type ||
			tag == DW_TAG_typedef || tag == DW_TAG_volatile_type) &&
		       die_reference(die, DW_AT_type, &off);
		dwarf_dealloc_die(die);
	}
	return tag == DW_TAG_const_type;
}

/* Tables of constants may be copied, and headers may define anything. */
static bool is_gone(const struct object_file *file, const struct def *def)
{
	char place[512], *colon;

	if (def->function || !def->defined || def->addrs || is_const(file->dwarf, def->die))
		return false;
	def_place(file->dwarf, def, place, sizeof(place));
	colon = strrchr(place, ':');
	if (colon)
		*colon = '\0';
	return path_matches(place, file->source.path);
}

/*
 * A static variable that is only read has the value that it begins with, so that the compiler
 * leaves no variable of it, but its name in the debug information.
 */
static int read_gone(struct object_file *file)
{
	struct defs defs = {0};
	Dwarf_Die unit;
	Dwarf_Off off;
	int status = 0, more = 0;

	if (!file->source.tag || !dwarf_file_present(file->elf))
		return 0;
	if (dwarf_file_open(file->elf, &file->dwarf))
		return -1;
	while (!status && (more = dwarf_file_next_unit(file->dwarf, &unit)) > 0) {
		if (die_offset(unit, &off))
			status = defs_read(file->dwarf, off, NULL, &defs);
		dwarf_dealloc_die(unit);
	}
	for (size_t i = 0; i < defs.n && !status; i++) {
		if (is_gone(file, &defs.def[i]))
			strmap_add(&file->defined, defs.def[i].name, DEFINED_GONE);
	}
	defs_free(&defs);
	return status || more < 0 ? -1 : 0;
}

/* The source beside an object file, as kbuild takes it: C first. NULL when there is none. */
static char *source_of(const char *object_path)
{
	static const char kinds[] = {'c', 'S'};
	char *path = xstrdup(object_path);

	for (size_t i = 0; i < sizeof(kinds); i++) {
		path[strlen(object_path) - 1] = kinds[i];
		if (access(path, F_OK) == 0)
			return path;
	}
	free(path);
	return NULL;
}

static int read_object(struct object_file *file, const char *object_path)
{
	CLEANUP_FREE bool *taken = NULL;

	file->path = object_path;
	if (!str_ends(object_path, ".o")) {
		error("'%s': not an object file: its name does not end in .o", object_path);
		return -1;
	}
	if (elf_file_open(object_path, &file->elf))
		return -1;
	if (file->elf->ehdr.e_type != ET_REL || !file->elf->symtab) {
		error("'%s': not a relocatable object file with symbols", object_path);
		return -1;
	}
	file->source.path = file->path;
	file->source_path = source_of(object_path);
	if (file->source_path && source_read(&file->source, file->source_path))
		return -1;
	taken = xcalloc(file->elf->symnum, sizeof(*taken));
	return mark_taken(file, taken) || read_symbols(file, taken) || read_gone(file) ? -1 : 0;
}

int object_file_open(struct object_file *file, const char *object_path)
{
	memset(file, 0, sizeof(*file));
	if (read_object(file, object_path)) {
		object_file_close(file);
		return -1;
	}
	return 0;
}

bool object_file_defines_global(const struct object_file *file, const char *name)
{
	const size_t *global = strmap_get(&file->defined, name);

	return global && *global >= DEFINED_GLOBAL;
}

bool object_file_defines_function(const struct object_file *file, const char *name, bool global)
{
	const size_t *found = strmap_get(&file->defined, name);

	return found && *found == (global ? DEFINED_GLOBAL : DEFINED_FUNCTION);
}

bool object_file_defines_data(const struct object_file *file, const char *name)
{
	const size_t *found = strmap_get(&file->defined, name);

	return found &&
	       (*found == DEFINED_DATA || *found == DEFINED_GONE || *found == DEFINED_GLOBAL_DATA);
}

void object_file_close(struct object_file *file)
{
	for (size_t i = 0; i < file->n; i++)
		asm_name_free(&file->use[i].is);
	free(file->use);
	strmap_free(&file->defined);
	dwarf_file_close(file->dwarf);
	source_free(&file->source);
	free(file->source_path);
	elf_file_close(file->elf);
	memset(file, 0, sizeof(*file));
}
