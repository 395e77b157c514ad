/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the passes that compare the patch's types with the kernel's: which compile unit of the
 * kernel each file of the patch is about (its home), and what the kernel says of each name that the
 * file declares.
 *
 * A module does not contain the tags, and they are not needed. The home of a file is the unit, or
 * the units, with the functions that it replaces and the static symbols that it uses. These are
 * also known for modules that other tools made.
 */
#ifndef KLP_CHECK_TYPES_H
#define KLP_CHECK_TYPES_H

#include "check/child.h"
#include "check/say.h"
#include "dwarf/type_agree.h"
#include "dwarf/types.h"

struct kernel_unit {
	struct object *object;
	struct types types;
};

struct patch_unit {
	struct types types;
	struct kernel_unit **home;
	size_t homes, homes_cap;
	struct strmap met; /* name -> number of a kernel unit: dwarf/type_agree.h */
};

/* A symbol of the kernel, and what the kernel's debug information says of it. */
struct kernel_side {
	struct object *object;	/* NULL: unknown */
	const struct ksym *sym; /* NULL: likewise */
	bool function;
	bool telling;	/* it shows what the file is about: it is static, or is replaced */
	bool wanted;	/* worth a search through all debug information */
	Dwarf_Off unit; /* the unit that defines it, 0: unknown */
	const struct kernel_unit *in; /* the unit that describes it, or NULL */
	bool nocall;		      /* ... as a function that is called in a way of its own */
	size_t entry;		      /* its declaration there, as the index of a type */
	size_t type;		      /* of a function the same, of a variable its type */
};

/*
 * A name that a file of the patch declares and the kernel has. If the name may stand for several
 * symbols, there is one entry for each, one after the other, with the same declaration.
 */
struct type_use {
	struct patch_unit *unit;
	const struct declared *declared;
	const char *name;
	const struct check_symbol *livepatch; /* NULL: an ordinary undefined symbol */
	bool exported;
	bool by_hand; /* declared by the patch itself, not by one of the kernel's headers */
	struct kernel_side kernel;
};

/* A function that the patch replaces. */
struct type_func {
	const struct check_func *func;
	struct patch_unit *unit;
	const struct declared *new;
	struct kernel_side old;
};

struct type_checks {
	struct check *c;
	struct dwarf_file *dwarf; /* the module's */
	struct objects *objects;  /* with debug information: those of the check */
	struct strmap symbols;	  /* the module's global ones: 1 of one that is undefined, else 0 */
	struct patch_unit *patch;
	size_t patches, patches_cap;
	struct kernel_unit **kernel;
	size_t kernels, kernels_cap;
	struct type_use *use;
	size_t uses, uses_cap;
	struct type_func *func;
	size_t funcs, funcs_cap;
	struct copies *copies; /* check/copies.h; found when it is asked for */
};

/*
 * Pairs the patch's declarations and functions with the kernel's. Runs in a child process, which
 * frees nothing because it ends soon. error() and -1 when debug information is damaged.
 */
int type_checks_pair(struct type_checks *t);

/* The unit of an object, which is read once; NULL after error(). */
struct kernel_unit *type_unit(struct type_checks *t, struct object *o, Dwarf_Off off);

/* The units that define functions, by .debug_aranges. */
void type_find_functions(struct type_checks *t);

/*
 * Finds the descriptions of the sides that are wanted: in the unit that is known, in units that
 * have been read, or by searching the bytes of .debug_info for the name or the address. error() and
 * -1 when debug information is damaged.
 */
int type_find(struct type_checks *t, bool (*wanted)(const struct kernel_side *k));

/* Records that a unit describes the side. */
void type_settle(struct kernel_side *k, const struct kernel_unit *in, const struct declared *is);

/* The index after the last use with the same declaration as use[i]. */
size_t type_uses_end(const struct type_checks *t, size_t i);

enum verdict { AGREES, DIFFERS, UNKNOWN };

/*
 * Compares a declaration with all symbols that it may stand for, from use[i] on: one that agrees is
 * enough. *why says how it differs from the first; to be freed.
 */
enum verdict type_uses_compare(struct type_checks *t, size_t i, char **why);

/* Names that could not be compared, for a note. */
struct type_unknown {
	size_t n;
	char *names; /* a list, or NULL */
};

void type_unknown_add(struct type_unknown *u, const char *name);

/* Counts a use that could not be compared. It is trusted if the kernel's own headers declare it. */
void type_uses_unknown(const struct type_use *use, size_t *trusted, struct type_unknown *unknown);

/* Adds the livepatch symbols for which the patch has no declaration. */
void type_undeclared(const struct type_checks *t, bool functions, struct type_unknown *ret);

/* Adds a note about them, if there are any. what: "function" or "variable". */
void type_unknown_tell(const struct type_unknown *u, const char *pass, const char *what);

/* The argument of disagree_*(). Structures that these meet are remembered for compare_layout(). */
struct agree type_checks_agree(struct type_checks *t, struct patch_unit *unit,
			       const struct kernel_unit *kernel);

/* The same of a use. */
void type_use_place(const struct type_checks *t, const struct type_use *use, char *buf,
		    size_t size);

/*
 * Is an entry declared in the patch's own files? The kernel's headers are in directories "include".
 */
bool type_is_own(const struct type_checks *t, const struct types *types, size_t entry);

/*
 * " WORD int helper(int x)" and, on the next line, the kernel's " WORD2 int helper(long x)
 * (file:line)". To be freed.
 */
char *type_both(const char *word, const struct types *patch, const struct declared *declared,
		const char *word2, const struct kernel_side *k);

/* The comparisons. Each runs in the child process. */
void compare_prototypes(struct type_checks *t);
void compare_data(struct type_checks *t);
void compare_layout(struct type_checks *t);
void compare_compiler(struct type_checks *t);
void compare_helpers(struct type_checks *t);
void compare_locals(struct type_checks *t);
void compare_handed(struct type_checks *t);

#endif
