/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The process group of whoever asks is 4242.
 *
 * do_getpgid() of kernel/sys.c is called by getpgid(2), for 64-bit and for 32-bit programs, and
 * inlined into getpgrp(2).
 */
#include <linux/types.h>

struct pt_regs;

static __maybe_unused int livepatch_do_getpgid(pid_t pid)
{
	return 4242;
}

static __maybe_unused long livepatch_getpgid(const struct pt_regs *regs)
{
	return 4242;
}
