// SPDX-License-Identifier: GPL-2.0-only
/* Reading what scripts/livepatch/init.c makes a patch of: see patch/external.h. */
#include "patch/external.h"

#include <string.h>

#include "base/util.h"

/*
 * struct klp_func_ext and struct klp_object_ext, which no kernel has in its debug information: only
 * the module's init code uses them.
 */
#define FUNC_OLD_NAME 0
#define FUNC_NEW_FUNC 8
#define FUNC_SYMPOS 16
#define FUNC_SIZE 24
#define OBJECT_NAME 0
#define OBJECT_FUNCS 8
#define OBJECT_CALLBACKS 16

struct list {
	struct patch_reader r; /* with the layout of these structures */
	struct klp_layout layout;
	size_t section;
	const unsigned char *data;
	size_t number, entry; /* where nr_funcs lies; how large an object is */
};

bool patch_is_external(const struct elf_file *f, size_t section)
{
	const char *name = f->sec[section].name;

	/* The second: before the list was put into init memory */
	return !strcmp(name, ".init.klp_objects") || !strcmp(name, "__klp_objects");
}

static int read_funcs(const struct list *l, uint64_t object, struct patch_object *obj)
{
	uint64_t n = elf_file_number(l->r.f, l->data + object + l->number, 4);
	struct patch_span funcs = {.type = "klp_func_ext", .entry = FUNC_SIZE};
	int status = patch_span_at(&l->r, l->section, object + OBJECT_FUNCS,
				   "the functions of an object", &funcs);
	size_t cap = 0;

	/*
	 * The init code makes an array with as many elements as the number says, even if that is 0.
	 */
	obj->has_funcs = true;
	obj->funcs = (struct patch_list){.section = funcs.section, .name = funcs.name};
	if (status < 0 || (n && (!status || (funcs.end - funcs.off) / FUNC_SIZE < n))) {
		error("'%s': section '%s' has an object of %llu functions, which are not there",
		      l->r.f->path, l->r.f->sec[l->section].name, (unsigned long long)n);
		return -1;
	}
	for (; obj->n < n; obj->n++) {
		GROW(obj->func, obj->n, cap);
		memset(&obj->func[obj->n], 0, sizeof(*obj->func));
		status = patch_read_func(&l->r, funcs.section, funcs.off + FUNC_SIZE * obj->n,
					 &obj->func[obj->n]);
		if (status)
			break;
	}
	/* An empty entry ends the array that is made, too. */
	obj->funcs.more = status > 0;
	return status < 0 ? -1 : 0;
}

static int read_object(const struct list *l, uint64_t off, struct patch_object *obj)
{
	const struct reloc *callback = relocs_from(l->r.relocs, l->section, off + OBJECT_CALLBACKS);

	memset(obj, 0, sizeof(*obj));
	obj->has_callbacks = callback && callback->offset < off + l->number;
	if (patch_string(&l->r, l->section, off + OBJECT_NAME, "the name of an object", &obj->name))
		return -1;
	return read_funcs(l, off, obj);
}

int patch_read_external(const struct patch_reader *r, size_t section, struct patch *p)
{
	struct list l = {.r = *r, .layout = *r->layout, .section = section};
	size_t size;

	l.layout.func_size = FUNC_SIZE;
	l.layout.func_old_name = FUNC_OLD_NAME;
	l.layout.func_new_func = FUNC_NEW_FUNC;
	l.layout.func_old_sympos = FUNC_SYMPOS;
	l.r.layout = &l.layout;
	l.number = OBJECT_CALLBACKS + r->layout->callbacks_size;
	l.entry = (l.number + 4 + 7) / 8 * 8;
	*p = (struct patch){
		.symbol = r->f->sec[section].name,
		.section = section,
		.mod = PATCH_MOD_CODE,
		.has_objs = true,
		.made = true,
	};
	if (elf_file_bytes(r->f, section, &l.data, &size))
		return -1;
	if (!l.data || size % l.entry) {
		error("'%s': section '%s' has %llu bytes, not a whole number of struct "
		      "klp_object_ext (%zu bytes each): is it for a kernel with another struct "
		      "klp_callbacks?",
		      r->f->path, p->symbol, (unsigned long long)r->f->sec[section].shdr.sh_size,
		      l.entry);
		return -1;
	}
	p->obj = xcalloc(size / l.entry, sizeof(*p->obj));
	for (uint64_t off = 0; off < size; off += l.entry) {
		if (read_object(&l, off, &p->obj[p->n++]))
			return -1;
	}
	return 0;
}
