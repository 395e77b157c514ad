// SPDX-License-Identifier: GPL-2.0-only
/* The other owner of alpha.c's names. */
#include "mini.h"

static int state = 2;
int shared_total;
EXPORT_SYMBOL(shared_total);

/* Linked after alpha.c, yet at a lower address than its helper(). */
static __hot noinline noclone int helper(int x)
{
	state -= x;
	return state;
}

static noinline noclone int knob(int x)
{
	return x + state;
}

/* The global of this name is in lib/strings.c. */
static noinline noclone int registered(int x)
{
	return x - 1;
}

int beta_total(const struct record *r)
{
	shared_total += r->weight;
	return registered(r->id) + helper(r->id) + knob(r->weight);
}
