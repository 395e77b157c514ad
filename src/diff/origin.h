/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel file in the running kernel: which object it is in, which of its symbols is which
 * function, and whether livepatch can redirect that.
 */
#ifndef KLP_ORIGIN_H
#define KLP_ORIGIN_H

#include "diff/pieces.h"
#include "image/objects.h"
#include "kernel/kernel.h"
#include "patch/source.h"
#include "resolve/scope.h"
#include "same/same.h"

struct original {
	struct target *target;
	struct objects objects;
	struct source source;
	char **also; /* the names of other objects that the file is compiled into */
	size_t alsos, also_cap;
	struct scopes scopes;
	const struct scope *scope;
	const struct code_tables *tables;
	const struct pieces *was; /* what the file compiles to as it is */
	struct code compiled, kernel;
	struct sites traced;
};

/*
 * Finds the file with that path in the target, which has been opened: in the object of that name,
 * or, if object is NULL, in the first that has it. error() and -1 when the kernel has no such file,
 * or more than one.
 */
int origin_open(struct original *o, struct target *target, const struct module_options *modules,
		const char *cache, const char *path, const char *object, const struct pieces *was,
		const struct code_tables *tables);
void origin_close(struct original *o);

/* The forms of the kernel's tables. error() and -1 when its debug information is damaged. */
int origin_tables(struct target *target, struct code_tables *tables);

/*
 * The symbol of a function of the file; NULL, with *several set when more than one may be it. By
 * its address in debug information, or (a clone has no name there) by its file and its code.
 */
const struct ksym *origin_symbol(struct original *o, size_t piece, bool *several);

/* Why livepatch cannot redirect a function of the file, or NULL. */
const char *origin_unpatchable(struct original *o, size_t piece);

/* The position of such a symbol; false when no number is right. */
bool origin_position(const struct original *o, const struct ksym *sym, size_t *ret);

#endif
