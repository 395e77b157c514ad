/* SPDX-License-Identifier: GPL-2.0-only */
/* ELF notes of files and processes, which are hostile (elf(5), "Notes (Nhdr)"). */
#ifndef KLP_NOTE_H
#define KLP_NOTE_H

#include <stddef.h>

/* More of them is nothing that a linker makes. */
#define NOTES_MAX 65536

/*
 * The GNU build-id among the notes of a segment, and its bytes; NULL if there is none, or if its
 * length is 0 or more than USER_ID_MAX.
 */
const unsigned char *note_build_id(const unsigned char *notes, size_t size, size_t *id_size);

#endif
