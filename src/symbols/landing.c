// SPDX-License-Identifier: GPL-2.0-only
/* Functions that indirect calls may land on: see symbols/landing.h. */
#include "symbols/landing.h"

#include <string.h>

#include "base/util.h"

/* An entry of the list: where the function is, counted from the entry. */
#define ENTRY 4

bool landing_required(const struct elf_file *vmlinux, const struct arch *arch)
{
	size_t index = arch->landing.sealed_section
			       ? elf_file_section(vmlinux, arch->landing.sealed_section)
			       : 0;

	return index && vmlinux->sec[index].shdr.sh_size;
}

static int read_vmlinux(struct sites *sealed, const struct elf_file *vmlinux, size_t index)
{
	uint64_t addr = vmlinux->sec[index].shdr.sh_addr;
	const unsigned char *data;
	size_t size;

	if (elf_file_bytes(vmlinux, index, &data, &size))
		return -1;
	if (size % ENTRY) {
		error("'%s': section '%s' is not a list of functions", vmlinux->path,
		      vmlinux->sec[index].name);
		return -1;
	}
	sealed->site = xcalloc(size / ENTRY, sizeof(*sealed->site));
	for (size_t off = 0; off < size; off += ENTRY)
		sealed->site[sealed->n++] =
			addr + off + (uint64_t)(int32_t)elf_file_number(vmlinux, data + off, ENTRY);
	sites_sort(sealed);
	sealed->known = true;
	return 0;
}

int landing_read(struct sites *sealed, const struct elf_file *f, const struct arch *arch)
{
	if (f->ehdr.e_type == ET_REL)
		return sites_read_module(sealed, f, arch->landing.sealed_section, ENTRY);
	return read_vmlinux(sealed, f, elf_file_section(f, arch->landing.sealed_section));
}

/* The code of a function, or NULL when the file has none. */
static const unsigned char *code_of(const struct elf_file *f, const struct ksym *sym, size_t size)
{
	size_t section = sym->addr >> 32, have;
	uint64_t offset = (uint32_t)sym->addr;
	const unsigned char *data;

	if (f->ehdr.e_type != ET_REL)
		return elf_file_at(f, sym->addr, size);
	if (section >= f->shnum || elf_file_bytes(f, section, &data, &have) || !data ||
	    offset > have || size > have - offset)
		return NULL;
	return data + offset;
}

const char *landing_refusal(const struct sites *sealed, const struct elf_file *f,
			    const struct arch *arch, const struct ksym *sym)
{
	size_t size = strlen(arch->landing.bytes);
	const unsigned char *code;

	/* Nobody calls its trampoline as a function: <linux/static_call.h> only names it. */
	if (sym->elf_type != STT_FUNC || str_starts(sym->name, "__SCT__"))
		return NULL;
	if (sites_in(sealed, sym->addr, 1))
		return "the kernel has taken away its ENDBR";
	code = code_of(f, sym, size);
	if (code && memcmp(code, arch->landing.bytes, size) != 0)
		return "it has no ENDBR";
	return NULL;
}
