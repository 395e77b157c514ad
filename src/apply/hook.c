// SPDX-License-Identifier: GPL-2.0-only
/* Points that tests reach for: see apply/hook.h. */
#include "apply/hook.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

void hook(const char *point)
{
	static long times;
	const char *wanted = getenv("KLPAPPLY_HOOK");
	size_t length = strlen(point);
	char *end;
	int sig;

	if (!wanted || strncmp(wanted, point, length) != 0 || wanted[length] != ':')
		return;
	sig = (int)strtol(wanted + length + 1, &end, 10);
	if (++times == (*end == ':' ? strtol(end + 1, NULL, 10) : 1))
		raise(sig);
}
