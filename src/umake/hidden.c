// SPDX-License-Identifier: GPL-2.0-only
/* Hidden names that a patch leaves undefined: see umake/hidden.h. */
#include "umake/hidden.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "elf/relocs.h"
#include "patch/object_file.h"

static bool is_hidden(const struct elf_symbol *s)
{
	return s->sym.st_shndx == SHN_UNDEF && s->name[0] &&
	       GELF_ST_VISIBILITY(s->sym.st_other) != STV_DEFAULT;
}

/* Is it used by calls and by words alone, which a linker can lead elsewhere? */
static int check_uses(const struct object_file *file, const struct relocs *relocs,
		      const struct elf_symbol *s)
{
	const struct arch *arch = arch_of(&file->elf->ehdr);

	for (size_t i = 0; i < relocs->n; i++) {
		const struct reloc *r = &relocs->r[i];
		const struct arch_reloc *type = arch ? arch_reloc_by_type(arch, r->type) : NULL;

		if (r->symbol != s->index || !type || type->branch || !type->relative)
			continue;
		error("%s: '%s' is declared hidden, so that code has the distance to it, which is "
		      "known in the target alone: declare it without the attribute",
		      source_place(&file->source, s->name), s->name);
		return -1;
	}
	return 0;
}

/* The place of a symbol's visibility in the file. */
static uint64_t other_place(const struct elf_file *f, size_t symbol)
{
	return f->sec[f->symtab].shdr.sh_offset + symbol * sizeof(Elf64_Sym) +
	       offsetof(Elf64_Sym, st_other);
}

static int show_in(const struct object_file *file, const struct relocs *relocs)
{
	const unsigned char visible = STV_DEFAULT;
	int fd = -1, status = 0;

	for (size_t i = 1; i < file->elf->symnum && !status; i++) {
		struct elf_symbol s;

		elf_file_symbol(file->elf, i, &s);
		if (!is_hidden(&s))
			continue;
		status = check_uses(file, relocs, &s);
		if (!status && fd < 0)
			fd = open(file->path, O_WRONLY | O_CLOEXEC);
		if (!status &&
		    (fd < 0 || pwrite(fd, &visible, 1, (off_t)other_place(file->elf, i)) != 1)) {
			error("'%s': cannot be written", file->path);
			status = -1;
		}
	}
	if (fd >= 0)
		close(fd);
	return status;
}

int show_hidden(struct make_options *opt)
{
	int status = 0;

	for (size_t i = 0; i < opt->operands && !status; i++) {
		struct object_file file;
		struct relocs relocs;

		if (object_file_open(&file, opt->operand[i]))
			return -1;
		status = relocs_read(file.elf, &relocs);
		if (!status) {
			status = show_in(&file, &relocs);
			relocs_free(&relocs);
		}
		object_file_close(&file);
	}
	return status;
}
