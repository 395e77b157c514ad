/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <klpmake.h>: for what a tag cannot say. klpmake puts this header on the include path of a patch.
 *
 * Each macro stands behind the name in a declaration, and names the kernel's symbol that it is:
 *
 *	extern int count KLP_STATIC_LOCAL(do_count, count);
 *	extern struct list_head inetsw[] KLP_SYMBOL_OF(vmlinux, "net/ipv4/af_inet.c", inetsw);
 *	static int type_show(struct kobject *k) KLP_SYMBOL(vmlinux, type_show, 3);
 *
 * The compiler then uses a name of that form for it, which klpsyms reads.
 */
#ifndef KLPMAKE_H
#define KLPMAKE_H

/* The static variable NAME of the function FUNCTION in the tagged kernel file. */
#define KLP_STATIC_LOCAL(FUNCTION, NAME) __asm__("\".klp.local:" #FUNCTION ":" #NAME "\"")

/* The symbol NAME of another kernel file than the tagged one, compiled into OBJECT. */
#define KLP_SYMBOL_OF(OBJECT, FILE, NAME) __asm__("\".klp.file:" #OBJECT ":" FILE ":" #NAME "\"")

/* The symbol NAME of OBJECT (vmlinux or a module) at POSITION, as old_sympos counts. */
#define KLP_SYMBOL(OBJECT, NAME, POSITION) \
	__asm__("\".klp.symbol:" #OBJECT ":" #NAME ":" #POSITION "\"")

/*
 * As SUSE's livepatches write it: the relocation waits for LP_OBJ_NAME, the symbol is
 * SYM_OBJ_NAME's.
 */
#define KLP_RELOC_SYMBOL_POS(LP_OBJ_NAME, SYM_OBJ_NAME, SYM_NAME, SYM_POS) \
	__asm__("\".klp.sym.rela." #LP_OBJ_NAME "." #SYM_OBJ_NAME "." #SYM_NAME "," #SYM_POS "\"")
#define KLP_RELOC_SYMBOL(LP_OBJ_NAME, SYM_OBJ_NAME, SYM_NAME) \
	KLP_RELOC_SYMBOL_POS(LP_OBJ_NAME, SYM_OBJ_NAME, SYM_NAME, 0)

#endif
