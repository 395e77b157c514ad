// SPDX-License-Identifier: GPL-2.0
//KLPMAKE init/main.c
/* Data of vmlinux in a patch to a module. */
#include <linux/init.h>

const char *command_line(void);

const char *command_line(void)
{
	return saved_command_line;
}
