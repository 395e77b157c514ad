/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What struct klp_patch and what belongs to it consist of, in a module that has not been loaded:
 * strings, arrays with an empty entry at the end, and struct klp_func.
 */
#ifndef KLP_PATCH_PARTS_H
#define KLP_PATCH_PARTS_H

#include "patch/klp_patch.h"

struct patch_reader {
	const struct elf_file *f;
	const struct arch *arch;
	const struct relocs *relocs;
	const struct klp_layout *layout;
};

/*
 * Where an array begins, and where it must have ended: with the variable that it is, or else with
 * its section.
 */
struct patch_span {
	const char *type; /* of its entries */
	size_t entry;	  /* their size */
	size_t section;
	uint64_t off, end;
	const char *name;   /* of the variable, or "" */
	const char *inside; /* NULL, or a variable in which it begins between two such entries */
};

/* A terminated string in a section, or NULL. */
const char *patch_string_at(const struct elf_file *f, size_t section, uint64_t off);

/*
 * The string that the pointer at a place points to; NULL when there is no pointer. -1 after error()
 * when it is not a plain pointer; what: what it is, for the message.
 */
int patch_string(const struct patch_reader *r, size_t section, uint64_t off, const char *what,
		 const char **ret);

/*
 * The array that the pointer at a place points to: 1; 0 when there is none, -1 after an error(), as
 * when no pointer in it would be aligned.
 */
int patch_span_at(const struct patch_reader *r, size_t section, uint64_t off, const char *what,
		  struct patch_span *ret);

/* error() and -1 when there is no room for one more entry. */
int patch_check_room(const struct patch_reader *r, const struct patch_span *span, uint64_t off);

/*
 * The entry at off is the last that the kernel reads: is there something in it, or behind it?
 * error() and -1 when it is the first one, too, of a list that nobody can have meant.
 */
int patch_end_list(const struct patch_reader *r, const struct patch_span *span, uint64_t off,
		   struct patch_list *ret);

/*
 * One struct klp_func: 1 when it is the terminator (old_name, new_func, old_sympos all zero), -1
 * after an error().
 */
int patch_read_func(const struct patch_reader *r, size_t section, uint64_t off,
		    struct patch_func *func);

#endif
