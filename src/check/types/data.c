// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the patch declares the kernel's variables as the kernel does: type, alignment, const,
 * per-CPU or not.
 */
#include <stdlib.h>
#include <string.h>

#include "check/types/types.h"
#include "dwarf/lines.h"

#define PASS "data"
#define PERCPU ".data..percpu"

struct counts {
	size_t compared;
	size_t trusted; /* exported, and declared by the kernel's own headers */
	struct type_unknown unknown;
};

static size_t type_of(const struct type_use *use)
{
	return use->unit->types.t[use->declared->type].type;
}

/* Reports what is wrong with a declaration, and what to write instead. */
static void tell(const struct type_checks *t, const struct type_use *use, enum finding_kind kind,
		 const char *why, const char *remedy)
{
	char place[512], *both;

	type_use_place(t, use, place, sizeof(place));
	both = type_both("declared", &use->unit->types, use->declared, "kernel", &use->kernel);
	found(PASS, kind, "%s: '%s' is not declared as the kernel has it: %s\n%s\n  %s", place,
	      use->name, why, both, remedy);
	free(both);
}

/*
 * The compiler may read a const variable once, and keep the value across calls of functions that
 * change it.
 */
static void compare_const(const struct type_checks *t, const struct type_use *use)
{
	bool in_patch = type_is_const(&use->unit->types, type_of(use));
	bool in_kernel = type_is_const(&use->kernel.in->types, use->kernel.type);

	if (in_patch && !in_kernel)
		tell(t, use, FOUND_BAD, "it is const, the kernel's is not", "leave 'const' out");
	else if (!in_patch && in_kernel)
		tell(t, use, FOUND_ODD,
		     "it is not const, the kernel's is: writing to it is a fault",
		     "declare it 'const'");
}

static void compare_alignment(const struct type_checks *t, const struct type_use *use)
{
	const struct types *types = &use->unit->types;
	uint64_t align = types->t[use->declared->type].align, addr = use->kernel.sym->addr;
	uint64_t of_type = types->t[type_strip(types, type_of(use))].align;
	char *why;

	if (of_type > align)
		align = of_type;
	if (!align || addr % align == 0)
		return;
	why = xasprintf("it is aligned to %llu bytes, the kernel's is at 0x%llx",
			(unsigned long long)align, (unsigned long long)addr);
	tell(t, use, FOUND_BAD, why, "leave the alignment out");
	free(why);
}

static bool is_percpu(const struct kernel_side *k)
{
	const struct elf_file *f = k->object->elf;

	for (size_t i = 1; i < f->shnum; i++) {
		const GElf_Shdr *s = &f->sec[i].shdr;
		uint64_t start = k->object->module ? elf_place(i, 0) : s->sh_addr;

		if (!strcmp(f->sec[i].name, PERCPU) && k->sym->addr >= start &&
		    k->sym->addr - start < s->sh_size)
			return true;
	}
	return false;
}

/*
 * The section's code, if the relocation is an operand that is a distance within an instruction;
 * else NULL.
 */
static const unsigned char *operand_code(const struct check *c, const struct reloc *r)
{
	const struct elf_section *s = &c->mod->sec[r->section];
	const unsigned char *code;
	size_t size;

	if (r->type != c->target->arch->pc32 || !(s->shdr.sh_flags & SHF_EXECINSTR) ||
	    elf_file_bytes(c->mod, r->section, &code, &size) || r->offset > size)
		return NULL;
	return code;
}

static bool is_plain_access(const struct type_checks *t, const struct reloc *r)
{
	const unsigned char *code = operand_code(t->c, r);

	return code && t->c->target->arch->code.plain_operand(code, r->offset);
}

/*
 * Does the instruction use a per-CPU variable? The prefix that says so could be the last byte of
 * the instruction before, so the line table has to have an instruction begin there.
 */
static bool is_percpu_access(const struct type_checks *t, const struct reloc *r)
{
	const unsigned char *code = operand_code(t->c, r);
	size_t len = code ? t->c->target->arch->code.percpu_operand(code, r->offset) : 0;

	return len && code_line_begins(t->dwarf, elf_place(r->section, r->offset - len));
}

/*
 * The address of a per-CPU variable is only an offset. Used as an ordinary address, it leads to
 * something else.
 */
static void compare_percpu(const struct type_checks *t, const struct type_use *use)
{
	const struct check *c = t->c;
	bool percpu = is_percpu(&use->kernel);
	char place[512];

	/* A file that klpdiff has cut declares nothing: it uses its own variables as it always did.
	 */
	if (!c->target->arch->code.plain_operand || !use->livepatch || use->declared->left_out)
		return;
	for (size_t i = 0; i < c->relocs.n; i++) {
		const struct reloc *r = &c->relocs.r[i];

		if (r->symbol != use->livepatch->index ||
		    !(percpu ? is_plain_access(t, r) : is_percpu_access(t, r)))
			continue;
		type_use_place(t, use, place, sizeof(place));
		found(PASS, FOUND_BAD, "%s: '%s' is %s at '%s' + 0x%llx\n  %s", place, use->name,
		      percpu ? "a per-CPU variable of the kernel, and is used as an ordinary one"
			     : "an ordinary variable of the kernel, and is used as a per-CPU one",
		      c->mod->sec[r->section].name, (unsigned long long)r->offset,
		      percpu ? "declare it with DECLARE_PER_CPU() and use this_cpu_read() or "
			       "per_cpu()"
			     : "declare it without DECLARE_PER_CPU(), and use it without "
			       "this_cpu_read() and its like");
		return;
	}
}

static void compare_use(struct type_checks *t, size_t i, struct counts *n)
{
	const struct type_use *use = &t->use[i];
	char *why;

	switch (type_uses_compare(t, i, &why)) {
	case DIFFERS:
		n->compared++;
		tell(t, use, FOUND_BAD, why, "declare it as the kernel does");
		break;
	case AGREES:
		n->compared++;
		/* With several symbols, it is unknown which one agrees. */
		if (type_uses_end(t, i) > i + 1 || !use->kernel.sym || use->kernel.function)
			break;
		compare_const(t, use);
		compare_alignment(t, use);
		compare_percpu(t, use);
		break;
	case UNKNOWN:
		type_uses_unknown(use, &n->trusted, &n->unknown);
	}
	free(why);
}

void compare_data(struct type_checks *t)
{
	struct counts n = {0};

	for (size_t i = 0; i < t->uses; i = type_uses_end(t, i)) {
		if (!t->use[i].declared->function)
			compare_use(t, i, &n);
	}
	found(PASS, FOUND_CHECKED,
	      "%zu variable%s; %zu exported as the kernel's headers declare them", n.compared,
	      n.compared == 1 ? "" : "s", n.trusted);
	type_undeclared(t, false, &n.unknown);
	type_unknown_tell(&n.unknown, PASS, "variable");
}
