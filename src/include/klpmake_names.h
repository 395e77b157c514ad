/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What <klpmake.h>, for the kernel, and <klpmake-user.h>, for programs, have in common: macros that
 * stand behind the name in a declaration, and name the symbol of what is patched for it:
 *
 *	extern int count KLP_STATIC_LOCAL(do_count, count);
 *
 * The compiler then uses a name of that form for it, which klpmake reads. gcc hands it to the assembler
 * as it stands, where it has to be quoted; clang would take the quotes for a part of it.
 */
#ifndef KLPMAKE_NAMES_H
#define KLPMAKE_NAMES_H

#ifdef __clang__
#define KLP_ASM_NAME(NAME) __asm__(NAME)
#else
#define KLP_ASM_NAME(NAME) __asm__("\"" NAME "\"")
#endif

/* The static variable NAME of the function FUNCTION in the tagged file. */
#define KLP_STATIC_LOCAL(FUNCTION, NAME) KLP_ASM_NAME(".klp.local:" #FUNCTION ":" #NAME)

/* The same where FUNCTION has several: the one that is declared in that line of the file. */
#define KLP_STATIC_LOCAL_AT(FUNCTION, NAME, LINE) \
	KLP_ASM_NAME(".klp.local:" #FUNCTION ":" #NAME ":" #LINE)

#endif
