/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's debug information says of the functions that the patch replaces: for the passes
 * that doubt whether it does what its author means. Only the kernel's own files are read for it,
 * never the module's, which anybody may have made.
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
	struct object *o;	    /* the one that has debug information */
	struct defs defs;	    /* what the units say that have one of these functions */
	struct functions functions; /* read when they are asked for */
	struct inlined copies;	    /* of all of these functions; .function is an index in old[] */
	struct callers callers;	    /* of all clones of the object: read when they are asked for */
	bool callers_read, callers_known;
};

/* The old function of func[i]. */
struct check_old {
	struct check_debug *debug; /* NULL: it cannot be told, see why */
	const struct ksym *sym;	   /* its symbol in debug->o */
	const struct def *def;	   /* what its unit says of it */
	char *why; /* why nothing is known; NULL when an error or a note has said it */
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
 * Calls fn for each function of which something is known; of the others a note says that the
 * pass that runs could not look at them. Returns how many are known.
 */
size_t check_old_each(struct check *c, void (*fn)(struct check *c, size_t i, void *arg), void *arg);

/* An object by its name; NULL when it has no debug information. */
struct check_debug *check_debug_of(struct check *c, const char *object);

/* All functions of the object. */
const struct functions *check_functions(struct check_debug *debug);

/* Who branches to a clone. *n is 0 for all but clones. */
const struct caller *check_callers(struct check *c, struct check_debug *debug,
				   const struct ksym *clone, size_t *n);

/*
 * Does this function's code not run any more with the patch? It is replaced, or it is a clone to
 * which only such functions lead. What lies in init memory counts as covered: vmlinux's is gone,
 * and a module's runs once, as the module loads, which no patch can change.
 */
bool check_covered(struct check *c, struct check_debug *debug, const struct ksym *function);

/* Is it an entry of a system call that no program gets to, as it has another one? */
bool check_is_unused_entry(const struct check *c, struct check_debug *debug,
			   const struct ksym *sym);

/* Remembers a copy for the report; where is taken over. */
void check_add_copy(struct check *c, const struct check_copy *copy);

/* "path:line" of the definition of an old function. */
void check_old_place(const struct check_old *old, char *buf, size_t size);

void check_old_free(struct check *c);

#endif
