// SPDX-License-Identifier: GPL-2.0
//KLPMAKE drivers/firmware/memmap.c
/*
 * One of a dozen functions called type_show(): the one behind /sys/firmware/memmap/N/type.
 *
 * Every static function or variable called type_show, map_entries and so on is one more entry
 * of that name in the kernel's symbol table, and a livepatch must say which one it means: the
 * third, or the seventh. The tag above says it better: the one of drivers/firmware/memmap.c.
 * klpmake works out the numbers, for the variables used below and for .old_sympos, which is
 * therefore left alone.
 */
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <klpmake.h>

/* From drivers/firmware/memmap.c. */
struct firmware_map_entry {
	u64			start;	/* start of the memory range */
	u64			end;	/* end of the memory range (incl.) */
	const char		*type;	/* type of the memory range */
	struct list_head	list;	/* entry for the linked list */
	struct kobject		kobj;   /* kobject for each entry */
};

/* Static in drivers/firmware/memmap.c; drivers/firmware/efi has a map_entries too. */
extern struct list_head map_entries;
extern spinlock_t map_entries_lock;

/* From drivers/firmware/memmap.c: type_show(). New: the entry's place in the map. */
static ssize_t livepatch_type_show(struct firmware_map_entry *entry, char *buf)
{
	struct firmware_map_entry *other;
	int nth = 0, count = 0;

	spin_lock(&map_entries_lock);
	list_for_each_entry(other, &map_entries, list) {
		count++;
		if (other == entry)
			nth = count;
	}
	spin_unlock(&map_entries_lock);

	return snprintf(buf, PAGE_SIZE, "%s (%d of %d)\n", entry->type, nth, count);
}

static struct klp_func funcs[] = {
	{
		.old_name = "type_show",
		.new_func = livepatch_type_show,
	}, { }
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

static int __init klp_duplicate_init(void)
{
	return KLP_START(&patch);
}

static void __exit klp_duplicate_exit(void)
{
	KLP_STOP(&patch);
}

module_init(klp_duplicate_init);
module_exit(klp_duplicate_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
