// SPDX-License-Identifier: GPL-2.0-only
/* Reading .modinfo: see elf/modinfo.h. */
#include "elf/modinfo.h"

#include <string.h>

const char *modinfo_next(const struct elf_file *f, const char *key, size_t *pos)
{
	size_t index = elf_file_section(f, ".modinfo"), len = strlen(key), size;
	const unsigned char *data;

	if (!index || elf_file_bytes(f, index, &data, &size) || !data)
		return NULL;
	while (*pos < size) {
		const char *s = (const char *)data + *pos;
		size_t n = strnlen(s, size - *pos);

		if (n == size - *pos) /* no NUL: no string */
			return NULL;
		*pos += n + 1;
		if (n > len && !memcmp(s, key, len) && s[len] == '=')
			return s + len + 1;
	}
	return NULL;
}

const char *modinfo_first(const struct elf_file *f, const char *key)
{
	size_t pos = 0;

	return modinfo_next(f, key, &pos);
}

enum vermagic modinfo_compare_vermagic(const struct elf_file *f, const char *want)
{
	const char *has = modinfo_first(f, "vermagic");

	if (!has || !strcmp(has, want))
		return VERMAGIC_SAME;
	if (elf_file_section(f, "__versions") &&
	    !strcmp(has + strcspn(has, " "), want + strcspn(want, " ")))
		return VERMAGIC_OTHER_RELEASE;
	return VERMAGIC_OTHER;
}
