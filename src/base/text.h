/* SPDX-License-Identifier: GPL-2.0-only */
/* Text for a terminal of 80 columns. Words are never cut, however long they are. */
#ifndef KLP_TEXT_H
#define KLP_TEXT_H

#define TEXT_COLUMNS 80

/* "\n" PREFIX TEXT, with further lines that are indented by four more columns. To be freed. */
char *text_wrap(const char *prefix, const char *text);

#endif
