/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects that a patch can touch, each a file with symbols and debug information: vmlinux, and
 * the modules of the target kernel as far as the patch leads to them. What is true of them because
 * it is a kernel that loads and patches them stands behind struct rules (image/rules.h).
 */
#ifndef KLP_OBJECTS_H
#define KLP_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "arch/arch.h"
#include "dwarf/file.h"
#include "dwarf/units.h"
#include "image/rules.h"
#include "symbols/kallsyms.h"
#include "symbols/symvers.h"

struct object {
	char *name;  /* as the kernel says it: "vmlinux", "nf_tables" */
	char *path;  /* the file that was read */
	bool module; /* any but the first object */
	bool broken; /* it could not be read, and error() has said so */
	struct elf_file *elf;
	const struct elf_file *code; /* the file with the code, if that is another one; or NULL */
	struct dwarf_file *dwarf;    /* NULL: without debug information */
	const struct kallsyms *symbols;
	struct kallsyms own;	    /* of a module; those of the first object are the target's */
	struct object_facts *facts; /* what the rules know of it, or NULL */
};

struct objects {
	const struct rules *rules;
	struct target *target; /* what the rules know of all of them: kernel/kernel.h */
	const struct arch *arch;
	const struct symvers *exports;	    /* what objects export to each other */
	const struct module_options *files; /* where the rules look for them */
	/*
	 * No DWARF is read, and modules are looked up by name among the installed ones first,
	 * because these are what the kernel will load.
	 */
	bool symbols_only;
	struct object **obj; /* obj[0] is vmlinux */
	size_t n, cap;
};

/*
 * Makes a file, whose wanted symbols have been read, the first object. The caller keeps owning
 * both.
 */
void objects_begin(struct objects *o, const char *name, struct elf_file *elf,
		   const struct kallsyms *symbols);

/* The object of a file, which is read when it is first asked for. error() and -1 when it cannot be.
 */
int objects_open(struct objects *o, const char *path, struct object **ret);

/*
 * The object that was compiled from a source file of which vmlinux has no unit: a module, or what
 * includes that file. query gets its units. *ret is NULL when there is none. error() and -1 when
 * several modules have it, or when one cannot be read.
 */
int objects_by_source(struct objects *o, const char *tag, struct unit_query *query,
		      struct object **ret);

/* The module of that name. *ret is NULL when there is none. error() and -1 when it cannot be read.
 */
int objects_by_name(struct objects *o, const char *name, struct object **ret);

/*
 * Is the other object there whenever this one is: 1 when that is so, else 0. -1 after error() when
 * one on the way cannot be read.
 */
int objects_need(struct objects *o, const struct object *object, const struct object *other);

/* Why a patch cannot redirect a function of an object, or NULL when it can. */
const char *object_refusal(const struct objects *o, const struct object *obj,
			   const struct ksym *sym);

/*
 * Why no indirect call may land on a function of an object, or *why is NULL. error() and -1 when
 * the object is damaged.
 */
int objects_landing(struct objects *o, const struct object *obj, const struct ksym *sym,
		    const char **why);

void objects_close(struct objects *o);

#endif
