/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a patch for a running program (user/format.h).
 *
 * patch_file_open() copies all that counts into memory of its own and validates it, so that later
 * code may index tables and names without asking again, and nothing that happens to the file
 * afterwards matters. What it cannot know is the target: whether an address means what a name
 * says is for the checks and for who applies it.
 */
#ifndef KLP_PATCH_FILE_H
#define KLP_PATCH_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/format.h"

/* A part of the image with its own protection: whole pages, in ascending order, no overlap. */
struct user_segment {
	uint64_t start, size;
	uint64_t used; /* bytes of it, before it is rounded up to pages */
	bool write, execute;
};

struct patch_file {
	char *path;
	uint16_t machine; /* e_machine */
	uint64_t page;	  /* segments begin at multiples of this */

	struct user_head head;
	struct user_target *target; /* head.targets of them */
	struct user_func *func;
	size_t func_count;
	struct user_range *range;
	size_t range_count;
	struct user_fixup *fixup;
	size_t fixup_count;

	struct user_segment segment[USER_SEGMENTS_MAX];
	size_t segment_count;
	unsigned char *image; /* zero between segments; who fills the words may write to it */
	uint64_t image_size;

	char *names;
	size_t names_size;
};

/* error() and -1 when it is not a sane patch file. */
int patch_file_open(const char *path, struct patch_file **ret);
void patch_file_close(struct patch_file *p);

/* The name at a place that a member of the tables has; never NULL. */
const char *patch_file_name(const struct patch_file *p, uint32_t name);

/* The segment that holds size bytes from a place of the image, or NULL. */
const struct user_segment *patch_file_segment(const struct patch_file *p, uint64_t place,
					      uint64_t size);

/* Has its author waived that check? */
bool patch_file_waives(const struct patch_file *p, const char *check);

/* Names of the kinds, as messages and tables show them. */
extern const char *const user_fixup_kinds[USER_FIXUP_KINDS];

#endif
