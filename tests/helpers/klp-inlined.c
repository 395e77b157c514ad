// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/time/itimer.c
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include "frame.h"

static int do_getitimer(int which, struct itimerspec64 *value);

/* The fix is in this one, which was inlined into getitimer and setitimer. */
static int put_itimerval(struct __kernel_old_itimerval __user *o, const struct itimerspec64 *i)
{
	return -EFAULT;
}

__SYSCALL_DEFINEx(2, _livepatch_getitimer, int, which, struct __kernel_old_itimerval __user *, value)
{
	struct itimerspec64 get_buffer;
	int error = do_getitimer(which, &get_buffer);

	if (!error && put_itimerval(value, &get_buffer))
		error = -EFAULT;
	return error;
}

PATCH(REPLACES(__x64_sys_getitimer, __x64_sys_livepatch_getitimer));
