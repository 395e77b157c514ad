// SPDX-License-Identifier: GPL-2.0-only
/* Deciding what klplink changes: see link/decide.h. */
#include "link/decide.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/strmap.h"
#include "base/util.h"
#include "klp/format.h"
#include "klp/moves.h"
#include "link/contents.h"
#include "link/slots.h"

/*
 * Split BTF belongs to the vmlinux that it was made from, and was made before the rewrite. What is
 * loaded, .BTF_ids, code refers to.
 */
static bool is_btf(const struct elf_section *s)
{
	return str_starts(s->name, ".BTF") && !(s->shdr.sh_flags & SHF_ALLOC);
}

static bool is_object_name(const char *name)
{
	return name[0] && strlen(name) <= KLP_MODULE_NAME_MAX && !strchr(name, '.');
}

static int refuse_object(const struct link_plan *plan, const char *object)
{
	error("'%s': '%s' cannot be the object of a livepatch symbol: 1 to %d characters, no '.'",
	      plan->in->path, object, KLP_MODULE_NAME_MAX);
	return -1;
}

/* .klp.sym.OBJECT.NAME,POSITION */
static int make_name(const struct link_plan *plan, const char *object, const char *name,
		     size_t position, char **ret)
{
	if (!is_object_name(object))
		return refuse_object(plan, object);
	if (strlen(name) > KLP_SYMBOL_NAME_MAX || strchr(name, ',') || !name[0]) {
		error("'%s': '%s' cannot be the name of a livepatch symbol: 1 to %d characters, no ','",
		      plan->in->path, name, KLP_SYMBOL_NAME_MAX);
		return -1;
	}
	*ret = xasprintf(KLP_SYM_PREFIX "%s.%s,%zu", object, name, position);
	return 0;
}

static int name_symbol(struct link_plan *plan, size_t i, const struct table_symbol *s)
{
	if (!is_object_name(s->gate))
		return refuse_object(plan, s->gate);
	plan->symbol[i] = s;
	return make_name(plan, s->object, s->name, s->position, &plan->new_name[i]);
}

static int plan_symbols(struct link_plan *plan, const struct symtable *table, const char *module)
{
	struct strmap lines = {0};
	int status = 0;

	for (size_t i = 0; i < table->symbols; i++) {
		if (!strcmp(table->symbol[i].module, module) &&
		    *strmap_add(&lines, table->symbol[i].link_name, i) != i) {
			error("'%s': '%s' stands twice in the table of symbols", plan->in->path,
			      table->symbol[i].link_name);
			status = -1;
		}
	}
	for (size_t i = 1; i < plan->in->symnum && !status; i++) {
		struct elf_symbol s;
		const size_t *line;

		elf_file_symbol(plan->in, i, &s);
		if (s.sym.st_shndx != SHN_UNDEF || !s.name[0])
			continue;
		line = strmap_get(&lines, s.name);
		if (line)
			status = name_symbol(plan, i, &table->symbol[*line]);
	}
	strmap_free(&lines);
	return status;
}

static int by_place(const void *a, const void *b)
{
	const struct moved_address *x = a, *y = b;

	return ORDER(x->target, y->target) ?: ORDER(x->line->offset, y->line->offset);
}

/*
 * The functions whose addresses the patch takes: each is a livepatch symbol that is there already,
 * or one that is added. Global symbols come after local ones, so sh_info of the symbol table stays.
 */
static int plan_addresses(struct link_plan *plan, const struct symtable *table, const char *module)
{
	struct strmap names = {0};
	int status = 0;

	for (size_t i = 1; i < plan->in->symnum; i++) {
		if (plan->new_name[i])
			strmap_add(&names, plan->new_name[i], i);
	}
	for (size_t i = 0; i < table->addresses && !status; i++) {
		const struct table_address *line = &table->address[i];
		struct moved_address *a;
		char *name;

		if (strcmp(line->module, module) != 0)
			continue;
		status = make_name(plan, line->object, line->name, line->position, &name);
		if (status)
			break;
		GROW(plan->address, plan->addresses, plan->addresses_cap);
		a = &plan->address[plan->addresses++];
		a->line = line;
		a->target = elf_file_section(plan->in, line->section);
		a->found = false;
		a->symbol = *strmap_add(&names, name, plan->in->symnum + plan->added_num);
		if (a->symbol == plan->in->symnum + plan->added_num)
			link_plan_add_symbol(plan, (struct new_symbol){.name = name});
		else
			free(name);
	}
	if (plan->addresses)
		qsort(plan->address, plan->addresses, sizeof(*plan->address), by_place);
	strmap_free(&names);
	return status;
}

static struct moved_address *address_at(const struct link_plan *plan, size_t target,
					uint64_t offset)
{
	const struct table_address line = {.offset = offset};
	const struct moved_address key = {.target = target, .line = &line};

	if (!plan->addresses)
		return NULL;
	return bsearch(&key, plan->address, plan->addresses, sizeof(key), by_place);
}

static int refuse_address(const struct link_plan *plan, const struct table_address *line)
{
	error("'%s': the address line for '%s' + 0x%llx matches no single relocation that takes "
	      "the address of '%s'",
	      plan->in->path, line->section, (unsigned long long)line->offset, line->new_name);
	return -1;
}

/* The line for this relocation, or NULL; -1 when the line is about another kind of one. */
static int find_address(struct link_plan *plan, const struct reloc *r, struct moved_address **ret)
{
	struct moved_address *a = address_at(plan, r->section, r->offset);
	struct elf_symbol s;

	*ret = NULL;
	if (!a || arch_reloc_is_rest(plan->arch, r->type))
		return 0;
	elf_file_symbol(plan->in, r->symbol, &s);
	if (s.special || a->found)
		return refuse_address(plan, a->line);
	a->found = true;
	*ret = a;
	return 0;
}

static int all_addresses_found(const struct link_plan *plan)
{
	for (size_t i = 0; i < plan->addresses; i++) {
		if (!plan->address[i].found)
			return refuse_address(plan, plan->address[i].line);
	}
	return 0;
}

/* Where the table names the symbol, klpsyms has refused it already, with the line of the source. */
static int refuse_move(const struct link_plan *plan, const struct reloc *r, const char *name,
		       const char *why)
{
	const struct arch_reloc *type = arch_reloc_by_type(plan->arch, r->type);

	error("'%s': '%s' + 0x%llx (%s): '%s' cannot become a livepatch symbol here: %s",
	      plan->in->path, plan->in->sec[r->section].name, (unsigned long long)r->offset,
	      type ? type->name : "relocation", name, why);
	return -1;
}

/* A relocation whose symbol becomes a livepatch symbol. to: the symbol and the addend it gets. */
static int plan_move(struct link_plan *plan, struct link_relas *kept, const struct reloc *r,
		     const struct slot *to, const char *name)
{
	bool late = strcmp(to->object, KLP_VMLINUX) != 0;
	struct reloc at = *r;
	struct move m;

	at.addend = to->addend;
	m = move_of(plan->in, plan->arch, &plan->relocs, &at, late);
	switch (m.how) {
	case MOVE_REFUSED:
		return refuse_move(plan, r, name, m.why);
	case MOVE_TO_SLOT:
		if (m.loads)
			link_load_slot(plan, r);
		link_to_slot(plan, kept, r, to, m.type);
		return 0;
	case MOVE_TO_STUB:
		link_to_stub(plan, kept, r, to);
		return 0;
	case MOVE_TO_VENEER:
		if (!link_to_veneer(plan, kept, r, to))
			return refuse_move(plan, r, name, "its section has no symbol");
		return 0;
	case MOVE_TO_NUMBER:
		link_set_low(plan, r, m.addend);
		return 0;
	case MOVE_DIFFERENCE:
		link_clear(plan, r);
		break;
	case MOVE_AS_IS:
		break;
	}
	link_relas_add(link_plan_klp(plan, r->section, to->object),
		       (Elf64_Rela){r->offset, ELF64_R_INFO(to->symbol, m.type), m.addend});
	return 0;
}

static bool becomes_livepatch(const struct link_plan *plan, const struct reloc *r)
{
	return plan->symbol[r->symbol] || address_at(plan, r->section, r->offset);
}

/* Does r only complete an address that a veneer loads as a whole? */
static bool is_loaded(const struct link_plan *plan, const struct reloc *r)
{
	const struct reloc *begun = move_begun(plan->in, plan->arch, &plan->relocs, r);

	/* Of such an address neither the addend nor the object that it waits for decides. */
	return begun && becomes_livepatch(plan, begun) &&
	       move_of(plan->in, plan->arch, &plan->relocs, begun, false).how == MOVE_TO_VENEER;
}

static int plan_reloc(struct link_plan *plan, struct link_relas *kept, const struct reloc *r)
{
	const struct arch_reloc *type = arch_reloc_by_type(plan->arch, r->type);
	const struct table_symbol *s = plan->symbol[r->symbol];
	struct slot to = {.symbol = r->symbol, .addend = r->addend};
	struct moved_address *a;
	const struct reloc *twin;

	if (find_address(plan, r, &a))
		return -1;
	if (a) {
		to.symbol = a->symbol;
		to.addend = a->line->addend;
		to.object = a->line->object;
		return plan_move(plan, kept, r, &to, a->line->name);
	}
	if (s) {
		to.object = s->gate;
		return plan_move(plan, kept, r, &to, s->name);
	}
	if (move_is_twin(plan->arch, &plan->relocs, r, &twin) && becomes_livepatch(plan, twin))
		return 0;
	if (is_loaded(plan, r)) {
		link_set_low(plan, r, 0);
		return 0;
	}
	/* Not every kernel's loader makes the pointers that such code needs. */
	if (type && type->got)
		link_to_slot(plan, kept, r, &to, type->slot);
	else
		link_relas_add(
			kept, (Elf64_Rela){r->offset, ELF64_R_INFO(r->symbol, r->type), r->addend});
	return 0;
}

static int plan_rela(struct link_plan *plan, size_t index)
{
	const struct elf_section *s = &plan->in->sec[index];
	size_t target = s->shdr.sh_info, n = s->shdr.sh_size / sizeof(Elf64_Rela);
	struct link_relas *kept = &plan->kept[index];
	bool loaded;
	Elf_Data *d;

	if (s->shdr.sh_entsize != sizeof(Elf64_Rela) || s->shdr.sh_size % sizeof(Elf64_Rela) ||
	    target == 0 || target >= plan->in->shnum) {
		error("'%s': section '%s' is not a table of relocations", plan->in->path, s->name);
		return -1;
	}
	plan->drop[index] = is_btf(&plan->in->sec[target]);
	if (n == 0)
		return 0;
	d = elf_getdata(s->scn, NULL);
	/* A compressed one has another type. */
	if (!d || d->d_type != ELF_T_RELA || d->d_size != s->shdr.sh_size) {
		error("'%s': section '%s' cannot be read as relocations", plan->in->path, s->name);
		return -1;
	}
	/* The kernel relocates only what it loads; debug sections keep their references. */
	loaded = plan->in->sec[target].shdr.sh_flags & SHF_ALLOC;
	for (size_t i = 0; i < n; i++) {
		struct reloc r = {.rela = index, .section = target};
		GElf_Rela rela;

		gelf_getrela(d, (int)i, &rela);
		r.offset = rela.r_offset;
		r.addend = rela.r_addend;
		r.type = (uint32_t)GELF_R_TYPE(rela.r_info);
		r.symbol = GELF_R_SYM(rela.r_info);
		if (loaded && plan_reloc(plan, kept, &r))
			return -1;
		if (!loaded)
			link_relas_add(kept,
				       (Elf64_Rela){rela.r_offset, rela.r_info, rela.r_addend});
	}
	/* A moved relocation leaves nothing behind. */
	plan->drop[index] |= kept->n == 0;
	return 0;
}

/* What is edited has to be there; link_contents() has looked at its own. */
static int check_edits(const struct link_plan *plan)
{
	for (size_t i = 0; i < plan->edits; i++) {
		const struct link_edit *e = &plan->edit[i];
		const unsigned char *data;
		size_t size;

		if (elf_file_bytes(plan->in, e->section, &data, &size))
			return -1;
		if (!data || e->offset > size || e->size > size - e->offset) {
			error("'%s': '%s' ends before 0x%llx, where a relocation is",
			      plan->in->path, plan->in->sec[e->section].name,
			      (unsigned long long)e->offset);
			return -1;
		}
	}
	return 0;
}

int link_decide(struct link_plan *plan, const struct elf_file *in, const struct symtable *table,
		const char *module)
{
	memset(plan, 0, sizeof(*plan));
	plan->in = in;
	plan->arch = arch_of(&in->ehdr);
	if (!plan->arch) {
		error("'%s': klpmake does not know its machine (e_machine %u, %s)", in->path,
		      in->ehdr.e_machine, elf_file_order(in));
		return -1;
	}
	if (in->ehdr.e_type != ET_REL || !in->symtab) {
		error("'%s': not a kernel module (a relocatable file with a symbol table)",
		      in->path);
		return -1;
	}
	if (in->shnum >= SHN_LORESERVE - 64) {
		error("'%s': %zu sections, the kernel's module loader accepts fewer than "
		      "%d",
		      in->path, in->shnum, SHN_LORESERVE);
		return -1;
	}
	plan->symbol = xcalloc(in->symnum, sizeof(*plan->symbol));
	plan->new_name = xcalloc(in->symnum, sizeof(*plan->new_name));
	plan->drop = xcalloc(in->shnum, sizeof(*plan->drop));
	plan->kept = xcalloc(in->shnum, sizeof(*plan->kept));
	if (relocs_read(in, &plan->relocs) || plan_symbols(plan, table, module) ||
	    plan_addresses(plan, table, module) || link_contents(plan, table, module))
		return -1;
	for (size_t i = 1; i < in->shnum; i++) {
		const struct elf_section *s = &in->sec[i];

		plan->drop[i] = is_btf(s);
		if (str_starts(s->name, KLP_RELA_PREFIX)) {
			error("'%s': it has livepatch relocations ('%s') already: give klplink a "
			      "module as kbuild makes it",
			      in->path, s->name);
			return -1;
		}
		if (s->shdr.sh_type == SHT_RELA && plan_rela(plan, i))
			return -1;
	}
	return all_addresses_found(plan) || check_edits(plan) ? -1 : 0;
}
