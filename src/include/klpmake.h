/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <klpmake.h>: for what a tag cannot say, and for what a patch to a module has to write otherwise.
 * klpmake puts this header on the include path of a patch.
 */
#ifndef KLPMAKE_H
#define KLPMAKE_H

/*
 * For the init and the exit function of a livepatch module. Kernels that patch without ftrace
 * (openEuler's) have klp_register_patch() and klp_unregister_patch() instead of klp_enable_patch(),
 * and need the latter when the module goes: include/linux/livepatch.h. There the patch takes effect
 * only with `echo 1 >/sys/kernel/livepatch/NAME/enabled`. klpmake sees which kernel it is.
 */
#ifdef KLPMAKE_REGISTER_PATCH
#define KLP_START(PATCH) klp_register_patch(PATCH)
#define KLP_STOP(PATCH) WARN_ON(klp_unregister_patch(PATCH))
#else
#define KLP_START(PATCH) klp_enable_patch(PATCH)
#define KLP_STOP(PATCH) ((void)(PATCH))
#endif

/*
 * KLP_STATIC_LOCAL(FUNCTION, NAME), KLP_STATIC_LOCAL_AT(FUNCTION, NAME, LINE), and for the following:
 *
 *	extern struct list_head inetsw[] KLP_SYMBOL_OF(vmlinux, "net/ipv4/af_inet.c", inetsw);
 *	static int type_show(struct kobject *k) KLP_SYMBOL(vmlinux, type_show, 3);
 */
#include "klpmake_names.h"

/* The symbol NAME of another kernel file than the tagged one, compiled into OBJECT. */
#define KLP_SYMBOL_OF(OBJECT, FILE, NAME) KLP_ASM_NAME(".klp.file:" #OBJECT ":" FILE ":" #NAME)

/* The symbol NAME of OBJECT (vmlinux or a module) at POSITION, as old_sympos counts. */
#define KLP_SYMBOL(OBJECT, NAME, POSITION) \
	KLP_ASM_NAME(".klp.symbol:" #OBJECT ":" #NAME ":" #POSITION)

/*
 * As SUSE's livepatches write it: the relocation waits for LP_OBJ_NAME, the symbol is
 * SYM_OBJ_NAME's.
 */
#define KLP_RELOC_SYMBOL_POS(LP_OBJ_NAME, SYM_OBJ_NAME, SYM_NAME, SYM_POS) \
	KLP_ASM_NAME(".klp.sym.rela." #LP_OBJ_NAME "." #SYM_OBJ_NAME "." #SYM_NAME "," #SYM_POS)
#define KLP_RELOC_SYMBOL(LP_OBJ_NAME, SYM_OBJ_NAME, SYM_NAME) \
	KLP_RELOC_SYMBOL_POS(LP_OBJ_NAME, SYM_OBJ_NAME, SYM_NAME, 0)

/*
 * In a patch to a module: what the kernel makes fast by changing code. It finds such places when it
 * loads the patch, and has to know then whose key each depends on; where a module's symbols lie it
 * asks later. These read the key instead, each time that they run. (Keys, tracepoints and static
 * calls of vmlinux need none of this, and neither do those that the patch itself defines.) They
 * need the same headers of the kernel as what they stand for.
 *
 * A key of vmlinux that is __ro_after_init needs the first two where klpmake says so: kernels
 * before Linux 6.10 fault when a module has a branch on one.
 */

/* static_branch_likely(KEY), static_branch_unlikely(KEY); static_key_true(), static_key_false(). */
#define KLP_STATIC_BRANCH_LIKELY(KEY) __builtin_expect(static_key_enabled(KEY), 1)
#define KLP_STATIC_BRANCH_UNLIKELY(KEY) __builtin_expect(static_key_enabled(KEY), 0)

/*
 * static_call(NAME), to be called: KLP_STATIC_CALL(NAME)(ARGUMENTS). One that can be NULL
 * (static_call_cond()) is asked for with static_call_query(NAME) before.
 */
#define KLP_STATIC_CALL(NAME) ((__typeof__(STATIC_CALL_TRAMP(NAME)) *)static_call_query(NAME))

/*
 * trace_NAME(ARGUMENTS), as include/linux/tracepoint.h, __DO_TRACE(), calls the probes. Without the
 * module's own header, which a patch includes without CREATE_TRACE_POINTS, two declarations do:
 *
 *	extern struct tracepoint __tracepoint_NAME;
 *	int __traceiter_NAME(void *data, PARAMETERS);
 *
 * The condition of a TRACE_EVENT_CONDITION() is the caller's business, and so is more than disabled
 * preemption where a kernel guards its probes otherwise. KLP_TRACE_ENABLED(NAME) is
 * trace_NAME_enabled().
 */
#define KLP_TRACE_ENABLED(NAME) KLP_STATIC_BRANCH_UNLIKELY(&__tracepoint_##NAME.key)
#define KLP_TRACE(NAME, ...)                                             \
	do {                                                             \
		if (KLP_TRACE_ENABLED(NAME)) {                           \
			preempt_disable_notrace();                       \
			if (cpu_online(raw_smp_processor_id()))          \
				__traceiter_##NAME(NULL, ##__VA_ARGS__); \
			preempt_enable_notrace();                        \
		}                                                        \
	} while (0)

#endif
