/* SPDX-License-Identifier: GPL-2.0-only */
/* Running a command without a patch and with it, which its programs have from their entry on. */
#ifndef KLP_TRY_H
#define KLP_TRY_H

#include "apply/worker.h"

/* -1 after error() if no program of the command could be patched. */
int try_command(const struct patch_file *patch, const char *command,
		const struct worker_options *options);

#endif
