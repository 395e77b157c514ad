/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that patches are for: found by name, recognised by their build-id. */
#ifndef KLP_FILES_H
#define KLP_FILES_H

#include "user/patch_file.h"

/* Is the open file that target? */
bool files_is_target(int fd, const struct user_target *target);

/*
 * Calls found() for each file that is a target of the patch: among those that processes run or have
 * loaded, and in the directories where programs and libraries are. Returns how many.
 */
size_t files_find(const struct patch_file *patch, uint32_t target,
		  void (*found)(const char *path, void *arg), void *arg);

/*
 * Who may write to a patch, or put another file in its place, decides what runs in a process.
 * error() and -1 where everybody may, to a file or to a directory of such.
 */
int files_check_owner(const char *path);

#endif
