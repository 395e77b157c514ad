/* SPDX-License-Identifier: GPL-2.0-only */
/* A private header beside its source, which no module can include. */
#ifndef NEST_H
#define NEST_H

#include "mini.h"

enum nest_kind { NEST_PLAIN, NEST_DEEP };

struct nest_level {
	int height;
};

struct nest {
	struct record record; /* of a header that modules have */
	struct nest_level level;
	struct nest *up;
	enum nest_kind kind;
};

/* As TRACE_EVENT() of a private header makes it. */
struct tracepoint {
	int key;
};
extern struct tracepoint __tracepoint_nest_hit;
int __SCT__tp_func_nest_hit(void *data, const struct nest *n);

static inline void trace_nest_hit(const struct nest *n)
{
	if (__tracepoint_nest_hit.key)
		__SCT__tp_func_nest_hit(NULL, n);
}

static inline int trace_nest_hit_enabled(void)
{
	return __tracepoint_nest_hit.key;
}

int nest_show(struct nest *n);

static inline int nest_height(const struct nest *n)
{
	return n->level.height + (n->kind == NEST_DEEP);
}

#endif
