/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables that say more of code than its bytes do, as the kernel's headers fill them
 * (include/linux/jump_label.h, asm/alternative.h, asm/bug.h, asm/asm.h of x86).
 */
#ifndef SAME_TABLES_H
#define SAME_TABLES_H

#include "mini.h"

struct static_key {
	int enabled;
};

extern struct static_key same_key, other_key;

/*
 * Other machines than x86_64 cannot have the address of a variable as an operand where their code is
 * position-independent: the name stands there. Nothing executes this.
 */
#ifndef __x86_64__
#define JUMP_LABEL(key)                                                                            \
	({                                                                                         \
		__label__ yes;                                                                     \
		asm goto(".balign 4\n1: .long 0\n\t"                                               \
			 ".pushsection __jump_table, \"aw\"\n\t.balign 8\n\t"                      \
			 ".long 1b - .\n\t.long %l[yes] - .\n\t.quad " #key " - .\n\t.popsection"  \
			 : : : : yes);                                                             \
	yes:;                                                                                      \
	})
#else
/* As objtool leaves it: an instruction that does nothing, or goes to the label. */
#define JUMP_LABEL(key)                                                         \
	({                                                                      \
		__label__ yes;                                                  \
		bool ret = false;                                               \
		asm goto("1: .byte 0x66, 0x90\n\t"                              \
			 ".pushsection __jump_table, \"aw\"\n\t.balign 8\n\t"   \
			 ".long 1b - .\n\t.long %l[yes] - .\n\t.quad %c0 + 2 - .\n\t" \
			 ".popsection" ::"i"(&(key))                            \
			 : : yes);                                              \
		if (0) {                                                        \
		yes:                                                            \
			ret = true;                                             \
		}                                                               \
		ret;                                                            \
	})
#endif

/* As the compiler leaves it: the jump itself. */
#define JUMP_LABEL_RAW(key)                                                     \
	({                                                                      \
		__label__ yes;                                                  \
		bool ret = false;                                               \
		asm goto("1: .byte 0xeb\n\t.byte %l[yes] - 2f\n\t2:"            \
			 ".pushsection __jump_table, \"aw\"\n\t.balign 8\n\t"   \
			 ".long 1b - .\n\t.long %l[yes] - .\n\t.quad %c0 + 2 - .\n\t" \
			 ".popsection" ::"i"(&(key))                            \
			 : : yes);                                              \
		if (0) {                                                        \
		yes:                                                            \
			ret = true;                                             \
		}                                                               \
		ret;                                                            \
	})

#define ALTERNATIVE(old, new, feature)                                          \
	asm volatile("661: " old "\n662:\n\t"                                   \
		     ".skip -(((664f - 663f) - (662b - 661b)) > 0) * "           \
		     "((664f - 663f) - (662b - 661b)), 0x90\n665:\n\t"          \
		     ".pushsection .altinstructions, \"a\"\n\t"                 \
		     ".long 661b - .\n\t.long 663f - .\n\t.long " #feature "\n\t" \
		     ".byte 665b - 661b, 664f - 663f\n\t.popsection\n\t"        \
		     ".pushsection .altinstr_replacement, \"ax\"\n663: " new    \
		     "\n664:\n\t.popsection" ::: "memory")

#define WARNING(flags)                                                          \
	asm volatile("1: ud2\n\t.pushsection __bug_table, \"aw\"\n\t"           \
		     "2: .long 1b - .\n\t.long %c0 - .\n\t.word %c1\n\t.word %c2\n\t" \
		     ".popsection" ::"i"(__FILE__), "i"(__LINE__), "i"(flags))

#define FAULTS(handler)                                                         \
	asm volatile("1: nop\n2:\n\t.pushsection __ex_table, \"a\"\n\t"         \
		     ".long 1b - .\n\t.long 2b - .\n\t.long " #handler "\n\t.popsection")

#endif
