// SPDX-License-Identifier: GPL-2.0
//KLPMAKE fs/proc/meminfo.c
/*
 * Two more lines at the end of /proc/meminfo, everything above them as it was:
 *
 *   MemAboveHigh:    what could be taken before every zone is down at its high watermark
 *   MeminfoReads:    how often the patched function was called
 *
 * The patched function is a copy of the kernel's with one line added. It shows what such a copy
 * may use: variables and functions of its own, inlined helpers (copied), exported functions,
 * global functions and data that are not exported, a weak function that x86 overrides, and,
 * through page_alloc.c beside this file, a static function of another kernel file.
 */
#include <linux/atomic.h>
#include <linux/cma.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#if __has_include(<linux/zswap.h>)
#include <linux/zswap.h>
#endif
#include <klpmake.h>

#include "klp-meminfo.h"

/* Weak in fs/proc/meminfo.c; the one that counts is in arch/x86/mm/pat/set_memory.c. */
extern void arch_report_meminfo(struct seq_file *m);

/* New: the patch's own data starts afresh each time that the module is loaded. */
static atomic_long_t meminfo_reads;

/* From fs/proc/meminfo.c: the compiler inlined it everywhere, so there is none to call. */
static void show_val_kb(struct seq_file *m, const char *s, unsigned long num)
{
	seq_put_decimal_ull_width(m, s, num << (PAGE_SHIFT - 10), 8);
	seq_write(m, " kB\n", 4);
}

/* New. */
static void livepatch_report_meminfo(struct seq_file *m)
{
	show_val_kb(m, "MemAboveHigh:   ", klp_pages_above_high());
	seq_printf(m, "MeminfoReads:   %8ld\n", atomic_long_inc_return(&meminfo_reads));
}

/* From fs/proc/meminfo.c: meminfo_proc_show(). */
static int livepatch_meminfo_proc_show(struct seq_file *m, void *v)
{
	struct sysinfo i;
	unsigned long committed;
	long cached;
	long available;
	unsigned long pages[NR_LRU_LISTS];
	unsigned long sreclaimable, sunreclaim;
	int lru;

	si_meminfo(&i);
	si_swapinfo(&i);
	committed = vm_memory_committed();

	cached = global_node_page_state(NR_FILE_PAGES) -
			total_swapcache_pages() - i.bufferram;
	if (cached < 0)
		cached = 0;

	for (lru = LRU_BASE; lru < NR_LRU_LISTS; lru++)
		pages[lru] = global_node_page_state(NR_LRU_BASE + lru);

	available = si_mem_available();
	sreclaimable = global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B);
	sunreclaim = global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B);

	show_val_kb(m, "MemTotal:       ", i.totalram);
	show_val_kb(m, "MemFree:        ", i.freeram);
	show_val_kb(m, "MemAvailable:   ", available);
	show_val_kb(m, "Buffers:        ", i.bufferram);
	show_val_kb(m, "Cached:         ", cached);
	show_val_kb(m, "SwapCached:     ", total_swapcache_pages());
	show_val_kb(m, "Active:         ", pages[LRU_ACTIVE_ANON] +
					   pages[LRU_ACTIVE_FILE]);
	show_val_kb(m, "Inactive:       ", pages[LRU_INACTIVE_ANON] +
					   pages[LRU_INACTIVE_FILE]);
	show_val_kb(m, "Active(anon):   ", pages[LRU_ACTIVE_ANON]);
	show_val_kb(m, "Inactive(anon): ", pages[LRU_INACTIVE_ANON]);
	show_val_kb(m, "Active(file):   ", pages[LRU_ACTIVE_FILE]);
	show_val_kb(m, "Inactive(file): ", pages[LRU_INACTIVE_FILE]);
	show_val_kb(m, "Unevictable:    ", pages[LRU_UNEVICTABLE]);
	show_val_kb(m, "Mlocked:        ", global_zone_page_state(NR_MLOCK));

#ifdef CONFIG_HIGHMEM
	show_val_kb(m, "HighTotal:      ", i.totalhigh);
	show_val_kb(m, "HighFree:       ", i.freehigh);
	show_val_kb(m, "LowTotal:       ", i.totalram - i.totalhigh);
	show_val_kb(m, "LowFree:        ", i.freeram - i.freehigh);
#endif

#ifndef CONFIG_MMU
	show_val_kb(m, "MmapCopy:       ",
		    (unsigned long)atomic_long_read(&mmap_pages_allocated));
#endif

	show_val_kb(m, "SwapTotal:      ", i.totalswap);
	show_val_kb(m, "SwapFree:       ", i.freeswap);
#ifdef CONFIG_ZSWAP
#if __has_include(<linux/zswap.h>)
	show_val_kb(m, "Zswap:          ", zswap_total_pages());
#else
	seq_printf(m,  "Zswap:          %8lu kB\n",
		   (unsigned long)(zswap_pool_total_size >> 10));
#endif
	seq_printf(m,  "Zswapped:       %8lu kB\n",
		   /* An atomic_t in some kernels. */
		   (unsigned long)_Generic(&zswap_stored_pages,
					   atomic_t *: atomic_read,
					   atomic_long_t *: atomic_long_read)(&zswap_stored_pages) <<
		   (PAGE_SHIFT - 10));
#endif
	show_val_kb(m, "Dirty:          ",
		    global_node_page_state(NR_FILE_DIRTY));
	show_val_kb(m, "Writeback:      ",
		    global_node_page_state(NR_WRITEBACK));
	show_val_kb(m, "AnonPages:      ",
		    global_node_page_state(NR_ANON_MAPPED));
	show_val_kb(m, "Mapped:         ",
		    global_node_page_state(NR_FILE_MAPPED));
	show_val_kb(m, "Shmem:          ", i.sharedram);
	show_val_kb(m, "KReclaimable:   ", sreclaimable +
		    global_node_page_state(NR_KERNEL_MISC_RECLAIMABLE));
	show_val_kb(m, "Slab:           ", sreclaimable + sunreclaim);
	show_val_kb(m, "SReclaimable:   ", sreclaimable);
	show_val_kb(m, "SUnreclaim:     ", sunreclaim);
	seq_printf(m, "KernelStack:    %8lu kB\n",
		   global_node_page_state(NR_KERNEL_STACK_KB));
#ifdef CONFIG_SHADOW_CALL_STACK
	seq_printf(m, "ShadowCallStack:%8lu kB\n",
		   global_node_page_state(NR_KERNEL_SCS_KB));
#endif
	show_val_kb(m, "PageTables:     ",
		    global_node_page_state(NR_PAGETABLE));
	show_val_kb(m, "SecPageTables:  ",
		    global_node_page_state(NR_SECONDARY_PAGETABLE));

	show_val_kb(m, "NFS_Unstable:   ", 0);
#ifdef HAVE_NR_BOUNCE
	show_val_kb(m, "Bounce:         ",
		    global_zone_page_state(NR_BOUNCE));
#else
	show_val_kb(m, "Bounce:         ", 0);
#endif
#ifdef HAVE_NR_WRITEBACK_TEMP
	show_val_kb(m, "WritebackTmp:   ",
		    global_node_page_state(NR_WRITEBACK_TEMP));
#else
	show_val_kb(m, "WritebackTmp:   ", 0);
#endif
	show_val_kb(m, "CommitLimit:    ", vm_commit_limit());
	show_val_kb(m, "Committed_AS:   ", committed);
	seq_printf(m, "VmallocTotal:   %8lu kB\n",
		   (unsigned long)VMALLOC_TOTAL >> 10);
#ifdef HAVE_NR_VMALLOC
	show_val_kb(m, "VmallocUsed:    ",
		    global_node_page_state(NR_VMALLOC));
#else
	show_val_kb(m, "VmallocUsed:    ", vmalloc_nr_pages());
#endif
	show_val_kb(m, "VmallocChunk:   ", 0ul);
	show_val_kb(m, "Percpu:         ", pcpu_nr_pages());

#ifdef CONFIG_MEMTEST
	memtest_report_meminfo(m);
#endif

#ifdef CONFIG_MEMORY_FAILURE
	seq_printf(m, "HardwareCorrupted: %5lu kB\n",
		   atomic_long_read(&num_poisoned_pages) << (PAGE_SHIFT - 10));
#endif

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	show_val_kb(m, "AnonHugePages:  ",
		    global_node_page_state(NR_ANON_THPS));
	show_val_kb(m, "ShmemHugePages: ",
		    global_node_page_state(NR_SHMEM_THPS));
	show_val_kb(m, "ShmemPmdMapped: ",
		    global_node_page_state(NR_SHMEM_PMDMAPPED));
	show_val_kb(m, "FileHugePages:  ",
		    global_node_page_state(NR_FILE_THPS));
	show_val_kb(m, "FilePmdMapped:  ",
		    global_node_page_state(NR_FILE_PMDMAPPED));
#endif

#ifdef CONFIG_CMA
	show_val_kb(m, "CmaTotal:       ", totalcma_pages);
	show_val_kb(m, "CmaFree:        ",
		    global_zone_page_state(NR_FREE_CMA_PAGES));
#endif

#ifdef CONFIG_UNACCEPTED_MEMORY
	show_val_kb(m, "Unaccepted:     ",
		    global_zone_page_state(NR_UNACCEPTED));
#endif
#ifdef HAVE_NR_BALLOON_PAGES
	show_val_kb(m, "Balloon:        ",
		    global_node_page_state(NR_BALLOON_PAGES));
#endif
#ifdef HAVE_NR_GPU_ACTIVE
	show_val_kb(m, "GPUActive:      ",
		    global_node_page_state(NR_GPU_ACTIVE));

	show_val_kb(m, "GPUReclaim:     ",
		    global_node_page_state(NR_GPU_RECLAIM));
#endif

	hugetlb_report_meminfo(m);

	arch_report_meminfo(m);

	livepatch_report_meminfo(m);

	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "meminfo_proc_show",
		.new_func = livepatch_meminfo_proc_show,
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

static int __init klp_meminfo_init(void)
{
	return KLP_START(&patch);
}

static void __exit klp_meminfo_exit(void)
{
	KLP_STOP(&patch);
}

module_init(klp_meminfo_init);
module_exit(klp_meminfo_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
