// SPDX-License-Identifier: GPL-2.0-only
/*
 * What klpmake takes the instructions of some code to be, for comparison with objdump:
 *   steps MACHINE ADDRESS <CODE
 * prints a line each: address, size, "goes_on", "call", "leaves" as letters or ".", where it leads
 * or "-". MACHINE is the number in an ELF header, ADDRESS where the code lies.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "arch/step.h"

static unsigned char code[1 << 26];

int main(int argc, char **argv)
{
	struct arch arch = {.machine = argc == 3 ? (uint16_t)atoi(argv[1]) : 0};
	uint64_t at = argc == 3 ? strtoull(argv[2], NULL, 0) : 0;
	size_t size = fread(code, 1, sizeof(code), stdin);
	step_fn *step = step_of(&arch);

	if (!step)
		return 2;
	for (size_t i = 0; i < size;) {
		struct step s = step(code + i, size - i);

		printf("%" PRIx64 " %u %s%s%s%s ", at + i, s.size, s.goes_on ? "g" : "",
		       s.call ? "c" : "", s.leaves ? "l" : "",
		       s.goes_on || s.call || s.leaves ? "" : ".");
		if (s.to)
			printf("%" PRIx64 "\n", at + i + s.size + (uint64_t)s.distance);
		else
			printf("-\n");
		i += s.size ? s.size : step_align(&arch);
	}
	return 0;
}
