/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Just enough of the kernel's headers for the miniature kernel and for livepatches to it. The
 * names are the kernel's; the structures have its members, but not its sizes, so that nothing
 * can rely on numbers that it has not read from DWARF.
 */
#ifndef MINI_H
#define MINI_H

typedef _Bool bool;
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long ulong;

#define NULL ((void *)0)
#define true 1
#define false 0

#define __init __attribute__((section(".init.text")))
#define __exit __attribute__((section(".exit.text"), used))
#define __initdata __attribute__((section(".init.data")))
#define __percpu_data __attribute__((section(".data..percpu")))
#define DECLARE_PER_CPU(type, name) extern __percpu_data __typeof__(type) name
#define __section(name) __attribute__((section(name)))
#define notrace __attribute__((no_instrument_function))
#define noinline __attribute__((__noinline__))
#define noclone __attribute__((__noclone__, __noipa__))
#define __always_inline inline __attribute__((always_inline))
#define __weak __attribute__((weak))
#define __hot __attribute__((hot))
#define __cold __attribute__((__cold__, __noinline__))
#define __used __attribute__((used))

/* "NAME\tTYPE\tNAMESPACE\n" for Module.symvers; tests/mini.bash reads the section. */
#define __EXPORT(name, type, ns)                              \
	asm(".pushsection .mini_exports,\"\",@progbits\n\t"   \
	    ".ascii \"" #name "\\t" type "\\t" ns "\\n\"\n\t" \
	    ".popsection")
#define EXPORT_SYMBOL(name) __EXPORT(name, "EXPORT_SYMBOL", "")
#define EXPORT_SYMBOL_GPL(name) __EXPORT(name, "EXPORT_SYMBOL_GPL", "")
#define EXPORT_SYMBOL_NS_GPL(name, ns) __EXPORT(name, "EXPORT_SYMBOL_GPL", ns)

/* As objtool lists functions that nobody calls by their address; with -fcf-protection=branch. */
#ifdef __CET__
#define IBT_SEAL(name)                                             \
	asm(".pushsection .ibt_endbr_seal,\"a\",@progbits\n\t" \
	    ".long " #name " - .\n\t"                            \
	    ".popsection")
#else
#define IBT_SEAL(name) _Static_assert(1, "")
#endif

struct module {
	int state;
	char name[56];
	int (*init)(void);
	void (*exit)(void);
	char arch[200];
};

extern struct module __this_module;
int init_module(void);
void cleanup_module(void);
#define THIS_MODULE (&__this_module)

#define __CONCAT2(a, b) a##b
#define __CONCAT(a, b) __CONCAT2(a, b)
#define MODULE_INFO(tag, info)                                \
	static const char __CONCAT(__modinfo_, __COUNTER__)[] \
		__attribute__((used, section(".modinfo"), aligned(1))) = #tag "=" info
#define MODULE_LICENSE(text) MODULE_INFO(license, text)
#define MODULE_IMPORT_NS(ns) MODULE_INFO(import_ns, #ns)

#define module_init(fn) int init_module(void) __attribute__((alias(#fn)))
#define module_exit(fn) void cleanup_module(void) __attribute__((alias(#fn)))

struct klp_func {
	const char *old_name;
	void *new_func;
	ulong old_sympos;
#ifdef CONFIG_LIVEPATCH_WO_FTRACE
	int force;
	void *func_node;
#endif
	void *old_func;
	ulong mini_private[7];
	bool patched;
};

/* OLD_LIVEPATCH: a kernel from before there were callbacks and states. */
#ifdef OLD_LIVEPATCH
struct klp_hooks {
	ulong mini_private[5];
};
#define klp_callbacks klp_hooks
#define klp_state klp_future
#else
struct klp_callbacks {
	int (*pre_patch)(void *obj);
	void (*post_patch)(void *obj);
	void (*pre_unpatch)(void *obj);
	void (*post_unpatch)(void *obj);
	bool post_unpatch_enabled;
};

struct klp_state {
	ulong id;
	u32 version;
	void *data;
};
#endif

/* CONFIG_LIVEPATCH_WO_FTRACE: openEuler's, of Linux 5.10 and later. */
struct klp_hook {
	void (*hook)(void);
};

struct klp_object {
	const char *name;
	struct klp_func *funcs;
#ifdef CONFIG_LIVEPATCH_WO_FTRACE
	struct klp_hook *hooks_load;
	struct klp_hook *hooks_unload;
#endif
	struct klp_callbacks callbacks;
	ulong mini_private[9];
};

struct klp_patch {
	struct module *mod;
	struct klp_object *objs;
	struct klp_state *states;
	bool replace;
	ulong mini_private[5];
};

#ifdef CONFIG_LIVEPATCH_WO_FTRACE
int klp_register_patch(struct klp_patch *patch);
int klp_unregister_patch(struct klp_patch *patch);
#else
int klp_enable_patch(struct klp_patch *patch);
#endif
#define WARN_ON(condition) ((void)(condition))
__attribute__((format(printf, 1, 2))) int _printk(const char *fmt, ...);
#define pr_err(...) _printk(__VA_ARGS__)
#define ENOSYS 38

/* Shared by the files of the miniature kernel. */
struct record {
	int id;
	int weight;
	long spare[6];
};

int beta_total(const struct record *r);
int arch_hook(int x);
int weak_kept(int x);
int asm_entry(int x);
int split_path(int x);
int gamma_use(struct record *r);
void complain(const char *what);
long sink(long x);

extern int shared_total;

/* 229 characters: longer than many a fixed buffer, shorter than the kernel's 511. */
#define LONG_NAME \
	gamma_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789_end
extern u8 _stext[], _etext[], _end[];

#endif
