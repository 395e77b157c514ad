/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every file system is of type 0x6b6c70 ("klp").
 *
 * vfs_statfs() of fs/statfs.c has a clone for those who call it in that file, statfs(2) and
 * fstatfs(2), and asks for its arguments' sake only in them.
 */
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/statfs.h>

static int livepatch_vfs_statfs(const struct path *path, struct kstatfs *buf)
{
	int error;

	memset(buf, 0, sizeof(*buf));
	error = path->dentry->d_sb->s_op->statfs(path->dentry, buf);
	buf->f_type = 0x6b6c70;
	return error;
}
