// SPDX-License-Identifier: GPL-2.0-only
/*
 * System calls. 'both' has two entry functions of one source; 'own' has a compat one, so that
 * nothing leads to its __ia32_sys_own(); 'alias' is one function under two names; 'native' has no
 * other; 'wide' has one that the table for x32 leads to, and 'narrow' one that no table does.
 */
#include "mini.h"

#define ENTRY(name, n)                                             \
	noinline noclone long name(const long *regs);              \
	noinline noclone long name(const long *regs)               \
	{                                                          \
		return sink(regs[0]) + (n);                        \
	}

ENTRY(__x64_sys_both, 1)
ENTRY(__ia32_sys_both, 1)
ENTRY(__x64_sys_own, 2)
ENTRY(__ia32_sys_own, 2)
ENTRY(__ia32_compat_sys_own, 3)
ENTRY(__do_sys_alias, 4)
ENTRY(__x64_sys_native, 5)
#ifdef TABLE
ENTRY(__x64_sys_wide, 6)
ENTRY(__x64_compat_sys_wide, 7)
ENTRY(__x64_sys_narrow, 8)
ENTRY(__x64_compat_sys_narrow, 9)
#endif
asm(".globl __x64_sys_alias, __ia32_sys_alias\n"
    ".set __x64_sys_alias, __do_sys_alias\n"
    ".set __ia32_sys_alias, __do_sys_alias");
long __ia32_sys_alias(const long *regs);

#ifdef TABLE
extern long (*const ia32_sys_call_table[])(const long *regs);
long (*const ia32_sys_call_table[])(const long *regs) = {
	__ia32_sys_both,
	__ia32_compat_sys_own,
	__ia32_sys_alias,
};
extern long (*const x32_sys_call_table[])(const long *regs);
long (*const x32_sys_call_table[])(const long *regs) = {
	__x64_sys_native,
	__x64_compat_sys_wide,
};
#else
long ia32_sys_call(const long *regs, unsigned int nr);
long ia32_sys_call(const long *regs, unsigned int nr)
{
	switch (nr) {
	case 0:
		return __ia32_sys_both(regs);
	case 1:
		return __ia32_compat_sys_own(regs);
	default:
		return __ia32_sys_alias(regs);
	}
}
#endif
