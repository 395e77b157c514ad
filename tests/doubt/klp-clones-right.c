// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/statfs.c
#include "frame.h"
#include "statfs.h"

/* From fs/statfs.c: user_statfs(), fd_statfs(). */
static int livepatch_user_statfs(const char __user *pathname, struct kstatfs *st)
{
	struct path path;
	int error = user_path_at(AT_FDCWD, pathname, LOOKUP_FOLLOW | LOOKUP_AUTOMOUNT, &path);

	if (!error) {
		error = livepatch_vfs_statfs(&path, st);
		path_put(&path);
	}
	return error;
}

static int livepatch_fd_statfs(int fd, struct kstatfs *st)
{
	struct file *file = fget(fd);
	int error = -EBADF;

	if (file) {
		error = livepatch_vfs_statfs(&file->f_path, st);
		fput(file);
	}
	return error;
}

PATCH(REPLACES(vfs_statfs, livepatch_vfs_statfs), REPLACES(user_statfs, livepatch_user_statfs),
      REPLACES(fd_statfs, livepatch_fd_statfs));
