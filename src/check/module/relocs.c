// SPDX-License-Identifier: GPL-2.0-only
/*
 * Relocation sections: livepatch ones as klp_write_section_relocs() and klp_resolve_symbols() of
 * kernel/livepatch/core.c read them, plain ones as apply_relocations() of kernel/module/main.c
 * does. check/module/places.c checks the single relocations.
 */
#include "check/module/relocs.h"

#include <stdlib.h>
#include <string.h>

#include "klp/early.h"

/* Tables that static keys, static calls and tracepoints leave in a module. */
static bool special_section(const char *name)
{
	return !strcmp(name, "__jump_table") || !strcmp(name, ".static_call_sites") ||
	       !strcmp(name, "__tracepoints_ptrs");
}

/* The header of a section of livepatch relocations: -1 when its entries cannot be read. */
static int check_klp_header(const struct check *c, const struct elf_section *s)
{
	const GElf_Shdr *shdr = &s->shdr;
	int ret = 0;

	if (!(shdr->sh_flags & SHF_RELA_LIVEPATCH))
		bad(c,
		    "section '%s' lacks SHF_RELA_LIVEPATCH: apply_relocations() would apply it "
		    "as plain relocations, against symbols that nobody has resolved\n"
		    "  objcopy of some makes drops the flag; make the module again",
		    s->name);
	if (!(shdr->sh_flags & SHF_ALLOC))
		bad(c,
		    "section '%s' lacks SHF_ALLOC: it is not kept in memory, and "
		    "klp_apply_section_relocs() would read what has been freed",
		    s->name);
	if (shdr->sh_type != SHT_RELA) {
		bad(c,
		    "section '%s' has type 0x%x instead of SHT_RELA (4): "
		    "module_frob_arch_sections() does not count it; make the module again",
		    s->name, shdr->sh_type);
		ret = -1;
	}
	if (shdr->sh_link != c->mod->symtab) {
		bad(c, "section '%s' has sh_link %u, the symbol table is section %zu", s->name,
		    shdr->sh_link, c->mod->symtab);
		ret = -1;
	}
	return ret;
}

/* The section that livepatch relocations apply to: its number, 0 when there is none. */
static size_t klp_target(const struct check *c, const struct elf_section *s)
{
	const struct elf_section *to;

	if (s->shdr.sh_info == 0 || s->shdr.sh_info >= c->mod->shnum) {
		bad(c,
		    "section '%s' relocates section %u, which is not there: apply_relocations() "
		    "skips it",
		    s->name, s->shdr.sh_info);
		return 0;
	}
	to = &c->mod->sec[s->shdr.sh_info];
	if (!(to->shdr.sh_flags & SHF_ALLOC)) {
		bad(c,
		    "section '%s' relocates '%s', which is not loaded: apply_relocations() skips "
		    "it, and klp_apply_object_relocs() would write to freed memory",
		    s->name, to->name);
		return 0;
	}
	return s->shdr.sh_info;
}

/*
 * Reads the name as sscanf(".klp.rela.%55[^.]") does. The kernel ignores what follows the object;
 * by convention it is the name of the relocated section
 * (Documentation/livepatch/module-elf-format.rst).
 */
static int parse_name(const struct check *c, const struct elf_section *s, size_t target,
		      char *object)
{
	const char *rest = NULL, *name = c->mod->sec[target].name;

	if (str_starts(s->name, KLP_RELA_PREFIX))
		rest = scan_until(s->name + strlen(KLP_RELA_PREFIX), '.', KLP_MODULE_NAME_MAX,
				  object);
	if (!rest) {
		bad(c,
		    "section '%s' holds livepatch relocations, but is not named "
		    "'.klp.rela.OBJECT.SECTION': klp_write_section_relocs() refuses it",
		    s->name);
		return -1;
	}
	if (*rest && *rest != '.') {
		bad(c,
		    "section '%s': its object's name has more than 55 characters: "
		    "klp_write_section_relocs() never finds that object",
		    s->name);
		return -1;
	}
	if (!target || !*rest || !strcmp(rest + 1, name) ||
	    (name[0] == '.' && !strcmp(rest + 1, name + 1)))
		return 0;
	if (elf_file_section(c->mod, rest + 1))
		bad(c,
		    "section '%s' relocates '%s', not the section that it is named after, which is "
		    "there: klp_write_section_relocs() goes by sh_info, and writes to the wrong one",
		    s->name, name);
	else
		odd(c, "section '%s' relocates '%s', not the section that it is named after",
		    s->name, name);
	return 0;
}

/*
 * bfd/elf-bfd.h, SHT_SECONDARY_RELOC: the type that GNU binutils use internally for a second
 * section of relocations. strip and objcopy of 2.40 to 2.44 write SHT_RELA again, those of 2.47 do
 * not. ld -r has never done so. With this type the section no longer says what it relocates.
 */
#define SECONDARY_RELOC 0x60000004

static bool refuse_destroyed(const struct check *c, const struct elf_section *s)
{
	if (s->shdr.sh_type != SECONDARY_RELOC)
		return false;
	bad(c,
	    "section '%s': strip of GNU binutils, or ld -r, has destroyed it: the kernel leaves these "
	    "relocations out, and crashes in the patch\n"
	    "  take the module as it was before; eu-strip -g of elfutils leaves it whole",
	    s->name);
	return true;
}

static void check_klp_section(struct check *c, struct reloc_places *p, size_t index)
{
	const struct elf_section *s = &c->mod->sec[index];
	struct check_section *cs;
	size_t target;
	bool readable;

	if (refuse_destroyed(c, s)) {
		c->relocs_sane = false;
		return;
	}
	readable = check_klp_header(c, s) == 0;
	target = klp_target(c, s);

	GROW(c->section, c->section_num, c->section_cap);
	cs = &c->section[c->section_num];
	memset(cs, 0, sizeof(*cs));
	cs->index = index;
	cs->target = target;
	if (parse_name(c, s, target, cs->object))
		cs = NULL;
	else
		c->section_num++;
	if (cs && target && strcmp(cs->object, KLP_VMLINUX) != 0 &&
	    section_is_early(c->target->arch, c->mod->sec[target].name))
		bad(c,
		    "section '%s': relocations of a module are applied after the kernel has used "
		    "'%s', so they would come too late%s",
		    s->name, c->mod->sec[target].name,
		    special_section(c->mod->sec[target].name)
			    ? "\n  for static keys, static calls and tracepoints of modules "
			      "<klpmake.h> has KLP_STATIC_BRANCH_LIKELY(), KLP_STATIC_CALL() and "
			      "KLP_TRACE()"
			    : "");
	if (!readable || !target || places_read(c, p, index, cs))
		c->relocs_sane = false;
}

/* The loader only applies plain relocations of loaded sections. */
static void check_plain_section(struct check *c, struct reloc_places *p, size_t index)
{
	const struct elf_section *s = &c->mod->sec[index];

	if (s->shdr.sh_info == 0 || s->shdr.sh_info >= c->mod->shnum) {
		bad(c,
		    "section '%s' relocates section %u, which is not there: apply_relocations() "
		    "skips it",
		    s->name, s->shdr.sh_info);
		c->relocs_sane = false;
		return;
	}
	if (!(c->mod->sec[s->shdr.sh_info].shdr.sh_flags & SHF_ALLOC))
		return;
	if (s->shdr.sh_type == SHT_REL) {
		bad(c,
		    "section '%s' has relocations without addends: apply_relocate() refuses them",
		    s->name);
		return;
	}
	if (s->shdr.sh_link != c->mod->symtab) {
		bad(c, "section '%s' has sh_link %u, the symbol table is section %zu", s->name,
		    s->shdr.sh_link, c->mod->symtab);
		c->relocs_sane = false;
		return;
	}
	if (places_read(c, p, index, NULL))
		c->relocs_sane = false;
}

/*
 * Two sections for the same object and target: the kernel applies both. They only show that the
 * module was changed by hand, or linked twice.
 */
static void check_twins(const struct check *c)
{
	for (size_t i = 0; i < c->section_num; i++) {
		for (size_t k = i + 1; k < c->section_num; k++) {
			const struct check_section *a = &c->section[i], *b = &c->section[k];

			if (a->target && a->target == b->target && !strcmp(a->object, b->object))
				odd(c,
				    "sections '%s' (%zu) and '%s' (%zu) relocate the same section "
				    "for the same object",
				    c->mod->sec[a->index].name, a->index,
				    c->mod->sec[b->index].name, b->index);
		}
	}
}

void check_relocations(struct check *c)
{
	struct reloc_places p = {0};

	c->relocs_sane = true;
	for (size_t i = 1; i < c->mod->shnum; i++) {
		const struct elf_section *s = &c->mod->sec[i];

		if (str_starts(s->name, KLP_RELA_PREFIX) || (s->shdr.sh_flags & SHF_RELA_LIVEPATCH))
			check_klp_section(c, &p, i);
		else if (s->shdr.sh_type == SHT_RELA || s->shdr.sh_type == SHT_REL)
			check_plain_section(c, &p, i);
	}
	check_twins(c);
	places_compare(c, &p);
	places_free(&p);
}
