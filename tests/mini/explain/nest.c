// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers in layers, all of them inlined: what a copy of the outer one needs is only seen when one
 * looks through the inner ones.
 */
#include "guarded.h"
#include "nest.h"

typedef long nest_time;

static int nest_count;
static int nest_seen[4];
static int nest_percpu __percpu_data;
static struct nest *nest_top;

static noinline noclone int nest_visit(struct nest *n, int (*visit)(struct nest *n, void *arg))
{
	nest_count += (int)sink(n->level.height);
	return visit ? visit(n, n) : nest_percpu;
}

/* gcc leaves a clone of it, and that is called by the innermost helper. */
static noinline int nest_scalar(const struct nest *n)
{
	int total = 0, weight = n->record.weight;

	for (int i = 0; i < weight; i++)
		total += (int)sink(i);
	return total;
}

static __always_inline int nest_inner(struct nest *n, nest_time when)
{
	nest_seen[when & 3] = nest_height(n);
	nest_top = n;
	return nest_visit(n, NULL) + nest_scalar(n) + gamma_use(&n->record);
}

static __always_inline int nest_outer(struct nest *n, nest_time when)
{
	return nest_inner(n, when + 1) + beta_total(&n->record) + guarded(n->level.height) +
	       guarded_too(3) + guarded_not(5);
}

static __init noinline noclone int nest_setup(int x)
{
	nest_count = x;
	return (int)sink(x);
}

int __init nest_init(void);
int __init nest_init(void)
{
	return nest_setup(3);
}

struct tracepoint __tracepoint_nest_hit;

noinline int __SCT__tp_func_nest_hit(void *data, const struct nest *n)
{
	return data ? 0 : (int)sink(n->kind);
}

static __always_inline void nest_trace(struct nest *n)
{
	trace_nest_hit(n);
}

int nest_show(struct nest *n)
{
	if (trace_nest_hit_enabled())
		nest_trace(n);
	return nest_outer(n, n->kind) + nest_seen[n->kind] + (nest_top != n);
}
