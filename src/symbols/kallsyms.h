/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's symbols as its livepatch core sees them: which entries of a name count, and in
 * which order, so that "position N" means here what it means there.
 *
 * The list is vmlinux's symbol table through the filter that the kernel's own kallsyms passes
 * (scripts/mksysmap and scripts/kallsyms.c, is_ignored_symbol()), ranked by address among equal
 * names (kernel/kallsyms.c; kernel/livepatch/core.c, klp_find_callback()). A System.map or
 * /proc/kallsyms of the same kernel is a witness (symbols/witness.h).
 * Only names that were asked for are kept: to ask for one later, or to look for another, ends the
 * program, because "there is none" would be a wrong answer.
 */
#ifndef KLP_KALLSYMS_H
#define KLP_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strmap.h"
#include "elf/elf_file.h"

struct ksym {
	const char *name;
	uint64_t addr;
	uint64_t size;
	const char *file;	/* base name of the source file, for local symbols; or NULL */
	char type;		/* as nm and /proc/kallsyms print it: 't', 'D'... */
	unsigned char elf_type; /* STT_FUNC, STT_OBJECT, STT_NOTYPE... */
	bool global;		/* not static in its file, whatever the linker has made of it */
	bool init; /* in a section that is freed after boot, or once its module is up */
	bool kept; /* still in kallsyms when its object is up: not init of a module */
	/*
	 * The kernel may count "NAME.llvm.HASH", as clang's link-time optimisation renames statics,
	 * as this one's NAME, and so have another position for it: kernel/kallsyms.c,
	 * cleanup_symbol_name(), until "kallsyms: Match symbols exactly with CONFIG_LTO_CLANG" took
	 * that away. No symbol tells which of the two it does.
	 */
	bool unsettled;
	size_t order; /* place in the symbol table: breaks ties */
};

/* The message about such a symbol. */
#define KSYM_UNSETTLED "by '.llvm.' symbols of its name, which some kernels count with it"

/*
 * What clang's link-time optimisation appends to a static name that it has to make global, because
 * it has moved code that uses it into another file: ".llvm.HASH", another one in each build. The
 * compiler does not change what it is otherwise, and debug information has the name without that.
 */
#define KSYM_PROMOTED ".llvm."

/* Is name what the source calls the symbol? */
bool ksym_has_name(const char *symbol, const char *name);

/*
 * Is addr, at which code or data of that name begins in debug information, the symbol's address? In
 * a function it may lie further on: gcc counts from behind the no-ops that it leaves for ftrace
 * (-fpatchable-function-entry), which are the symbol's first instructions.
 */
static inline bool ksym_is_at(const struct ksym *sym, uint64_t addr)
{
	return addr == sym->addr ||
	       (sym->elf_type == STT_FUNC && addr > sym->addr && addr - sym->addr < sym->size);
}

struct kallsyms {
	struct strmap wanted;
	const struct kallsyms *like; /* whose wanted names are meant instead, or NULL */
	struct ksym *sym; /* by name, then as positions count: by address, of a module by order */
	size_t n;
	bool is_read;
	bool lists_tables; /* kallsyms_names and its like are in this kernel's kallsyms */
	/*
	 * Set it before reading the symbols of a program or library, where names have versions
	 * ("read@@GLIBC_2.2.5"), and what a linker has hidden is global, too: it puts these behind
	 * a file without a name.
	 */
	bool program;
	char **unversioned; /* names that it was asked for */
	size_t names, names_cap;
};

/*
 * Asks for a name before reading; asking twice is fine. "name." asks for all names
 * that the compiler numbered, name.0, name.12...
 */
void kallsyms_want(struct kallsyms *k, const char *name);

/* Was this name asked for, as it stands or as one of a numbered family? */
bool kallsyms_wanted(const struct kallsyms *k, const char *name);

/* Reads the wanted names from vmlinux. error() and -1 when it has no symbol table. */
int kallsyms_read(struct kallsyms *k, const struct elf_file *vmlinux);

/*
 * Reads the wanted names from a module, whose symbols the kernel walks in the order of its symbol
 * table, whatever their type (kernel/module/kallsyms.c, module_kallsyms_on_each_symbol()).
 * addr is elf_place(). While a module loads all of them are there; once it is up only those that
 * are kept (is_core_symbol()).
 */
int kallsyms_read_module(struct kallsyms *k, const struct elf_file *module);

/*
 * The position of sym among the n entries all of its name, as a livepatch has to say it: 0 when it
 * is the only one. Returns false when no number is right both while its module loads and after.
 */
bool kallsyms_position(const struct ksym *all, size_t n, const struct ksym *sym, size_t *ret);

/*
 * All entries of a name, in the order in which positions count. NULL and *count 0 when there is
 * none. The name has to be one that was asked for.
 */
const struct ksym *kallsyms_find(const struct kallsyms *k, const char *name, size_t *count);

/*
 * The symbols, *count of them, that have this name in the source and a longer one here
 * (KSYM_PROMOTED). Who asks for a name has asked for them.
 */
const struct ksym *kallsyms_promoted(const struct kallsyms *k, const char *name, size_t *count);

/*
 * The one that a position takes of n entries, all of one name, while their object loads: 0 takes
 * the only one, other numbers count from 1. NULL when it takes none. Everywhere in the programs
 * positions are these, the kernel's own.
 */
const struct ksym *kallsyms_at(const struct ksym *all, size_t n, uint64_t position);

/* Where a symbol of this file lies, for people: an address, or "SECTION+0xOFFSET" in a module. */
void ksym_place(const struct elf_file *f, const struct ksym *sym, char *ret, size_t size);

/* The global one of n entries, all of one name, or NULL: a linker leaves at most one. */
const struct ksym *kallsyms_global(const struct ksym *all, size_t n);

/*
 * Is that a section of vmlinux which the kernel frees after boot, or one of a module which it frees
 * once that is up? What a module needs to leave stays: kernel/module/main.c,
 * module_init_layout_section().
 */
bool kallsyms_init_section(const struct elf_file *f, const char *name);

/* For qsort(): by name, and where names are equal as positions count in vmlinux. */
int ksym_by_name_and_address(const void *a, const void *b);

/* Do kernels' kallsyms leave this name out? Some have those of their own tables. */
bool kallsyms_ignored(const char *name);

/* Does this kernel's? */
bool kallsyms_drops(const struct kallsyms *k, const char *name);

/* Calls fn for every symbol that counts, wanted or not; sym is only valid during the call. */
void kallsyms_each(const struct elf_file *vmlinux, void (*fn)(const struct ksym *sym, void *arg),
		   void *arg);

/* The same for functions alone. */
void kallsyms_each_function(const struct elf_file *vmlinux,
			    void (*fn)(const struct ksym *sym, void *arg), void *arg);

void kallsyms_free(struct kallsyms *k);

#endif
