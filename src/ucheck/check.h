/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doubting a finished patch for programs: it is read again, as the applier reads it, and compared
 * with the target's files and debug information. Each pass is a function that is declared here;
 * ucheck/run.c has the list. What makes patches shares the reading of files with this, and none of
 * what decides.
 */
#ifndef KLP_UCHECK_H
#define KLP_UCHECK_H

#include "base/util.h"
#include "binary/rules.h"
#include "dwarf/defs.h"
#include "user/patch_file.h"

/* A target of the patch. */
struct ucheck_target {
	const struct user_target *is;
	struct binary *b;
	struct object *object;
	struct defs defs; /* of the units with functions that are replaced */
};

/* A function that is replaced. */
struct ucheck_func {
	const struct user_func *is;
	const char *name;
	struct ucheck_target *target;
	Dwarf_Off unit;	 /* that has its code; 0: unknown */
	struct def *def; /* what that says of it, or NULL */
};

struct ucheck;

struct ucheck_pass {
	const char *name, *what; /* what it doubts, in one line */
	bool waivable;
	void (*run)(struct ucheck *c);
};

struct ucheck {
	const struct patch_file *p;
	struct binary *image;	  /* the same file, as ld and a debugger see it */
	struct dwarf_file *dwarf; /* the image's, or NULL */
	struct binary_objects objects;
	struct ucheck_target *target;
	struct ucheck_func *func;
	const struct ucheck_pass *now;
	const char **allow; /* waived besides what the patch says */
	size_t allows;
	bool verbose;
};

/* A finding of the pass that runs: an error, unless it is waived. */
void ucheck_bad(const struct ucheck *c, const char *fmt, ...) KLP_PRINTF(2, 3);

/* With verbose: what the pass that runs has looked at. */
void ucheck_looked(const struct ucheck *c, const char *fmt, ...) KLP_PRINTF(2, 3);

/* The function that is replaced and has that address as its entry, or NULL. */
const struct ucheck_func *ucheck_replaced(const struct ucheck *c, const struct ucheck_target *t,
					  uint64_t addr);

void ucheck_fixups(struct ucheck *c);
void ucheck_code(struct ucheck *c);
void ucheck_entry(struct ucheck *c);
void ucheck_unwind(struct ucheck *c);
void ucheck_ipa(struct ucheck *c);
void ucheck_inlined(struct ucheck *c);
void ucheck_clones(struct ucheck *c);
void ucheck_folded(struct ucheck *c);
void ucheck_types(struct ucheck *c);
void ucheck_coroutine(struct ucheck *c);

#endif
