// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/version.c
/*
 * Symbols that no C file defines: the linker script's and the assembler's. They are in no debug
 * information, so that only the symbol table knows them. /proc/version shows where they are.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <asm/proto.h>
#include <asm/sections.h>

#define SHOW(symbol) seq_printf(m, "%px %s\n", symbol, #symbol)

static int livepatch_version_proc_show(struct seq_file *m, void *v)
{
	SHOW(_stext);
	SHOW(__bss_stop);
	SHOW(entry_SYSCALL_64);
	SHOW(&saved_command_line);
	/* Past the start: the addend must survive. */
	seq_printf(m, "%px _etext-1\n", _etext - 1);
	seq_printf(m, "%px _stext+4096\n", _stext + 4096);
	seq_printf(m, "%s\n", saved_command_line);
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

static int __init klp_linker_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_linker_exit(void)
{
}

module_init(klp_linker_init);
module_exit(klp_linker_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
