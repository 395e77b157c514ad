/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shadow variables: how often the host name of a UTS namespace was set through /proc. There is no
 * place for that number in struct uts_namespace, and a livepatch cannot make one; so each
 * namespace gets a record beside it, which the kernel finds by the address of the namespace and an
 * identifier.
 *
 * Two patches include this, and a cumulative patch has to do all that the one before it did. Both
 * mean the same records, as they use the same identifier.
 *
 * LIMIT: how often it may be set.
 */
#ifndef KLP_SHADOW_H
#define KLP_SHADOW_H

#include <klpmake.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
/* Kernels that keep namespaces in trees give them up otherwise. */
#if __has_include(<linux/nstree.h>)
#include <linux/nstree.h>
#define NAMESPACES_IN_TREES
#endif
#include <linux/proc_ns.h>
#include <linux/random.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysctl.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>

/* Any number that no other patch uses. */
#define SETS_ID		0x75747301

struct sets {
	unsigned int count;
};

#ifndef NAMESPACES_IN_TREES
/*
 * Static in kernel/utsname.c, which is not the tagged file. (uts_sem, proc_sys_poll_notify() and
 * others are global, not exported, and in headers.)
 */
extern struct kmem_cache *uts_ns_cache KLP_SYMBOL_OF(vmlinux, "kernel/utsname.c", uts_ns_cache);
#endif

/*
 * Under uts_sem. As long as a task may run the old free_uts_ns(), which frees no record, there must
 * be none: it would outlive its namespace, and belong to the next one at that address.
 */
static bool counting;

static int begin(void *obj, void *shadow_data, void *ctor_data)
{
	struct uts_namespace *ns = obj;

	pr_info("klp-shadow: uts:[%u] has a record\n", ns->ns.inum);
	return 0;
}

static void end(void *obj, void *shadow_data)
{
	struct uts_namespace *ns = obj;
	struct sets *sets = shadow_data;

	pr_info("klp-shadow: uts:[%u] has none any more, it was set %u times\n", ns->ns.inum,
		sets->count);
}

/* Under uts_sem. Returns false when it has been set often enough. */
static bool count_set(struct uts_namespace *ns)
{
	struct sets *sets;

	if (!counting)
		return true;
	sets = klp_shadow_get_or_alloc(ns, SETS_ID, sizeof(*sets), GFP_KERNEL, begin, NULL);
	if (!sets)
		return true;
	if (sets->count >= LIMIT)
		return false;
	sets->count++;
	return true;
}

/* From kernel/utsname_sysctl.c: get_uts(), which is inlined. */
static void *get_uts(const struct ctl_table *table)
{
	char *which = table->data;
	struct uts_namespace *uts_ns;

	uts_ns = current->nsproxy->uts_ns;
	which = (which - (char *)&init_uts_ns) + (char *)uts_ns;

	return which;
}

/* From kernel/utsname_sysctl.c: proc_do_uts_string(). */
static int livepatch_proc_do_uts_string(const struct ctl_table *table, int write,
		  void *buffer, size_t *lenp, loff_t *ppos)
{
	struct uts_namespace *ns = current->nsproxy->uts_ns;
	bool is_hostname = get_uts(table) == ns->name.nodename;
	struct ctl_table uts_table;
	struct sets *sets;
	int r;
	char tmp_data[__NEW_UTS_LEN + 1];

	memcpy(&uts_table, table, sizeof(uts_table));
	uts_table.data = tmp_data;

	/*
	 * Buffer the value in tmp_data so that proc_dostring() can be called
	 * without holding any locks.
	 * We also need to read the original value in the write==1 case to
	 * support partial writes.
	 */
	down_read(&uts_sem);
	memcpy(tmp_data, get_uts(table), sizeof(tmp_data));
	/* New. */
	sets = is_hostname && !write ? klp_shadow_get(ns, SETS_ID) : NULL;
	if (sets) {
		size_t len = strnlen(tmp_data, __NEW_UTS_LEN);

		snprintf(tmp_data + len, sizeof(tmp_data) - len, " (set %u times)", sets->count);
	}
	up_read(&uts_sem);
	r = proc_dostring(&uts_table, write, buffer, lenp, ppos);

	if (write) {
		/*
		 * Write back the new value.
		 * Note that, since we dropped uts_sem, the result can
		 * theoretically be incorrect if there are two parallel writes
		 * at non-zero offsets to the same sysctl.
		 */
		add_device_randomness(tmp_data, sizeof(tmp_data));
		down_write(&uts_sem);
		/* New. */
		if (is_hostname && !count_set(ns)) {
			up_write(&uts_sem);
			return -EPERM;
		}
		memcpy(get_uts(table), tmp_data, sizeof(tmp_data));
		up_write(&uts_sem);
		proc_sys_poll_notify(table->poll);
	}

	return r;
}

/* From kernel/utsname.c: free_uts_ns(). */
static void livepatch_free_uts_ns(struct uts_namespace *ns)
{
	/* New: the record goes with its namespace. */
	klp_shadow_free(ns, SETS_ID, end);
#ifdef NAMESPACES_IN_TREES
	ns_tree_remove(ns);
	dec_ucount(ns->ucounts, UCOUNT_UTS_NAMESPACES);
	put_user_ns(ns->user_ns);
	ns_common_free(ns);
	/* Concurrent nstree traversal depends on a grace period. */
	kfree_rcu(ns, ns.ns_rcu);
#else
	dec_ucount(ns->ucounts, UCOUNT_UTS_NAMESPACES);
	put_user_ns(ns->user_ns);
	ns_free_inum(&ns->ns);
	kmem_cache_free(uts_ns_cache, ns);
#endif
}

static void post_patch(struct klp_object *obj)
{
	down_write(&uts_sem);
	counting = true;
	up_write(&uts_sem);
}

/*
 * Not post_unpatch, which is too late: tasks that are back in the old code may free a namespace
 * before it. Neither is called when a cumulative patch replaces this one: the records stay, for
 * that one to use.
 */
static void pre_unpatch(struct klp_object *obj)
{
	down_write(&uts_sem);
	counting = false;
	klp_shadow_free_all(SETS_ID, end);
	up_write(&uts_sem);
}

static struct klp_func funcs[] = {
	{
		.old_name = "proc_do_uts_string",
		.new_func = livepatch_proc_do_uts_string,
	}, {
		.old_name = "free_uts_ns",
		.new_func = livepatch_free_uts_ns,
	}, { }
};

static struct klp_object objs[] = {
	{
		/* name being NULL means vmlinux */
		.funcs = funcs,
		.callbacks = {
			.post_patch = post_patch,
			.pre_unpatch = pre_unpatch,
		},
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
	.replace = true,
};

static int __init klp_shadow_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit klp_shadow_exit(void)
{
}

module_init(klp_shadow_init);
module_exit(klp_shadow_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");

#endif
