/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names that the macros of <klpmake.h> give to symbols, and the one that klpmake itself gives
 * where a name means two symbols: what an undefined name of an object file stands for.
 */
#ifndef KLP_ASM_NAME_H
#define KLP_ASM_NAME_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Where two files mean two symbols by one name, the name is made different in the object file and
 * the module linked again: "NAME.klpmake.[GATE.]OBJECT.POSITION". The part before the mark is the
 * name that the author wrote.
 */
#define ASM_NAME_RENAMED ".klpmake."

enum asm_name_kind {
	NAME_PLAIN,	   /* by the rules of resolve/rules.h */
	NAME_STATIC_LOCAL, /* KLP_STATIC_LOCAL(function, name), _AT(function, name, line) */
	NAME_OF_FILE,	   /* KLP_SYMBOL_OF(object, file, name) */
	NAME_AT_POSITION,  /* KLP_SYMBOL(object, name, position), KLP_RELOC_SYMBOL() */
};

struct asm_name {
	enum asm_name_kind kind;
	char *base;			/* the link name without what klpmake added */
	char *name;			/* of the symbol, or of the local variable */
	char *function, *file, *object; /* NULL where the kind has none */
	char *gate;			/* the object to wait for, NULL: object */
	size_t position;		/* 0: the name is the only one */
	size_t line;			/* in which a local variable is declared, 0: any */
};

/* Takes a link name apart. error() and -1 when it has a macro's mark but not its form. */
int asm_name_parse(struct asm_name *n, const char *link_name, const char *where);

/*
 * May a symbol be the variable that this NAME_STATIC_LOCAL means? gcc calls it "NAME" or "NAME.1",
 * clang "FUNCTION.NAME", perhaps with a number.
 */
bool asm_name_is_local(const struct asm_name *n, const char *symbol);

void asm_name_free(struct asm_name *n);

#endif
