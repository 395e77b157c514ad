#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpcheck knows which trampolines of static calls can take the place of their keys in this kernel.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"

# make_kernel [no-table]: makes a kernel with two static calls, one of which modules may call without its key.
make_kernel()
{
	cat >"$scratch/calls.c" <<-'END'
		#include "mini.h"
		int __SCK__known, __SCK__hidden;
		void __SCT__known(void), __SCT__hidden(void);
		void __SCT__known(void) { __SCK__known++; }
		void __SCT__hidden(void) { __SCK__hidden++; }
		#ifndef NO_TABLE
		asm(".pushsection .rodata, \"a\"\n.globl __start_static_call_tramp_key, __stop_static_call_tramp_key\n"
		    "__start_static_call_tramp_key:\n.long __SCT__known - ., __SCK__known - .\n"
		    "__stop_static_call_tramp_key:\n.popsection");
		#endif
	END
	mini_cc "$scratch/calls.c" "$scratch/calls.o" "$@" && relink "$k" "$scratch/calls.o" &&
		mini_kallsyms "$k" >"$k/kallsyms"
}

# calls CALL KEY: makes a patch that calls CALL and has KEY as its key.
calls()
{
	cat >"$scratch/x.c" <<-END
		#include "mini.h"
		static int new_show(int x)
		{
			asm("1: call $1\n.pushsection .static_call_sites, \"aw\"\n.long 1b - ., $2 - . + 1\n.popsection");
			return x + 7;
		}
		static struct klp_func funcs[] = {{.old_name = "alpha_show", .new_func = new_show}, {}};
		static struct klp_object objects[] = {{.funcs = funcs}, {}};
		static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};
		static int __init x_init(void) { return klp_enable_patch(&patch); }
		module_init(x_init);
		MODULE_LICENSE("GPL");
		MODULE_INFO(livepatch, "Y");
	END
	mini_module "$k" "$scratch/x-plain.ko" "$scratch/x.c" || return
	printf 'symbol x.ko %s vmlinux %s 0 0 T\n' "$1" "$1" >"$scratch/x.syms"
	[[ $1 == "$2" ]] || printf 'symbol x.ko %s vmlinux %s 0 0 D\n' "$2" "$2" >>"$scratch/x.syms"
	"$bin/klplink" --table "$scratch/x.syms" -o "$scratch/x.ko" "$scratch/x-plain.ko"
}

check_setup && make_kernel || exit
calls __SCT__hidden __SCK__hidden
fine "a static call with its key" "$scratch/x.ko"
calls __SCT__hidden __SCT__hidden
check "$scratch/x.ko"
refused 1 "x.c:2: '.static_call_sites' + 0x4: the static call 'hidden' has its trampoline for a key, and this kernel has no key for that: static_call_add_module() refuses the module" \
	"its trampoline in place of the key"
has "$err" "write static_call(hidden) for static_call_mod(hidden)" "... with what to write"
calls __SCT__known __SCT__known
fine "... a trampoline whose key the kernel knows" "$scratch/x.ko"
make_kernel -DNO_TABLE
calls __SCT__hidden __SCT__hidden
fine "... a kernel that does not look at the section" "$scratch/x.ko"

done_testing
