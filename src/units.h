/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which compile units of vmlinux (or of a module) were compiled from a kernel source file.
 *
 * A path matches by whole components: "netlink/af_netlink.c" is the end of
 * "net/netlink/af_netlink.c". The name in DWARF may be relative, absolute, or have another
 * prefix; a unit whose path from the tree's root is exactly the one asked for wins over longer
 * paths that only end in it.
 */
#ifndef KLP_UNITS_H
#define KLP_UNITS_H

#include <stddef.h>

#include "dwarf_file.h"

struct unit {
	Dwarf_Off die;	  /* of the compile unit's DIE */
	const char *name; /* from the tree's root as far as that can be told */
};

/*
 * Asked: path. Answered: the units of the one file that it names; more than one when that file is
 * compiled more than once. When different files match, ambiguous is set and all are listed.
 */
struct unit_query {
	const char *path;
	struct unit *unit;
	size_t n;
	bool ambiguous;
	bool included; /* the units are of files that include that one */
	bool exact;    /* internal: the path is the whole name */
	size_t cap;    /* internal */
};

/* Answers all queries in one walk over the units. error() and -1 when the DWARF is damaged. */
int units_find(struct dwarf_file *d, struct unit_query *q, size_t n);
void units_free(struct unit_query *q, size_t n);

/*
 * For a C file that is no unit of its own: answers with the units that include it, by their line
 * tables, and sets included; ambiguous when they are of different files. error() and -1 when the
 * DWARF is damaged.
 */
int units_including(struct dwarf_file *d, struct unit_query *q);

/*
 * The units that hold the code at n addresses, by .debug_aranges: ret[i] is the offset of a unit's
 * DIE, 0 where none is known (data, or a compiler that writes no .debug_aranges).
 */
void units_at(struct dwarf_file *d, const uint64_t *addr, size_t n, Dwarf_Off *ret);

/* Does a path name this file? It may be the end of it, by whole components. */
bool unit_path_matches(const char *name, const char *path);

/*
 * The path of a file from the root of its tree, as far as that can be told: without the directory
 * of the compilation, without "./" and "../". That directory is the tree's or lies in it, so that
 * an absolute path loses what it has in common with it. dir may be NULL.
 */
const char *path_in_tree(const char *name, const char *dir);

/* The path of a compile unit in its tree. */
const char *unit_path(Dwarf_Die unit);

#endif
