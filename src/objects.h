/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects that a livepatch can touch: vmlinux, and the modules of the target kernel as far as
 * the patch leads to them. A module's symbols and DWARF come from its debug file; its installed
 * file is the witness that both are of one build.
 */
#ifndef KLP_OBJECTS_H
#define KLP_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "dwarf_file.h"
#include "kallsyms.h"
#include "module_files.h"
#include "target.h"
#include "traced.h"
#include "units.h"

struct object {
	char *name; /* as the kernel says it: "vmlinux", "nf_tables" */
	char *path; /* the file that was read */
	bool module;
	bool broken; /* it could not be read, and that has been said */
	struct elf_file *elf;
	struct dwarf_file *dwarf; /* NULL: without debug information */
	const struct kallsyms *symbols;
	struct kallsyms own; /* of a module; vmlinux's are the target's */
	struct sites traced;
	struct sites sealed; /* read when it is first asked for */
	bool sealed_read;
};

struct objects {
	struct target *target;
	const struct module_options *files;
	/*
	 * No DWARF is read, and modules by name are looked for among the installed ones first: what
	 * the kernel will load.
	 */
	bool symbols_only;
	struct object **obj; /* obj[0] is vmlinux */
	size_t n, cap;
};

/* Takes vmlinux, whose wanted names have been read, as the first object. */
int objects_open(struct objects *o, struct target *target);

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
 * Is the other module there whenever this one is: 1 when its imports lead to that, else 0. -1 when
 * a module on the way cannot be read.
 */
int objects_need(struct objects *o, const struct object *module, const struct object *other);

/* Which functions of an object a livepatch can redirect. */
const struct sites *object_traced(const struct objects *o, const struct object *obj);

/*
 * Why no indirect call may land on a function of an object, or *why is NULL: landing_refusal().
 * Always NULL for kernels without IBT. error() and -1 when the object is damaged.
 */
int objects_landing(struct objects *o, const struct object *obj, const struct ksym *sym,
		    const char **why);

void objects_close(struct objects *o);

#endif
