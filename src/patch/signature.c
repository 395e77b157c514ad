// SPDX-License-Identifier: GPL-2.0-only
/* What stands behind a signed module: see patch/signature.h. */
#include "patch/signature.h"

#include <string.h>

/* include/linux/module_signature.h, MODULE_SIG_STRING */
#define SIGNED "~Module signature appended~\n"

bool module_is_signed(const struct elf_file *f)
{
	size_t size, len = strlen(SIGNED);
	const char *raw = elf_rawfile(f->elf, &size);

	return raw && size > len && !memcmp(raw + size - len, SIGNED, len);
}
