/* SPDX-License-Identifier: GPL-2.0 */
/*
 * filesystems_proc_show() of fs/filesystems.c as it stands there, but for NODEV, which is "nodev"
 * there.
 */
#include <linux/fs.h>
#include <linux/seq_file.h>

extern struct file_system_type *file_systems;
extern rwlock_t file_systems_lock;

static int livepatch_filesystems_proc_show(struct seq_file *m, void *v)
{
	struct file_system_type * tmp;

	read_lock(&file_systems_lock);
	tmp = file_systems;
	while (tmp) {
		seq_printf(m, "%s\t%s\n",
			(tmp->fs_flags & FS_REQUIRES_DEV) ? "" : NODEV,
			tmp->name);
		tmp = tmp->next;
	}
	read_unlock(&file_systems_lock);
	return 0;
}
