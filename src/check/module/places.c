// SPDX-License-Identifier: GPL-2.0-only
/*
 * Single relocations: the symbol to which each refers, and the bytes that it writes.
 *
 * Rules: kernel/livepatch/core.c, klp_resolve_symbols(); the architecture's apply_relocate_add(),
 * whose types and widths are in the architecture's row.
 */
#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "check/module/relocs.h"
#include "klp/early.h"

/* A relocation, and what messages about it need. */
struct entry {
	const struct elf_section *sec, *to;
	size_t i;
	bool klp;
	GElf_Rela rela;
	struct elf_symbol sym;
	const struct check_symbol *livepatch; /* its symbol, if that is a livepatch symbol */
};

/*
 * Records the use of one module's symbol in relocations that wait for another module:
 * check/patch/modules.c decides whether that can work.
 */
static void note_use(struct check *c, const struct entry *e, const struct check_section *klp)
{
	struct check_use use = {
		.section = (size_t)(klp - c->section),
		.symbol = (size_t)(e->livepatch - c->symbol),
	};

	for (size_t i = 0; i < c->use_num; i++) {
		if (c->use[i].section == use.section && c->use[i].symbol == use.symbol)
			return;
	}
	GROW(c->use, c->use_num, c->use_cap);
	c->use[c->use_num++] = use;
}

/*
 * Which types a livepatch relocation can have, and where it can be. Some loaders compose a value
 * from several relocations of one section. Some cannot write to read-only memory of a loaded patch.
 * late: the relocation waits for a module.
 */
static void check_klp_place(const struct check *c, const struct entry *e, bool late)
{
	const struct arch *arch = c->target->arch;
	const struct arch_reloc *type =
		arch_reloc_by_type(arch, (uint32_t)GELF_R_TYPE(e->rela.r_info));

	if (type && (type->never || type->minus))
		bad(c, "section '%s' entry %zu: a livepatch relocation cannot be %s%s%s",
		    e->sec->name, e->i, type->name, type->never ? ": " : ", of which it takes two",
		    type->never ? type->never : "");
	if (late && type && arch->loader.writes_code &&
	    (type->got || (type->call[late] && type->call[late] != type->type)))
		bad(c,
		    "section '%s' entry %zu: it is %s, for which apply_relocate_add() of %s fills a "
		    "pointer, once: when '%s' is loaded again the code goes where it was before",
		    e->sec->name, e->i, type->name, arch->name,
		    e->livepatch ? e->livepatch->object : "the module");
	if (late && type && arch->loader.late_align &&
	    (e->rela.r_offset % arch->loader.late_align ||
	     e->to->shdr.sh_addralign < arch->loader.late_align))
		bad(c,
		    "section '%s' entry %zu: its place '%s' + 0x%llx is not aligned to %u bytes: "
		    "when relocations of a module are applied, apply_relocate_add() of %s does not "
		    "write to such a place",
		    e->sec->name, e->i, e->to->name, (unsigned long long)e->rela.r_offset,
		    arch->loader.late_align, arch->name);
	if (late && type && type->late)
		bad(c, "section '%s' entry %zu: %s %s", e->sec->name, e->i, type->name, type->late);
	else if (late && !arch->loader.writes_code && section_is_read_only(e->to))
		bad(c,
		    "section '%s' entry %zu: it writes to '%s', which is read-only when relocations "
		    "of a module are applied: apply_relocate_add() of %s faults there",
		    e->sec->name, e->i, e->to->name, arch->name);
}

/* klp_resolve_symbols(): which symbols the relocations of an object may use. */
static void check_klp_symbol(struct check *c, const struct entry *e,
			     const struct check_section *klp)
{
	bool sec_vmlinux, sym_vmlinux;

	if (!e->sym.special || e->sym.shndx != SHN_LIVEPATCH) {
		bad(c,
		    "section '%s' entry %zu: symbol '%s' is not marked as a livepatch symbol: "
		    "klp_resolve_symbols() refuses it",
		    e->sec->name, e->i, e->sym.name);
		return;
	}
	if (!e->livepatch || !klp)
		return;
	sec_vmlinux = !strcmp(klp->object, KLP_VMLINUX);
	sym_vmlinux = !strcmp(e->livepatch->object, KLP_VMLINUX);
	if (!sec_vmlinux && sym_vmlinux)
		bad(c,
		    "section '%s' entry %zu: invalid access to vmlinux symbol '%s' from a "
		    "module's section: klp_resolve_symbols() refuses it\n"
		    "  it belongs into '" KLP_RELA_PREFIX KLP_VMLINUX ".%s'",
		    e->sec->name, e->i, e->livepatch->name, e->to->name);
	else if (sec_vmlinux && !sym_vmlinux)
		bad(c,
		    "section '%s' entry %zu: symbol '%s' of module '%s' in vmlinux's section, "
		    "which is applied when the patch is loaded: the module may not be there\n"
		    "  it belongs into '" KLP_RELA_PREFIX "%s.%s'",
		    e->sec->name, e->i, e->livepatch->name, e->livepatch->object,
		    e->livepatch->object, e->to->name);
	else if (strcmp(klp->object, e->livepatch->object) != 0)
		note_use(c, e, klp);
}

/*
 * Symbol 0 has the value 0. GNU strip turns a section of livepatch relocations into plain
 * relocations against symbol 0 when the relocated section has no other plain relocations.
 */
static void check_plain_symbol(const struct check *c, const struct entry *e)
{
	const struct arch_reloc *type =
		arch_reloc_by_type(c->target->arch, (uint32_t)GELF_R_TYPE(e->rela.r_info));

	/* A relocation that writes nothing needs no symbol. */
	if (GELF_R_SYM(e->rela.r_info) == 0 && type && type->size)
		bad(c,
		    "section '%s' entry %zu: relocation against no symbol: strip makes that of "
		    "livepatch relocations; take the module as it was before, and eu-strip -g of elfutils",
		    e->sec->name, e->i);
	if (e->sym.special && e->sym.shndx == SHN_LIVEPATCH)
		bad(c,
		    "section '%s' entry %zu: plain relocation against the livepatch symbol '%s', "
		    "which has no value when apply_relocate_add() takes it",
		    e->sec->name, e->i, e->sym.name);
	if (e->sym.special && e->sym.shndx == SHN_ABS &&
	    GELF_ST_TYPE(e->sym.sym.st_info) == STT_SECTION)
		bad(c,
		    "section '%s' entry %zu: relocation against a section that was taken out of the "
		    "module: it would lead to address 0; take the module as it was before",
		    e->sec->name, e->i);
}

/* apply_relocate_add() of x86: "Invalid relocation target, existing value is nonzero". */
static void check_zero(const struct check *c, const struct entry *e, const unsigned char *data,
		       uint8_t width)
{
	static const unsigned char zero[16];

	if (c->target->arch->loader.zero_before_apply && data && width <= sizeof(zero) &&
	    memcmp(data + e->rela.r_offset, zero, width) != 0)
		bad(c,
		    "section '%s' entry %zu: the %u bytes at '%s' + 0x%llx are not zero: "
		    "apply_relocate_add() takes them for relocated already",
		    e->sec->name, e->i, width, e->to->name, (unsigned long long)e->rela.r_offset);
}

/* How many bytes a relocation writes; 0 when it writes none, or its type is unknown. */
static uint8_t check_type(const struct check *c, const struct entry *e)
{
	uint32_t type = (uint32_t)GELF_R_TYPE(e->rela.r_info);
	const struct arch_reloc *known = arch_reloc_by_type(c->target->arch, type);

	if (type == 0 && e->klp)
		bad(c,
		    "section '%s' entry %zu: a relocation of type 0 (none) has no business among "
		    "livepatch relocations: not every architecture takes it",
		    e->sec->name, e->i);
	else if (!known && (type != 0 || !c->target->arch->loader.takes_none))
		bad(c,
		    "section '%s' entry %zu: apply_relocate_add() does not know relocation type %u "
		    "on %s\n"
		    "  code for modules is compiled without PIC, GOT and PLT: use kbuild's flags",
		    e->sec->name, e->i, type, c->target->arch->name);
	return known ? known->size : 0;
}

static void check_entry(struct check *c, struct reloc_places *p, const struct entry *e,
			const unsigned char *data)
{
	uint64_t off = e->rela.r_offset, size = e->to->shdr.sh_size;
	uint8_t width = check_type(c, e);

	if (!width)
		return;
	if (off > size || width > size - off) {
		bad(c,
		    "section '%s' entry %zu: %u bytes at 0x%llx lie outside '%s' (0x%llx bytes): "
		    "apply_relocate_add() would write there",
		    e->sec->name, e->i, width, (unsigned long long)off, e->to->name,
		    (unsigned long long)size);
		c->relocs_sane = false;
		return;
	}
	check_zero(c, e, data, width);
	GROW(p->p, p->n, p->cap);
	p->p[p->n++] = (struct reloc_place){
		.section = e->sec->shdr.sh_info,
		.offset = off,
		.size = width,
		.klp = e->klp,
		.sum = arch_sum_by_type(c->target->arch, (uint32_t)GELF_R_TYPE(e->rela.r_info)),
		.rela = (size_t)(e->sec - c->mod->sec),
		.entry = e->i,
	};
}

int places_read(struct check *c, struct reloc_places *p, size_t index, struct check_section *klp)
{
	struct entry e = {.sec = &c->mod->sec[index]};
	const GElf_Shdr *shdr = &e.sec->shdr;
	const unsigned char *to_data;
	size_t to_size;
	Elf_Data *d;
	int ret = 0;

	e.to = &c->mod->sec[shdr->sh_info];
	e.klp = (shdr->sh_flags & SHF_RELA_LIVEPATCH) || str_starts(e.sec->name, KLP_RELA_PREFIX);
	if (shdr->sh_entsize != sizeof(Elf64_Rela) || shdr->sh_size % sizeof(Elf64_Rela)) {
		bad(c, "section '%s': %llu bytes in entries of %llu: relocations have %zu",
		    e.sec->name, (unsigned long long)shdr->sh_size,
		    (unsigned long long)shdr->sh_entsize, sizeof(Elf64_Rela));
		return -1;
	}
	if (shdr->sh_size == 0)
		return 0;
	d = elf_getdata(e.sec->scn, NULL);
	if (!d || d->d_size != shdr->sh_size ||
	    elf_file_bytes(c->mod, shdr->sh_info, &to_data, &to_size)) {
		bad(c, "section '%s' cannot be read: %s", e.sec->name, elf_errmsg(-1));
		return -1;
	}
	for (e.i = 0; e.i < shdr->sh_size / sizeof(Elf64_Rela); e.i++) {
		size_t symbol;

		gelf_getrela(d, (int)e.i, &e.rela);
		symbol = GELF_R_SYM(e.rela.r_info);
		*(e.klp ? &c->klp_relocs : &c->plain_relocs) += 1;
		if (klp)
			klp->relocations++;
		if (symbol >= c->mod->symnum) {
			bad(c,
			    "section '%s' entry %zu: symbol %zu is beyond the symbol table (%zu "
			    "symbols)",
			    e.sec->name, e.i, symbol, c->mod->symnum);
			ret = -1;
			continue;
		}
		elf_file_symbol(c->mod, symbol, &e.sym);
		e.livepatch = NULL;
		if (c->symbol_of[symbol]) {
			struct check_symbol *s = &c->symbol[c->symbol_of[symbol] - 1];

			s->relocations++;
			s->branched_on |= !strcmp(e.to->name, "__jump_table");
			e.livepatch = s;
		}
		if (e.klp)
			check_klp_symbol(c, &e, klp);
		if (klp)
			check_klp_place(c, &e, strcmp(klp->object, KLP_VMLINUX) != 0);
		if (!e.klp)
			check_plain_symbol(c, &e);
		check_entry(c, p, &e, to_data);
	}
	return ret;
}

static int by_place(const void *a, const void *b)
{
	const struct reloc_place *x = a, *y = b;

	return ORDER(x->section, y->section) ?: ORDER(x->offset, y->offset) ?: ORDER(x->rela, y->rela) ?: ORDER(x->entry, y->entry);
}

/*
 * On some architectures several relocations at one place make up one value, if they are in the same
 * section. Otherwise the last one wins, or the loader refuses the module.
 */
static bool compose(const struct reloc_place *a, const struct reloc_place *b)
{
	return a->sum && b->sum && a->rela == b->rela;
}

void places_compare(const struct check *c, struct reloc_places *p)
{
	const struct reloc_place *before = NULL;

	if (p->n)
		qsort(p->p, p->n, sizeof(*p->p), by_place);
	for (size_t i = 0; i < p->n; i++) {
		const struct reloc_place *at = &p->p[i];

		if (before && before->section == at->section &&
		    before->offset + before->size > at->offset && !compose(before, at))
			bad(c,
			    "'%s' + 0x%llx is relocated twice, by section '%s' entry %zu and '%s' "
			    "entry %zu: apply_relocate_add() %s",
			    c->mod->sec[at->section].name, (unsigned long long)at->offset,
			    c->mod->sec[before->rela].name, before->entry,
			    c->mod->sec[at->rela].name, at->entry,
			    c->target->arch->loader.zero_before_apply
				    ? "takes it for relocated already"
				    : "writes one over the other");
		if (!before || before->section != at->section ||
		    before->offset + before->size < at->offset + at->size)
			before = at;
	}
}

void places_free(struct reloc_places *p)
{
	free(p->p);
	memset(p, 0, sizeof(*p));
}
