/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TYPES_H
#define TYPES_H

unsigned long types_pages(void);
unsigned int types_portid(void);
int types_users(void);

#endif
