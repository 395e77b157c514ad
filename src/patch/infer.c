// SPDX-License-Identifier: GPL-2.0-only
/* The livepatch structures' sizes from a module's own arrays: see patch/infer.h. */
#include "patch/infer.h"

#include <string.h>

#include "base/util.h"
#include "klp/format.h"
#include "patch/external.h"
#include "patch/parts.h"

/* What every kernel has, on 64-bit machines. */
#define POINTER 8
#define FUNC_NEW_FUNC 8
#define FUNC_SYMPOS 16
#define FUNC_MIN 24
#define OBJECT_FUNCS 8
#define OBJECT_CALLBACKS 16
#define CALLBACKS 32
#define CALLBACKS_SIZE 40 /* with what is the kernel's of them */
#define PATCH_OBJS 8
#define PATCH_STATES 16
#define PATCH_REPLACE 24
#define STATE_SIZE 24

#define THIS_MODULE ".gnu.linkonce.this_module"

struct inference {
	const struct elf_file *f;
	const struct arch *arch;
	const struct relocs *relocs;
};

/* A variable, from its beginning to its end. */
struct variable {
	size_t section;
	uint64_t begin, end;
};

/* The sizes of entries; 0: not known yet. */
struct sizes {
	size_t func, object, patch;
};

static bool is_code(const struct inference *in, size_t section)
{
	return in->f->sec[section].shdr.sh_flags & SHF_EXECINSTR;
}

static bool variable_at(const struct inference *in, size_t section, uint64_t offset,
			struct variable *ret)
{
	struct elf_symbol s;
	const char *file;

	if (is_code(in, section) || !elf_file_symbol_at(in->f, section, offset, &s, &file) ||
	    s.sym.st_value != offset || GELF_ST_TYPE(s.sym.st_info) != STT_OBJECT ||
	    offset > in->f->sec[section].shdr.sh_size ||
	    s.sym.st_size > in->f->sec[section].shdr.sh_size - offset)
		return false;
	*ret = (struct variable){section, offset, offset + s.sym.st_size};
	return s.sym.st_size > 0;
}

/* The relocations of a variable, one after the other: begin with NULL, ends with NULL. */
static const struct reloc *next_in(const struct inference *in, const struct variable *v,
				   const struct reloc *at)
{
	at = at ? at + 1 : relocs_from(in->relocs, v->section, v->begin);
	return at && at < in->relocs->r + in->relocs->n && at->section == v->section &&
			       at->offset < v->end
		       ? at
		       : NULL;
}

static bool points_to(const struct inference *in, const struct reloc *at, size_t *section,
		      uint64_t *offset)
{
	return at->type == in->arch->abs64 &&
	       relocs_pointer(in->f, in->relocs, at->section, at->offset, section, offset);
}

static bool points_to_string(const struct inference *in, const struct reloc *at)
{
	uint64_t offset;
	size_t section;

	return points_to(in, at, &section, &offset) && !is_code(in, section) &&
	       patch_string_at(in->f, section, offset);
}

/* To a function, here or in what is patched. */
static bool points_to_code(const struct inference *in, const struct reloc *at)
{
	struct elf_symbol s;

	elf_file_symbol(in->f, at->symbol, &s);
	return at->type == in->arch->abs64 && (s.special || is_code(in, s.shndx));
}

static bool is_zero(const struct inference *in, const struct variable *v)
{
	const unsigned char *data;
	size_t size;

	if (in->f->sec[v->section].shdr.sh_type == SHT_NOBITS)
		return true;
	if (elf_file_bytes(in->f, v->section, &data, &size) || !data || v->end > size)
		return false;
	for (uint64_t i = v->begin; i < v->end; i++) {
		if (data[i])
			return false;
	}
	return true;
}

/* The size of one of n entries and an empty one; 0: a variable of that size cannot hold them. */
static size_t entry_size(const struct variable *v, size_t n, size_t least)
{
	uint64_t size = v->end - v->begin;

	return size % (n + 1) == 0 && size / (n + 1) >= least && size / (n + 1) % POINTER == 0
		       ? size / (n + 1)
		       : 0;
}

/*
 * Is it an array of struct klp_func: a name and a function in each entry, and nothing in the last
 * one? *ret: the size of an entry, 0 when there is no other one than the empty one.
 */
static bool is_funcs(const struct inference *in, const struct variable *v, size_t *ret)
{
	const struct reloc *at = NULL;
	size_t n = 0;

	*ret = 0;
	while ((at = next_in(in, v, at)))
		n++;
	if (!n)
		return entry_size(v, 0, FUNC_MIN) && is_zero(in, v);
	*ret = n % 2 ? 0 : entry_size(v, n / 2, FUNC_MIN);
	if (!*ret)
		return false;
	at = next_in(in, v, NULL);
	for (size_t i = 0; i < n; i++, at = next_in(in, v, at)) {
		uint64_t place = v->begin + i / 2 * *ret + (i % 2 ? FUNC_NEW_FUNC : 0);

		if (at->offset != place ||
		    !(i % 2 ? points_to_code(in, at) : points_to_string(in, at)))
			return false;
	}
	return true;
}

/* Is the pointer that of an object to its functions? *entry: the size of one of these, or 0. */
static bool leads_to_funcs(const struct inference *in, const struct reloc *at, size_t *entry)
{
	struct variable funcs;
	uint64_t offset;
	size_t section;

	return points_to(in, at, &section, &offset) && variable_at(in, section, offset, &funcs) &&
	       is_funcs(in, &funcs, entry);
}

/* Two sizes of one structure: false if they differ. */
static bool agree(size_t *known, size_t found)
{
	if (!*known)
		*known = found;
	return !found || *known == found;
}

static bool is_object_member(const struct inference *in, const struct reloc *at, uint64_t member,
			     size_t *func)
{
	size_t entry;

	if (member == 0)
		return points_to_string(in, at);
	if (member == OBJECT_FUNCS)
		return leads_to_funcs(in, at, &entry) && agree(func, entry);
	return member >= OBJECT_CALLBACKS && member < OBJECT_CALLBACKS + CALLBACKS;
}

/* Is it an array of struct klp_object? Each entry leads to functions, and the last one is empty. */
static bool is_objects(const struct inference *in, const struct variable *v, struct sizes *ret)
{
	const struct reloc *at = NULL;
	size_t n = 0, lists = 0, entry;

	while ((at = next_in(in, v, at)))
		n += leads_to_funcs(in, at, &entry);
	ret->object = n ? entry_size(v, n, OBJECT_CALLBACKS) : 0;
	if (!ret->object)
		return false;
	while ((at = next_in(in, v, at))) {
		uint64_t member = (at->offset - v->begin) % ret->object;

		if ((at->offset - v->begin) / ret->object >= n ||
		    !is_object_member(in, at, member, &ret->func))
			return false;
		lists += member == OBJECT_FUNCS;
	}
	return lists == n;
}

/* Is the pointer at a relocation's place the .objs of a patch? */
static bool is_objs(const struct inference *in, const struct reloc *at, struct sizes *ret)
{
	struct variable patch, objects;
	uint64_t offset;
	size_t section;

	*ret = (struct sizes){0};
	if (is_code(in, at->section) || at->offset < PATCH_OBJS ||
	    !points_to(in, at, &section, &offset) ||
	    !variable_at(in, at->section, at->offset - PATCH_OBJS, &patch) ||
	    patch.end - patch.begin < PATCH_OBJS + POINTER ||
	    !variable_at(in, section, offset, &objects) || !is_objects(in, &objects, ret))
		return false;
	ret->patch = patch.end - patch.begin;
	return true;
}

/* Is the .mod before it that of this module, and not one that code sets? */
static bool has_mod(const struct inference *in, const struct reloc *objs)
{
	const struct reloc *mod = relocs_at(in->relocs, objs->section, objs->offset - PATCH_OBJS);
	uint64_t offset;
	size_t section;

	return mod && points_to(in, mod, &section, &offset) && !offset &&
	       !strcmp(in->f->sec[section].name, THIS_MODULE);
}

/* All patches of the file, or those with a .mod if any has: others are tables that look like one.
 */
static bool find_sizes(const struct inference *in, struct sizes *ret)
{
	struct sizes found[2] = {{0}};
	bool differ[2] = {false};

	for (size_t i = 0; i < in->relocs->n; i++) {
		const struct reloc *at = &in->relocs->r[i];
		struct sizes s;
		bool sure;

		if (!is_objs(in, at, &s))
			continue;
		sure = has_mod(in, at);
		differ[sure] |= !agree(&found[sure].func, s.func) ||
				!agree(&found[sure].object, s.object) ||
				!agree(&found[sure].patch, s.patch);
	}
	*ret = found[found[true].patch > 0];
	return ret->patch && !differ[found[true].patch > 0];
}

static bool has_external(const struct elf_file *f)
{
	for (size_t i = 1; i < f->shnum; i++) {
		if (patch_is_external(f, i))
			return true;
	}
	return false;
}

bool klp_layout_infer(const struct elf_file *f, const struct arch *arch,
		      const struct relocs *relocs, struct klp_layout *ret)
{
	const struct inference in = {f, arch, relocs};
	struct sizes sizes;

	if (!find_sizes(&in, &sizes)) {
		if (!has_external(f))
			return false;
		sizes = (struct sizes){0};
	}
	*ret = (struct klp_layout){
		.func_size = sizes.func ? sizes.func : FUNC_MIN,
		.func_new_func = FUNC_NEW_FUNC,
		.func_old_sympos = FUNC_SYMPOS,
		.object_size = sizes.object ? sizes.object : OBJECT_CALLBACKS + CALLBACKS_SIZE,
		.object_funcs = OBJECT_FUNCS,
		.object_callbacks = OBJECT_CALLBACKS,
		.callbacks_size = CALLBACKS_SIZE,
		.patch_size = sizes.patch ? sizes.patch : PATCH_REPLACE + POINTER,
		.patch_objs = PATCH_OBJS,
		.patch_states = PATCH_STATES,
		.state_size = STATE_SIZE,
	};
	if (ret->patch_size > PATCH_REPLACE)
		ret->patch_replace = PATCH_REPLACE;
	return true;
}
