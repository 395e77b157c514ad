/* SPDX-License-Identifier: GPL-2.0-only */
/* All functions of an object by address: whose code is it? */
#ifndef KLP_FUNCTIONS_H
#define KLP_FUNCTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "elf/elf_file.h"
#include "symbols/kallsyms.h"

struct functions {
	struct ksym *sym; /* by address; of two names of one place the global one comes first */
	size_t n, cap;
	size_t *by_name; /* made when a name is first looked up by functions_whole() */
};

/* Reads the function symbols of vmlinux or of a module. */
void functions_read(struct functions *f, const struct elf_file *elf);

/* Only those that begin at one of n addresses: most of the time goes into sorting all. */
void functions_read_at(struct functions *f, const struct elf_file *elf, const uint64_t *addr,
		       size_t n);

/* The function that holds the address, or NULL. */
const struct ksym *functions_at(const struct functions *f, uint64_t addr);

/* The function of that name, any if there are several; or NULL. */
const struct ksym *functions_named(const struct functions *f, const char *name);

/*
 * The function that a part "NAME.cold" of it was split from, or NULL when that cannot be told;
 * any other function itself.
 */
const struct ksym *functions_whole(struct functions *f, const struct ksym *part);

/*
 * Is it a clone that the compiler made of a function (NAME.isra.0, NAME.constprop.0, NAME.part.0)?
 * Nothing but a direct branch leads to one.
 */
bool function_is_clone(const char *name);

/* Is it the part of a function that is hardly ever run (NAME.cold)? */
bool function_is_cold(const char *name);

/* Is it that part of the function of this name? */
bool function_is_cold_of(const char *part, const char *name);

void functions_free(struct functions *f);

#endif
