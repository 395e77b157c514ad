/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names that a patch declares with hidden visibility, as headers of libraries do for what is theirs
 * alone. A linker wants to find these in the patch itself.
 */
#ifndef KLP_UMAKE_HIDDEN_H
#define KLP_UMAKE_HIDDEN_H

#include "umake/run.h"

/*
 * 'klpuser show': lets the linker leave hidden functions of object files undefined. Code that uses
 * hidden data has distances to it, and is refused. error() and -1 on failure.
 */
int show_hidden(struct make_options *opt);

#endif
