/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules of the kernel (image/rules.h): vmlinux and its modules are the objects. A module's
 * symbols and DWARF come from its debug file; its installed file is the witness that both are of
 * one build.
 */
#ifndef KLP_KERNEL_RULES_H
#define KLP_KERNEL_RULES_H

#include "elf/sites.h"
#include "image/objects.h"

struct target;

/* Takes vmlinux, whose wanted names have been read, as the first object. error() and -1 when its
 * debug information cannot be read. */
int kernel_objects(struct objects *o, struct target *target);

/* The call sites of ftrace in an object. */
const struct sites *object_traced(const struct objects *o, const struct object *obj);

/* What the file of an object lacks that object_refusal() needs for a complete answer; or NULL. */
const char *object_unknown(const struct objects *o, const struct object *obj);

/* Has objects_landing() been asked about an object whose file has no list of those functions? */
bool object_landing_unknown(const struct object *obj);

#endif
