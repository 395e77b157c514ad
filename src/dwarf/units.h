/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which compile units of vmlinux (or of a module) were compiled from a kernel source file.
 *
 * A path matches by whole components: "netlink/af_netlink.c" is the end of
 * "net/netlink/af_netlink.c". The name in DWARF may be relative, absolute, or have another
 * prefix; a unit whose path from the tree's root is exactly the one asked for wins over longer
 * paths that only end in it. Of a module from outside the tree it may count from the module's own
 * directory, DW_AT_comp_dir, where kbuild compiles it since Linux 6.13: that is a part of the path,
 * too.
 */
#ifndef KLP_UNITS_H
#define KLP_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "dwarf/file.h"

struct unit {
	Dwarf_Off die;	  /* of the compile unit's DIE */
	const char *name; /* from the tree's root as far as that can be told */
	const char *dir;  /* of a module, when name counts from there; or NULL */
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
 * For a C file that is not a unit of its own: answers with the units that include it, by their line
 * tables, and sets included; ambiguous when they are of different files. error() and -1 when the
 * DWARF is damaged.
 */
int units_including(struct dwarf_file *d, struct unit_query *q);

/*
 * The units in whose line tables a file is, C file or header, and none else: those that have code,
 * a type or a declaration from it. error() and -1 when the DWARF is damaged.
 */
int units_listing(struct dwarf_file *d, struct unit_query *q);

/*
 * The units that a source file is compiled in, as their own file or as one that they include, where
 * it may be more than one; else q stays empty. error() and -1 when the DWARF is damaged.
 */
int units_sharing(struct dwarf_file *d, struct unit_query *q);

/*
 * The units that hold the code at n addresses: ret[i] is the offset of a unit's DIE, 0 where none
 * is known (data, for one). By .debug_aranges, or else by what the units say of themselves, as
 * clang writes that section for assembler code only.
 */
void units_at(struct dwarf_file *d, const uint64_t *addr, size_t n, Dwarf_Off *ret);

/*
 * The unit that holds the code at an address; where that is unknown, a unit of the file with that
 * path, unless it is NULL. 1: *ret is its DIE, to be deallocated; 0 when there is none; error() and
 * -1 when the DWARF is damaged.
 */
int unit_holding(struct dwarf_file *d, uint64_t addr, const char *path, Dwarf_Die *ret);

/* The path in its tree of a file that a compile unit names. */
const char *unit_file(Dwarf_Die unit, const char *name);

/* The path of a compile unit in its tree. */
const char *unit_path(Dwarf_Die unit);

/*
 * "path:line" of what a DIE of a unit says of itself with DW_AT_decl_file and DW_AT_decl_line; just
 * its path when the line is unknown, just its line when the path is.
 */
void unit_place(struct dwarf_file *d, Dwarf_Off unit, uint64_t file, uint64_t line, char *buf,
		size_t size);

/*
 * The same, where the DIE at an offset may be in another unit than the one that leads to it: the
 * line table of its own numbers the file. That one counts if there is no such DIE.
 */
void unit_place_of(struct dwarf_file *d, Dwarf_Off die, Dwarf_Off unit, uint64_t file,
		   uint64_t line, char *buf, size_t size);

#endif
