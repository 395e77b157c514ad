// SPDX-License-Identifier: GPL-2.0-only
/* Reading struct klp_patch out of a module file: see patch.h. */
#include "patch.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

struct reader {
	const struct elf_file *f;
	const struct arch *arch;
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

static int refuse_pointer(const struct reader *r, const struct reloc *at, const char *what)
{
	const struct arch_reloc *type = arch_reloc_by_type(r->arch, at->type);
	struct elf_symbol s;

	elf_file_symbol(r->f, at->symbol, &s);
	error("'%s': %s at '%s' + 0x%llx is not the address of something in the module, but %s of "
	      "'%s', which the kernel would take for one: give it a string, an array or a "
	      "function of your own",
	      r->f->path, what, r->f->sec[at->section].name, (unsigned long long)at->offset,
	      type ? type->name : "a relocation",
	      s.name[0] || s.special ? s.name : r->f->sec[s.shndx].name);
	return -1;
}

/* Where the pointer at a place points to: 1; 0 when there is none, -1 when it is no plain one. */
static int read_pointer(const struct reader *r, size_t section, uint64_t off, const char *what,
			size_t *to, uint64_t *to_off)
{
	const struct reloc *at = relocs_at(r->relocs, section, off);

	if (!at)
		return 0;
	if (at->type != r->arch->abs64 ||
	    !relocs_pointer(r->f, r->relocs, section, off, to, to_off))
		return refuse_pointer(r, at, what);
	return 1;
}

/* The string that the pointer at a place points to; NULL when there is no pointer. */
static int string_member(const struct reader *r, size_t section, uint64_t off, const char *what,
			 const char **ret)
{
	uint64_t to_off;
	size_t to;
	int status = read_pointer(r, section, off, what, &to, &to_off);

	*ret = NULL;
	if (status <= 0)
		return status;
	*ret = string_at(r->f, to, to_off);
	if (*ret)
		return 0;
	error("'%s': %s at '%s' + 0x%llx points to no string", r->f->path, what,
	      r->f->sec[section].name, (unsigned long long)off);
	return -1;
}

/*
 * Where an array begins, and where it must have ended: with the variable that it is, or else with
 * its section.
 */
struct span {
	const char *type; /* of its entries */
	size_t entry;	  /* their size */
	size_t section;
	uint64_t off, end;
	const char *name; /* of the variable, or "" */
};

/* The array that the pointer at a place points to: 1; 0 when there is none, -1 after an error(). */
static int find_span(const struct reader *r, size_t section, uint64_t off, const char *what,
		     struct span *ret)
{
	const struct elf_file *f = r->f;
	int status = read_pointer(r, section, off, what, &ret->section, &ret->off);

	if (status <= 0)
		return status;
	ret->end = f->sec[ret->section].shdr.sh_size;
	ret->name = "";
	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(f, i, &s);
		if (s.special || s.shndx != ret->section || s.sym.st_value != ret->off ||
		    GELF_ST_TYPE(s.sym.st_info) != STT_OBJECT || !s.sym.st_size ||
		    s.sym.st_size % ret->entry || s.sym.st_size > ret->end - ret->off)
			continue;
		ret->end = ret->off + s.sym.st_size;
		ret->name = s.name;
		break;
	}
	return 1;
}

/* Is there room for one more entry? error() when not. */
static bool has_room(const struct reader *r, const struct span *span, uint64_t off)
{
	if (off <= span->end && span->entry <= span->end - off)
		return true;
	error("'%s': the struct %s array '%s' in section '%s' does not end with an empty entry: "
	      "the kernel would take what follows it for more",
	      r->f->path, span->type, span->name[0] ? span->name : "(no name)",
	      r->f->sec[span->section].name);
	return false;
}

/* The entry at off is the last that the kernel reads: is there something in it, or behind it? */
static bool end_list(const struct reader *r, const struct span *span, uint64_t off,
		     struct patch_list *ret)
{
	const struct reloc *next = relocs_from(r->relocs, span->section, off);
	const unsigned char *data;
	size_t size;

	*ret = (struct patch_list){.section = span->section, .name = span->name};
	if (elf_file_bytes(r->f, span->section, &data, &size))
		return false;
	if (!span->name[0])
		return true;
	ret->more = next && next->offset < span->end;
	for (; data && off < span->end; off++)
		ret->more |= data[off] != 0;
	return true;
}

/*
 * The function that a pointer at a place points to: where it is, and its name. One that is not in
 * the module is left to check_patch.c.
 */
static int name_function(const struct reader *r, size_t section, uint64_t off,
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
	status = read_pointer(r, section, off, "new_func", &func->new_section, &func->new_offset);
	if (status <= 0)
		return status;
	if (!elf_file_symbol_at(r->f, func->new_section, func->new_offset, &s, &func->new_file) ||
	    s.sym.st_value != func->new_offset)
		return 0;
	func->new_name = s.name;
	func->new_global = GELF_ST_BIND(s.sym.st_info) != STB_LOCAL;
	return 0;
}

/* One struct klp_func: 1 when it is the terminator (old_name, new_func, old_sympos all zero). */
static int read_func(const struct reader *r, size_t section, uint64_t off, struct patch_func *func)
{
	const struct klp_layout *l = r->layout;
	const unsigned char *data;
	const char *old_name;
	size_t size;

	/* An array of nothing but the terminator lies in .bss, which has no bytes in the file. */
	if (elf_file_bytes(r->f, section, &data, &size))
		return -1;
	if (string_member(r, section, off + l->func_old_name, "old_name", &old_name))
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

static int read_funcs(const struct reader *r, const struct span *span, struct patch_object *obj)
{
	size_t cap = 0;

	for (uint64_t off = span->off; has_room(r, span, off); off += span->entry) {
		int status;

		GROW(obj->func, obj->n, cap);
		memset(&obj->func[obj->n], 0, sizeof(*obj->func));
		status = read_func(r, span->section, off, &obj->func[obj->n]);
		if (status < 0)
			return -1;
		if (status)
			return end_list(r, span, off, &obj->funcs) ? 0 : -1;
		obj->n++;
	}
	return -1;
}

/* Functions to be called when the patch is loaded, or unloaded, of an object of it. */
static int read_hooks(const struct reader *r, size_t section, uint64_t member,
		      struct patch_list *list, size_t *n)
{
	struct span span = {.type = "klp_hook", .entry = r->layout->hook_size};
	int status =
		span.entry ? find_span(r, section, member, "the hooks of an object", &span) : 0;

	if (status <= 0)
		return status;
	for (uint64_t off = span.off; has_room(r, &span, off); off += span.entry) {
		if (!relocs_at(r->relocs, span.section, off + r->layout->hook_function))
			return end_list(r, &span, off, list) ? 0 : -1;
		++*n;
	}
	return -1;
}

static int read_object_hooks(const struct reader *r, size_t section, uint64_t off,
			     struct patch_object *obj)
{
	const struct klp_layout *l = r->layout;
	const struct reloc *callback = relocs_from(r->relocs, section, off + l->object_callbacks);

	obj->has_callbacks = l->callbacks_size && l->object_callbacks && callback &&
			     callback->offset < off + l->object_callbacks + l->callbacks_size;
	if (l->object_hooks_load &&
	    read_hooks(r, section, off + l->object_hooks_load, &obj->load, &obj->loads))
		return -1;
	if (l->object_hooks_unload)
		return read_hooks(r, section, off + l->object_hooks_unload, &obj->unload,
				  &obj->unloads);
	return 0;
}

static int read_objects(const struct reader *r, const struct span *span, struct patch *p)
{
	const struct klp_layout *l = r->layout;
	size_t cap = 0;

	for (uint64_t off = span->off; has_room(r, span, off); off += span->entry) {
		struct span funcs = {.type = "klp_func", .entry = l->func_size};
		struct patch_object *obj;
		int status;

		GROW(p->obj, p->n, cap);
		obj = &p->obj[p->n];
		memset(obj, 0, sizeof(*obj));
		if (string_member(r, span->section, off + l->object_name, "the name of an object",
				  &obj->name))
			return -1;
		status = find_span(r, span->section, off + l->object_funcs,
				   "the functions of an object", &funcs);
		if (status < 0)
			return -1;
		obj->has_funcs = status;
		if (!obj->name && !obj->has_funcs)
			return end_list(r, span, off, &p->objs) ? 0 : -1;
		p->n++;
		if (obj->has_funcs && read_funcs(r, &funcs, obj))
			return -1;
		if (read_object_hooks(r, span->section, off, obj))
			return -1;
	}
	return -1;
}

/* An id that is an address is none that can be compared, but it is not 0. */
static int read_states(const struct reader *r, const struct span *span, struct patch *p)
{
	const unsigned char *data;
	size_t size, cap = 0;

	if (elf_file_bytes(r->f, span->section, &data, &size))
		return -1;
	for (uint64_t off = span->off; has_room(r, span, off); off += span->entry) {
		uint64_t at = off + r->layout->state_id;
		uint64_t id = data ? elf_file_number(r->f, data + at, 8) : 0;

		if (!id && !relocs_at(r->relocs, span->section, at))
			return end_list(r, span, off, &p->states) ? 0 : -1;
		GROW(p->state, p->state_num, cap);
		p->state[p->state_num++] = id;
	}
	return -1;
}

static int read_patch(const struct reader *r, const struct elf_symbol *s, struct patch *p)
{
	const struct klp_layout *l = r->layout;
	struct span objs = {.type = "klp_object", .entry = l->object_size};
	struct span states = {.type = "klp_state", .entry = l->state_size};
	const unsigned char *data;
	size_t size;
	int status;

	p->symbol = s->name;
	p->section = s->shndx;
	if (elf_file_bytes(r->f, s->shndx, &data, &size))
		return -1;
	if (l->patch_replace && l->patch_replace < size &&
	    s->sym.st_value < size - l->patch_replace)
		p->replace = data[s->sym.st_value + l->patch_replace];
	status = find_span(r, s->shndx, s->sym.st_value + l->patch_objs, "objs", &objs);
	if (status < 0 || (status && read_objects(r, &objs, p)))
		return -1;
	if (!l->state_size)
		return 0;
	status = find_span(r, s->shndx, s->sym.st_value + l->patch_states, "states", &states);
	return status > 0 ? read_states(r, &states, p) : status;
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

int patches_read(const struct elf_file *module, const struct arch *arch,
		 const struct relocs *relocs, const struct klp_layout *layout, struct patches *ret)
{
	struct reader r = {.f = module, .arch = arch, .relocs = relocs, .layout = layout};
	size_t cap = 0;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 1; i < module->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(module, i, &s);
		if (!is_patch(&r, &s))
			continue;
		GROW(ret->patch, ret->n, cap);
		memset(&ret->patch[ret->n], 0, sizeof(*ret->patch));
		ret->n++;
		if (read_patch(&r, &s, &ret->patch[ret->n - 1]))
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
		free(p->patch[i].state);
	}
	free(p->patch);
	memset(p, 0, sizeof(*p));
}

bool patch_is_new_func(const struct elf_file *module, const struct relocs *relocs,
		       const struct klp_layout *layout, const struct patch_func *func,
		       size_t section, uint64_t offset)
{
	const char *file, *name;
	struct elf_symbol array;
	uint64_t in_array, to_off;
	size_t to;

	if (section == func->section && offset == func->pointer_offset)
		return true;
	if (!elf_file_symbol_at(module, section, offset, &array, &file))
		return false;
	in_array = offset - array.sym.st_value;
	if (array.sym.st_size % layout->func_size ||
	    in_array % layout->func_size != layout->func_new_func)
		return false;
	if (!relocs_pointer(module, relocs, section,
			    offset - layout->func_new_func + layout->func_old_name, &to, &to_off))
		return false;
	name = string_at(module, to, to_off);
	return name && !strcmp(name, func->old_name);
}
