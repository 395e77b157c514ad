/* SPDX-License-Identifier: GPL-2.0-only */
long price_of(long count);
void price_set(long price);
