/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A patch for a running program, NAME.klpu: what the code that makes, checks and applies it agree
 * on. It is an ELF file (64-bit, little-endian, ET_DYN), so that readelf and unwinders read it.
 *
 * Its PT_LOAD segments are the image: the patch's own code, constants and data, linked at address
 * 0 and complete but for some words, which say where things of the process are. A word is eight
 * bytes in a writable segment; code has no such places. Sections that are not loaded say how to
 * fill the words and which functions to replace. No string in them is code, path or command.
 *
 * Addresses of a target are those of its file; in a process its bias is added to them. Places of
 * the image count from its first byte. All numbers are little-endian.
 */
#ifndef KLP_USER_FORMAT_H
#define KLP_USER_FORMAT_H

#include <stdint.h>

#define USER_NOTE_SECTION ".note.klpmake" /* one note: struct user_head, struct user_target[] */
#define USER_FUNCS_SECTION ".klp.funcs"	  /* struct user_func[], by target and address */
#define USER_RANGES_SECTION ".klp.ranges" /* struct user_range[] */
#define USER_FIXUPS_SECTION ".klp.fixups" /* struct user_fixup[], by place */
#define USER_NAMES_SECTION ".klp.names"	  /* strings that end with a NUL; the first one is "" */

#define USER_NOTE_NAME "klpmake"
#define USER_NOTE_TYPE 1
#define USER_FORMAT 1

/* What a reader refuses to read more of. */
#define USER_TARGETS_MAX 64
#define USER_FUNCS_MAX 4096
#define USER_RANGES_MAX 65536
#define USER_FIXUPS_MAX (1u << 20)
#define USER_SEGMENTS_MAX 16
#define USER_IMAGE_MAX (64u << 20)
#define USER_NAME_MAX 511 /* without the NUL */

#define USER_ID_MAX 64	  /* bytes of a build-id */
#define USER_FIRST_MAX 16 /* bytes of an old function that are compared */

/* Members that are names are places in USER_NAMES_SECTION. */
struct user_head {
	uint32_t format;  /* USER_FORMAT; another one has other structures */
	uint32_t applier; /* what the applier has to be able to do: a number that grows */
	uint32_t name;	  /* of the patch: what it is reverted by */
	uint32_t version; /* a higher one of the same name replaces a lower one */
	uint32_t klpmake; /* the version that made it */
	uint32_t waived;  /* names of checks, with a comma between them */
	uint32_t targets;
	uint32_t id_size;
	uint8_t id[USER_ID_MAX]; /* of all that it was made of; the image's build-id as well */
};

#define USER_APPLIER 1

enum user_target_kind {
	USER_PROGRAM, /* the process's own; a patch has at most one */
	USER_LIBRARY,
};

struct user_target {
	uint32_t kind;
	uint32_t name; /* of a program the last part of its path, of a library the SONAME */
	uint32_t id_size;
	uint32_t zero;
	uint8_t id[USER_ID_MAX]; /* GNU build-id; the rest is 0 */
};

/* A function to replace. */
struct user_func {
	uint64_t addr;	/* in the target */
	uint64_t entry; /* in the image: where the jump leads */
	uint64_t body;	/* in the image: the new function; entry is another place where it has a
			   guard */
	uint32_t target;
	uint32_t name;
	uint32_t jump; /* bytes of the old function before the jump: the landing pad of its entry */
	uint32_t room; /* bytes from addr that are its own, padding included; jump and all fit in */
	uint32_t range; /* its code: the first of range_count elements, which begins at addr */
	uint32_t range_count;
	uint32_t first_size; /* how many bytes from addr are compared */
	uint32_t zero;
	uint8_t first[USER_FIRST_MAX];
};

/* Part of the code of an old function; compilers also put parts elsewhere (.text.unlikely). */
struct user_range {
	uint64_t addr, size;
};

enum user_fixup_kind {
	USER_IMAGE,  /* address of the image + value */
	USER_OBJECT, /* bias of the target + value */
	USER_SLOT,   /* what the target's word at bias + value holds, + addend; as USER_EXPORT while
		      * it   still holds bias + unbound, as it does until it is first used */
	USER_EXPORT, /* the symbol of that name, version and type that a library of the process
		      * exports, + addend */
	USER_TLSMOD, /* the target's number for thread-local storage: of a program 1, of a library
		      * what its word at bias + value holds */
	USER_TLSOFF, /* value: a place in the target's thread-local storage */
	USER_TPOFF,  /* the distance from the thread pointer to place value of the storage of the
		      * target, which is the program */
	USER_OLD,    /* the address of the old function number value: what a pointer to a function
		      * that the patch replaces has to be, as elsewhere in the process */
	USER_FIXUP_KINDS,
};

enum user_type {
	USER_TYPE_ANY,
	USER_TYPE_FUNCTION, /* an IFUNC as well */
	USER_TYPE_DATA,
	USER_TYPE_TLS,
	USER_TYPES,
};

#define USER_NO_TARGET UINT32_MAX

struct user_fixup {
	uint64_t place; /* in the image */
	uint64_t value;
	int64_t addend;	  /* of USER_SLOT and USER_EXPORT */
	uint64_t unbound; /* of USER_SLOT; 0: it is bound when the target is loaded */
	uint32_t kind;	  /* enum user_fixup_kind */
	uint32_t target;  /* USER_NO_TARGET: of USER_IMAGE, USER_EXPORT and USER_OLD */
	uint32_t name;	  /* of the symbol that is meant; only USER_IMAGE may have none */
	uint32_t version; /* of the symbol, or "" */
	uint32_t type;	  /* enum user_type */
	uint32_t zero;
};

#endif
