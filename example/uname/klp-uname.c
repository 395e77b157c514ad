// SPDX-License-Identifier: GPL-2.0
//KLPMAKE kernel/sys.c
/*
 * A system call and its 32-bit twin: uname(2) answers "Linux/klp" as the system's name.
 *
 * SYSCALL_DEFINE1(newuname, ...) makes __do_sys_newuname(), which has the body but cannot be
 * patched (the macro says inline, and inline in the kernel implies notrace), and one small entry
 * function for each way into the kernel, which can: __x64_sys_newuname() for 64-bit programs and
 * __ia32_sys_newuname() for 32-bit ones. __SYSCALL_DEFINEx() makes the same set for the patch.
 */
#include <linux/compat.h>
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/personality.h>
#include <linux/rwsem.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>
#include <klpmake.h>

/* Static in kernel/sys.c. (uts_sem, which is global and not exported, is in a header.) */
extern int override_release(char __user *release, size_t len);

/* From kernel/sys.c. */
#ifdef COMPAT_UTS_MACHINE
#define override_architecture(name) \
	(personality(current->personality) == PER_LINUX32 && \
	 copy_to_user(name->machine, COMPAT_UTS_MACHINE, \
		      sizeof(COMPAT_UTS_MACHINE)))
#else
#define override_architecture(name)	0
#endif

/* From kernel/sys.c: SYSCALL_DEFINE1(newuname, ...). */
__SYSCALL_DEFINEx(1, _livepatch_newuname, struct new_utsname __user *, name)
{
	struct new_utsname tmp;

	down_read(&uts_sem);
	memcpy(&tmp, utsname(), sizeof(tmp));
	up_read(&uts_sem);
	strlcat(tmp.sysname, "/klp", sizeof(tmp.sysname));
	if (copy_to_user(name, &tmp, sizeof(tmp)))
		return -EFAULT;

	if (override_release(name->release, sizeof(name->release)))
		return -EFAULT;
	if (override_architecture(name))
		return -EFAULT;
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "__x64_sys_newuname",
		.new_func = __x64_sys_livepatch_newuname,
	},
#ifdef CONFIG_IA32_EMULATION
	{
		.old_name = "__ia32_sys_newuname",
		.new_func = __ia32_sys_livepatch_newuname,
	},
#endif
	{ }
};

static struct klp_object objs[] = {
	{
		/* name being NULL means vmlinux */
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_uname_init(void)
{
	return KLP_START(&patch);
}

static void __exit klp_uname_exit(void)
{
	KLP_STOP(&patch);
}

module_init(klp_uname_init);
module_exit(klp_uname_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
