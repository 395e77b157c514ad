// SPDX-License-Identifier: GPL-2.0
//KLPMAKE drivers/firmware/memmap.c
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/slab.h>

#include "twins.h"

/* From drivers/firmware/memmap.c. */
struct firmware_map_entry {
	u64			start;	/* start of the memory range */
	u64			end;	/* end of the memory range (incl.) */
	const char		*type;	/* type of the memory range */
	struct list_head	list;	/* entry for the linked list */
	struct kobject		kobj;   /* kobject for each entry */
};

extern ssize_t type_show(struct firmware_map_entry *entry, char *buf);
extern struct list_head map_entries;

void show_memmap(struct seq_file *m)
{
	char *page = (char *)get_zeroed_page(GFP_KERNEL);

	if (!page)
		return;
	type_show(list_first_entry(&map_entries, struct firmware_map_entry, list), page);
	seq_printf(m, "memmap: %s", page);
	free_page((unsigned long)page);
}
