// SPDX-License-Identifier: GPL-2.0-only
/* Slots and stubs: see link/slots.h. */
#include "link/slots.h"

#include <string.h>

#include "base/util.h"
#include "klp/format.h"
#include "klp/moves.h"

#define SLOT_SIZE 8

/* Bytes of an instruction of every architecture whose code is edited. */
#define INSTRUCTION 4

static size_t own_index(const struct link_plan *plan, int own)
{
	return plan->in->shnum + (size_t)own;
}

/* So many zero bytes at the end; where they begin. */
static uint64_t append(struct own_section *o, size_t size)
{
	uint64_t at = o->size;

	o->data = xrealloc(o->data, o->size + size, 1);
	memset(o->data + o->size, 0, size);
	o->size += size;
	return at;
}

/*
 * The symbol from which slots are counted: the first of those that klplink adds for them. Before
 * all slots is a pointer to itself, for GNU strip makes livepatch relocations of a section that has
 * no plain ones into plain ones.
 */
static size_t slots_symbol(struct link_plan *plan)
{
	struct own_section *slots = &plan->own[LINK_SLOTS];
	size_t section = own_index(plan, LINK_SLOTS), symbol;

	for (size_t i = 0; i < plan->added_num; i++) {
		if (plan->added[i].section == section)
			return plan->in->symnum + i;
	}
	symbol = link_plan_add_symbol(
		plan, (struct new_symbol){.name = xstrdup("klp_slots"), .section = section});
	link_relas_add(&slots->relas, (Elf64_Rela){append(slots, SLOT_SIZE),
						   ELF64_R_INFO(symbol, plan->arch->abs64), 0});
	return symbol;
}

static bool same_slot(const struct slot *a, const struct slot *b)
{
	return a->symbol == b->symbol && a->addend == b->addend && !a->object == !b->object &&
	       (!a->object || !strcmp(a->object, b->object));
}

/* The number of the slot for a symbol and an addend; equal ones share it. */
static size_t slot_for(struct link_plan *plan, const struct slot *to)
{
	struct own_section *slots = &plan->own[LINK_SLOTS];
	struct link_relas *relas = &slots->relas;
	uint64_t at;

	for (size_t i = 0; i < plan->slots; i++) {
		if (same_slot(&plan->slot[i], to))
			return i;
	}
	slots_symbol(plan);
	GROW(plan->slot, plan->slots, plan->slots_cap);
	plan->slot[plan->slots] = *to;
	at = append(slots, SLOT_SIZE);
	plan->slot[plan->slots].offset = at;
	if (to->object)
		relas = link_plan_klp(plan, own_index(plan, LINK_SLOTS), to->object);
	link_relas_add(relas,
		       (Elf64_Rela){at, ELF64_R_INFO(to->symbol, plan->arch->abs64), to->addend});
	return plan->slots++;
}

void link_to_slot(struct link_plan *plan, struct link_relas *kept, const struct reloc *r,
		  const struct slot *to, uint32_t type)
{
	struct slot pointer = *to;
	size_t slot;

	pointer.addend = (int64_t)((uint64_t)to->addend + (uint64_t)plan->arch->code.operand_ahead);
	slot = slot_for(plan, &pointer);
	link_relas_add(kept, (Elf64_Rela){r->offset, ELF64_R_INFO(slots_symbol(plan), type),
					  (int64_t)plan->slot[slot].offset -
						  plan->arch->code.operand_ahead});
}

/* OBJECT.NAME,POSITION: a livepatch symbol's name says which of several it is. */
static const char *livepatch_name(const struct link_plan *plan, size_t symbol)
{
	const char *name = symbol < plan->in->symnum ? plan->new_name[symbol]
						     : plan->added[symbol - plan->in->symnum].name;

	return name + strlen(KLP_SYM_PREFIX);
}

/* A piece of code among the stubs; its symbol, which takes the name. */
static size_t add_stub(struct link_plan *plan, const struct arch_stub *stub,
		       const unsigned char *code, size_t slot, char *name)
{
	struct own_section *stubs = &plan->own[LINK_STUBS];
	uint64_t at = append(stubs, stub->size);
	size_t symbol = link_plan_add_symbol(plan, (struct new_symbol){
							   .name = name,
							   .section = own_index(plan, LINK_STUBS),
							   .value = at,
							   .size = stub->size,
						   });

	memcpy(stubs->data + at, code, stub->size);
	for (size_t i = 0; i < ARRAY_SIZE(stub->reloc); i++) {
		bool itself = stub->reloc[i].to_itself;

		link_relas_add(&stubs->relas,
			       (Elf64_Rela){at + stub->reloc[i].offset,
					    ELF64_R_INFO(itself ? symbol : slots_symbol(plan),
							 stub->reloc[i].type),
					    itself ? 0 : (int64_t)plan->slot[slot].offset});
	}
	return symbol;
}

static size_t stub_for(struct link_plan *plan, size_t slot)
{
	const struct arch_stub *stub = plan->arch->slots.stub;

	return add_stub(plan, stub, (const unsigned char *)stub->code, slot,
			xasprintf("klp_stub.%s", livepatch_name(plan, plan->slot[slot].symbol)));
}

/* Bytes of one instruction, in the section of r. */
static struct link_edit *edit_code(struct link_plan *plan, const struct reloc *r, uint64_t offset)
{
	return link_plan_edit(plan, r->section, offset, INSTRUCTION);
}

void link_to_stub(struct link_plan *plan, struct link_relas *kept, const struct reloc *r,
		  const struct slot *to)
{
	size_t slot = slot_for(plan, to);

	if (!plan->slot[slot].stub)
		plan->slot[slot].stub = stub_for(plan, slot);
	link_relas_add(kept,
		       (Elf64_Rela){r->offset, ELF64_R_INFO(plan->slot[slot].stub, r->type), 0});
	/* move_of() has looked at what is there. The loader does it only where it makes the stub.
	 */
	if (plan->arch->slots.restore) {
		struct link_edit *e = edit_code(plan, r, r->offset + 4);

		memcpy(e->bytes, plan->arch->slots.restore, INSTRUCTION);
	}
}

/* A symbol of that section, or 0. */
static size_t symbol_in(const struct elf_file *f, size_t section)
{
	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(f, i, &s);
		if (!s.special && s.shndx == section)
			return i;
	}
	return 0;
}

bool link_to_veneer(struct link_plan *plan, struct link_relas *kept, const struct reloc *r,
		    const struct slot *to)
{
	const struct arch_stub *veneer = plan->arch->slots.veneer;
	size_t back = symbol_in(plan->in, r->section), jump = veneer->size - INSTRUCTION, slot,
	       symbol;
	struct link_relas *relas = &plan->own[LINK_STUBS].relas;
	unsigned char code[INSTRUCTION], filled[ARCH_STUB_MAX];
	struct slot base = *to;
	struct elf_symbol s;
	struct link_edit *e;

	/* move_of() has looked at the code. */
	if (!back || !move_code(plan->in, r->section, r->offset, code))
		return false;
	elf_file_symbol(plan->in, back, &s);
	plan->arch->slots.fit_veneer(filled, code);
	if (arch_reloc_by_type(plan->arch, r->type)->page)
		base.addend = 0;
	slot = slot_for(plan, &base);
	symbol = add_stub(plan, veneer, filled, slot,
			  xasprintf("klp_load.%s%s+0x%llx", livepatch_name(plan, to->symbol),
				    link_plan_section(plan, r->section),
				    (unsigned long long)r->offset));
	link_relas_add(relas, (Elf64_Rela){plan->own[LINK_STUBS].size - veneer->size + jump,
					   ELF64_R_INFO(back, veneer->jump),
					   (int64_t)(r->offset + 4 - s.sym.st_value)});
	e = edit_code(plan, r, r->offset);
	memcpy(e->bytes, filled + jump, INSTRUCTION);
	link_relas_add(kept, (Elf64_Rela){r->offset, ELF64_R_INFO(symbol, veneer->jump), 0});
	return true;
}

void link_set_low(struct link_plan *plan, const struct reloc *r, int64_t number)
{
	const struct arch_reloc *type = arch_reloc_by_type(plan->arch, r->type);
	struct link_edit *e = edit_code(plan, r, r->offset);

	if (move_code(plan->in, r->section, r->offset, e->bytes))
		plan->arch->slots.set_low(e->bytes, type->low, number);
}

void link_load_slot(struct link_plan *plan, const struct reloc *r)
{
	const struct relocs *all = &plan->relocs;
	const unsigned char *data;
	size_t size;

	/* move_of() has looked at all of them. */
	if (elf_file_bytes(plan->in, r->section, &data, &size))
		return;
	for (const struct reloc *i = relocs_from(all, r->section, 0);
	     i && i < all->r + all->n && i->section == r->section; i++) {
		struct link_edit *e;

		if (!move_completes(plan->in, plan->arch, i, r->section, r->offset))
			continue;
		e = edit_code(plan, r, i->offset + (uint64_t)plan->arch->code.operand_ahead);
		memcpy(e->bytes, data + e->offset, INSTRUCTION);
		plan->arch->slots.load_instead(e->bytes);
	}
}

void link_clear(struct link_plan *plan, const struct reloc *r)
{
	const struct arch_reloc *type = arch_reloc_by_type(plan->arch, r->type);

	link_plan_edit(plan, r->section, r->offset, type->size);
}
