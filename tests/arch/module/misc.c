// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/binfmt_misc.c
/*
 * A livepatch of a module of the kernel's: what its code refers to is known only when the module is
 * there. With it the file "status" of a mounted binfmt_misc shows what was reached.
 */
#include <linux/fs.h>
#include <linux/livepatch.h>
#include <linux/module.h>

/* Static in the module. */
extern struct file_system_type bm_fs_type;
static int parse_command(const char __user *buffer, size_t count);

/* In another file of the patch: of vmlinux. */
const char *command_line(void);

/* A pointer in data; the compiler has to read it. */
struct file_system_type *types[] = { &bm_fs_type };

static ssize_t livepatch_bm_status_read(struct file *file, char __user *buf, size_t nbytes,
					loff_t *ppos)
{
	char text[200];

	/* A command of four characters is none: that is -EINVAL. */
	snprintf(text, sizeof(text), "%s %d %d %ps %s\n", bm_fs_type.name, types[0] == &bm_fs_type,
		 parse_command(NULL, 4), livepatch_bm_status_read, command_line());
	return simple_read_from_buffer(buf, nbytes, ppos, text, strlen(text));
}

static struct klp_func funcs[] = {
	{
		.old_name = "bm_status_read",
		.new_func = livepatch_bm_status_read,
	}, { }
};

static struct klp_object objs[] = {
	{
		.name = "binfmt_misc",
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_module_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_module_exit(void)
{
}

module_init(klp_module_init);
module_exit(klp_module_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
