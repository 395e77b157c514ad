/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One object file of a patch, as the compiler left it: the names it leaves undefined and those it
 * defines, and the tag of its source. Names are looked at here and not in the linked module,
 * because each file has the scope of its own tag.
 */
#ifndef KLP_OBJECT_FILE_H
#define KLP_OBJECT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strmap.h"
#include "dwarf/file.h"
#include "elf/elf_file.h"
#include "klp/macro_name.h"
#include "patch/source.h"

/* What an object file defines itself. */
enum definition {
	DEFINED_FUNCTION, /* static */
	DEFINED_DATA,	  /* static, writable */
	DEFINED_GONE,	  /* static data that is only read: the compiler left no symbol of it */
	DEFINED_GLOBAL,
	DEFINED_GLOBAL_DATA, /* writable */
};

struct use {
	const char *link_name; /* as in the object file */
	struct asm_name is;    /* what it stands for */
	bool weak;
	bool taken; /* its address is taken, other than by a call or jump */
};

struct object_file {
	const char *path; /* the object file */
	char *source_path;
	struct elf_file *elf;
	struct source source; /* empty when the object was not made from C */
	struct use *use;
	size_t n;
	struct strmap defined;	  /* name to enum definition */
	struct dwarf_file *dwarf; /* which has names of these; NULL: none */
};

/* Reads an object file and the tag in the C file beside it. error() and -1 on failure. */
int object_file_open(struct object_file *file, const char *object_path);

/* Does the object define the name globally? */
bool object_file_defines_global(const struct object_file *file, const char *name);

/* Does the object define a function of that name, global or static? */
bool object_file_defines_function(const struct object_file *file, const char *name, bool global);

/* Does the object, or did its source, define writable data of that name? */
bool object_file_defines_data(const struct object_file *file, const char *name);

void object_file_close(struct object_file *file);

#endif
