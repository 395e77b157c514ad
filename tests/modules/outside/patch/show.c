// SPDX-License-Identifier: GPL-2.0
//KLPMAKE target/one.c
/* A module from outside the kernel's tree in which many a name is there twice. */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static const char *twin(void);
static int early(void);
static int answer(struct seq_file *m);
extern const char *word;

/* Globals of it. */
const char *pair(void);
const char *two_words(void);

const char *livepatch_answer(const char *a, const char *b);

static int livepatch_outside_show(struct seq_file *m, void *v)
{
	/* The address is that of the function in the module. */
	seq_printf(m, "patched %s, %s, %s, %d by %ps; %s", twin(), pair(), word, early(),
		   livepatch_outside_show, two_words());
	return answer(m);
}

static struct klp_func funcs[] = {
	{
		.old_name = "outside_show",
		.new_func = livepatch_outside_show,
	}, {
		.old_name = "answer",
		.new_func = livepatch_answer,
	}, { }
};

static struct klp_object objs[] = {
	{
		.name = "outside",
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_outside_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_outside_exit(void)
{
}

module_init(klp_outside_init);
module_exit(klp_outside_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
