// SPDX-License-Identifier: GPL-2.0-only
/* System calls: see draft/call.h. */
#include "draft/call.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/type_text.h"
#include "symbols/syscalls.h"

/* __x64_sys_newuname is replaced by __x64_sys_livepatch_newuname. */
static void add_entry(const struct ksym *sym, void *arg)
{
	const char *call = strstr(sym->name, "sys_") + strlen("sys_");

	lines_add(arg, xasprintf("%s\t%.*slivepatch_%s\t0", sym->name, (int)(call - sym->name),
				 sym->name, call));
}

char *draft_call(const struct types *t, size_t body, const struct answered *a,
		 const struct elf_file *vmlinux, struct lines *replaces)
{
	char *list = xstrdup(""), *ret;
	unsigned int n = 0;
	bool told = true;

	for (size_t p = t->t[body].part; p; p = t->t[p].next) {
		char *type = type_code(t, t->t[p].type, "");
		const char *name = t->t[p].name;

		told &= type && name && t->t[p].tag == DW_TAG_formal_parameter;
		/* The macro puts the name behind the type. */
		told &= !type || !strchr(type, '(');
		xappend(&list, ", %s, %s", type ? type : "", name ? name : "");
		free(type);
		n++;
	}
	ret = told ? xasprintf("%sSYSCALL_DEFINEx(%u, _livepatch_%s%s)",
			       a->compat ? "COMPAT_" : "__", n, a->call, list)
		   : NULL;
	free(list);
	if (ret)
		syscall_each_entry(vmlinux, a->call, a->compat, add_entry, replaces);
	return ret;
}
