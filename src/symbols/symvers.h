/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Module.symvers: what the target kernel exports, who owns it and under which CRC.
 * Format: scripts/mod/modpost.c, write_dump(): "CRC\tNAME\tOWNER\tEXPORT_TYPE\tNAMESPACE".
 * A module from outside the kernel's tree has a file of its own.
 */
#ifndef KLP_SYMVERS_H
#define KLP_SYMVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strmap.h"

struct symver {
	const char *name;
	const char *owner; /* "vmlinux", or a module's path without ".ko" */
	const char *ns;	   /* "" when exported to everybody */
	uint32_t crc;
	bool gpl;
};

struct symvers {
	char **text; /* of each file */
	size_t texts, texts_cap;
	struct symver *sym;
	size_t n, cap;
	struct strmap index;
};

/*
 * Adds what a file lists; of two exports of one name the later counts, as in modpost
 * (find_symbol()). error() and -1 when it cannot be read or a line has another form.
 */
int symvers_read(struct symvers *v, const char *path);

/* The export of that name, or NULL. */
const struct symver *symvers_find(const struct symvers *v, const char *name);

/* Is it exported by vmlinux itself, not by a module? */
bool symver_in_vmlinux(const struct symver *s);

void symvers_free(struct symvers *v);

#endif
