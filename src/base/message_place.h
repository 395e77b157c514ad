/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The place in the patch's source with which a message begins, for code that sorts messages or
 * takes them apart.
 */
#ifndef KLP_MESSAGE_PLACE_H
#define KLP_MESSAGE_PLACE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where text begins with "FILE:LINE: ": returns the length of FILE, and sets the line and what
 * comes behind. Otherwise returns 0 and sets nothing.
 */
size_t message_place(const char *text, uint64_t *line, const char **behind);

#endif
