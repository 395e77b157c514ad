// SPDX-License-Identifier: GPL-2.0-only
/* Members of struct klp_patch and its parts: see patch/parts.h. */
#include "patch/parts.h"

#include <string.h>

#include "base/util.h"

#define POINTER_SIZE 8

const char *patch_string_at(const struct elf_file *f, size_t section, uint64_t off)
{
	const unsigned char *data;
	size_t size;

	if (elf_file_bytes(f, section, &data, &size) || !data || off >= size ||
	    !memchr(data + off, '\0', size - off))
		return NULL;
	return (const char *)data + off;
}

static int refuse_pointer(const struct patch_reader *r, const struct reloc *at, const char *what)
{
	const struct arch_reloc *type = arch_reloc_by_type(r->arch, at->type);
	struct elf_symbol s;

	elf_file_symbol(r->f, at->symbol, &s);
	error("'%s': %s at '%s' + 0x%llx is not the address of something in the module, but %s of "
	      "'%s', which the kernel would use as an address: give it a string, an array or a "
	      "function of your own",
	      r->f->path, what, r->f->sec[at->section].name, (unsigned long long)at->offset,
	      type ? type->name : "a relocation",
	      s.name[0] || s.special ? s.name : r->f->sec[s.shndx].name);
	return -1;
}

/*
 * Where the pointer at a place points to: 1; 0 when there is none, -1 when it is not a plain
 * pointer.
 */
static int patch_pointer(const struct patch_reader *r, size_t section, uint64_t off,
			 const char *what, size_t *to, uint64_t *to_off)
{
	const struct reloc *at = relocs_at(r->relocs, section, off);

	if (!at)
		return 0;
	if (at->type != r->arch->abs64 ||
	    !relocs_pointer(r->f, r->relocs, section, off, to, to_off))
		return refuse_pointer(r, at, what);
	return 1;
}

int patch_string(const struct patch_reader *r, size_t section, uint64_t off, const char *what,
		 const char **ret)
{
	uint64_t to_off;
	size_t to;
	int status = patch_pointer(r, section, off, what, &to, &to_off);

	*ret = NULL;
	if (status <= 0)
		return status;
	*ret = patch_string_at(r->f, to, to_off);
	if (*ret)
		return 0;
	error("'%s': %s at '%s' + 0x%llx does not point to a string", r->f->path, what,
	      r->f->sec[section].name, (unsigned long long)off);
	return -1;
}

/* A variable that begins before the array: is that one of its entries? */
static void note_inside(struct patch_span *span, const struct elf_symbol *variable)
{
	uint64_t off = span->off - variable->sym.st_value;

	if (off < variable->sym.st_size && off % span->entry)
		span->inside = variable->name;
}

int patch_span_at(const struct patch_reader *r, size_t section, uint64_t off, const char *what,
		  struct patch_span *ret)
{
	const struct elf_file *f = r->f;
	int status = patch_pointer(r, section, off, what, &ret->section, &ret->off);

	if (status <= 0)
		return status;
	ret->end = f->sec[ret->section].shdr.sh_size;
	ret->name = "";
	if (ret->off % POINTER_SIZE) {
		error("'%s': %s at '%s' + 0x%llx: the array at '%s' + 0x%llx is not aligned, so it "
		      "begins elsewhere",
		      f->path, what, f->sec[section].name, (unsigned long long)off,
		      f->sec[ret->section].name, (unsigned long long)ret->off);
		return -1;
	}
	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(f, i, &s);
		if (s.special || s.shndx != ret->section || s.sym.st_value > ret->off ||
		    GELF_ST_TYPE(s.sym.st_info) != STT_OBJECT || !s.sym.st_size)
			continue;
		if (s.sym.st_value < ret->off) {
			note_inside(ret, &s);
			continue;
		}
		if (s.sym.st_size % ret->entry || s.sym.st_size > ret->end - ret->off)
			continue;
		ret->end = ret->off + s.sym.st_size;
		ret->name = s.name;
		break;
	}
	return 1;
}

int patch_check_room(const struct patch_reader *r, const struct patch_span *span, uint64_t off)
{
	if (off <= span->end && span->entry <= span->end - off)
		return 0;
	error("'%s': the struct %s array '%s' in section '%s' does not end with an empty entry: "
	      "the kernel would read on in what follows it",
	      r->f->path, span->type, span->name[0] ? span->name : "(no name)",
	      r->f->sec[span->section].name);
	return -1;
}

int patch_end_list(const struct patch_reader *r, const struct patch_span *span, uint64_t off,
		   struct patch_list *ret)
{
	const struct reloc *next = relocs_from(r->relocs, span->section, off);
	const unsigned char *data;
	size_t size;

	*ret = (struct patch_list){.section = span->section, .name = span->name};
	if (off == span->off && span->inside && !span->name[0]) {
		error("'%s': the struct %s array at '%s' + 0x%llx begins in the middle of '%s', and "
		      "is empty there: the kernel would find nothing in it",
		      r->f->path, span->type, r->f->sec[span->section].name,
		      (unsigned long long)off, span->inside);
		return -1;
	}
	if (elf_file_bytes(r->f, span->section, &data, &size))
		return -1;
	if (!span->name[0])
		return 0;
	ret->more = next && next->offset < span->end;
	for (; data && off < span->end; off++)
		ret->more |= data[off] != 0;
	return 0;
}

/*
 * The function that a pointer at a place points to: where it is, and its name. One that is not in
 * the module is left to check/patch/patch.c.
 */
static int name_function(const struct patch_reader *r, size_t section, uint64_t off,
			 struct patch_func *func)
{
	const struct reloc *at = relocs_at(r->relocs, section, off);
	struct elf_symbol s;
	int status;

	func->new_name = "";
	if (at)
		elf_file_symbol(r->f, at->symbol, &s);
	if (at && at->type == r->arch->abs64 && s.special)
		return 0;
	status = patch_pointer(r, section, off, "new_func", &func->new_section, &func->new_offset);
	if (status <= 0)
		return status;
	if (!elf_file_symbol_at(r->f, func->new_section, func->new_offset, &s, &func->new_file) ||
	    s.sym.st_value != func->new_offset)
		return 0;
	func->new_name = s.name;
	func->new_global = GELF_ST_BIND(s.sym.st_info) != STB_LOCAL;
	return 0;
}

int patch_read_func(const struct patch_reader *r, size_t section, uint64_t off,
		    struct patch_func *func)
{
	const struct klp_layout *l = r->layout;
	const unsigned char *data;
	const char *old_name;
	size_t size;

	/* An array of nothing but the terminator lies in .bss, which has no bytes in the file. */
	if (elf_file_bytes(r->f, section, &data, &size))
		return -1;
	if (patch_string(r, section, off + l->func_old_name, "old_name", &old_name))
		return -1;
	func->old_name = old_name ? old_name : "";
	func->has_new_func = relocs_at(r->relocs, section, off + l->func_new_func) != NULL;
	func->section = section;
	func->sympos_offset = off + l->func_old_sympos;
	func->pointer_offset = off + l->func_new_func;
	func->old_sympos = data ? elf_file_number(r->f, data + func->sympos_offset, 8) : 0;
	if (!old_name && !func->has_new_func && !func->old_sympos)
		return 1;
	return name_function(r, section, off + l->func_new_func, func);
}
