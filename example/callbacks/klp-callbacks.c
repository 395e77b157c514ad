// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/pipe.c
/*
 * Callbacks: nobody makes pipes larger than 256 KiB possible any more.
 *
 * The new function refuses to set /proc/sys/fs/pipe-max-size higher. That is not enough: the value
 * of now has to come down, too, and to come back with the old code. The kernel calls, in this order:
 *
 *   pre_patch      before any task runs the new code; may refuse the patch
 *   post_patch     when all tasks do
 *   pre_unpatch    when all tasks still do
 *   post_unpatch   when none does any more
 *
 * A transition may be turned back half-way. So pre_unpatch takes back what post_patch did, and
 * post_unpatch what pre_patch did.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/pipe_fs_i.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/sysctl.h>

#define LARGEST		(256 * 1024)
/* What pipe_max_size is at boot. */
#define USUAL		(1024 * 1024)

#define REPORT		"klp-callbacks"

/* Static in fs/pipe.c. (round_pipe_size(), which is global and not exported, is in a header.) */
extern unsigned int pipe_max_size;

/* The patch's own. */
static struct proc_dir_entry *report;
static unsigned int before;
static atomic_t refused;

/*
 * In place of proc_dopipe_max_size() of fs/pipe.c. What that calls to convert the value differs from
 * kernel to kernel, and some have it inlined; so this one has the number read into a variable of its
 * own, and looks at it before anybody else does.
 */
static int livepatch_proc_dopipe_max_size(const struct ctl_table *table, int write,
					  void *buffer, size_t *lenp, loff_t *ppos)
{
	unsigned int val = READ_ONCE(pipe_max_size);
	struct ctl_table wanted = *table;
	int ret;

	wanted.data = &val;
	ret = proc_douintvec(&wanted, write, buffer, lenp, ppos);
	if (ret || !write)
		return ret;

	val = round_pipe_size(val);
	if (val > LARGEST) {
		atomic_inc(&refused);
		return -EPERM;
	}
	if (val == 0)
		return -EINVAL;

	WRITE_ONCE(pipe_max_size, val);
	return 0;
}

static int show_refused(struct seq_file *m, void *v)
{
	seq_printf(m, "%d\n", atomic_read(&refused));
	return 0;
}

/* Who has made it larger than usual means it; the patch does not know better. */
static int pre_patch(struct klp_object *obj)
{
	unsigned int now = READ_ONCE(pipe_max_size);

	if (now > USUAL) {
		pr_info("fs.pipe-max-size is %u: make it %u or less first\n", now, USUAL);
		return -EBUSY;
	}
	report = proc_create_single(REPORT, 0, NULL, show_refused);
	return report ? 0 : -ENOMEM;
}

/* Not earlier: as long as a task runs the old code, it can make the value larger again. */
static void post_patch(struct klp_object *obj)
{
	before = READ_ONCE(pipe_max_size);
	if (before > LARGEST)
		cmpxchg(&pipe_max_size, before, LARGEST);
}

/* Who has made it smaller in the meantime means it, too. */
static void pre_unpatch(struct klp_object *obj)
{
	if (before > LARGEST)
		cmpxchg(&pipe_max_size, LARGEST, before);
}

static void post_unpatch(struct klp_object *obj)
{
	proc_remove(report);
}

static struct klp_func funcs[] = {
	{
		.old_name = "proc_dopipe_max_size",
		.new_func = livepatch_proc_dopipe_max_size,
	}, { }
};

static struct klp_object objs[] = {
	{
		/* name being NULL means vmlinux */
		.funcs = funcs,
		.callbacks = {
			.pre_patch = pre_patch,
			.post_patch = post_patch,
			.pre_unpatch = pre_unpatch,
			.post_unpatch = post_unpatch,
		},
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_callbacks_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_callbacks_exit(void)
{
}

module_init(klp_callbacks_init);
module_exit(klp_callbacks_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
