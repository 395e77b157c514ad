/* SPDX-License-Identifier: GPL-2.0-only */
/* Variables that are freed wherever their scope ends: at its end, and at every return before that.
 */
#ifndef KLP_CLEANUP_H
#define KLP_CLEANUP_H

#include <stdlib.h>

/* A pointer to memory of malloc()'s kind, or NULL. It has to be initialised. */
#define CLEANUP_FREE __attribute__((cleanup(cleanup_free)))

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

#endif
