// SPDX-License-Identifier: GPL-2.0-only
/* Shared command line options: see kernel/options.h. */
#include "kernel/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

bool take_target_option(int opt, char *arg, struct target_options *ret, const char *help)
{
	switch (opt) {
	case OPT_VMLINUX:
		ret->vmlinux = arg;
		return true;
	case OPT_SYMBOLS:
		ret->symbols = arg;
		return true;
	case OPT_SYMVERS:
		GROW(ret->symvers, ret->symverses, ret->symvers_cap);
		ret->symvers[ret->symverses++] = arg;
		return true;
	case OPT_BUILD_ID:
		ret->build_id = arg;
		return true;
	case OPT_RELEASE:
		ret->release = arg;
		return true;
	case 'h':
		fputs(help, stdout);
		exit(EXIT_SUCCESS);
	case 'V':
		printf("%s %s\n", progname, KLPMAKE_VERSION);
		exit(EXIT_SUCCESS);
	default:
		return false;
	}
}

/* Without slashes at its end, so that paths below it can be compared. */
static char *directory(char *arg)
{
	size_t len = strlen(arg);

	while (len > 1 && arg[len - 1] == '/')
		arg[--len] = '\0';
	return arg;
}

bool take_module_option(int opt, char *arg, struct module_options *ret)
{
	switch (opt) {
	case OPT_MODULES:
		ret->installed = directory(arg);
		return true;
	case OPT_DEBUG_MODULES:
		ret->debug = directory(arg);
		return true;
	case OPT_OBJECT:
		GROW(ret->extra, ret->extras, ret->extras_cap);
		ret->extra[ret->extras++] = arg;
		return true;
	default:
		return false;
	}
}
