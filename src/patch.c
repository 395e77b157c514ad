// SPDX-License-Identifier: GPL-2.0-only
/* Reading struct klp_patch out of a module file: see patch.h. */
#include "patch.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

struct reader {
	const struct elf_file *f;
	const struct relocs *relocs;
	const struct klp_layout *layout;
};

/* A terminated string in a section, or NULL. */
static const char *string_at(const struct elf_file *f, size_t section, uint64_t off)
{
	const unsigned char *data;
	size_t size;

	if (elf_file_bytes(f, section, &data, &size) || !data || off >= size ||
	    !memchr(data + off, '\0', size - off))
		return NULL;
	return (const char *)data + off;
}

/* The string that the pointer at a place points to; NULL when there is no pointer. */
static int string_member(const struct reader *r, size_t section, uint64_t off, const char *what,
			 const char **ret)
{
	uint64_t to_off;
	size_t to;

	*ret = NULL;
	if (!relocs_pointer(r->f, r->relocs, section, off, &to, &to_off))
		return 0;
	*ret = string_at(r->f, to, to_off);
	if (*ret)
		return 0;
	error("'%s': %s at '%s' + 0x%llx points to no string", r->f->path, what,
	      r->f->sec[section].name, (unsigned long long)off);
	return -1;
}

/* The name of the function at a place: a function symbol there, or the relocation's own symbol. */
static void name_function(const struct reader *r, size_t section, uint64_t off,
			  struct patch_func *func)
{
	const char *file = NULL;
	uint64_t to_off;
	size_t to;

	func->new_name = "";
	if (!relocs_pointer(r->f, r->relocs, section, off, &to, &to_off))
		return;
	func->new_section = to;
	func->new_offset = to_off;
	for (size_t i = 1; i < r->f->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(r->f, i, &s);
		if (GELF_ST_TYPE(s.sym.st_info) == STT_FILE)
			file = s.name[0] ? s.name : NULL;
		if (s.special || s.shndx != to || s.sym.st_value != to_off || !s.name[0] ||
		    GELF_ST_TYPE(s.sym.st_info) != STT_FUNC)
			continue;
		func->new_name = s.name;
		func->new_global = GELF_ST_BIND(s.sym.st_info) != STB_LOCAL;
		func->new_file = func->new_global ? NULL : file;
		return;
	}
}

/* One struct klp_func: 1 when it is the terminator (old_name, new_func, old_sympos all zero). */
static int read_func(const struct reader *r, size_t section, uint64_t off, struct patch_func *func)
{
	const struct klp_layout *l = r->layout;
	uint64_t sec_size = r->f->sec[section].shdr.sh_size;
	const unsigned char *data;
	const char *old_name;
	size_t size;

	/* An array of nothing but the terminator lies in .bss, which has no bytes in the file. */
	if (elf_file_bytes(r->f, section, &data, &size) || off > sec_size ||
	    l->func_size > sec_size - off || l->func_old_sympos > l->func_size - 8) {
		error("'%s': a struct klp_func array runs out of section '%s': does it end with "
		      "an empty entry?",
		      r->f->path, r->f->sec[section].name);
		return -1;
	}
	if (string_member(r, section, off + l->func_old_name, "old_name", &old_name))
		return -1;
	func->old_name = old_name ? old_name : "";
	func->has_new_func = relocs_at(r->relocs, section, off + l->func_new_func) != NULL;
	func->sympos_section = section;
	func->sympos_offset = off + l->func_old_sympos;
	func->old_sympos = data ? elf_file_number(r->f, data + func->sympos_offset, 8) : 0;
	if (!old_name && !func->has_new_func && !func->old_sympos)
		return 1;
	name_function(r, section, off + l->func_new_func, func);
	return 0;
}

static int read_funcs(const struct reader *r, size_t section, uint64_t off,
		      struct patch_object *obj)
{
	size_t cap = 0;

	for (;; off += r->layout->func_size) {
		int status;

		GROW(obj->func, obj->n, cap);
		memset(&obj->func[obj->n], 0, sizeof(*obj->func));
		status = read_func(r, section, off, &obj->func[obj->n]);
		if (status)
			return status < 0 ? -1 : 0;
		obj->n++;
	}
}

static int read_objects(const struct reader *r, size_t section, uint64_t off, struct patch *p)
{
	const struct klp_layout *l = r->layout;
	size_t cap = 0;

	for (;; off += l->object_size) {
		const struct elf_section *s = &r->f->sec[section];
		struct patch_object *obj;
		uint64_t to_off;
		size_t to;

		if (off > s->shdr.sh_size || l->object_size > s->shdr.sh_size - off) {
			error("'%s': a struct klp_object array runs out of section '%s': does it "
			      "end with an empty entry?",
			      r->f->path, s->name);
			return -1;
		}
		GROW(p->obj, p->n, cap);
		obj = &p->obj[p->n];
		memset(obj, 0, sizeof(*obj));
		if (string_member(r, section, off + l->object_name, "the name of an object",
				  &obj->name))
			return -1;
		obj->has_funcs = relocs_pointer(r->f, r->relocs, section, off + l->object_funcs,
						&to, &to_off);
		if (!obj->name && !obj->has_funcs)
			return 0;
		p->n++;
		if (obj->has_funcs && read_funcs(r, to, to_off, obj))
			return -1;
	}
}

/* Is this symbol a struct klp_patch? Its size fits, and .mod points to __this_module. */
static bool is_patch(const struct reader *r, const struct elf_symbol *s)
{
	const struct reloc *mod;
	struct elf_symbol to;

	if (s->special || GELF_ST_TYPE(s->sym.st_info) != STT_OBJECT ||
	    s->sym.st_size != r->layout->patch_size)
		return false;
	mod = relocs_at(r->relocs, s->shndx, s->sym.st_value + r->layout->patch_mod);
	if (!mod)
		return false;
	elf_file_symbol(r->f, mod->symbol, &to);
	return !strcmp(to.name, "__this_module") ||
	       (!to.special && !strcmp(r->f->sec[to.shndx].name, ".gnu.linkonce.this_module"));
}

int patches_read(const struct elf_file *module, const struct relocs *relocs,
		 const struct klp_layout *layout, struct patches *ret)
{
	struct reader r = {.f = module, .relocs = relocs, .layout = layout};
	size_t cap = 0;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 1; i < module->symnum; i++) {
		struct elf_symbol s;
		uint64_t off;
		size_t to;

		elf_file_symbol(module, i, &s);
		if (!is_patch(&r, &s))
			continue;
		GROW(ret->patch, ret->n, cap);
		memset(&ret->patch[ret->n], 0, sizeof(*ret->patch));
		ret->patch[ret->n].symbol = s.name;
		ret->n++;
		if (relocs_pointer(module, relocs, s.shndx, s.sym.st_value + layout->patch_objs,
				   &to, &off) &&
		    read_objects(&r, to, off, &ret->patch[ret->n - 1]))
			return -1;
	}
	return 0;
}

void patches_free(struct patches *p)
{
	for (size_t i = 0; i < p->n; i++) {
		for (size_t j = 0; j < p->patch[i].n; j++)
			free(p->patch[i].obj[j].func);
		free(p->patch[i].obj);
	}
	free(p->patch);
	memset(p, 0, sizeof(*p));
}
