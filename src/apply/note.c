// SPDX-License-Identifier: GPL-2.0-only
/* ELF notes: see apply/note.h. */
#include "apply/note.h"

#include <elf.h>
#include <string.h>

#include "user/format.h"

const unsigned char *note_build_id(const unsigned char *notes, size_t size, size_t *id_size)
{
	size_t at = 0;
	Elf64_Nhdr n;

	while (size - at >= sizeof(n)) {
		size_t name, data;

		memcpy(&n, notes + at, sizeof(n));
		at += sizeof(n);
		name = ((size_t)n.n_namesz + 3) & ~(size_t)3;
		data = ((size_t)n.n_descsz + 3) & ~(size_t)3;
		if (name > size - at || data > size - at - name)
			return NULL;
		if (n.n_type == NT_GNU_BUILD_ID && n.n_namesz == 4 &&
		    !memcmp(notes + at, "GNU", 4) && n.n_descsz && n.n_descsz <= USER_ID_MAX) {
			*id_size = n.n_descsz;
			return notes + at + name;
		}
		at += name + data;
	}
	return NULL;
}
