/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the tables that the kernel keeps about code say the same of two functions. */
#ifndef KLP_SAME_TABLES_H
#define KLP_SAME_TABLES_H

#include "same/same.h"

/* Compares the entries of all tables that are about a pair; false after same_differ(). May add
 * pairs to be compared: code that an entry leads to. */
bool same_tables(struct same *s, const struct same_pair *p);

#endif
