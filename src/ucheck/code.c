// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the functions are where the patch says: their symbols, their first bytes, the room for
 * the jump. A jump over the beginning of the next function would break that one.
 */
#include <string.h>

#include "arch/step.h"
#include "symbols/functions.h"
#include "ucheck/check.h"

/* Bytes of a jump. */
#define JUMP 5

/* Is there nothing between a function's end and the end of its room that could run? */
static bool is_padding(const struct ucheck_func *f, uint64_t from, uint64_t end)
{
	step_fn *step = step_of(f->target->b->arch);
	const unsigned char *code = elf_file_at(f->target->b->elf, from, end - from);

	if (!code)
		return from == end;
	/* No-ops and traps, one after the other, and nothing that leads somewhere. */
	for (uint64_t i = 0; i < end - from;) {
		struct step s = step ? step(code + i, end - from - i) : (struct step){0};

		if (code[i] == 0 || code[i] == 0xcc) {
			i++;
			continue;
		}
		if (!s.size || s.to || s.leaves || s.call || !s.goes_on)
			return false;
		i += s.size;
	}
	return true;
}

/* Is that one of the names of what is there? */
static bool is_named(const struct ucheck_func *f)
{
	size_t count;
	const struct ksym *all = kallsyms_find(f->target->object->symbols, f->name, &count);

	for (size_t i = 0; i < count; i++) {
		if (all[i].addr == f->is->addr)
			return true;
	}
	return false;
}

static void check_room(struct ucheck *c, const struct ucheck_func *f,
		       const struct functions *functions)
{
	uint64_t end = f->is->addr + f->is->room;
	const struct ksym *own = functions_at(functions, f->is->addr);

	if (!own || own->addr != f->is->addr || !is_named(f)) {
		ucheck_bad(c, "no function '%s' of '%s' begins at 0x%llx", f->name,
			   f->target->b->name, (unsigned long long)f->is->addr);
		return;
	}
	for (size_t i = 0; i < functions->n; i++) {
		if (functions->sym[i].addr > f->is->addr && functions->sym[i].addr < end)
			ucheck_bad(c,
				   "the room for the jump of '%s' has the beginning of '%s' in it",
				   f->name, functions->sym[i].name);
	}
	if (f->is->room < f->is->jump + JUMP)
		ucheck_bad(c, "'%s' has room for %u bytes, and the jump needs %u", f->name,
			   f->is->room, f->is->jump + JUMP);
	if (own->addr + own->size < end && !is_padding(f, own->addr + own->size, end))
		ucheck_bad(c,
			   "behind the end of '%s' is something else than padding, and the jump "
			   "would overwrite it",
			   f->name);
}

static void check_bytes(struct ucheck *c, const struct ucheck_func *f)
{
	const struct binary *b = f->target->b;
	const unsigned char *code = elf_file_at(b->elf, f->is->addr, f->is->first_size);
	const char *pad = b->arch->landing.bytes;

	if (!code || memcmp(code, f->is->first, f->is->first_size) != 0) {
		ucheck_bad(c, "'%s' of '%s' begins with other bytes than the patch says", f->name,
			   b->path);
		return;
	}
	if (pad && f->is->first_size >= 4 && f->is->jump != (memcmp(code, pad, 4) ? 0 : 4))
		ucheck_bad(c, "the jump of '%s' is not behind its landing pad", f->name);
}

static void check_parts(struct ucheck *c, const struct ucheck_func *f)
{
	for (uint32_t i = 0; i < f->is->range_count; i++) {
		const struct user_range *r = &c->p->range[f->is->range + i];
		size_t section = binary_section(f->target->b, r->addr);
		const GElf_Shdr *s = &f->target->b->elf->sec[section].shdr;

		if (!section || !(s->sh_flags & SHF_EXECINSTR) ||
		    r->size > s->sh_size - (r->addr - s->sh_addr))
			ucheck_bad(c, "part %u of '%s' is not code of '%s'", i, f->name,
				   f->target->b->path);
	}
	/* What DWARF says of it and the patch does not would run on unseen. */
	for (size_t a = 0; f->def && a < f->def->addrs; a++) {
		bool known = false;

		for (uint32_t i = 0; i < f->is->range_count; i++) {
			const struct user_range *r = &c->p->range[f->is->range + i];

			known |= f->def->addr[a] >= r->addr && f->def->addr[a] - r->addr < r->size;
		}
		if (!known)
			ucheck_bad(c, "'%s' has code at 0x%llx, which the patch does not know of",
				   f->name, (unsigned long long)f->def->addr[a]);
	}
}

void ucheck_code(struct ucheck *c)
{
	for (size_t t = 0; t < c->p->head.targets; t++) {
		struct functions functions = {0};

		functions_read(&functions, c->target[t].object->elf);
		for (size_t i = 0; i < c->p->func_count; i++) {
			const struct ucheck_func *f = &c->func[i];

			if (f->target != &c->target[t])
				continue;
			check_room(c, f, &functions);
			check_bytes(c, f);
			check_parts(c, f);
		}
		functions_free(&functions);
	}
	ucheck_looked(c, "%zu functions, %zu parts", c->p->func_count, c->p->range_count);
}
