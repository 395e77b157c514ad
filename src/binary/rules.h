/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules of programs (image/rules.h): the target and the libraries that it needs are the
 * objects. What one of them exports is there for all; what is hidden or static is found by the
 * debug information alone.
 */
#ifndef KLP_BINARY_RULES_H
#define KLP_BINARY_RULES_H

#include "binary/find.h"
#include "image/objects.h"

/* What resolve/ is given for a patch of programs. It has to stay where it is. */
struct binary_objects {
	struct objects objects;
	struct binaries *all;
	struct kallsyms symbols; /* of the target: names have to be asked for before */
	struct symvers exports;
};

/*
 * Reads the symbols of the target that were asked for, and which names its libraries export.
 * error() and -1 on failure.
 */
int binary_objects_begin(struct binary_objects *o, struct binaries *all);
void binary_objects_close(struct binary_objects *o);

/* The binary that an object was read from. */
struct binary *binary_of(const struct binary_objects *o, const struct object *object);

/* Who exports that name to the target and its libraries, and its symbol; false: nobody. */
bool binary_exporter(const struct binaries *all, const char *name, struct binary **owner,
		     const struct dynamic_symbol **symbol);

#endif
