// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/audit.c
#include <linux/audit.h>
#include <linux/ratelimit.h>
#include "frame.h"

extern atomic_t audit_lost;
extern u32 audit_failure, audit_rate_limit, audit_backlog_limit;
extern void audit_panic(const char *message);

static void livepatch_audit_log_lost(const char *message)
{
	static unsigned long	last_msg = 0;		/* a second last_msg ... */
	static DEFINE_SPINLOCK(lock);			/* ... under a second lock */
	unsigned long flags, now;
	int print;

	atomic_inc(&audit_lost);
	print = (audit_failure == AUDIT_FAIL_PANIC || !audit_rate_limit);
	if (!print) {
		spin_lock_irqsave(&lock, flags);
		now = jiffies;
		if (time_after(now, last_msg + 2 * HZ)) {
			print = 1;
			last_msg = now;
		}
		spin_unlock_irqrestore(&lock, flags);
	}
	if (print)
		audit_panic(message);
}

PATCH(REPLACES(audit_log_lost, livepatch_audit_log_lost));
