// SPDX-License-Identifier: GPL-2.0-only
/*
 * The yardstick of the benchmark: the look-up that klpsyms does for one symbol, written with
 * elfutils' libdw, the fastest DWARF reader there is.
 *
 *   yardstick VMLINUX PATH NAME   the position and address of the static NAME of file PATH
 *   yardstick --list VMLINUX      "PATH NAME" of static functions, to make patches of any size of
 *   yardstick --inlined VMLINUX NAME   how many inlined copies of functions of that name there are:
 *                                 the look-up that is needed for a function from a header
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* DWARF's own name of a static function with code: NULL for anything else. */
static const char *static_function(Dwarf_Die *die, Dwarf_Addr *addr)
{
	Dwarf_Addr base, end;

	if (dwarf_tag(die) != DW_TAG_subprogram || dwarf_hasattr_integrate(die, DW_AT_external) ||
	    dwarf_ranges(die, 0, &base, addr, &end) <= 0)
		return NULL;
	return dwarf_diename(die);
}

static int list(Dwarf *dw)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die, child;

	while (dwarf_get_units(dw, cu, &cu, NULL, NULL, &die, NULL) == 0) {
		const char *path = dwarf_diename(&die), *name;
		Dwarf_Addr addr;

		if (!path || path[0] == '/' || dwarf_child(&die, &child) != 0)
			continue;
		do {
			name = static_function(&child, &addr);
			if (name)
				printf("%s %s %" PRIx64 "\n", path, name, addr);
		} while (dwarf_siblingof(&child, &child) == 0);
	}
	return 0;
}

/* Like klpsyms: all units are looked at, since a path has to name exactly one file. */
static Dwarf_Addr find_die(Dwarf *dw, const char *path, const char *name)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die, child, unit;
	unsigned int units = 0;

	while (dwarf_get_units(dw, cu, &cu, NULL, NULL, &die, NULL) == 0) {
		const char *is = dwarf_diename(&die);
		size_t len = is ? strlen(is) : 0, plen = strlen(path);

		if (len < plen || strcmp(is + len - plen, path) != 0)
			continue;
		unit = die;
		units++;
	}
	if (units != 1 || dwarf_child(&unit, &child) != 0)
		return 0;
	do {
		Dwarf_Addr addr;
		const char *found = static_function(&child, &addr);

		if (found && !strcmp(found, name))
			return addr;
	} while (dwarf_siblingof(&child, &child) == 0);
	return 0;
}

/* Every DIE is looked at, as no inlined copy can be told from its offset. */
static unsigned long count_inlined(Dwarf_Die *die, const char *name)
{
	unsigned long n = 0;

	do {
		Dwarf_Attribute attr;
		Dwarf_Die origin, child;
		const char *is;

		if (dwarf_tag(die) == DW_TAG_inlined_subroutine &&
		    dwarf_formref_die(dwarf_attr(die, DW_AT_abstract_origin, &attr), &origin)) {
			is = dwarf_diename(&origin);
			n += is && !strcmp(is, name);
		}
		if (dwarf_child(die, &child) == 0)
			n += count_inlined(&child, name);
	} while (dwarf_siblingof(die, die) == 0);
	return n;
}

static int print_inlined(Dwarf *dw, const char *name)
{
	Dwarf_CU *cu = NULL;
	unsigned long n = 0;
	Dwarf_Die die;

	while (dwarf_get_units(dw, cu, &cu, NULL, NULL, &die, NULL) == 0)
		n += count_inlined(&die, name);
	printf("%lu\n", n);
	return 0;
}

/* How many symbols of that name lie at or below the address. */
static unsigned int rank_of(Elf *elf, const char *name, Dwarf_Addr addr)
{
	Elf_Scn *scn = NULL;
	unsigned int rank = 0;

	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr shdr;
		Elf_Data *data;
		GElf_Sym sym;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(scn, NULL);
		for (int i = 0; data && gelf_getsym(data, i, &sym); i++) {
			const char *s = elf_strptr(elf, shdr.sh_link, sym.st_name);

			rank += s && sym.st_value <= addr && !strcmp(s, name);
		}
	}
	return rank;
}

int main(int argc, char **argv)
{
	int fd = argc > 2 ? open(argv[1][0] == '-' ? argv[2] : argv[1], O_RDONLY) : -1;
	Dwarf *dw = fd < 0 ? NULL : dwarf_begin(fd, DWARF_C_READ);
	Dwarf_Addr addr;

	if (!dw) {
		fprintf(stderr, "yardstick: no DWARF to read\n");
		return 1;
	}
	if (argc == 3)
		return list(dw);
	if (argc == 4 && !strcmp(argv[1], "--inlined"))
		return print_inlined(dw, argv[3]);
	addr = argc > 3 ? find_die(dw, argv[2], argv[3]) : 0;
	if (!addr)
		return 1;
	printf("%u %" PRIx64 "\n", rank_of(dwarf_getelf(dw), argv[3], addr), addr);
	return 0;
}
