/* SPDX-License-Identifier: GPL-2.0-only */
/* The words of the image that depend on the process (user/format.h). */
#ifndef KLP_FIXUPS_H
#define KLP_FIXUPS_H

#include "apply/objects.h"
#include "user/patch_file.h"

/*
 * Fills the words of image, a copy of the patch's that is to lie at base. target has the object of
 * each of the patch's targets. -1 with the outcome.
 */
int fixups_fill(struct process *p, const struct loaded_list *objects,
		const struct patch_file *patch, const struct loaded *const *target, uint64_t base,
		unsigned char *image);

#endif
