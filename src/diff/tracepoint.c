// SPDX-License-Identifier: GPL-2.0-only
/* Tracepoints of modules: see diff/tracepoint.h. */
#include "diff/tracepoint.h"

#include <stdlib.h>
#include <string.h>

#include "arch/step.h"
#include "base/util.h"

#define TRACEPOINT "__tracepoint_"

/* struct jump_entry has these in this order: include/linux/jump_label.h. */
enum jump_member { JUMP_CODE, JUMP_TARGET, JUMP_KEY, JUMP_MEMBERS };

/* The name of the tracepoint that a reference leads to, or NULL. */
static const char *tracepoint_name(const struct pieces *p, const struct piece_ref *r)
{
	struct elf_symbol sym;
	const char *name = NULL;

	if (r->piece != NO_PIECE) {
		name = p->piece[r->piece].name;
	} else {
		elf_file_symbol(p->elf, r->symbol, &sym);
		if (sym.shndx == SHN_UNDEF)
			name = sym.name;
	}
	return name && str_starts(name, TRACEPOINT) ? name + strlen(TRACEPOINT) : NULL;
}

/* Has vmlinux a tracepoint of that name? Its symbols are known when any patch is loaded. */
static bool is_vmlinux(const struct original *o, const char *name)
{
	const struct elf_file *f = o->target->vmlinux;

	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol sym;

		elf_file_symbol(f, i, &sym);
		if (str_starts(sym.name, TRACEPOINT) &&
		    !strcmp(sym.name + strlen(TRACEPOINT), name))
			return true;
	}
	return false;
}

/* Does a jump whose distance the linker writes lead there? */
static bool is_relocated_to(const struct pieces *p, const struct piece *x, uint64_t at, size_t size,
			    const struct piece_ref *target, bool *leads)
{
	for (size_t i = x->ref; i < x->ref + x->refs; i++) {
		const struct piece_ref *r = &p->ref[i];

		if (r->offset < at || r->offset - at >= size)
			continue;
		*leads = r->piece == target->piece && r->to == target->to;
		return true;
	}
	return false;
}

/* Is the code of such a branch a jump to its target, with nothing done to it? */
static bool jumps(const struct pieces *p, const struct piece_ref *code,
		  const struct piece_ref *target)
{
	const struct piece *x = &p->piece[code->piece];
	uint64_t begin = x->start + x->lead, at = begin + (uint64_t)code->to;
	const unsigned char *bytes;
	struct step step;
	size_t size;
	bool leads;

	if (elf_file_bytes(p->elf, x->section, &bytes, &size) || !bytes || x->end > size ||
	    code->to < 0 || at >= x->end)
		return false;
	step = step_of(p->arch)(bytes + at, x->end - at);
	if (!step.size || !step.to || step.call || step.goes_on)
		return false;
	if (is_relocated_to(p, x, at, step.size, target, &leads))
		return leads;
	return target->piece == code->piece &&
	       at + step.size + (uint64_t)step.distance == begin + (uint64_t)target->to;
}

static const struct tracepoint *find(const struct tracepoints *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		if (!strcmp(t->t[i].name, name))
			return &t->t[i];
	}
	return NULL;
}

bool tracepoints_take(struct tracepoints *t, const struct diff *d, const struct original *o,
		      size_t entry)
{
	const struct pieces *p = &d->is;
	const struct piece *e = &p->piece[entry];
	const struct piece_ref *r = &p->ref[e->ref];
	const char *name;

	if (strcmp(p->elf->sec[e->section].name, "__jump_table") != 0 || e->refs != JUMP_MEMBERS ||
	    !o->scope->object->module)
		return false;
	name = tracepoint_name(p, &r[JUMP_KEY]);
	if (!name || is_vmlinux(o, name) || r[JUMP_CODE].piece == NO_PIECE ||
	    r[JUMP_TARGET].piece == NO_PIECE || !jumps(p, &r[JUMP_CODE], &r[JUMP_TARGET]))
		return false;
	if (!find(t, name)) {
		GROW(t->t, t->n, t->cap);
		t->t[t->n++] = (struct tracepoint){
			.name = xstrdup(name),
			.trampoline = xasprintf("__SCT__tp_func_%s", name),
			.iterator = xasprintf("__traceiter_%s", name),
		};
	}
	return true;
}

const char *tracepoints_call(const struct tracepoints *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		if (!strcmp(t->t[i].trampoline, name))
			return t->t[i].iterator;
	}
	return name;
}

const char *tracepoints_called(const struct tracepoints *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		if (!strcmp(t->t[i].iterator, name))
			return t->t[i].trampoline;
	}
	return name;
}

void tracepoints_free(struct tracepoints *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->t[i].name);
		free(t->t[i].trampoline);
		free(t->t[i].iterator);
	}
	free(t->t);
}
