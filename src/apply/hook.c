// SPDX-License-Identifier: GPL-2.0-only
/* Points that tests reach for: see apply/hook.h. */
#include "apply/hook.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

void hook(const char *point)
{
	const char *wanted = getenv("KLPAPPLY_HOOK");
	size_t length = strlen(point);

	if (wanted && !strncmp(wanted, point, length) && wanted[length] == ':')
		raise((int)strtol(wanted + length + 1, NULL, 10));
}
