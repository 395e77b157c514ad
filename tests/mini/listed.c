// SPDX-License-Identifier: GPL-2.0-only
/*
 * A patch to the miniature kernel that has every table which its debug information describes: what
 * tests/mutations.t changes field by field.
 */
#include "mini.h"
#include "same/tables.h"

static struct static_key key;
static int word;

/* One entry, as the kernel's macros and objtool write them. */
#define LIST(section, flags, place) ".pushsection " section ", \"" flags "\"\n\t.long " place " - .\n\t.popsection\n\t"

static noinline int listed(int x)
{
	if (JUMP_LABEL(key))
		x++;
	ALTERNATIVE("nop", "lfence", 3);
	WARNING(1);
	FAULTS(3);
	asm volatile("1: lock; incl %0\n\t" LIST(".smp_locks", "a", "1b") : "+m"(word));
	asm volatile("1: call sink\n\t" LIST(".call_sites", "a", "1b") ::: "memory", "rax", "rcx",
		     "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11");
	return x + word;
}

static int listed_show(int x)
{
	return listed(x) + _printk("%d\n", x);
}

asm(".pushsection .orc_unwind_ip, \"a\"\n\t.long listed - .\n\t.long listed_show - .\n\t.popsection\n\t"
    ".pushsection .orc_unwind, \"a\"\n\t.skip 12, 1\n\t.popsection");

static const char name[] = "listed.word", modname[] = "listed", format[] = "%d\n";
static const struct {
	const char *name;
	struct module *mod;
	const void *ops;
	unsigned short perm;
	void *arg;
} param __used __section("__param") = {name, THIS_MODULE, modname, 0444, &word};
static struct {
	const char *modname, *function, *filename, *format;
	unsigned int line, flags;
} message __used __section("__dyndbg") = {modname, name, modname, format, 12, 0};

static struct klp_func funcs[] = {
	{
		.old_name = "alpha_show",
		.new_func = listed_show,
	},
	{},
};

static struct klp_object objects[] = {
	{
		.funcs = funcs,
	},
	{},
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init listed_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit listed_exit(void)
{
}

module_init(listed_init);
module_exit(listed_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
