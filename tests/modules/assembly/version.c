// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
/*
 * What the kernel finds by tables in a patched function: exceptions, alternatives, paravirt calls,
 * places of warnings.
 */
#include <linux/irqflags.h>
#include <linux/livepatch.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include <asm/cpufeature.h>

/* stac and clac are alternatives: without them, a CPU with SMAP faults for good addresses, too. */
static int from_user(const u32 __user *from, u32 *to)
{
	if (!user_access_begin(from, sizeof(*from)))
		return -EACCES;
	unsafe_get_user(*to, from, fault);
	user_access_end();
	return 0;
fault:
	user_access_end();
	return -EFAULT;
}

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	u32 word = 0, unread = 0x6b6c70;
	int good, bad, kernel;
	unsigned long flags;

	good = from_user((const u32 __user *)current->mm->arg_start, &word);
	bad = from_user((const u32 __user *)8, &unread);
	kernel = get_kernel_nofault(unread, (u32 *)(PAGE_OFFSET - PAGE_SIZE));
	seq_printf(m, "argument '%.3s' %d, fault %d, kernel fault %d\n", (char *)&word, good, bad,
		   kernel);
	seq_printf(m, "smap %d avx512f %d\n", static_cpu_has(X86_FEATURE_SMAP),
		   static_cpu_has(X86_FEATURE_AVX512F));
	local_irq_save(flags);
	seq_printf(m, "irqs off %d", irqs_disabled());
	local_irq_restore(flags);
	seq_printf(m, " %d\n", irqs_disabled());
	WARN_ON_ONCE(good || !bad || !kernel);
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "version_proc_show",
		.new_func = livepatch_version_proc_show,
	}, { }
};

static struct klp_object objs[] = {
	{
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_assembly_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_assembly_exit(void)
{
}

module_init(klp_assembly_init);
module_exit(klp_assembly_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
