/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An ELF file, mapped and checked once.
 *
 * elf_file_open() validates headers, section bounds, the symbol table and the string tables, so
 * that later code may index sections, symbols and names without asking again. The mapping is
 * read-only, and no two sections share bytes: what was validated stays as it was. Only 64-bit files
 * are accepted: no kernel with livepatch is 32-bit.
 */
#ifndef KLP_ELF_FILE_H
#define KLP_ELF_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_section {
	Elf_Scn *scn;
	GElf_Shdr shdr;
	const char *name; /* never NULL */
};

struct elf_file {
	char *path;
	int fd;		/* -1 when it was unpacked into memory */
	char *unpacked; /* what of a compressed file is read */
	Elf *elf;
	GElf_Ehdr ehdr;
	struct elf_section *sec;
	size_t shnum;
	size_t shstrndx;

	size_t symtab; /* section index, 0: the file has none */
	Elf_Data *symdata;
	Elf_Data *symxndx; /* SHT_SYMTAB_SHNDX, or NULL */
	size_t symnum;
	const char *strtab;
	size_t strsize;

	struct dwarf_file *dwarf; /* while it is open: dwarf_file_open() */
};

/*
 * A symbol with its section resolved: shndx is a section index below shnum, or one of the
 * reserved numbers (SHN_UNDEF, SHN_ABS, SHN_LIVEPATCH...), in which case special is true.
 */
struct elf_symbol {
	size_t index;	  /* below symnum */
	const char *name; /* never NULL */
	GElf_Sym sym;
	size_t shndx;
	bool special;
};

/*
 * The address of a place in a relocatable file, where every section begins at 0: each loaded
 * section gets 4 GiB of its own. Debug information is relocated likewise (dwarf/sections.c), so
 * that symbols and DWARF of a module meet at one number.
 */
static inline uint64_t elf_place(size_t section, uint64_t offset)
{
	return ((uint64_t)section << 32) + offset;
}

/*
 * Is it a place before or behind a section of data with these sh_flags, less than 2 GiB away?
 * Code that counts from another index than 0 refers to such a place beside a variable; there is
 * nothing there.
 */
static inline bool elf_near_data(GElf_Xword flags, uint64_t offset)
{
	return (flags & (SHF_ALLOC | SHF_EXECINSTR)) == SHF_ALLOC &&
	       offset + (1U << 31) <= UINT32_MAX;
}

/*
 * Opens and validates path; a compressed module is unpacked. error() and -1 when it is not a sane
 * 64-bit ELF file.
 */
int elf_file_open(const char *path, struct elf_file **ret);
void elf_file_close(struct elf_file *f);

/* The index of the first section with that name, or 0. */
size_t elf_file_section(const struct elf_file *f, const char *name);

/*
 * A section's bytes in the file's byte order; for SHT_NOBITS *data is NULL and *size 0.
 * error() and -1 when libelf cannot deliver them.
 */
int elf_file_bytes(const struct elf_file *f, size_t index, const unsigned char **data,
		   size_t *size);

/* Symbol number i, i < symnum. */
void elf_file_symbol(const struct elf_file *f, size_t i, struct elf_symbol *ret);

/*
 * The named symbol that a place in a section belongs to: in code a function, elsewhere a variable.
 * A symbol that begins at the place is preferred to one that covers it. *file is the base name of
 * the source of a local symbol, or NULL. Returns false when there is no such symbol.
 */
bool elf_file_symbol_at(const struct elf_file *f, size_t section, uint64_t offset,
			struct elf_symbol *ret, const char **file);

/*
 * The bytes at an address of an executable (vmlinux), or NULL when the file does not hold
 * size bytes there.
 */
const unsigned char *elf_file_at(const struct elf_file *f, uint64_t addr, uint64_t size);

/* The byte order. */
static inline bool elf_file_is_big(const struct elf_file *f)
{
	return f->ehdr.e_ident[EI_DATA] == ELFDATA2MSB;
}

/* The same, in words. */
const char *elf_file_order(const struct elf_file *f);

/* Unsigned number of 1, 2, 4 or 8 bytes in the file's byte order. */
uint64_t elf_file_number(const struct elf_file *f, const void *p, size_t size);

/* Stores such a number, in the file's byte order. */
void elf_file_store(const struct elf_file *f, void *p, uint64_t value, size_t size);

/*
 * GNU build-id as lower case hex into buf (at least ELF_BUILD_ID_MAX bytes).
 * Returns false when the file has none.
 */
#define ELF_BUILD_ID_MAX 129
bool elf_file_build_id(const struct elf_file *f, char *buf);

/*
 * Finds a GNU build-id in the bytes of a note section or of /sys/kernel/notes; numbers in the
 * notes have the byte order of f. Rule: elf(5), Nhdr; name "GNU", type NT_GNU_BUILD_ID.
 */
bool elf_note_build_id(const struct elf_file *f, const unsigned char *notes, size_t size,
		       char *buf);

/*
 * Translates a place in one file of a module into the other file of that module, by the name of its
 * section; for vmlinux the place stays the same. False when the other file has no such section.
 */
bool elf_file_same_place(const struct elf_file *from, uint64_t place, const struct elf_file *to,
			 uint64_t *ret);

#endif
