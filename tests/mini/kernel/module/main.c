// SPDX-License-Identifier: GPL-2.0-only
/* What the module loader compares, and what it must have for a patched module to come again. */
#include "mini.h"

static const char vermagic[] __used = "9.9.0-mini SMP preempt mod_unload modversions ";

/* The entries of the tables that the loader leads to. */
struct jump_entry {
	int code, target;
	long key;
};

struct exception_table_entry {
	int insn, fixup, data;
};

struct bug_entry {
	int bug_addr_disp, file_disp;
	unsigned short line, flags;
};

struct static_call_site {
	int addr, key;
};

struct orc_entry {
	short sp_offset, bp_offset;
	unsigned short kinds;
};

struct kernel_param {
	const char *name;
	struct module *mod;
	const void *ops;
	unsigned short perm;
	void *arg;
};

struct _ddebug {
	const char *modname, *function, *filename, *format;
	unsigned int line, flags;
};

struct tables {
	struct jump_entry *jump;
	struct exception_table_entry *exceptions;
	struct bug_entry *bugs;
	struct static_call_site *calls;
	struct orc_entry *orc;
	struct kernel_param *params;
	struct _ddebug *messages;
};

int load_module(struct module *mod, const struct tables *tables);
int load_module(struct module *mod, const struct tables *tables)
{
	return mod->state + tables->jump->code;
}

void module_layout(struct module *mod)
{
	mod->state = vermagic[mod->state];
}
EXPORT_SYMBOL(module_layout);

/* A kernel that has it reads extended symbol versions. */
#ifndef PLAIN_VERSIONS
void modversion_ext_start(struct module *mod);
void modversion_ext_start(struct module *mod)
{
	mod->state++;
}
#endif

int clear_relocate_add(int x);
int clear_relocate_add(int x)
{
	return x - 1;
}
