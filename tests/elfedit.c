// SPDX-License-Identifier: GPL-2.0-only
/*
 * elfedit: changes single fields of a copy of an ELF file, for the tests of those who must refuse
 * it. It edits the bytes in place and validates nothing but its own arguments; a name or content
 * that does not fit is put at the file's end. 64-bit files only; in those of the other byte order
 * headers, symbols and relocations are turned round while they are edited.
 */
#include <elf.h>
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char *file;
static size_t file_size;

struct command {
	const char *name, *args;
	int argc;
	void (*run)(char **argv);
};

static Elf64_Ehdr *header(void)
{
	return (Elf64_Ehdr *)file;
}

static Elf64_Shdr *sections(void)
{
	return (Elf64_Shdr *)(file + header()->e_shoff);
}

static const char *section_name(const Elf64_Shdr *s)
{
	return (char *)file + sections()[header()->e_shstrndx].sh_offset + s->sh_name;
}

static unsigned long number(const char *s)
{
	char *end;
	unsigned long n = strtoul(s, &end, 0);

	if (!*s || *end)
		errx(2, "not a number: '%s'", s);
	return n;
}

/* By name, or by number as "#N". */
static Elf64_Shdr *section(const char *name)
{
	for (unsigned int i = 0; i < header()->e_shnum; i++) {
		if (name[0] == '#' ? number(name + 1) == i
				   : !strcmp(section_name(&sections()[i]), name))
			return &sections()[i];
	}
	errx(2, "no section '%s'", name);
}

static Elf64_Shdr *symbol_table(void)
{
	for (unsigned int i = 0; i < header()->e_shnum; i++) {
		if (sections()[i].sh_type == SHT_SYMTAB)
			return &sections()[i];
	}
	errx(2, "no symbol table");
}

static Elf64_Sym *symbols(size_t *n)
{
	*n = symbol_table()->sh_size / sizeof(Elf64_Sym);
	return (Elf64_Sym *)(file + symbol_table()->sh_offset);
}

/* By name, or by number as "#N". */
static size_t symbol_index(const char *name)
{
	const char *strings = (char *)file + sections()[symbol_table()->sh_link].sh_offset;
	size_t n;
	Elf64_Sym *sym = symbols(&n);

	if (name[0] == '#')
		return number(name + 1);
	for (size_t i = 1; i < n; i++) {
		if (!strcmp(strings + sym[i].st_name, name))
			return i;
	}
	errx(2, "no symbol '%s'", name);
}

static Elf64_Rela *rela(const char *name, const char *index)
{
	Elf64_Shdr *s = section(name);
	size_t i = number(index);

	if (i >= s->sh_size / sizeof(Elf64_Rela))
		errx(2, "section '%s' has no entry %zu", name, i);
	return (Elf64_Rela *)(file + s->sh_offset) + i;
}

/* Moves a section to the end of the file with room for more bytes; all pointers are stale then. */
static void grow_section(size_t index, size_t more)
{
	size_t old = sections()[index].sh_size, at = (file_size + 15) & ~(size_t)15;

	file = realloc(file, at + old + more);
	if (!file)
		err(2, "realloc");
	memset(file + file_size, 0, at + old + more - file_size);
	memcpy(file + at, file + sections()[index].sh_offset, old);
	sections()[index].sh_offset = at;
	sections()[index].sh_size = old + more;
	file_size = at + old + more;
}

/* Returns the offset of a new string in a string table. */
static uint32_t add_string(size_t table, const char *s)
{
	size_t old = sections()[table].sh_size;

	grow_section(table, strlen(s) + 1);
	memcpy(file + sections()[table].sh_offset + old, s, strlen(s) + 1);
	return (uint32_t)old;
}

static void rename_section(char **argv)
{
	size_t index = (size_t)(section(argv[0]) - sections());
	uint32_t name = add_string(header()->e_shstrndx, argv[1]);

	sections()[index].sh_name = name;
}

static void set_type(char **argv)
{
	section(argv[0])->sh_type = (uint32_t)number(argv[1]);
}

static void set_flags(char **argv)
{
	section(argv[0])->sh_flags = number(argv[1]);
}

static void set_info(char **argv)
{
	section(argv[0])->sh_info = (uint32_t)(argv[1][0] == '.' ? section(argv[1]) - sections()
								 : (long)number(argv[1]));
}

static void set_link(char **argv)
{
	section(argv[0])->sh_link = (uint32_t)number(argv[1]);
}

static void set_size(char **argv)
{
	section(argv[0])->sh_size = number(argv[1]);
}

static void set_entsize(char **argv)
{
	section(argv[0])->sh_entsize = number(argv[1]);
}

/* It begins where the other one does. */
static void set_offset(char **argv)
{
	section(argv[0])->sh_offset = section(argv[1])->sh_offset;
}

static void rename_symbol(char **argv)
{
	size_t index = symbol_index(argv[0]), n;
	uint32_t name = add_string(symbol_table()->sh_link, argv[1]);

	symbols(&n)[index].st_name = name;
}

static void set_symbol_shndx(char **argv)
{
	size_t n;

	symbols(&n)[symbol_index(argv[0])].st_shndx = (uint16_t)number(argv[1]);
}

static void set_symbol_value(char **argv)
{
	size_t n;

	symbols(&n)[symbol_index(argv[0])].st_value = number(argv[1]);
}

static void set_symbol_size(char **argv)
{
	size_t n;

	symbols(&n)[symbol_index(argv[0])].st_size = number(argv[1]);
}

static void set_reloc_type(char **argv)
{
	Elf64_Rela *r = rela(argv[0], argv[1]);

	r->r_info = ELF64_R_INFO(ELF64_R_SYM(r->r_info), number(argv[2]));
}

static void set_reloc_symbol(char **argv)
{
	Elf64_Rela *r = rela(argv[0], argv[1]);

	r->r_info = ELF64_R_INFO(symbol_index(argv[2]), ELF64_R_TYPE(r->r_info));
}

static void set_reloc_offset(char **argv)
{
	rela(argv[0], argv[1])->r_offset = number(argv[2]);
}

static void set_reloc_addend(char **argv)
{
	rela(argv[0], argv[1])->r_addend = (int64_t)number(argv[2]);
}

/* Writes bytes given in hex at an offset from base. */
static void write_hex(size_t base, size_t room, const char *offset, const char *hex)
{
	size_t off = number(offset), n = strlen(hex) / 2;

	if (off > room || n > room - off)
		errx(2, "no %zu bytes at %s", n, offset);
	for (size_t i = 0; i < n; i++) {
		unsigned int byte;

		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			errx(2, "not hex: '%s'", hex);
		file[base + off + i] = (unsigned char)byte;
	}
}

static void poke(char **argv)
{
	const Elf64_Shdr *s = section(argv[0]);

	write_hex(s->sh_offset, s->sh_size, argv[1], argv[2]);
}

static void poke_file(char **argv)
{
	write_hex(0, file_size, argv[0], argv[1]);
}

/* Bytes at the place that a relocation writes to: elfedit's only look at what r_offset means. */
static void poke_reloc(char **argv)
{
	const Elf64_Shdr *to = &sections()[section(argv[0])->sh_info];
	char off[32];

	snprintf(off, sizeof(off), "%lu", (unsigned long)rela(argv[0], argv[1])->r_offset);
	write_hex(to->sh_offset, to->sh_size, off, argv[2]);
}

/* Text in a section by another of the same length. */
static void replace(char **argv)
{
	const Elf64_Shdr *s = section(argv[0]);
	size_t len = strlen(argv[1]);
	unsigned char *at = memmem(file + s->sh_offset, s->sh_size, argv[1], len);

	if (!at || strlen(argv[2]) != len)
		errx(2, "'%s' is not in '%s', or '%s' is of another length", argv[1], argv[0],
		     argv[2]);
	memcpy(at, argv[2], len);
}

/* Puts a string with its NUL at a section's end. */
static void append(char **argv)
{
	add_string((size_t)(section(argv[0]) - sections()), argv[1]);
}

static void truncate_file(char **argv)
{
	size_t size = number(argv[0]);

	if (size < file_size)
		file_size = size;
}

static const struct command commands[] = {
	{"rename-section", "OLD NEW", 2, rename_section},
	{"set-type", "SECTION N", 2, set_type},
	{"set-flags", "SECTION N", 2, set_flags},
	{"set-info", "SECTION N|.NAME", 2, set_info},
	{"set-link", "SECTION N", 2, set_link},
	{"set-size", "SECTION N", 2, set_size},
	{"set-entsize", "SECTION N", 2, set_entsize},
	{"set-offset", "SECTION OTHER", 2, set_offset},
	{"rename-symbol", "OLD NEW", 2, rename_symbol},
	{"set-symbol-shndx", "NAME|#N N", 2, set_symbol_shndx},
	{"set-symbol-value", "NAME|#N N", 2, set_symbol_value},
	{"set-symbol-size", "NAME N", 2, set_symbol_size},
	{"set-reloc-type", "SECTION ENTRY N", 3, set_reloc_type},
	{"set-reloc-symbol", "SECTION ENTRY NAME|#N", 3, set_reloc_symbol},
	{"set-reloc-offset", "SECTION ENTRY N", 3, set_reloc_offset},
	{"set-reloc-addend", "SECTION ENTRY N", 3, set_reloc_addend},
	{"poke", "SECTION OFFSET HEX", 3, poke},
	{"poke-file", "OFFSET HEX", 2, poke_file},
	{"poke-reloc", "SECTION ENTRY HEX", 3, poke_reloc},
	{"replace", "SECTION OLD NEW", 3, replace},
	{"append", "SECTION TEXT", 2, append},
	{"truncate", "N", 1, truncate_file},
};

static bool is_foreign(void)
{
	const uint16_t one = 1;

	return file[EI_DATA] != (*(const unsigned char *)&one ? ELFDATA2LSB : ELFDATA2MSB);
}

/* Turns round each member of the structures of a table: their sizes, one digit each. */
static void turn_table(size_t offset, size_t size, const char *members)
{
	unsigned char *p = file + offset;
	size_t entry = 0;

	for (const char *m = members; *m; m++)
		entry += (size_t)(*m - '0');
	if (offset > file_size || size > file_size - offset)
		errx(2, "a table lies outside the file");
	for (size_t i = 0; i + entry <= size; i += entry) {
		for (const char *m = members; *m; m++) {
			size_t n = (size_t)(*m - '0');

			for (size_t k = 0; k < n / 2; k++) {
				unsigned char c = p[k];

				p[k] = p[n - 1 - k];
				p[n - 1 - k] = c;
			}
			p += n;
		}
	}
}

static void turn_header(void)
{
	turn_table(EI_NIDENT, sizeof(Elf64_Ehdr) - EI_NIDENT, "2248884222222");
}

static void turn_section_headers(void)
{
	turn_table(header()->e_shoff, header()->e_shnum * sizeof(Elf64_Shdr), "4488884488");
}

static void turn_contents(void)
{
	for (unsigned int i = 0; i < header()->e_shnum; i++) {
		const Elf64_Shdr *s = &sections()[i];

		if (s->sh_type == SHT_SYMTAB)
			turn_table(s->sh_offset, s->sh_size, "411288");
		else if (s->sh_type == SHT_RELA)
			turn_table(s->sh_offset, s->sh_size, "888");
	}
}

static void read_input(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f || fseek(f, 0, SEEK_END))
		err(2, "%s", path);
	file_size = (size_t)ftell(f);
	rewind(f);
	file = malloc(file_size + 1);
	if (!file || fread(file, 1, file_size, f) != file_size)
		err(2, "%s", path);
	fclose(f);
	if (file_size < sizeof(Elf64_Ehdr) || memcmp(file, ELFMAG, SELFMAG) != 0)
		errx(2, "%s: not an ELF file", path);
	if (is_foreign()) {
		turn_header();
		turn_section_headers();
		turn_contents();
	}
}

static void write_output(const char *path)
{
	FILE *f = fopen(path, "wb");

	if (is_foreign()) {
		turn_contents();
		turn_section_headers();
		turn_header();
	}
	if (!f || fwrite(file, 1, file_size, f) != file_size || fclose(f))
		err(2, "%s", path);
}

static int usage(void)
{
	fputs("usage: elfedit IN OUT COMMAND ARG... [COMMAND ARG...]...\n", stderr);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(stderr, "  %s %s\n", commands[i].name, commands[i].args);
	return 2;
}

int main(int argc, char **argv)
{
	int i = 3;

	if (argc < 4)
		return usage();
	read_input(argv[1]);
	while (i < argc) {
		const struct command *c = commands;
		const struct command *end = c + sizeof(commands) / sizeof(commands[0]);

		while (c < end && strcmp(c->name, argv[i]) != 0)
			c++;
		if (c == end || argc - i - 1 < c->argc)
			return usage();
		c->run(argv + i + 1);
		i += 1 + c->argc;
	}
	write_output(argv[2]);
	free(file);
	return 0;
}
