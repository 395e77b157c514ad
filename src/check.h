/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What klpcheck knows of the module and of the kernel that is to load it, and how its passes say
 * what they find. Each pass is a file check_*.c and one function here; check_passes.c has the
 * list. None stops at the first problem.
 */
#ifndef KLP_CHECK_H
#define KLP_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf_file.h"
#include "layout.h"
#include "livepatch.h"
#include "objects.h"
#include "patch.h"
#include "relocs.h"
#include "target.h"
#include "util.h"

/* A section of livepatch relocations whose name could be read. */
struct check_section {
	size_t index;
	size_t target; /* the section it relocates, 0: none */
	char object[KLP_MODULE_NAME_MAX + 1];
	size_t relocations;
};

/* A livepatch symbol whose name could be read. */
struct check_symbol {
	size_t index; /* in the symbol table */
	char object[KLP_MODULE_NAME_MAX + 1];
	char *name;
	uint64_t position;
	size_t relocations;
	bool branched_on;	  /* it is a static key of the module's __jump_table */
	const struct ksym *found; /* in its object, or NULL */
};

/* A function to be replaced. */
struct check_func {
	const char *object; /* NULL: vmlinux */
	const struct patch_func *func;
	const struct ksym *found; /* in its object, or NULL */
};

/* A module that the patch names, and how much of it. */
struct check_module {
	const char *name;
	struct object *object; /* NULL: there is no file of it, or a broken one */
	bool broken;	       /* ... of which error() has told */
	size_t functions, symbols;
};

/* A symbol of one module in relocations that wait for another: indices in symbol[], section[]. */
struct check_use {
	size_t section, symbol;
};

/* More code of a function that is replaced: a copy of it in another function, or under another
 * name. */
struct check_copy {
	const char *function; /* old_name */
	const char *in;	      /* the function that has the copy, or the copy's own name; or NULL */
	char *where;	      /* "path:line" of the call that was inlined, or NULL */
	bool covered;	      /* the patch sees to it that it runs no more */
	bool init;	      /* ... or it is in init memory, and has run, or runs but once */
};

/* All that error(), warning() and waived() said, for the report. */
struct check_message {
	enum message_kind kind;
	char *text;
};

struct check_messages {
	struct check_message *m;
	size_t n, cap;
};

struct check;

/*
 * A pass that runs once the target is known. What the kernel itself would refuse cannot be waived;
 * a doubt whether the patch does what its author means can, by name.
 */
struct check_pass {
	const char *name;
	const char *what; /* that it doubts, in one line */
	bool waivable;
	void (*run)(struct check *c);
};

struct check_result {
	const struct check_pass *pass;
	bool allowed; /* the user waives what it finds */
	size_t findings;
	char *checked; /* what was looked at, and how much; NULL: a note says why nothing was */
};

struct check {
	const char *path;
	struct elf_file *mod;
	struct target target;
	struct objects objects;
	bool verbose;

	struct check_section *section;
	size_t section_num, section_cap;

	struct check_symbol *symbol;
	size_t symbol_num, symbol_cap;
	size_t *symbol_of; /* symbol table index -> 1 + index in symbol[], 0: not one */

	struct check_func *func;
	size_t func_num, func_cap;

	struct check_module *module;
	size_t module_num, module_cap;

	struct check_use *use;
	size_t use_num, use_cap;

	struct klp_layout layout;
	struct relocs relocs;
	struct patches patches;
	char **source;	 /* check_source() of each symbol, read when it is asked for */
	bool unreadable; /* the module's debug information, of which error() has told */
	bool layout_known, relocs_sane;
	bool other_build; /* the module was made for one, and nobody says that this is meant */

	/* What was looked at, for the report. */
	size_t plain_relocs, klp_relocs;
	size_t undefined, undefined_exported, versions;
	const char *vermagic; /* the module's, or NULL */

	char **note; /* what could not be checked, and why */
	size_t note_num, note_cap;

	/* What debug information says of func[]: check_old.h. */
	struct objects with_dwarf;
	struct check_debug **debug;
	size_t debugs, debug_cap;
	struct check_old *old;
	struct check_copy *copy;
	size_t copies, copies_cap;

	struct check_result *result; /* of each pass, in their order */
	size_t results;
	struct check_result *now; /* of the pass that runs, or NULL */

	struct findings *types; /* of check_types(), for all passes that it serves; or NULL */
};

/*
 * error() and warning() with the module's path before the text. In a pass that can be waived bad()
 * also names the pass, counts, and is no error when the user has waived it.
 */
void bad(const struct check *c, const char *fmt, ...) KLP_PRINTF(2, 3);
void odd(const struct check *c, const char *fmt, ...) KLP_PRINTF(2, 3);

/* Remembers something that could not be checked. */
void note(struct check *c, const char *fmt, ...) KLP_PRINTF(2, 3);

/* Says what the pass that runs has looked at, and how much. Once. */
void checked(struct check *c, const char *fmt, ...) KLP_PRINTF(2, 3);

/*
 * The longest prefix of at most max characters without the stop character, as %MAX[^STOP] of
 * the kernel's sscanf reads it; returns what follows, or NULL when the prefix is empty.
 * dst holds max + 1 bytes.
 */
const char *scan_until(const char *s, char stop, size_t max, char *dst);

/*
 * The symbol of an object at a position as livepatch counts, the same whether the object is just
 * being loaded or up; or NULL after an error that lists what there is. What is in init memory is
 * found, and left to the caller. what: whose name it is, for the message.
 */
const struct ksym *check_position(const struct check *c, const char *what, const struct object *o,
				  const char *name, uint64_t position);

/* The number of the symbol of the module's that a place belongs to, 0: of none. */
size_t check_symbol_at(const struct check *c, size_t section, uint64_t offset);

/*
 * "FILE:LINE: " of a symbol that the module defines, by its number in the symbol table; "" where
 * its debug information does not say. That is read in a child process, which error() is about when
 * it does not come to its end.
 */
const char *check_source(struct check *c, size_t symbol);

/* vmlinux (also for NULL) or a module that could be read, else NULL. */
const struct object *check_object(const struct check *c, const char *name);

/* ELF header, section table, special sections. -1 when nothing else can be checked. */
int check_shape(struct check *c);

/* The names of livepatch symbols; fills symbol[]. */
void check_symbol_names(struct check *c);

/* Relocation sections and every relocation in them; fills section[] and relocs_sane. */
void check_relocations(struct check *c);

/* Finds struct klp_patch; fills layout, relocs, patches and func[]. */
void check_patch_read(struct check *c);

/* Asks the target for every name that matters, then reads them there and in the modules. */
int check_read_target(struct check *c);
void check_open_modules(struct check *c);

/* The passes of check_passes.c: the symbols of vmlinux and of modules are known. */
void check_modinfo(struct check *c);
void check_symbol_positions(struct check *c);
void check_undefined(struct check *c);
void check_init(struct check *c);
void check_pairs(struct check *c);
void check_calls(struct check *c);
void check_loader(struct check *c);
void check_leftovers(struct check *c);
void check_patch(struct check *c);
void check_lists(struct check *c);
void check_wo_ftrace(struct check *c);
void check_modules(struct check *c);
void check_addresses(struct check *c);
void check_signature(struct check *c);
void check_record(struct check *c);
void check_inlined(struct check *c);
void check_clones(struct check *c);
void check_noreturn(struct check *c);
void check_compat(struct check *c);
void check_unchanged(struct check *c);
void check_types(struct check *c);

/* Each asks the target for the names that its pass needs. */
void check_compat_want(struct check *c);
void check_types_want(struct check *c);
void check_signature_want(struct check *c);

/* Makes a result for each pass; before options are read. */
void check_passes_init(struct check *c);

/* Waives the passes of a list with commas. A name that is none ends the program: wrong usage. */
void check_allow(struct check *c, const char *names);

/* A help text with the passes that can be waived below it. */
char *check_passes_help(const char *help);

void check_passes_run(struct check *c);

/* The verdict on stdout: for people, and for programs. */
void check_report_text(const struct check *c, bool ok);
void check_report_json(const struct check *c, bool ok, const struct check_messages *messages);

void check_free(struct check *c);

#endif
