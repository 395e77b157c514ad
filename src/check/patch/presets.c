// SPDX-License-Identifier: GPL-2.0-only
/*
 * The structures of a patch as they lie in the module: what livepatch keeps in them for itself has
 * to be zero, they have to be where it can write, their addresses have to be whole members, and
 * what it calls has to be a function. Rules: include/linux/livepatch.h, "internal";
 * kernel/livepatch/core.c, klp_init_patch_early(), klp_init_object_early() and
 * klp_init_func_early(), which fill in some of it and trust the rest; klp_ftrace_handler() of
 * kernel/livepatch/patch.c jumps to new_func, klp_pre_patch_callback() and the like to callbacks.
 */
#include "check/say.h"

/* A structure in the module: where, and from which member on it is the kernel's. */
struct preset {
	const char *type, *name;
	size_t section;
	uint64_t offset;
	size_t internal, size;
};

static void check_internal(const struct check *c, const struct preset *p)
{
	const struct reloc *r = relocs_from(&c->relocs, p->section, p->offset + p->internal);
	const unsigned char *data;
	size_t size;

	if (!(c->mod->sec[p->section].shdr.sh_flags & SHF_WRITE))
		bad(c,
		    "struct %s of '%s' lies in '%s', which is read-only: klp_enable_patch() writes "
		    "to it, and faults",
		    p->type, p->name, c->mod->sec[p->section].name);
	if (!p->internal || elf_file_bytes(c->mod, p->section, &data, &size))
		return;
	if (r && r->offset < p->offset + p->size) {
		bad(c,
		    "struct %s of '%s' has an address at 0x%llx, which is livepatch's own: "
		    "klp_enable_patch() takes it for set up already",
		    p->type, p->name, (unsigned long long)(r->offset - p->offset));
		return;
	}
	for (size_t i = p->internal; data && i < p->size && p->offset + i < size; i++) {
		if (!data[p->offset + i])
			continue;
		bad(c,
		    "struct %s of '%s' has 0x%02x at 0x%zx, which is livepatch's own: "
		    "klp_enable_patch() takes it for set up already",
		    p->type, p->name, data[p->offset + i], i);
		return;
	}
}

/* All members that are addresses are pointers: one at another place makes two wrong members. */
static void check_pointers(const struct check *c, const struct preset *p)
{
	uint64_t end = p->offset + (p->internal ? p->internal : p->size);

	for (const struct reloc *r = relocs_from(&c->relocs, p->section, p->offset);
	     r && r < c->relocs.r + c->relocs.n && r->section == p->section && r->offset < end;
	     r++) {
		const struct arch_reloc *type = arch_reloc_by_type(c->target->arch, r->type);
		uint64_t at = r->offset - p->offset;

		if (r->type == c->target->arch->abs64 && at % sizeof(uint64_t) == 0)
			continue;
		bad(c,
		    "struct %s of '%s' has %s at 0x%llx, where no member is such: "
		    "klp_enable_patch() takes what it finds for addresses",
		    p->type, p->name, type ? type->name : "a relocation", (unsigned long long)at);
	}
}

static void check_structure(const struct check *c, const struct preset *p)
{
	check_internal(c, p);
	check_pointers(c, p);
}

/* Does a function of the module begin there? */
static bool is_function(const struct check *c, size_t section, uint64_t offset)
{
	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (!s.special && s.shndx == section && s.sym.st_value == offset &&
		    (GELF_ST_TYPE(s.sym.st_info) == STT_FUNC ||
		     GELF_ST_TYPE(s.sym.st_info) == STT_NOTYPE) &&
		    s.name[0])
			return true;
	}
	return false;
}

static void check_new_func(const struct check *c, const struct patch_func *f)
{
	const struct elf_section *to = &c->mod->sec[f->new_section];

	if (!f->new_section)
		return;
	if (!(to->shdr.sh_flags & SHF_EXECINSTR))
		bad(c, "function '%s': its new_func leads to '%s', which is not code", f->old_name,
		    to->name);
	else if (!is_function(c, f->new_section, f->new_offset))
		bad(c,
		    "function '%s': its new_func leads to '%s' + 0x%llx, where no function begins: "
		    "klp_ftrace_handler() would jump to it all the same",
		    f->old_name, to->name, (unsigned long long)f->new_offset);
}

/* The callbacks that livepatch calls for an object. A function of the kernel needs no check. */
static void check_callbacks(const struct check *c, const struct patch *p, size_t object,
			    const char *name)
{
	const struct klp_layout *l = &c->layout;
	uint64_t begin = p->obj[object].offset + l->object_callbacks;
	const struct reloc *r = relocs_from(&c->relocs, p->objs.section, begin);

	if (!l->callbacks_size || !l->object_callbacks)
		return;
	for (; r && r < c->relocs.r + c->relocs.n && r->section == p->objs.section &&
	       r->offset < begin + l->callbacks_size;
	     r++) {
		struct elf_symbol s;
		uint64_t place;

		elf_file_symbol(c->mod, r->symbol, &s);
		place = s.sym.st_value + (uint64_t)r->addend;
		if (s.special ? r->addend != 0 : !is_function(c, s.shndx, place))
			bad(c,
			    "object '%s': its callback at 0x%llx leads to '%s' + 0x%llx, where no "
			    "function begins: livepatch would jump to it all the same",
			    name, (unsigned long long)(r->offset - begin),
			    s.special ? s.name : c->mod->sec[s.shndx].name,
			    (unsigned long long)(s.special ? (uint64_t)r->addend : place));
	}
}

static void check_one_object(const struct check *c, const struct patch *p, size_t i)
{
	const struct klp_layout *l = &c->layout;
	const struct patch_object *o = &p->obj[i];
	const char *name = o->name ? o->name : KLP_VMLINUX;

	check_structure(c, &(struct preset){"klp_object", name, p->objs.section, o->offset,
					    l->object_internal, l->object_size});
	check_callbacks(c, p, i, name);
	for (size_t k = 0; k < o->n; k++) {
		const struct patch_func *f = &o->func[k];

		check_structure(c, &(struct preset){"klp_func", f->old_name, f->section,
						    f->pointer_offset - l->func_new_func,
						    l->func_internal, l->func_size});
		check_new_func(c, f);
	}
}

void check_presets(struct check *c)
{
	const struct klp_layout *l = &c->layout;

	for (size_t i = 0; c->patches_known && i < c->patches.n; i++) {
		const struct patch *p = &c->patches.patch[i];

		check_structure(c, &(struct preset){"klp_patch", p->symbol, p->section, p->offset,
						    l->patch_internal, l->patch_size});
		for (size_t k = 0; k < p->n && !p->made; k++)
			check_one_object(c, p, k);
	}
}
