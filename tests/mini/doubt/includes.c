// SPDX-License-Identifier: GPL-2.0-only
/* included.c for other programs: its functions under their names, but for one. */
#define INCLUDED_RUN included_run_other
#include "included.c"
