// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutate: changes one field of a module, asks a command what it says of the result, and puts the
 * field back; again and again. For the tests of those who must refuse what the kernel would.
 *
 *   mutate SEED EACH OUT MODULE COMMAND [ARG...]
 *
 * EACH mutations of each kind (mutations.c) are made, as far as the module has such fields. OUT is
 * where the mutated module is written, whose path is COMMAND's last argument. A line for each: what
 * COMMAND said (refused: status 1, passed: 0, or "failed N": anything else), its class, and what
 * was changed. The same seed makes the same mutations.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mutate.h"

static uint64_t state;

/* SplitMix64 */
uint64_t pick(uint64_t n)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % n;
}

static void read_module(const char *path, struct module *m)
{
	FILE *f = fopen(path, "rb");

	if (!f || fseek(f, 0, SEEK_END))
		err(2, "%s", path);
	m->size = (size_t)ftell(f);
	rewind(f);
	m->bytes = malloc(m->size + 1);
	if (!m->bytes || fread(m->bytes, 1, m->size, f) != m->size)
		err(2, "%s", path);
	fclose(f);
}

static void find_tables(struct module *m)
{
	m->header = (Elf64_Ehdr *)m->bytes;
	m->section = (Elf64_Shdr *)(m->bytes + m->header->e_shoff);
	m->sections = m->header->e_shnum;
	m->section_names = (char *)m->bytes + m->section[m->header->e_shstrndx].sh_offset;
	for (m->symtab = 1; m->symtab < m->sections; m->symtab++) {
		if (m->section[m->symtab].sh_type == SHT_SYMTAB)
			break;
	}
	if (m->symtab == m->sections)
		errx(2, "no symbol table");
	m->symbol = (Elf64_Sym *)(m->bytes + m->section[m->symtab].sh_offset);
	m->symbols = (unsigned int)(m->section[m->symtab].sh_size / sizeof(Elf64_Sym));
	m->symbol_names = (char *)m->bytes + m->section[m->section[m->symtab].sh_link].sh_offset;
}

static void find_used(struct module *m)
{
	m->used = calloc(m->symbols, sizeof(*m->used));
	if (!m->used)
		err(2, "calloc");
	for (unsigned int i = 1; i < m->sections; i++) {
		const Elf64_Shdr *s = &m->section[i];
		const Elf64_Rela *r = (Elf64_Rela *)(m->bytes + s->sh_offset);

		if (s->sh_type != SHT_RELA || !(m->section[s->sh_info].sh_flags & SHF_ALLOC))
			continue;
		for (size_t k = 0; k < s->sh_size / sizeof(*r); k++)
			m->used[ELF64_R_SYM(r[k].r_info)] = true;
	}
}

const char *section_name(const struct module *m, unsigned int section)
{
	return m->section_names + m->section[section].sh_name;
}

const char *symbol_name(const struct module *m, unsigned int symbol)
{
	const Elf64_Sym *s = &m->symbol[symbol];

	if (ELF64_ST_TYPE(s->st_info) == STT_SECTION)
		return section_name(m, s->st_shndx);
	return m->symbol_names + s->st_name;
}

static void write_module(const struct module *m, const char *path)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(m->bytes, 1, m->size, f) != m->size || fclose(f))
		err(2, "%s", path);
}

/* What the command says of OUT, which is its last argument. */
static void ask(char **command, char *verdict, size_t size)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		err(2, "fork");
	if (!child) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(command[0], command);
		_exit(126);
	}
	if (waitpid(child, &status, 0) < 0)
		err(2, "waitpid");
	if (WIFEXITED(status) && WEXITSTATUS(status) < 2)
		snprintf(verdict, size, WEXITSTATUS(status) ? "refused" : "passed");
	else
		snprintf(verdict, size, "failed %d", status);
}

int main(int argc, char **argv)
{
	struct module m = {0};
	unsigned char *whole;
	unsigned long each;
	char **command;

	if (argc < 6)
		errx(2, "usage: mutate SEED EACH OUT MODULE COMMAND [ARG...]");
	state = strtoull(argv[1], NULL, 0);
	each = strtoul(argv[2], NULL, 0);
	command = calloc((size_t)argc, sizeof(*command));
	read_module(argv[4], &m);
	whole = malloc(m.size);
	if (!command || !whole)
		err(2, "malloc");
	memcpy(command, argv + 5, (size_t)(argc - 5) * sizeof(*command));
	command[argc - 5] = argv[3];
	memcpy(whole, m.bytes, m.size);
	find_tables(&m);
	find_used(&m);
	for (const struct kind *k = kinds; k->name; k++) {
		for (unsigned long i = 0; i < each; i++) {
			struct mutation made = {{0}, {0}};
			char verdict[32];

			if (!k->mutate(&m, &made) || !memcmp(whole, m.bytes, m.size))
				continue;
			write_module(&m, argv[3]);
			ask(command, verdict, sizeof(verdict));
			printf("%s\t%s:%s\t%s\n", verdict, k->name, made.class, made.what);
			memcpy(m.bytes, whole, m.size);
		}
	}
	free(m.used);
	free(whole);
	free(m.bytes);
	free(command);
	return 0;
}
