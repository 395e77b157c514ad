// SPDX-License-Identifier: GPL-2.0-only
/* wants HOW: looks up symbols of its own file, as tests/wants.t says. Prints how many it finds. */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "symbols/kallsyms.h"

int main(int argc, char **argv)
{
	const char *how = argc == 2 ? argv[1] : "";
	struct kallsyms k = {.n = 0};
	struct elf_file *self;
	size_t count;

	progname = "wants";
	kallsyms_want(&k, "main");
	kallsyms_want(&k, "nowhere");
	kallsyms_want(&k, "numbered.");
	if (!strcmp(how, "early"))
		kallsyms_find(&k, "main", &count);
	if (elf_file_open("/proc/self/exe", &self) || kallsyms_read(&k, self))
		return 1;
	kallsyms_want(&k, "main");
	if (!strcmp(how, "late"))
		kallsyms_want(&k, "kallsyms_free");
	kallsyms_find(&k, how, &count);
	printf("%zu\n", count);
	kallsyms_free(&k);
	elf_file_close(self);
	return 0;
}
