// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading patches for running programs. See user/patch_file.h.
 *
 * Who applies a patch may do that as root, to a process of others, and the file may come from
 * anybody: each number in it is bounded here, by the one thing that it is an index of.
 */
#include "user/patch_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "elf/elf_file.h"

const char *const user_fixup_kinds[USER_FIXUP_KINDS] = {
	[USER_IMAGE] = "image",	  [USER_OBJECT] = "object", [USER_SLOT] = "slot",
	[USER_EXPORT] = "export", [USER_TLSMOD] = "tlsmod", [USER_TLSOFF] = "tlsoff",
	[USER_TPOFF] = "tpoff",	  [USER_OLD] = "old",
};

#define PAGE_MIN 4096
#define PAGE_MAX 65536

/* Each structure is read as the file has it. */
_Static_assert(sizeof(struct user_head) == 32 + USER_ID_MAX, "no padding");
_Static_assert(sizeof(struct user_target) == 16 + USER_ID_MAX, "no padding");
_Static_assert(sizeof(struct user_func) == 56 + USER_FIRST_MAX, "no padding");
_Static_assert(sizeof(struct user_range) == 16, "no padding");
_Static_assert(sizeof(struct user_fixup) == 56, "no padding");

static bool within(uint64_t offset, uint64_t size, uint64_t whole)
{
	return offset <= whole && size <= whole - offset;
}

/* error() with the file's name before it; returns -1. */
static int refuse(const struct patch_file *p, const char *fmt, ...) KLP_PRINTF(2, 3);
static int refuse(const struct patch_file *p, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	error("'%s': %s", p->path, text);
	free(text);
	return -1;
}

/* A copy of a section of elements of so many bytes. */
static int copy_section(struct patch_file *p, const struct elf_file *f, const char *name,
			size_t element, size_t max, void *ret, size_t *count)
{
	size_t index = elf_file_section(f, name), size;
	const unsigned char *data;
	void *copy;

	if (!index)
		return refuse(p, "not a patch for programs: it has no section '%s'", name);
	if (f->sec[index].shdr.sh_flags & SHF_ALLOC)
		return refuse(p, "section '%s' is part of the image", name);
	if (elf_file_bytes(f, index, &data, &size))
		return -1;
	if (size % element || size / element > max)
		return refuse(p, "section '%s' has %zu bytes: not up to %zu times %zu", name, size,
			      max, element);
	copy = xcalloc(size / element + 1, element);
	if (size)
		memcpy(copy, data, size);
	memcpy(ret, &copy, sizeof(copy));
	*count = size / element;
	return 0;
}

static int read_names(struct patch_file *p, const struct elf_file *f)
{
	if (copy_section(p, f, USER_NAMES_SECTION, 1, USER_IMAGE_MAX, &p->names, &p->names_size))
		return -1;
	if (!p->names_size || p->names[0] || p->names[p->names_size - 1])
		return refuse(p,
			      "section '" USER_NAMES_SECTION "' does not begin and end with a NUL");
	return 0;
}

/* May that be a name, and may it be missing? */
static bool name_fits(const struct patch_file *p, uint32_t name, bool missing)
{
	size_t length;

	if (name >= p->names_size)
		return false;
	length = strlen(p->names + name);
	return length <= USER_NAME_MAX && (missing || length);
}

static bool id_fits(const uint8_t *id, uint32_t size)
{
	if (!size || size > USER_ID_MAX)
		return false;
	for (size_t i = size; i < USER_ID_MAX; i++) {
		if (id[i])
			return false;
	}
	return true;
}

static int check_head(const struct patch_file *p)
{
	const struct user_head *h = &p->head;

	if (h->applier > USER_APPLIER)
		return refuse(p,
			      "it needs a newer klpmake: its patch is of kind %u, and this one "
			      "knows those up to %u",
			      h->applier, USER_APPLIER);
	if (!name_fits(p, h->name, false) || strchr(p->names + h->name, '/'))
		return refuse(p, "the patch has no name");
	if (!name_fits(p, h->klpmake, false))
		return refuse(p, "the patch does not say which klpmake made it");
	if (!name_fits(p, h->waived, true))
		return refuse(p, "the list of waived checks is not a name");
	if (!id_fits(h->id, h->id_size))
		return refuse(p, "the patch's own id is damaged");
	return 0;
}

static int check_targets(const struct patch_file *p)
{
	for (uint32_t i = 0; i < p->head.targets; i++) {
		const struct user_target *t = &p->target[i];

		if (t->kind != USER_PROGRAM && t->kind != USER_LIBRARY)
			return refuse(p, "target %u is neither a program nor a library", i);
		if (t->zero)
			return refuse(p, "target %u is not sane: a number that is 0 is %u", i,
				      t->zero);
		if (!name_fits(p, t->name, false) || strchr(p->names + t->name, '/'))
			return refuse(p, "target %u has no name", i);
		if (!id_fits(t->id, t->id_size))
			return refuse(p, "target '%s': its build-id is damaged",
				      p->names + t->name);
		for (uint32_t k = 0; k < i; k++) {
			const struct user_target *other = &p->target[k];

			if (t->kind == USER_PROGRAM && other->kind == USER_PROGRAM)
				return refuse(p, "two targets are programs: '%s' and '%s'",
					      p->names + other->name, p->names + t->name);
			if (t->kind == other->kind &&
			    !strcmp(p->names + t->name, p->names + other->name))
				return refuse(p, "two targets have the name '%s'",
					      p->names + t->name);
		}
	}
	return 0;
}

static int read_note(struct patch_file *p, const struct elf_file *f)
{
	unsigned char *note = NULL;
	Elf64_Nhdr header;
	size_t size, start = sizeof(header) + sizeof(USER_NOTE_NAME);
	int status = -1;

	if (copy_section(p, f, USER_NOTE_SECTION, 1, USER_IMAGE_MAX, &note, &size))
		return -1;
	if (size < start + sizeof(p->head)) {
		refuse(p, "section '" USER_NOTE_SECTION "' is too short");
		goto out;
	}
	memcpy(&header, note, sizeof(header));
	memcpy(&p->head, note + start, sizeof(p->head));
	if (header.n_namesz != sizeof(USER_NOTE_NAME) || header.n_type != USER_NOTE_TYPE ||
	    memcmp(note + sizeof(header), USER_NOTE_NAME, sizeof(USER_NOTE_NAME))) {
		refuse(p, "section '" USER_NOTE_SECTION "' has no note of klpmake");
		goto out;
	}
	if (p->head.format != USER_FORMAT) {
		refuse(p, "it is of format %u, and this klpmake reads format %u", p->head.format,
		       USER_FORMAT);
		goto out;
	}
	if (!p->head.targets || p->head.targets > USER_TARGETS_MAX ||
	    header.n_descsz != size - start ||
	    header.n_descsz != sizeof(p->head) + p->head.targets * sizeof(*p->target)) {
		refuse(p,
		       "section '" USER_NOTE_SECTION "' has %zu bytes, which %u targets do not fit",
		       size, p->head.targets);
		goto out;
	}
	p->target = xcalloc(p->head.targets, sizeof(*p->target));
	memcpy(p->target, note + start + sizeof(p->head), p->head.targets * sizeof(*p->target));
	status = check_head(p) || check_targets(p) ? -1 : 0;
out:
	free(note);
	return status;
}

/* One segment of the file, with what the file has of its bytes. */
static int read_segment(struct patch_file *p, const GElf_Phdr *ph, const unsigned char *file,
			size_t file_size)
{
	struct user_segment *s = &p->segment[p->segment_count];
	size_t number = p->segment_count;

	if (number == USER_SEGMENTS_MAX)
		return refuse(p, "it has more than %d segments", USER_SEGMENTS_MAX);
	if (ph->p_align < PAGE_MIN || ph->p_align > PAGE_MAX || ph->p_align & (ph->p_align - 1) ||
	    (p->page && p->page != ph->p_align) || ph->p_vaddr % ph->p_align)
		return refuse(p, "segment %zu does not begin with a page", number);
	if (!within(ph->p_offset, ph->p_filesz, file_size) || !ph->p_memsz ||
	    ph->p_filesz > ph->p_memsz || !within(ph->p_vaddr, ph->p_memsz, USER_IMAGE_MAX))
		return refuse(p, "segment %zu is outside of the file, or too large", number);
	if (ph->p_vaddr < p->image_size)
		return refuse(p, "segment %zu overlaps the one before it", number);
	if (!(ph->p_flags & PF_R) || (ph->p_flags & PF_W && ph->p_flags & PF_X))
		return refuse(p, "segment %zu is not readable, or writable and executable", number);
	p->page = ph->p_align;
	*s = (struct user_segment){
		.start = ph->p_vaddr,
		.size = (ph->p_memsz + p->page - 1) & ~(p->page - 1),
		.used = ph->p_memsz,
		.write = ph->p_flags & PF_W,
		.execute = ph->p_flags & PF_X,
	};
	p->image = xrealloc(p->image, s->start + s->size, 1);
	memset(p->image + p->image_size, 0, s->start + s->size - p->image_size);
	memcpy(p->image + s->start, file + ph->p_offset, ph->p_filesz);
	p->image_size = s->start + s->size;
	p->segment_count++;
	return 0;
}

static int read_image(struct patch_file *p, const struct elf_file *f)
{
	const unsigned char *file;
	size_t count, size;

	file = (const unsigned char *)elf_rawfile(f->elf, &size);
	if (!file || elf_getphdrnum(f->elf, &count))
		return refuse(p, "it cannot be read: %s", elf_errmsg(-1));
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr ph;

		if (!gelf_getphdr(f->elf, (int)i, &ph))
			return refuse(p, "it cannot be read: %s", elf_errmsg(-1));
		if (ph.p_type == PT_LOAD && read_segment(p, &ph, file, size))
			return -1;
	}
	if (!p->segment_count)
		return refuse(p, "it has no image");
	return 0;
}

static bool executable(const struct patch_file *p, uint64_t place)
{
	const struct user_segment *s = patch_file_segment(p, place, 1);

	return s && s->execute;
}

/* The code of an old function begins where it begins; no part of it wraps around. */
static int check_ranges(const struct patch_file *p, const struct user_func *fn, const char *name)
{
	if (!fn->range_count || !within(fn->range, fn->range_count, p->range_count))
		return refuse(p, "function '%s': its code is outside of the table", name);
	if (p->range[fn->range].addr != fn->addr)
		return refuse(p, "function '%s': its code does not begin with its entry", name);
	for (uint32_t i = 0; i < fn->range_count; i++) {
		const struct user_range *r = &p->range[fn->range + i];

		if (!r->size || r->addr > UINT64_MAX - r->size)
			return refuse(p, "function '%s': part %u of its code is damaged", name, i);
	}
	return 0;
}

static int check_func(const struct patch_file *p, size_t i)
{
	const struct user_func *fn = &p->func[i], *before = i ? fn - 1 : NULL;
	const char *name;

	if (!name_fits(p, fn->name, false))
		return refuse(p, "function %zu has no name", i);
	name = p->names + fn->name;
	if (fn->target >= p->head.targets)
		return refuse(p, "function '%s' is of target %u, which is not there", name,
			      fn->target);
	if (!fn->room || fn->jump >= fn->room || fn->addr > UINT64_MAX - fn->room || fn->zero)
		return refuse(p, "function '%s': there is no room at its entry", name);
	if (!fn->first_size || fn->first_size > USER_FIRST_MAX)
		return refuse(p, "function '%s': its first bytes are not known", name);
	if (before && (before->target > fn->target ||
		       (before->target == fn->target && before->addr + before->room > fn->addr)))
		return refuse(p, "function '%s' overlaps another one, or is not in order", name);
	if (!executable(p, fn->entry) || !executable(p, fn->body))
		return refuse(p, "function '%s': the new one is not in the image's code", name);
	return check_ranges(p, fn, name);
}

static int read_funcs(struct patch_file *p, const struct elf_file *f)
{
	if (copy_section(p, f, USER_FUNCS_SECTION, sizeof(*p->func), USER_FUNCS_MAX, &p->func,
			 &p->func_count) ||
	    copy_section(p, f, USER_RANGES_SECTION, sizeof(*p->range), USER_RANGES_MAX, &p->range,
			 &p->range_count))
		return -1;
	if (!p->func_count)
		return refuse(p, "it replaces no function");
	for (size_t i = 0; i < p->func_count; i++) {
		if (check_func(p, i))
			return -1;
	}
	return 0;
}

/* What each kind of fixup has. */
static bool fixup_fits(const struct patch_file *p, const struct user_fixup *x)
{
	const struct user_target *t = x->target < p->head.targets ? &p->target[x->target] : NULL;
	bool no_target = x->target == USER_NO_TARGET;

	if (x->unbound && x->kind != USER_SLOT)
		return false;
	switch ((enum user_fixup_kind)x->kind) {
	case USER_IMAGE:
		return no_target && !x->addend && x->value <= p->image_size;
	case USER_OBJECT:
	case USER_TLSOFF:
		return t && !x->addend;
	case USER_SLOT:
		return t && x->value % 8 == 0;
	case USER_EXPORT:
		return no_target && !x->value;
	case USER_TLSMOD:
		return t && !x->addend && x->value % 8 == 0 &&
		       (x->value == 0) == (t->kind == USER_PROGRAM);
	case USER_TPOFF:
		return t && !x->addend && t->kind == USER_PROGRAM;
	case USER_OLD:
		return no_target && !x->addend && x->value < p->func_count;
	case USER_FIXUP_KINDS:
		break;
	}
	return false;
}

static int check_fixup(const struct patch_file *p, size_t i)
{
	const struct user_fixup *x = &p->fixup[i];
	const struct user_segment *s = patch_file_segment(p, x->place, 8);

	if (!s || !s->write)
		return refuse(p, "word %zu is not in the image's data", i);
	if (i && x->place - p->fixup[i - 1].place < 8)
		return refuse(p, "word %zu overlaps another one, or is not in order", i);
	if (x->kind >= USER_FIXUP_KINDS)
		return refuse(p, "word %zu is of kind %u, which is not known", i, x->kind);
	if (x->type >= USER_TYPES || x->zero || !name_fits(p, x->name, x->kind == USER_IMAGE) ||
	    !name_fits(p, x->version, true))
		return refuse(p, "word %zu (%s): its name, version or type is damaged", i,
			      user_fixup_kinds[x->kind]);
	if (!fixup_fits(p, x))
		return refuse(p, "word %zu (%s '%s'): its target or value is damaged", i,
			      user_fixup_kinds[x->kind], p->names + x->name);
	return 0;
}

static int read_fixups(struct patch_file *p, const struct elf_file *f)
{
	if (copy_section(p, f, USER_FIXUPS_SECTION, sizeof(*p->fixup), USER_FIXUPS_MAX, &p->fixup,
			 &p->fixup_count))
		return -1;
	for (size_t i = 0; i < p->fixup_count; i++) {
		/* In order, or the check of overlaps would miss one. */
		if (i && p->fixup[i].place < p->fixup[i - 1].place)
			return refuse(p, "word %zu overlaps another one, or is not in order", i);
		if (check_fixup(p, i))
			return -1;
	}
	return 0;
}

int patch_file_open(const char *path, struct patch_file **ret)
{
	struct patch_file *p = xcalloc(1, sizeof(*p));
	struct elf_file *f = NULL;
	int status = -1;

	*ret = NULL;
	p->path = xstrdup(path);
	if (elf_file_open(path, &f))
		goto out;
	p->machine = f->ehdr.e_machine;
	if (f->ehdr.e_type != ET_DYN || elf_file_is_big(f)) {
		refuse(p, "not a patch for programs: not a little-endian ET_DYN file");
		goto out;
	}
	if (read_names(p, f) || read_note(p, f) || read_image(p, f) || read_funcs(p, f) ||
	    read_fixups(p, f))
		goto out;
	status = 0;
out:
	elf_file_close(f);
	if (status)
		patch_file_close(p);
	else
		*ret = p;
	return status;
}

void patch_file_close(struct patch_file *p)
{
	if (!p)
		return;
	free(p->path);
	free(p->target);
	free(p->func);
	free(p->range);
	free(p->fixup);
	free(p->image);
	free(p->names);
	free(p);
}

const char *patch_file_name(const struct patch_file *p, uint32_t name)
{
	return p->names + name;
}

const struct user_segment *patch_file_segment(const struct patch_file *p, uint64_t place,
					      uint64_t size)
{
	for (size_t i = 0; i < p->segment_count; i++) {
		const struct user_segment *s = &p->segment[i];

		if (place >= s->start && within(place - s->start, size, s->used))
			return s;
	}
	return NULL;
}

bool patch_file_waives(const struct patch_file *p, const char *check)
{
	const char *at = patch_file_name(p, p->head.waived);
	size_t length = strlen(check);

	while (*at) {
		size_t word = strcspn(at, ",");

		if (word == length && !strncmp(at, check, word))
			return true;
		at += word + (at[word] == ',');
	}
	return false;
}
