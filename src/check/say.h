/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What klpcheck knows about the module and about the kernel that is to load it, and how its passes
 * report what they find. Each pass is a file below check/ with one function that is declared here;
 * check/run.c has the list. A pass reports every problem that it sees and does not stop at the
 * first.
 */
#ifndef KLP_CHECK_H
#define KLP_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"
#include "elf/elf_file.h"
#include "elf/relocs.h"
#include "image/objects.h"
#include "kernel/kernel.h"
#include "klp/format.h"
#include "patch/klp_layout.h"
#include "patch/klp_patch.h"

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
	bool branched_on;	  /* a static key to which the module's __jump_table refers */
	const struct ksym *found; /* in its object, or NULL */
};

/* A function to be replaced. */
struct check_func {
	const char *object; /* NULL: vmlinux */
	const struct patch_func *func;
	const struct ksym *found; /* in its object, or NULL */
};

/* A module that the patch names, and how many of its functions and symbols are used. */
struct check_module {
	const char *name;
	struct object *object; /* NULL: its file was not found, or is broken */
	bool broken;	       /* ... which error() has reported */
	size_t functions, symbols;
};

/*
 * A symbol of one module that is used in relocations which wait for another module: indices in
 * symbol[] and section[].
 */
struct check_use {
	size_t section, symbol;
};

/*
 * Another place with the code of a replaced function: an inlined copy in another function, or a
 * copy under another name.
 */
struct check_copy {
	const char *function; /* old_name */
	const char *in; /* the function that holds the copy, or the copy's own name; or NULL */
	char *where;	/* "path:line" of the call that was inlined, or NULL */
	bool covered;	/* with the patch it does not run any more */
	bool init;	/* it lies in init memory: it has run already, or runs only once */
};

struct check;

/*
 * A pass that runs when the target has been read. What the kernel itself would refuse cannot be
 * waived. A doubt whether the patch does what its author means can, by the name of the pass.
 */
struct check_pass {
	const char *name;
	const char *what; /* what it doubts, in one line */
	bool waivable;
	void (*run)(struct check *c);
	/* Asks the target for the names that the pass needs, before they are read; or NULL. */
	void (*want)(struct check *c);
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
	struct target *target;	  /* which all modules share that are checked */
	struct dwarf_file *dwarf; /* vmlinux's, which stays open for all who read it; or NULL */
	struct objects objects;	  /* as the kernel loads them, without debug information */
	bool verbose;
	const char *kernel_source; /* a tree, or NULL */
	const char *patch_source;  /* where the patch's own files are, or NULL */
	/* The kernel's files that klpdiff(1) has compared as a whole. */
	const char **compared;
	size_t compared_num, compared_cap;

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
	bool unreadable; /* the module's debug information cannot be read; error() has said so */
	unsigned char **instructions; /* see check/module/instructions.c; or NULL */
	bool layout_known, relocs_sane;
	bool patches_known; /* false: error() or note() has told why not */
	bool other_build; /* the module was made for another build, and the user has not waived that
			   */

	/* What was looked at, for the report. */
	size_t plain_relocs, klp_relocs;
	size_t undefined, undefined_exported, versions;
	const char *vermagic; /* the module's, or NULL */

	char **note; /* what could not be checked, and why */
	size_t note_num, note_cap;

	/* What debug information says of func[]: check/effect/old.h. */
	struct objects with_dwarf;
	struct check_debug **debug;
	size_t debugs, debug_cap;
	struct check_old *old;
	struct check_copy *copy;
	size_t copies, copies_cap;

	struct comparison *comparison; /* check/same.h; read when it is asked for */

	struct check_result *result; /* of each pass, in their order */
	size_t results;
	struct check_result *now; /* of the pass that runs, or NULL */

	struct findings *types; /* what all passes of check_types() have found; or NULL */
};

/*
 * bad() is error() and odd() is warning(), with the module's path before the text. In a pass that
 * can be waived, bad() also names the pass and counts what it finds; when the user has waived the
 * pass, that is not an error.
 */
void bad(const struct check *c, const char *fmt, ...) KLP_PRINTF(2, 3);
void odd(const struct check *c, const char *fmt, ...) KLP_PRINTF(2, 3);

/* Remembers something that could not be checked. */
void note(struct check *c, const char *fmt, ...) KLP_PRINTF(2, 3);

/* Records what the running pass has looked at, and how much. Each pass calls it once at most. */
void checked(struct check *c, const char *fmt, ...) KLP_PRINTF(2, 3);

/*
 * The longest prefix of at most max characters without the stop character, as %MAX[^STOP] of
 * the kernel's sscanf reads it; returns what follows, or NULL when the prefix is empty.
 * dst holds max + 1 bytes.
 */
const char *scan_until(const char *s, char stop, size_t max, char *dst);

/*
 * The symbol that livepatch finds at a position among those of its name in an object. It has to be
 * the same one while the object is being loaded and afterwards. NULL after an error that lists the
 * candidates. A symbol in init memory is returned as well: the caller has to refuse it. what: who
 * refers to the symbol, for the message.
 */
const struct ksym *check_position(const struct check *c, const char *what, const struct object *o,
				  const char *name, uint64_t position);

/* The number of the module's symbol to which a place belongs, 0: none. */
size_t check_symbol_at(const struct check *c, size_t section, uint64_t offset);

/*
 * "FILE:LINE: " of a symbol that the module defines, by its number in the symbol table; "" where
 * its debug information does not say. A child process reads that; if it crashes, error() says so.
 */
const char *check_source(struct check *c, size_t symbol);

/* A module that the patch names, or NULL. */
struct check_module *check_module(const struct check *c, const char *name);

/* vmlinux (also for NULL) or a module that could be read, else NULL. */
const struct object *check_object(const struct check *c, const char *name);

/* ELF header, section table, special sections. -1 when nothing else can be checked. */
int check_shape(struct check *c);

/* What the loader does with the headers of sections. It runs before relocations are read. */
void check_sections(const struct check *c);

/* The names of livepatch symbols; fills symbol[]. */
void check_symbol_names(struct check *c);

/* Relocation sections and every relocation in them; fills section[] and relocs_sane. */
void check_relocations(struct check *c);

/* Finds struct klp_patch; fills layout, relocs, patches and func[]. */
void check_patch_read(struct check *c);

/* Asks the target for the names that passes want: before its symbols are read. */
void check_want(struct check *c);

/* Opens the objects that the patch is about, with these symbols; -1 after error(). */
int check_open_objects(struct check *c);
void check_open_modules(struct check *c);

/* The module's name; a part of check_modinfo(). */
void check_name(struct check *c);

/*
 * The passes that check/run.c lists. They run when the symbols of vmlinux and of modules are known.
 */
void check_modinfo(struct check *c);
void check_symbol_positions(struct check *c);
void check_undefined(struct check *c);
void check_init(struct check *c);
void check_pairs(struct check *c);
void check_calls(struct check *c);
void check_instructions(struct check *c);
void check_values(struct check *c);

struct code_place {
	size_t section;
	uint64_t offset;
};

/* Is that a byte of an instruction, but not its first? */
bool check_within_instruction(const struct check *c, size_t section, uint64_t offset);

/* Is it an operand that says where a call or jump leads? Also false where that is unknown. */
bool check_is_branch(const struct check *c, size_t section, uint64_t offset);

/* Why no instruction can begin at a place in code; NULL when nothing speaks against it. */
const char *check_no_instruction(const struct check *c, size_t section, uint64_t offset);

/*
 * Does b lie in another function than a? The cold part of a function counts as that function. False
 * as well when a does not lie in a function.
 */
bool check_other_function(const struct check *c, const struct code_place *a,
			  const struct code_place *b);

/* Parts of check_values(): where a relocation leads, and whether functions overlap. */
void check_reach(const struct check *c, const struct reloc *r, const struct elf_symbol *s);
void check_function_pieces(const struct check *c);

void check_tables(struct check *c);
void check_struct_module(struct check *c);
void check_loader(struct check *c);
void check_rewrites(struct check *c);
void check_static_calls(struct check *c);
void check_leftovers(struct check *c);
void check_patch(struct check *c);
void check_presets(struct check *c);
void check_lists(struct check *c);
void check_wo_ftrace(struct check *c);
void check_modules(struct check *c);
void check_addresses(struct check *c);
void check_signature(struct check *c);
void check_record(struct check *c);
void check_inlined(struct check *c);
void check_clones(struct check *c);
void check_folded(struct check *c);
void check_noreturn(struct check *c);
void check_compat(struct check *c);
void check_unchanged(struct check *c);
void check_types(struct check *c);

/* Begins what check_types() will wait for, unless it has begun. */
void check_types_begin(struct check *c);

/* See struct check_pass. */
void check_symbol_positions_want(struct check *c);
void check_static_calls_want(struct check *c);
void check_patch_want(struct check *c);
void check_modules_want(struct check *c);
void check_compat_want(struct check *c);
void check_types_want(struct check *c);
void check_signature_want(struct check *c);

/* Makes a result for each pass. To be called before options are read. */
void check_passes_init(struct check *c);

/*
 * Waives the passes of a comma-separated list. A name that is not a pass ends the program (wrong
 * usage).
 */
void check_allow(struct check *c, const char *names);

/* The help text, followed by the passes that can be waived. */
char *check_passes_help(const char *help);

void check_passes_run(struct check *c);

/* The verdict on stdout: for people, and for programs. */
void check_report_text(const struct check *c, bool ok);
void check_report_json(const struct check *c, bool ok);

void check_free(struct check *c);

#endif
