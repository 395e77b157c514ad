/* SPDX-License-Identifier: GPL-2.0-only */
void sell(const char *name, long count);
void tell(const char *name);
