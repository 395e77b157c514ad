// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/filesystems.c
#include <linux/fs.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>

/* Static in fs/filesystems.c: declared here, not defined. */
#ifndef FS_USERNS_MOUNT_RESTRICTED
extern struct file_system_type *file_systems;
extern rwlock_t file_systems_lock;
#else /* Linux 7.2 has another list, under RCU */
extern struct hlist_head file_systems;
#endif

static void show_file_system(struct seq_file *m, struct file_system_type *fs)
{
	seq_printf(m, "%s\t%s%s\n",
		   fs->fs_flags & FS_REQUIRES_DEV ? "" : "nodev", fs->name,
		   fs->fs_flags & FS_USERNS_MOUNT ? "\tuserns" : "");
}

static int livepatch_filesystems_proc_show(struct seq_file *m, void *v)
{
	struct file_system_type *fs;

#ifndef FS_USERNS_MOUNT_RESTRICTED
	read_lock(&file_systems_lock);
	for (fs = file_systems; fs; fs = fs->next)
		show_file_system(m, fs);
	read_unlock(&file_systems_lock);
#else
	rcu_read_lock();
	hlist_for_each_entry_rcu(fs, &file_systems, list)
		show_file_system(m, fs);
	rcu_read_unlock();
#endif
	return 0;
}

static struct klp_func funcs[] = {
	{ .old_name = "filesystems_proc_show", .new_func = livepatch_filesystems_proc_show },
	{ }
};

static struct klp_object objs[] = {
	{ .funcs = funcs },	/* no .name: vmlinux */
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_userns_init(void)
{
	return klp_enable_patch(&patch);
}
module_init(klp_userns_init);

static void __exit klp_userns_exit(void)
{
}
module_exit(klp_userns_exit);

MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
