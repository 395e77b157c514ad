// SPDX-License-Identifier: GPL-2.0-only
/* "FILE:LINE: ": see base/message_place.h. */
#include "base/message_place.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

size_t message_place(const char *text, uint64_t *line, const char **behind)
{
	/* A quotation mark or a line's end before the colon: this is not a file's name. */
	size_t len = strcspn(text, ":'\n");
	unsigned long long number;
	char *end;

	if (len == 0 || text[len] != ':' || !isdigit((unsigned char)text[len + 1]))
		return 0;
	number = strtoull(text + len + 1, &end, 10);
	if (strncmp(end, ": ", 2) != 0)
		return 0;
	*line = number;
	*behind = end + 2;
	return len;
}
