// SPDX-License-Identifier: GPL-2.0-only
/* Text for a terminal: see base/text.h. */
#include "base/text.h"

#include <string.h>

#include "base/util.h"

char *text_wrap(const char *prefix, const char *text)
{
	char *ret = xasprintf("\n%s", prefix);
	size_t column = strlen(prefix);
	bool begins = true;

	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t len = strcspn(text, " ");

		if (!begins && column + 1 + len > TEXT_COLUMNS) {
			xappend(&ret, "\n%s    ", prefix);
			column = strlen(prefix) + 4;
			begins = true;
		}
		xappend(&ret, "%s%.*s", begins ? "" : " ", (int)len, text);
		column += len + !begins;
		begins = false;
		text += len;
	}
	return ret;
}
