// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts relocs MACHINE | early SECTION... | module FILE... | formats: what klplink or klpsyms does
 * by it and klpcheck shares with them, a line for each. tests/facts.t asks others for the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "klp/early.h"
#include "klp/format.h"
#include "klp/module_name.h"

static const struct arch *arch_by_number(uint16_t machine)
{
	GElf_Ehdr ehdr = {.e_machine = machine};
	const struct arch *arch = NULL;

	for (unsigned char order = ELFDATA2LSB; !arch && order <= ELFDATA2MSB; order++) {
		ehdr.e_ident[EI_DATA] = order;
		arch = arch_of(&ehdr);
	}
	return arch;
}

static void print_relocs(const struct arch *arch)
{
	for (const struct arch_reloc *r = arch->reloc; r->name; r++)
		printf("%s %u\n", r->name, r->size);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	progname = "facts";
	if (!strcmp(what, "relocs") && argc == 3)
		print_relocs(arch_by_number((uint16_t)atoi(argv[2])));
	else if (!strcmp(what, "formats"))
		printf("%x %x %s%%%d[^.] %s%%%d[^.].%%%d[^,],%%lu\n", SHF_RELA_LIVEPATCH,
		       SHN_LIVEPATCH, KLP_RELA_PREFIX, KLP_MODULE_NAME_MAX, KLP_SYM_PREFIX,
		       KLP_MODULE_NAME_MAX, KLP_SYMBOL_NAME_MAX);
	for (int i = 2; i < argc; i++) {
		if (!strcmp(what, "early"))
			printf("%s %d\n", argv[i],
			       section_is_early(arch_by_number(EM_X86_64), argv[i]));
		else if (!strcmp(what, "module"))
			printf("%s\n", module_name(argv[i]));
	}
	return 0;
}
