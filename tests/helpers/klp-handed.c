// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/filesystems.c
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "frame.h"

struct later { struct rcu_head rcu; struct delayed_work work; };

static void later_free(struct rcu_head *rcu) { pr_info("klp later_free\n"); kfree(container_of(rcu, struct later, rcu)); }
static void later_work(struct work_struct *w)
{
	struct later *l = container_of(to_delayed_work(w), struct later, work);

	call_rcu(&l->rcu, later_free);
}

static int livepatch_filesystems_proc_show(struct seq_file *m, void *v)
{
	struct later *l = kzalloc(sizeof(*l), GFP_KERNEL);

	seq_puts(m, "klp\n");
	if (l) {
		INIT_DELAYED_WORK(&l->work, later_work);
		schedule_delayed_work(&l->work, 4 * HZ);
	}
	return 0;
}

PATCH(REPLACES(filesystems_proc_show, livepatch_filesystems_proc_show));
