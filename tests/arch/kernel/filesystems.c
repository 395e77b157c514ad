// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/filesystems.c
/* Static data, read and written (a lock), and an exported function beside it. */
#include <linux/fs.h>
#include <linux/seq_file.h>

#include "show.h"

extern struct file_system_type *file_systems;
extern rwlock_t file_systems_lock;

void show_filesystems(struct seq_file *m)
{
	const struct file_system_type *type;

	read_lock(&file_systems_lock);
	for (type = file_systems; type; type = type->next)
		seq_printf(m, "filesystem %s\n", type->name);
	read_unlock(&file_systems_lock);
}
