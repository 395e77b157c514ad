// SPDX-License-Identifier: GPL-2.0-only
/*
 * A third state, the global mixed(), the winner over lib/weak.c's arch_hook(), a function split
 * into a hot and a cold part, a very long name, and a tracepoint.
 */
#include "mini.h"

static int LONG_NAME = 5;

int gamma_private; /* global, exported by nobody */

static noinline noclone int state(int x)
{
	return x + 40;
}

int mixed(int x)
{
	return x + 1;
}

int arch_hook(int x)
{
	return x + 2;
}

__cold void complain(const char *what)
{
	_printk("%s\n", what);
}

/* What leads to a cold function goes to split_path.cold in .text.unlikely. */
int split_path(int x)
{
	if (x > 1000) {
		complain("too large");
		complain("really");
		return (int)sink(x);
	}
	return x + gamma_private;
}

int gamma_use(struct record *r)
{
	r->weight = mixed(r->id) + state(r->weight) + LONG_NAME++;
	return arch_hook(r->weight) + weak_kept(r->id) + split_path(r->id) + asm_entry(r->id);
}
EXPORT_SYMBOL_NS_GPL(gamma_use, "MINI_NS");

/* As include/linux/tracepoint.h makes them: a tracepoint, and the key of its static call. */
int __tracepoint_gamma_hit = 1;
int __SCK__tp_func_gamma_hit = 1;

/*
 * A system call, as arch/x86/include/asm/syscall_wrapper.h makes it: entries, and a body that is not
 * traced. Then names that are only near those of entries.
 */
static noinline noclone notrace long __do_sys_gamma(long x)
{
	return sink(x);
}

long __x64_sys_gamma(long x);
long __x64_sys_gamma(long x)
{
	return __do_sys_gamma(x);
}

long __ia32_sys_gamma(long x);
long __ia32_sys_gamma(long x)
{
	return __do_sys_gamma((int)x);
}

long __ia32_compat_sys_gamma(long x);
long __ia32_compat_sys_gamma(long x)
{
	return sink(x);
}

long __pfx___x64_sys_gamma(long x);
long __pfx___x64_sys_gamma(long x)
{
	return sink(x);
}

long __se_sys_gamma(long x);
long __se_sys_gamma(long x)
{
	return sink(x);
}
