// SPDX-License-Identifier: GPL-2.0
//KLPMAKE target/switches.c
/* What a patch to a module cannot have, written as in the module itself. */
#include <linux/jump_label.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/static_call.h>
#include <linux/tracepoint.h>

/* Where both are there, DECLARE_TRACE() appends "_tp" to the name. */
#ifndef DECLARE_TRACE_EVENT
#define DECLARE_TRACE_EVENT DECLARE_TRACE
#endif

extern struct static_key_false loud;
extern struct static_key_true polite;
extern int times;
const char *plain(int x);
DECLARE_STATIC_CALL(word, plain);
DECLARE_TRACE_EVENT(switches_shown, TP_PROTO(int times, const char *by), TP_ARGS(times, by));

static inline bool is_loud(void)
{
	return static_branch_unlikely(&loud);
}

static int livepatch_switches_show(struct seq_file *m, void *v)
{
	const char *manner = "rude";

	trace_switches_shown(times, "patch");
	if (static_branch_likely(&polite))
		manner = "polite";
	seq_printf(m, "%s %s\n", is_loud() ? "loud" : "quiet", manner);
	seq_puts(m, static_call(word)(1));
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "switches_show",
		.new_func = livepatch_switches_show,
	}, { }
};

static struct klp_object objs[] = {
	{
		.name = "switches",
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init klp_refused_init(void)
{
	times = 0;
	return klp_enable_patch(&patch);
}

static void __exit klp_refused_exit(void)
{
}

module_init(klp_refused_init);
module_exit(klp_refused_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
