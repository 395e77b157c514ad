// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program of tests/user-scenarios.t with a coroutine: it waits on a stack of its own, within the
 * function that is to be replaced. LISTED: it is a library that switches stacks.
 */
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

void coro_switch(int into);
void coro_start(void (*run)(void));

#ifndef LISTED
static ucontext_t outer, inner;
static char stack[65536];

__attribute__((noipa)) void coro_switch(int into)
{
	if (into)
		swapcontext(&outer, &inner);
	else
		swapcontext(&inner, &outer);
}

__attribute__((noipa)) void coro_start(void (*run)(void))
{
	getcontext(&inner);
	inner.uc_stack.ss_sp = stack;
	inner.uc_stack.ss_size = sizeof(stack);
	inner.uc_link = &outer;
	makecontext(&inner, run, 0);
	coro_switch(1);
}
#endif

#ifndef LIBRARY
static int waits;

__attribute__((noipa)) static long in_coro(void)
{
	waits = 1;
	coro_switch(0);
	return 1;
}

static long (*volatile run)(void) = in_coro;
static long result;

static void coroutine(void)
{
	result = run();
}

int main(void)
{
	char line[64];

	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	/* enter: it waits in there, or has come out. leave: it comes out. */
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "enter\n")) {
			result = 1;
			coro_start(coroutine);
		} else if (waits) {
			waits = 0;
			coro_switch(1);
		}
		printf("%ld\n", result);
	}
	return 0;
}
#endif
