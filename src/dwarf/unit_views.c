// SPDX-License-Identifier: GPL-2.0-only
/* Single units for libdwarf: see dwarf/unit_views.h. */
#include "dwarf/unit_views.h"

#include <dwarf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dwarf/object.h"

#define INFO ".debug_info"

const struct unit_view *unit_view_at(const struct unit_views *v, Dwarf_Off off)
{
	for (size_t i = 0; i < v->n; i++) {
		if (off >= v->view[i].begin && off < v->view[i].end)
			return &v->view[i];
	}
	return NULL;
}

void unit_views_pass(struct unit_views *v, Dwarf_Off off)
{
	if (off > v->reached)
		v->reached = off;
}

/* A unit's header. */
struct header {
	Dwarf_Off begin, end;
	bool plain; /* has code or data, not types */
};

/* False: there is no unit at ret->begin, or one in a form that no kernel has. */
static bool read_header(const struct elf_file *f, const unsigned char *info, size_t size,
			struct header *ret)
{
	uint64_t length, version;

	if (size - ret->begin < 7)
		return false;
	length = elf_file_number(f, info + ret->begin, 4);
	if (length < 3 || length >= 0xfffffff0 || length > size - ret->begin - 4)
		return false;
	version = elf_file_number(f, info + ret->begin + 4, 2);
	ret->end = ret->begin + 4 + length;
	ret->plain = version < 5 || info[ret->begin + 6] == DW_UT_compile ||
		     info[ret->begin + 6] == DW_UT_partial;
	return true;
}

/* Finds the unit that holds the offset; all headers are looked at when it is the first time. */
static bool find_unit(struct unit_views *v, const struct elf_file *f, const unsigned char *info,
		      size_t size, Dwarf_Off off, struct header *ret)
{
	struct header h = {0};
	bool found = false;

	for (; h.begin < size && !(found && v->checked); h.begin = h.end) {
		if (!read_header(f, info, size, &h) || !h.plain)
			return false;
		if (off < h.begin || off >= h.end)
			continue;
		*ret = h;
		found = true;
	}
	v->checked = true;
	return found;
}

/* Maps the section once more, and makes its first unit reach up to the one that begins there. */
static bool map_info(const struct elf_file *f, const GElf_Shdr *info, Dwarf_Off begin,
		     struct unit_view *ret)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), before = info->sh_offset % page;

	ret->map_size = before + info->sh_size;
	ret->map = mmap(NULL, ret->map_size, PROT_READ, MAP_PRIVATE, f->fd,
			(off_t)(info->sh_offset - before));
	if (ret->map == MAP_FAILED)
		return false;
	/* The length may lie in two pages. */
	if (mprotect(ret->map, before + 4, PROT_READ | PROT_WRITE)) {
		munmap(ret->map, ret->map_size);
		return false;
	}
	elf_file_store(f, ret->map + before, begin - 4, 4);
	dwarf_object_replace(ret->object, INFO, ret->map + before);
	return true;
}

static bool open_view(const struct elf_file *f, struct debug_sections *sections,
		      const GElf_Shdr *info, struct unit_view *ret)
{
	Dwarf_Error err = NULL;

	ret->object = dwarf_object_create(sections);
	if (map_info(f, info, ret->begin, ret)) {
		if (dwarf_object_open(ret->object, &ret->dbg, &err) == DW_DLV_OK)
			return true;
		munmap(ret->map, ret->map_size);
	}
	dwarf_object_destroy(ret->object);
	return false;
}

/* Is the section in the file as libdwarf reads it? */
static const GElf_Shdr *find_info(const struct elf_file *f)
{
	size_t i = elf_file_section(f, INFO);
	const GElf_Shdr *shdr = &f->sec[i].shdr;

	if (f->fd < 0 || f->ehdr.e_type == ET_REL || !i || (shdr->sh_flags & SHF_COMPRESSED))
		return NULL;
	return shdr;
}

const struct unit_view *unit_view_find(struct unit_views *v, struct debug_sections *sections,
				       Dwarf_Off off)
{
	const struct elf_file *f = sections->elf;
	const struct unit_view *known = unit_view_at(v, off);
	const GElf_Shdr *info;
	const unsigned char *data;
	struct unit_view view = {0};
	struct header unit;
	size_t size;

	if (known || v->useless || off < v->reached || v->n == UNIT_VIEWS_MAX)
		return known;
	info = find_info(f);
	data = debug_sections_bytes(sections, INFO, &size);
	v->useless =
		!info || !data || size != info->sh_size || !find_unit(v, f, data, size, off, &unit);
	/* The first unit has none before it. */
	if (!v->useless && !unit.begin)
		unit_views_pass(v, unit.end);
	if (v->useless || !unit.begin || unit.begin - 4 >= 0xfffffff0)
		return NULL;
	view.begin = unit.begin;
	view.end = unit.end;
	v->useless = !open_view(f, sections, info, &view);
	if (v->useless)
		return NULL;
	v->view[v->n] = view;
	return &v->view[v->n++];
}

void unit_views_end(struct unit_views *v)
{
	for (size_t i = 0; i < v->n; i++) {
		dwarf_object_end(v->view[i].dbg);
		dwarf_object_destroy(v->view[i].object);
		munmap(v->view[i].map, v->view[i].map_size);
	}
	v->n = 0;
}
