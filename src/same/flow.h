/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways that control takes through a function's code, read instruction by instruction
 * (arch/step.h). Nothing is guessed: a function counts as never left only if nothing in its code
 * can leave it, and a way exists only where one instruction surely leads to another. Code that the
 * kernel rewrites (jump labels, alternatives) and faults may take ways that are not seen here.
 */
#ifndef KLP_FLOW_H
#define KLP_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "same/code.h"

#define FLOW_NONE SIZE_MAX

/* Code of the function: from start to end, excluded. */
struct flow_piece {
	uint64_t start, end;
	size_t *node; /* by offset: which node begins there, + 1 */
};

/* An instruction. */
struct flow_node {
	uint64_t place;
	size_t to[2]; /* nodes that follow it, or may, or FLOW_NONE */
	bool call;
	struct code_ref callee; /* of a call */
};

struct flow {
	struct code *code;
	struct flow_piece *piece;
	size_t pieces, pieces_cap;
	struct flow_node *node;
	size_t n, cap;
	bool unknown; /* not all of it could be read */
	bool leaves;  /* it may return, or jump to other code */
	bool ends;    /* it calls what does not return */
};

/* Does the called function return? */
typedef bool flow_returns_fn(struct code *code, const struct code_ref *callee, void *arg);

/* Code of the function is there; the first is where it is entered. */
void flow_add(struct flow *f, struct code *code, uint64_t start, uint64_t size);

/* Reads what has been added. */
void flow_read(struct flow *f, flow_returns_fn *returns, void *arg);

/* The name of the function that a reference leads to, or NULL. */
const char *flow_callee(struct code *code, const struct code_ref *ref);

/* Is there a circle in it? */
bool flow_loops(const struct flow *f);

/* Sets seen[i] for each node that can be reached from what follows one. */
void flow_reach(const struct flow *f, size_t from, bool *seen);

void flow_free(struct flow *f);

#endif
