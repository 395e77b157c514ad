/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GADGET_H
#define GADGET_H

int gadget_common(int x);
int gadget_boot(int x);
int gadget_export(int x);

#endif
