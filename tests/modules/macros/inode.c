// SPDX-License-Identifier: GPL-2.0
/* A static variable within a function: get_next_ino() keeps in it which numbers are taken. */
//KLPMAKE fs/inode.c
#include <linux/atomic.h>
#include <klpmake.h>

int last_inode(void);

extern atomic_t last KLP_STATIC_LOCAL(get_next_ino, shared_last_ino);

int last_inode(void)
{
	return atomic_read(&last);
}
