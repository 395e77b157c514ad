/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's debug information says of the functions that the patch replaces, for the passes
 * that doubt whether the patch does what its author means. Only the kernel's own files are read
 * here, not the module, which may come from anybody.
 */
#ifndef KLP_CHECK_OLD_H
#define KLP_CHECK_OLD_H

#include "check/say.h"
#include "dwarf/defs.h"
#include "dwarf/inlined.h"
#include "same/callers.h"
#include "symbols/functions.h"

/* An object with functions that the patch replaces. */
struct check_debug {
	struct object *o; /* with debug information */
	struct defs defs; /* the definitions in the units that have one of these functions */
	struct functions functions; /* read when first asked for */
	struct inlined copies;	    /* of all these functions; .function is an index of old[] */
	struct callers callers;	    /* of all the object's clones: read when first asked for */
	bool callers_read, callers_known;
};

/* The old function of func[i]. */
struct check_old {
	struct check_debug *debug; /* NULL: unknown, see why */
	const struct ksym *sym;	   /* its symbol in debug->o */
	const struct def *def;	   /* its definition */
	char *why; /* why nothing is known; NULL when an error or a note has said why */
};

/*
 * Opens with_dwarf, once: the kernel's files that have debug information, which of a module need
 * not be the one that is loaded (objects). error() and -1 when vmlinux has none that can be read;
 * error() only the first time.
 */
int check_open_dwarf(struct check *c);

/* Fills old[], once; what follows needs it. */
void check_old_read(struct check *c);

/*
 * Calls fn for each function whose definition is known. For each of the others, it adds a note to
 * the running pass with the reason. Returns how many are known.
 */
size_t check_old_each(struct check *c, void (*fn)(struct check *c, size_t i, void *arg), void *arg);

/* An object by its name; NULL when it has no debug information. */
struct check_debug *check_debug_of(struct check *c, const char *object);

/* All functions of the object. */
struct functions *check_functions(struct check_debug *debug);

/* Who branches to a clone. *n is 0 for all but clones. */
const struct caller *check_callers(struct check *c, struct check_debug *debug,
				   const struct ksym *clone, size_t *n);

/*
 * Is this function covered: does its code no longer run when the patch is loaded? It is replaced,
 * or it is a clone that only covered functions call. Code in init memory counts as covered, because
 * no patch can change what it does: vmlinux's is gone, and a module's runs once, while the module
 * loads.
 */
bool check_covered(struct check *c, struct check_debug *debug, const struct ksym *function);

/* Is it an entry of a system call that no program reaches, because the call has another one? */
bool check_is_unused_entry(const struct check *c, struct check_debug *debug,
			   const struct ksym *sym);

/* Remembers a copy for the report, which then owns copy->where. */
void check_add_copy(struct check *c, const struct check_copy *copy);

/* "path:line" of the definition of an old function. */
void check_old_place(const struct check_old *old, char *buf, size_t size);

void check_old_free(struct check *c);

#endif
