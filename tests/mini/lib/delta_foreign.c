// SPDX-License-Identifier: GPL-2.0-only
/* What the rest of the kernel uses of delta.S, for machines other than x86_64. */
#include "mini.h"

int asm_entry(int x)
{
	return x + 1;
}

#ifdef __s390x__
void __fentry__(void);
notrace void __fentry__(void)
{
}
EXPORT_SYMBOL(__fentry__);
#endif

#ifdef __riscv
/* As the loaders of Linux 6.8 and later call it: by this name they are known. */
int apply_r_riscv_32_pcrel_rela(void);
int apply_r_riscv_32_pcrel_rela(void)
{
	return 0;
}
#endif
