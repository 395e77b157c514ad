/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is true of objects because of the program that loads and patches them. resolve/ gets these
 * functions and knows nothing else about that program; kernel/rules.c has those of the kernel.
 */
#ifndef KLP_RULES_H
#define KLP_RULES_H

#include <stdbool.h>
#include <stddef.h>

struct arch_reloc;
struct ksym;
struct object;
struct objects;
struct unit_query;

struct rules {
	/* For messages: what all objects together are ("kernel"), and the first ("vmlinux"). */
	const char *whole, *first;

	/* Reads what the rules have to know of a module whose file is open. error() and -1 when it
	 * cannot be one of these objects. */
	int (*open)(struct objects *o, struct object *obj);

	/* Frees what open() has found. */
	void (*close)(struct object *obj);

	/* The path of the module of that name, to be freed; NULL: none. error() and -1 when several
	 * may be meant. */
	int (*find)(const struct objects *o, const char *name, char **path);

	/* What the name of an object has to be instead, to be freed; NULL: it may be one. */
	char *(*meant)(const char *name);

	/* objects_by_source(), objects_need(), object_refusal() and objects_landing(). */
	int (*by_source)(struct objects *o, const char *tag, struct unit_query *query,
			 struct object **ret);
	int (*need)(struct objects *o, const struct object *object, const struct object *other);
	const char *(*refusal)(const struct objects *o, const struct object *obj,
			       const struct ksym *sym);
	int (*landing)(struct objects *o, const struct object *obj, const struct ksym *sym,
		       const char **why);

	/*
	 * Where by_source() has looked besides the first object, to follow "not a source file of
	 * this vmlinux".
	 */
	const char *(*searched)(const struct objects *o);

	/* Does the loader leave an undefined symbol of that name alone? */
	bool (*ignores)(const struct objects *o, const char *name);

	/* The position of sym among the n symbols all of its name: kallsyms_position(). */
	bool (*position)(const struct ksym *all, size_t n, const struct ksym *sym, size_t *ret);

	/* Can the loader apply a relocation? What it lacks for that, or NULL. */
	bool (*applies)(const struct objects *o, const struct arch_reloc *r);

	/* Says more of a name that is nowhere, with message_more(); false when it knows nothing. */
	bool (*explain)(const struct objects *o, const char *name);
};

#endif
