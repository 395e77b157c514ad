// SPDX-License-Identifier: GPL-2.0-only
/* The entries of tables about code, which the kernel's debug information describes. */
#include "same/tables.h"

struct jump_entry {
	int code, target;
	long key;
};

struct alt_instr {
	int instr_offset, repl_offset;
	u32 ft_flags;
	u8 instrlen, replacementlen;
} __attribute__((packed));

/* Kernels before 6.8: arch/x86/include/asm/paravirt_types.h */
struct paravirt_patch_site {
	u8 *instr;
	u8 type, len;
};

struct exception_table_entry {
	int insn, fixup, data;
};

struct bug_entry {
	int bug_addr_disp, file_disp;
	unsigned short line, flags;
};

struct static_key same_key, other_key;

void apply_alternatives(struct alt_instr *alt, struct bug_entry *bug, struct jump_entry *jump,
			struct exception_table_entry *ex, struct paravirt_patch_site *site);
void apply_alternatives(struct alt_instr *alt, struct bug_entry *bug, struct jump_entry *jump,
			struct exception_table_entry *ex, struct paravirt_patch_site *site)
{
	sink(alt->ft_flags + bug->flags + jump->key + ex->data + site->len);
}
