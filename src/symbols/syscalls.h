/* SPDX-License-Identifier: GPL-2.0-only */
/* The names that a system call has in the kernel, and those by which it can be patched. */
#ifndef KLP_SYSCALLS_H
#define KLP_SYSCALLS_H

#include <stdbool.h>

#include "elf/elf_file.h"
#include "symbols/kallsyms.h"

/*
 * For sys_NAME, __do_sys_NAME, __se_sys_NAME, and the same of compat_sys_NAME, none of which can be
 * patched where the kernel has entry functions (CONFIG_ARCH_HAS_SYSCALL_WRAPPER): a line that names
 * the entries that this vmlinux has, to be freed. NULL for other names, and where there are no
 * entries. Rules: arch/x86/include/asm/syscall_wrapper.h, __SYSCALL_DEFINEx(), whose inner
 * functions are inline; include/linux/compiler_types.h, by which that implies notrace.
 */
char *syscall_entries(const struct elf_file *vmlinux, const char *name);

/*
 * "NAME" of a system call's function by any of these names, or of one of its entries; NULL: it is
 * not one. *compat: of the call that 32-bit programs make, which may have a body of its own.
 */
const char *syscall_name(const char *name, bool *compat);

/*
 * Calls fn for each entry of the call of that name in vmlinux, where several may be one function;
 * sym is only valid during the call.
 */
void syscall_each_entry(const struct elf_file *vmlinux, const char *call, bool compat,
			void (*fn)(const struct ksym *sym, void *arg), void *arg);

/* Is name __do_sys_NAME or __se_sys_NAME, and entry what calls it: __ARCH_sys_NAME? Or compat ones.
 */
bool syscall_is_body(const char *name, const char *entry);

/*
 * Are these names of one system call, an entry or what that calls? SYSCALL_DEFINE0() makes one
 * function with several of them.
 */
bool syscall_is_same(const char *a, const char *b);

#endif
