/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What klpcheck said, kept for its JSON: one object for each message, whose members have what a
 * program needs, so that no program has to parse prose.
 */
#ifndef KLP_CHECK_MESSAGES_H
#define KLP_CHECK_MESSAGES_H

#include "base/json.h"
#include "check/say.h"

/*
 * The form of the JSON objects; the number changes when a member is removed or changes its meaning.
 */
#define CHECK_JSON_SCHEMA 1

/*
 * From here on error(), warning() and waived() are kept as well, as those of that check (NULL: of
 * all); they are printed as before.
 */
void check_messages_keep(const struct check *c);

/*
 * An array "messages", of that check and of all: severity ("error", "warning", "waived"), file and
 * line of the patch's source, check, the name of the pass that said it (each null where there is
 * none), and text, which is the message without these and without the name of the module.
 */
void check_messages_json(struct json *j, const struct check *c);

void check_messages_free(void);

#endif
