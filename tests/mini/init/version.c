// SPDX-License-Identifier: GPL-2.0-only
/* The banner that names the release. */
#include "mini.h"

const char linux_banner[] __used =
	"Linux version 9.9.0-mini (klpmake@mini) (gcc) #1 SMP mini 9.9.0-1 (2026-01-01)\n";
