// SPDX-License-Identifier: GPL-2.0-only
/*
 * Patch files (src/user/format.h) for tests of klpapply, from what 'ld -shared' has linked. It
 * knows x86_64 and small programs with their symbol tables, and checks little: tests of klpapply
 * must not depend on what makes patch files for users.
 *
 *   userpatch IN.so OUT.klpu NAME VERSION WAIVED KIND:FILE:TARGET... -- NUMBER:OLD:NEW...
 *
 * KIND is program or library, FILE has the target's symbols, and function OLD of target NUMBER is
 * replaced by NEW of IN.so. An undefined name is a symbol of a target's symbol table, else what a
 * target's own relocation of that name says (slot), else an export.
 */
#include <elf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/user/format.h"

struct file {
	unsigned char *bytes;
	size_t size;
	Elf64_Ehdr *e;
	Elf64_Shdr *s;
	const char *names;
};

struct target {
	struct file file;
	uint32_t kind;
	const char *name;
};

static struct target target[USER_TARGETS_MAX];
static uint32_t targets;
static struct file so;
static struct user_head head;
static struct user_func func[64];
static struct user_range range[256];
static struct user_fixup fixup[1024];
static size_t funcs, ranges, fixups;
static const char *old_of[64], *new_of[64];
static char names[65536];
static size_t names_size = 1;

static void die(const char *what, const char *which)
{
	fprintf(stderr, "userpatch: %s '%s'\n", what, which);
	exit(1);
}

static uint32_t name(const char *text)
{
	size_t at = names_size, size = strlen(text) + 1;

	if (!*text)
		return 0;
	if (size > sizeof(names) - at)
		die("no room for", text);
	memcpy(names + at, text, size);
	names_size += size;
	return (uint32_t)at;
}

static void load(struct file *f, const char *path)
{
	FILE *in = fopen(path, "re");

	if (!in)
		die("cannot read", path);
	fseek(in, 0, SEEK_END);
	f->size = (size_t)ftell(in);
	rewind(in);
	f->bytes = malloc(f->size + 1);
	if (!f->bytes || fread(f->bytes, 1, f->size, in) != f->size)
		die("cannot read", path);
	fclose(in);
	f->e = (Elf64_Ehdr *)f->bytes;
	f->s = (Elf64_Shdr *)(f->bytes + f->e->e_shoff);
	f->names = (const char *)f->bytes + f->s[f->e->e_shstrndx].sh_offset;
}

/* The defined symbol of a table, or NULL. */
static const Elf64_Sym *symbol(const struct file *f, const char *wanted, uint32_t table)
{
	for (size_t i = 0; i < f->e->e_shnum; i++) {
		const Elf64_Sym *sym = (const Elf64_Sym *)(f->bytes + f->s[i].sh_offset);
		const char *strings = (const char *)f->bytes + f->s[f->s[i].sh_link].sh_offset;

		if (f->s[i].sh_type != table)
			continue;
		for (size_t k = 1; k < f->s[i].sh_size / sizeof(*sym); k++) {
			if (sym[k].st_shndx != SHN_UNDEF &&
			    !strcmp(strings + sym[k].st_name, wanted))
				return &sym[k];
		}
	}
	return NULL;
}

static const unsigned char *at(const struct file *f, uint64_t addr)
{
	const Elf64_Phdr *ph = (const Elf64_Phdr *)(f->bytes + f->e->e_phoff);

	for (size_t i = 0; i < f->e->e_phnum; i++) {
		if (ph[i].p_type == PT_LOAD && addr - ph[i].p_vaddr < ph[i].p_filesz)
			return f->bytes + ph[i].p_offset + (addr - ph[i].p_vaddr);
	}
	return NULL;
}

/* The place of a target's relocation with that symbol name (0: any of that type), or 0. */
static uint64_t relocated(const struct file *f, const char *wanted, uint32_t type)
{
	for (size_t i = 0; i < f->e->e_shnum; i++) {
		const Elf64_Rela *r = (const Elf64_Rela *)(f->bytes + f->s[i].sh_offset);
		const Elf64_Shdr *link = &f->s[f->s[i].sh_link];
		const Elf64_Sym *sym = (const Elf64_Sym *)(f->bytes + link->sh_offset);
		const char *strings = (const char *)f->bytes + f->s[link->sh_link].sh_offset;

		if (f->s[i].sh_type != SHT_RELA || !(f->s[i].sh_flags & SHF_ALLOC))
			continue;
		for (size_t k = 0; k < f->s[i].sh_size / sizeof(*r); k++) {
			uint32_t t = ELF64_R_TYPE(r[k].r_info);

			if (wanted ? !strcmp(strings + sym[ELF64_R_SYM(r[k].r_info)].st_name,
					     wanted) &&
					     (t == R_X86_64_JUMP_SLOT || t == R_X86_64_GLOB_DAT)
				   : t == type)
				return r[k].r_offset;
		}
	}
	return 0;
}

static void read_id(const struct file *f, uint8_t *id, uint32_t *size)
{
	for (size_t i = 0; i < f->e->e_shnum; i++) {
		const unsigned char *note = f->bytes + f->s[i].sh_offset;
		const Elf64_Nhdr *n = (const Elf64_Nhdr *)note;

		/* Other owners' notes have that number, too: NT_STAPSDT. */
		if (f->s[i].sh_type == SHT_NOTE && n->n_type == NT_GNU_BUILD_ID &&
		    n->n_namesz == 4 && !memcmp(n + 1, "GNU", 4)) {
			*size = n->n_descsz;
			memcpy(id, note + sizeof(*n) + 4, n->n_descsz);
		}
	}
}

static void add_range(const Elf64_Sym *sym)
{
	range[ranges++] = (struct user_range){sym->st_value, sym->st_size ? sym->st_size : 1};
}

static void add_func(char *text)
{
	static const unsigned char pad[] = {0xf3, 0x0f, 0x1e, 0xfa};
	uint32_t t = (uint32_t)strtoul(strtok(text, ":"), NULL, 10);
	const char *old = strtok(NULL, ":"), *new = strtok(NULL, ":");
	struct user_func *fn = &func[funcs];
	const Elf64_Sym *from = symbol(&target[t].file, old, SHT_SYMTAB);
	const Elf64_Sym *to = symbol(&so, new, SHT_SYMTAB), *cold;
	const unsigned char *code;
	char part[256];

	if (!from || !to)
		die("no function", from ? new : old);
	code = at(&target[t].file, from->st_value);
	*fn = (struct user_func){
		.addr = from->st_value,
		.entry = to->st_value,
		.body = to->st_value,
		.target = t,
		.name = name(old),
		.jump = memcmp(code, pad, sizeof(pad)) ? 0 : sizeof(pad),
		.room = (uint32_t)((from->st_size + 15) & ~15ULL),
		.range = (uint32_t)ranges,
		.range_count = 1,
		.first_size =
			from->st_size < USER_FIRST_MAX ? (uint32_t)from->st_size : USER_FIRST_MAX,
	};
	memcpy(fn->first, code, fn->first_size);
	add_range(from);
	snprintf(part, sizeof(part), "%s.cold", old);
	cold = symbol(&target[t].file, part, SHT_SYMTAB);
	if (cold) {
		add_range(cold);
		fn->range_count++;
	}
	old_of[funcs] = old;
	new_of[funcs++] = new;
}

static uint32_t type_of(const Elf64_Sym *sym)
{
	switch (ELF64_ST_TYPE(sym->st_info)) {
	case STT_FUNC:
		return USER_TYPE_FUNCTION;
	case STT_OBJECT:
		return USER_TYPE_DATA;
	case STT_TLS:
		return USER_TYPE_TLS;
	default:
		return USER_TYPE_ANY;
	}
}

/* Where a name that the patch does not define is. */
static void find(struct user_fixup *x, const char *wanted, uint32_t reloc)
{
	x->name = name(wanted);
	for (uint32_t t = 0; t < targets; t++) {
		const Elf64_Sym *sym = symbol(&target[t].file, wanted, SHT_SYMTAB);

		if (!sym)
			continue;
		x->target = t;
		x->value = sym->st_value;
		x->type = type_of(sym);
		x->kind = reloc == R_X86_64_DTPMOD64   ? USER_TLSMOD
			  : reloc == R_X86_64_DTPOFF64 ? USER_TLSOFF
			  : reloc == R_X86_64_TPOFF64  ? USER_TPOFF
						       : USER_OBJECT;
		if (x->kind == USER_TLSMOD)
			x->value = target[t].kind == USER_PROGRAM
					   ? 0
					   : relocated(&target[t].file, NULL, R_X86_64_DTPMOD64);
		return;
	}
	for (uint32_t t = 0; t < targets; t++) {
		uint64_t slot = relocated(&target[t].file, wanted, 0);
		const unsigned char *word = slot ? at(&target[t].file, slot) : NULL;

		if (!word)
			continue;
		*x = (struct user_fixup){.place = x->place,
					 .value = slot,
					 .kind = USER_SLOT,
					 .target = t,
					 .name = x->name,
					 .type = USER_TYPE_FUNCTION};
		memcpy(&x->unbound, word, sizeof(x->unbound));
		return;
	}
	x->kind = USER_EXPORT;
	x->target = USER_NO_TARGET;
	x->type = USER_TYPE_ANY;
}

static void add_fixup(const Elf64_Rela *r, const Elf64_Sym *sym, const char *text)
{
	uint32_t type = ELF64_R_TYPE(r->r_info);
	struct user_fixup *x = &fixup[fixups++];

	*x = (struct user_fixup){.place = r->r_offset, .target = USER_NO_TARGET};
	if (type == R_X86_64_RELATIVE || sym->st_shndx != SHN_UNDEF) {
		x->kind = USER_IMAGE;
		x->value = (type == R_X86_64_RELATIVE ? 0 : sym->st_value) +
			   (type == R_X86_64_GLOB_DAT || type == R_X86_64_JUMP_SLOT
				    ? 0
				    : (uint64_t)r->r_addend);
		/* A pointer to the new function is one to the old. */
		for (size_t i = 0; type != R_X86_64_RELATIVE && i < funcs; i++) {
			if (!strcmp(new_of[i], text))
				*x = (struct user_fixup){.place = r->r_offset,
							 .value = i,
							 .kind = USER_OLD,
							 .target = USER_NO_TARGET,
							 .name = name(old_of[i])};
		}
		return;
	}
	find(x, text, type);
}

static int by_place(const void *a, const void *b)
{
	const struct user_fixup *x = a, *y = b;

	return (x->place > y->place) - (x->place < y->place);
}

static void add_fixups(void)
{
	for (size_t i = 0; i < so.e->e_shnum; i++) {
		const Elf64_Rela *r = (const Elf64_Rela *)(so.bytes + so.s[i].sh_offset);
		const Elf64_Shdr *link = &so.s[so.s[i].sh_link];
		const Elf64_Sym *sym = (const Elf64_Sym *)(so.bytes + link->sh_offset);
		const char *strings = (const char *)so.bytes + so.s[link->sh_link].sh_offset;

		if (so.s[i].sh_type != SHT_RELA || !(so.s[i].sh_flags & SHF_ALLOC))
			continue;
		for (size_t k = 0; k < so.s[i].sh_size / sizeof(*r); k++) {
			const Elf64_Sym *s = &sym[ELF64_R_SYM(r[k].r_info)];

			add_fixup(&r[k], s, strings + s->st_name);
		}
	}
	qsort(fixup, fixups, sizeof(*fixup), by_place);
}

/* IN.so with five more sections, behind which a new table of all of them stands. */
static void save(const char *path, const void *const *part, const size_t *size)
{
	static const char *const titles[] = {USER_NOTE_SECTION, USER_FUNCS_SECTION,
					     USER_RANGES_SECTION, USER_FIXUPS_SECTION,
					     USER_NAMES_SECTION};
	size_t count = so.e->e_shnum, at = so.size, strings = so.s[so.e->e_shstrndx].sh_size;
	Elf64_Shdr *s = calloc(count + 5, sizeof(*s));
	char *text = calloc(strings + 256, 1);
	FILE *out = fopen(path, "we");

	if (!s || !text || !out)
		die("cannot write", path);
	memcpy(s, so.s, count * sizeof(*s));
	memcpy(text, so.names, strings);
	fwrite(so.bytes, 1, so.size, out);
	for (size_t i = 0; i < 5; i++) {
		s[count + i] = (Elf64_Shdr){.sh_name = (uint32_t)strings,
					    .sh_type = i ? SHT_PROGBITS : SHT_NOTE,
					    .sh_offset = at,
					    .sh_size = size[i],
					    .sh_addralign = 1};
		memcpy(text + strings, titles[i], strlen(titles[i]) + 1);
		strings += strlen(titles[i]) + 1;
		fwrite(part[i], 1, size[i], out);
		at += size[i];
	}
	s[so.e->e_shstrndx].sh_offset = at;
	s[so.e->e_shstrndx].sh_size = strings;
	fwrite(text, 1, strings, out);
	at += strings;
	fwrite(s, sizeof(*s), count + 5, out);
	so.e->e_shoff = at;
	so.e->e_shnum = (uint16_t)(count + 5);
	rewind(out);
	fwrite(so.e, sizeof(*so.e), 1, out);
	if (fclose(out))
		die("cannot write", path);
}

int main(int argc, char **argv)
{
	static unsigned char note[65536];
	Elf64_Nhdr n = {sizeof(USER_NOTE_NAME), 0, USER_NOTE_TYPE};
	struct user_target t[USER_TARGETS_MAX] = {0};
	const void *part[] = {note, func, range, fixup, names};
	size_t size[5];
	int i = 6;

	if (argc < 9)
		die("too few arguments to", argv[0]);
	load(&so, argv[1]);
	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		struct target *to = &target[targets];

		to->kind = strcmp(strtok(argv[i], ":"), "program") ? USER_LIBRARY : USER_PROGRAM;
		load(&to->file, strtok(NULL, ":"));
		to->name = strtok(NULL, ":");
		t[targets].kind = to->kind;
		t[targets].name = name(to->name);
		read_id(&to->file, t[targets].id, &t[targets].id_size);
		targets++;
	}
	for (i++; i < argc; i++)
		add_func(argv[i]);
	add_fixups();
	head = (struct user_head){.format = USER_FORMAT,
				  .applier = USER_APPLIER,
				  .name = name(argv[3]),
				  .version = (uint32_t)strtoul(argv[4], NULL, 10),
				  .klpmake = name("test"),
				  .waived = name(argv[5]),
				  .targets = targets};
	read_id(&so, head.id, &head.id_size);
	/* Of all that it was made of. */
	for (int k = 1; k < argc; k++) {
		for (const char *c = argv[k]; *c; c++)
			head.id[(size_t)(c - argv[k]) % head.id_size] ^= (uint8_t)(*c + k);
	}
	n.n_descsz = (uint32_t)(sizeof(head) + targets * sizeof(*t));
	memcpy(note, &n, sizeof(n));
	memcpy(note + sizeof(n), USER_NOTE_NAME, sizeof(USER_NOTE_NAME));
	memcpy(note + sizeof(n) + sizeof(USER_NOTE_NAME), &head, sizeof(head));
	memcpy(note + sizeof(n) + sizeof(USER_NOTE_NAME) + sizeof(head), t, targets * sizeof(*t));
	size[0] = sizeof(n) + sizeof(USER_NOTE_NAME) + n.n_descsz;
	size[1] = funcs * sizeof(*func);
	size[2] = ranges * sizeof(*range);
	size[3] = fixups * sizeof(*fixup);
	size[4] = names_size;
	save(argv[2], part, size);
	return 0;
}
