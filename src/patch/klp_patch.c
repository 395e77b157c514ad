// SPDX-License-Identifier: GPL-2.0-only
/* Reading struct klp_patch out of a module file: see patch/klp_patch.h. */
#include "patch/klp_patch.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "patch/external.h"
#include "patch/find.h"
#include "patch/parts.h"

static int read_funcs(const struct patch_reader *r, const struct patch_span *span,
		      struct patch_object *obj)
{
	size_t cap = 0;

	for (uint64_t off = span->off; !patch_check_room(r, span, off); off += span->entry) {
		int status;

		GROW(obj->func, obj->n, cap);
		memset(&obj->func[obj->n], 0, sizeof(*obj->func));
		status = patch_read_func(r, span->section, off, &obj->func[obj->n]);
		if (status < 0)
			return -1;
		if (status)
			return patch_end_list(r, span, off, &obj->funcs);
		obj->n++;
	}
	return -1;
}

/* Functions to be called when the patch is loaded, or unloaded, of an object of it. */
static int read_hooks(const struct patch_reader *r, size_t section, uint64_t member,
		      struct patch_list *list, size_t *n)
{
	struct patch_span span = {.type = "klp_hook", .entry = r->layout->hook_size};
	int status =
		span.entry ? patch_span_at(r, section, member, "the hooks of an object", &span) : 0;

	if (status <= 0)
		return status;
	for (uint64_t off = span.off; !patch_check_room(r, &span, off); off += span.entry) {
		if (!relocs_at(r->relocs, span.section, off + r->layout->hook_function))
			return patch_end_list(r, &span, off, list);
		++*n;
	}
	return -1;
}

static int read_object_hooks(const struct patch_reader *r, size_t section, uint64_t off,
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

static int read_objects(const struct patch_reader *r, const struct patch_span *span,
			struct patch *p)
{
	const struct klp_layout *l = r->layout;
	size_t cap = 0;

	for (uint64_t off = span->off; !patch_check_room(r, span, off); off += span->entry) {
		struct patch_span funcs = {.type = "klp_func", .entry = l->func_size};
		struct patch_object *obj;
		int status;

		GROW(p->obj, p->n, cap);
		obj = &p->obj[p->n];
		memset(obj, 0, sizeof(*obj));
		obj->offset = off;
		if (patch_string(r, span->section, off + l->object_name, "the name of an object",
				 &obj->name))
			return -1;
		status = patch_span_at(r, span->section, off + l->object_funcs,
				       "the functions of an object", &funcs);
		if (status < 0)
			return -1;
		obj->has_funcs = status;
		if (!obj->name && !obj->has_funcs)
			return patch_end_list(r, span, off, &p->objs);
		p->n++;
		if (obj->has_funcs && read_funcs(r, &funcs, obj))
			return -1;
		if (read_object_hooks(r, span->section, off, obj))
			return -1;
	}
	return -1;
}

/* An id that is an address cannot be compared, but it is not 0. */
static int read_states(const struct patch_reader *r, const struct patch_span *span, struct patch *p)
{
	const unsigned char *data;
	size_t size, cap = 0;

	if (elf_file_bytes(r->f, span->section, &data, &size))
		return -1;
	for (uint64_t off = span->off; !patch_check_room(r, span, off); off += span->entry) {
		uint64_t at = off + r->layout->state_id;
		uint64_t id = data ? elf_file_number(r->f, data + at, 8) : 0;

		if (!id && !relocs_at(r->relocs, span->section, at))
			return patch_end_list(r, span, off, &p->states);
		GROW(p->state, p->state_num, cap);
		p->state[p->state_num++] = id;
	}
	return -1;
}

static int read_patch(const struct patch_reader *r, const struct patch_place *at, struct patch *p)
{
	const struct klp_layout *l = r->layout;
	struct patch_span objs = {.type = "klp_object", .entry = l->object_size};
	struct patch_span states = {.type = "klp_state", .entry = l->state_size};
	const unsigned char *data;
	size_t size;
	int status;

	p->symbol = at->name;
	p->section = at->section;
	p->offset = at->offset;
	p->mod = at->mod;
	if (elf_file_bytes(r->f, at->section, &data, &size))
		return -1;
	if (l->patch_replace && l->patch_replace < size && at->offset < size - l->patch_replace)
		p->replace = data[at->offset + l->patch_replace];
	status = patch_span_at(r, at->section, at->offset + l->patch_objs, "objs", &objs);
	p->has_objs = status > 0;
	if (status < 0 || (status && read_objects(r, &objs, p)))
		return -1;
	if (!l->state_size)
		return 0;
	status = patch_span_at(r, at->section, at->offset + l->patch_states, "states", &states);
	return status > 0 ? read_states(r, &states, p) : status;
}

static size_t count_external(const struct elf_file *f)
{
	size_t n = 0;

	for (size_t i = 1; i < f->shnum; i++)
		n += patch_is_external(f, i);
	return n;
}

static int read_all(const struct patch_reader *r, const struct patch_place *place, size_t n,
		    struct patches *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (read_patch(r, &place[i], &ret->patch[ret->n++]))
			return -1;
	}
	for (size_t i = 1; i < r->f->shnum; i++) {
		if (patch_is_external(r->f, i) && patch_read_external(r, i, &ret->patch[ret->n++]))
			return -1;
	}
	return 0;
}

int patches_read(const struct elf_file *module, const struct arch *arch,
		 const struct relocs *relocs, const struct klp_layout *layout, struct patches *ret)
{
	struct patch_reader r = {.f = module, .arch = arch, .relocs = relocs, .layout = layout};
	struct patch_place *place;
	size_t n = patch_find(&r, &place);
	int status;

	*ret = (struct patches){
		.patch = xcalloc(n + count_external(module), sizeof(*ret->patch)),
	};
	status = read_all(&r, place, n, ret);
	free(place);
	if (status)
		patches_free(ret);
	return status;
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
	name = patch_string_at(module, to, to_off);
	return name && !strcmp(name, func->old_name);
}
