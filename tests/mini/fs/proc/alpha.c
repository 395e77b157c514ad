// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that most tests tag. It shares names with others: helper() and state are static here
 * and in beta.c (and state() in gamma.c), knob is data here and a function there, mixed is
 * static data here and a global function in gamma.c.
 */
#include "mini.h"

static int state = 1;
static int knob = 10;
static int mixed = 3;
static char alpha_buffer[64];
static const int alpha_limit = 5; /* only ever a constant: no symbol */
static int alpha_unused;	  /* optimised away */
static int alpha_percpu __percpu_data = 2;

int alpha_shared;

static noinline noclone int helper(int x)
{
	state += x;
	return state;
}

static noinline noclone int alpha_mixed(int x)
{
	return x * mixed + 1;
}

/* Inlined wherever it is called: it has no symbol. */
static __always_inline int alpha_inlined(int x)
{
	return x > alpha_limit ? x - alpha_limit : x + 7;
}

/* Only one member is used, through a pointer: gcc leaves alpha_scalar.isra.0. */
static noinline int alpha_scalar(const struct record *r)
{
	int total = 0, weight = r->weight;

	for (int i = 0; i < weight; i++)
		total += (int)sink(i);
	return total;
}

/* Always called with the same second argument: gcc leaves alpha_constant.constprop.0. */
static noinline int alpha_constant(int x, int factor)
{
	int total = 0;

	for (int i = 0; i < x; i++)
		total += (int)sink((long)i * factor);
	return total;
}

/* Its test is inlined into the callers, the rest stays as alpha_partial.part.0. */
static int alpha_partial(int x)
{
	int total = 0;

	if (x < 0)
		return -1;
	for (int i = 0; i < x; i++) {
		total += (int)sink(i * 3) * (int)sink(i * 5);
		total ^= (int)sink(total) - (int)sink(total - x);
		total += (int)sink(i - total) / ((int)sink(7) + 1);
		total -= (int)sink(total * 9) + (int)sink(total * x);
	}
	return total;
}

/* Two variables of one name in two functions: counter.0 and counter.1. */
static noinline noclone int alpha_first(void)
{
	static int counter;

	return ++counter;
}

static noinline noclone int alpha_second(void)
{
	static int counter = 100;

	return ++counter;
}

static notrace noinline noclone int alpha_notrace(int x)
{
	return x ^ state;
}

static int alpha_boot __initdata = 3;

static __init noinline noclone int alpha_setup(int x)
{
	static int setups __initdata;

	alpha_boot += x + setups++;
	return alpha_boot + knob;
}

int __init alpha_init(void)
{
	return alpha_setup(1);
}

static void __exit alpha_exit(void)
{
	state = 0;
}

int alpha_show(int x)
{
	struct record r = {.id = x, .weight = x + 1};

	alpha_unused = x;
	alpha_buffer[x & 63] = (char)x;
	return helper(x) + alpha_mixed(x) + alpha_inlined(x) + alpha_scalar(&r) +
	       alpha_constant(x, 12345) + alpha_first() + alpha_second() + alpha_notrace(x) +
	       alpha_percpu + alpha_partial(x) + alpha_shared + alpha_buffer[(x + 1) & 63] + knob;
}
EXPORT_SYMBOL_GPL(alpha_show);

int alpha_again(const struct record *r)
{
	knob = r->id;
	mixed = r->weight;
	return alpha_partial(r->weight) + alpha_partial(r->id) + alpha_constant(r->id, 12345) +
	       alpha_scalar(r) + alpha_inlined(r->id);
}

/* The first of the per-CPU variables lies at address 0. */
int alpha_percpu_first __section(".data..percpu..first");

IBT_SEAL(alpha_again);
