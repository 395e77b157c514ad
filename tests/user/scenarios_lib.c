// SPDX-License-Identifier: GPL-2.0-only
/* The library of tests/user-scenarios.t: each function is one scenario. */
#include <signal.h>
#include <stddef.h>

#include "scenarios.h"

static __thread volatile long lib_local = 1;

OLD long lib_both(void)
{
	return 1;
}

OLD long lib_shared(void)
{
	return 1;
}

OLD long lib_ref_glibc(void)
{
	return 1;
}

OLD long lib_tls(void)
{
	return lib_local;
}

OLD long lib_endbr64(void)
{
	return 1;
}

__attribute__((visibility("hidden"))) OLD long lib_helper(long x)
{
	return x;
}

OLD long lib_hidden(void)
{
	return lib_helper(1);
}

OLD long lib_blocked(void)
{
	return 1;
}

OLD long lib_wait(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigwait(&set, &sig);
	return lib_blocked();
}

static long pick_first(void)
{
	return 1;
}

static long pick_second(void)
{
	return 2;
}

static long (*choose(void))(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("sse2") ? pick_second : pick_first;
}

long lib_pick(void) __attribute__((ifunc("choose")));
