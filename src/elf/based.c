// SPDX-License-Identifier: GPL-2.0-only
/* Addresses of a kernel that moves as a whole: see elf/based.h. */
#include "elf/based.h"

void based_each(const struct elf_file *f, const struct arch *arch,
		void (*fn)(uint64_t place, uint64_t addr, void *arg), void *arg)
{
	size_t index = elf_file_section(f, ".rela.dyn"), n = 0;
	Elf_Data *d = index ? elf_getdata(f->sec[index].scn, NULL) : NULL;
	GElf_Rela r;

	if (d && d->d_type == ELF_T_RELA)
		n = d->d_size / sizeof(Elf64_Rela);
	for (size_t i = 0; i < n; i++) {
		if (gelf_getrela(d, (int)i, &r) && GELF_R_TYPE(r.r_info) == arch->based)
			fn(r.r_offset, (uint64_t)r.r_addend, arg);
	}
}
