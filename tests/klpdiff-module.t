#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpdiff and files of modules: whose THIS_MODULE is, and what becomes of a module's tracepoints. The entry of such a branch
# is left out only where that leaves a jump to the probes, and only for a tracepoint that vmlinux does not have.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpdiff.bash"

tree=$scratch/tree
path=drivers/traced/traced.c

# As include/linux/tracepoint.h makes it, and arch/x86/include/asm/jump_label.h.
write_file()
{
	mkdir -p "$tree/drivers/traced"
	cat >"$tree/$path" <<-'END'
		#include "mini.h"
		struct tracepoint { const char *name; int key; long (*funcs)(void *data, long x); };
		#define BRANCH(tracepoint, code) ({ \
			__label__ yes; \
			bool ret = false; \
			asm goto("1:" code "\n\t.pushsection __jump_table, \"aw\"\n\t.balign 8\n\t" \
				 ".long 1b - .\n\t.long %l[yes] - .\n\t.quad %c0 + 2 - .\n\t.popsection" \
				 ::"i"(&(tracepoint).key) : : yes); \
			if (0) { yes: ret = true; } \
			ret; })
		#define TRACEPOINT(NAME, code) \
			extern struct tracepoint __tracepoint_##NAME; \
			int __SCT__tp_func_##NAME(void *data, long x); \
			static __always_inline void trace_##NAME(long x) \
			{ \
				if (BRANCH(__tracepoint_##NAME, code) && __tracepoint_##NAME.funcs) \
					__SCT__tp_func_##NAME(&__tracepoint_##NAME, x); \
			}
		TRACEPOINT(ours, "jmp %l[yes]")
		TRACEPOINT(far, "jmp %l[yes]")
		TRACEPOINT(nop, ".byte 0x0f, 0x1f, 0x44, 0, 0")
		TRACEPOINT(elsewhere, "jmp 1b")
		TRACEPOINT(vmlinux, "jmp %l[yes]")
		__cold void rare(long x);
		int one(int x)
		{
			trace_ours(x);
			return x + 1;
		}
		int two(int x)
		{
			if (BRANCH(__tracepoint_far, "jmp %l[yes]")) {
				rare(x);
				__SCT__tp_func_far(0, x);
			}
			return x + 2;
		}
		int three(int x)
		{
			trace_nop(x);
			return x + 3;
		}
		int four(int x)
		{
			trace_elsewhere(x);
			return x + 4;
		}
		int five(int x)
		{
			trace_vmlinux(x);
			return x + 5;
		}
		static noinline noclone int step(int x)
		{
			return x ^ 5;
		}
		int six(int x)
		{
			return x + step(x);
		}
		void *whose(void)
		{
			return THIS_MODULE;
		}
	END
}

compiled()
{
	(cd "$1" && mini_cc "$path" "$2" -ffunction-sections -fdata-sections -w)
}

# The module, and what of the tracepoints is whose.
make_module()
{
	cat >"$scratch/theirs.c" <<-'END'
		#define TRACEPOINT(NAME) \
			struct tracepoint { int key; } __tracepoint_##NAME; int __SCT__tp_func_##NAME, __traceiter_##NAME
		TRACEPOINT(vmlinux);
	END
	sed -e 's/TRACEPOINT(vmlinux)/void rare(long x) { (void)x; } int __tracepoint_ours[4], __tracepoint_far[4], __tracepoint_nop[4], __tracepoint_elsewhere[4]/' \
		"$scratch/theirs.c" >"$scratch/mine.c"
	mini_cc "$scratch/theirs.c" "$scratch/theirs.o" -w && relink "$k" "$scratch/theirs.o" &&
		(cd "$tree" && mini_module "$k" "$scratch/traced.ko" "$path" "$scratch/mine.c")
}

# branches WANTED: how many entries of branches the cut object has.
branches()
{
	is "$(readelf -rW "$scratch/cut.o" | awk '/^Relocation section/ { in_table = /__jump_table/ } in_table && /PC64/' | wc -l)" "$1" "$2"
}

undefined()
{
	mini_nm -u "$scratch/cut.o" | sed 's/^ *U //' | LC_ALL=C sort | paste -sd ' '
}

asked()
{
	patched 's/return x + 1;/return x + 11;/'
	exits 0 'a function with a tracepoint of its module'
	is "$(grep -c '^note tracepoints of the module are asked each time, not switched on and off: ours$' <<<"$out")" 1 '... says what becomes of that'
	branches 0 '... its branch stays a jump'
	is "$(undefined)" '__fentry__ __traceiter_ours __tracepoint_ours' '... and its probes are called by the iterator'
	lacks "$out" 'kernel __traceiter_ours' '... which is no symbol of the original file'
	compare --verify "$scratch/cut.o"
	exits 0 '... a second look at the object agrees'
	LC_ALL=C sed 's/__traceiter_ours/__traceiter_hers/' "$scratch/cut.o" >"$scratch/wrong.o"
	compare --verify "$scratch/wrong.o"
	refused 1 "it refers to '__traceiter_hers'" '... and does not when another is called'
	patched 's/return x + 2;/return x + 12;/'
	branches 0 'a jump to a part that stands apart stays one, too'
	has "$(mini_nm "$scratch/cut.o")" 't livepatch_two.cold' '... it does stand apart'
	has "$(undefined)" '__traceiter_far' '... and calls the iterator'
}

kept()
{
	patched 's/return x + 3;/return x + 13;/'
	branches 1 'what is no jump keeps its entry: the kernel would never take that branch'
	is "$(undefined)" '__SCK__tp_func_nop __SCT__tp_func_nop __fentry__ __tracepoint_nop' '... and its static call'
	patched 's/return x + 4;/return x + 14;/'
	branches 1 'so does a jump to another place'
	patched 's/return x + 5;/return x + 15;/'
	branches 1 "vmlinux's tracepoint keeps its entry: it is known when the patch is loaded"
	lacks "$out" 'note ' '... and nothing is said'
}

# The struct module of the patch is another one (T6).
whose()
{
	patched 's/return THIS_MODULE;/return 16 + (char *)THIS_MODULE;/'
	exits 0 'a function that says THIS_MODULE'
	is "$(undefined)" '.klp.symbol:traced:__this_module:0 __fentry__' '... means its own module'
	has "$out" 'kernel .klp.symbol:traced:__this_module:0 __this_module' '... and a witness will see that'
	fresh
	c_file 001_traced.c "$path" <<<''
	cp "$scratch/cut.o" "$dir/001_traced.o"
	c_file main.c <<-'END'
		void *livepatch_whose(void);
		static struct klp_func funcs[] = {{"whose", livepatch_whose}, {}};
		static struct klp_object o[] = {{.name = "traced", .funcs = funcs}, {}};
		static struct klp_patch p = {.mod = THIS_MODULE, .objs = o};
		int init_whose(void);
		int init_whose(void) { return klp_enable_patch(&p); }
	END
	resolve --object "$scratch/traced.ko"
	exits 0 '... klpsyms resolves it'
	is "$(symbol .klp.symbol:traced:__this_module:0 | awk '{ print $1, $2 }')" 'traced __this_module' '... although the patch defines that name, too'
}

# Where the module's symbols do not say which file they are of (kp#1402), debug information does.
nameless()
{
	klpdiff_options=(--object "$scratch/nameless/traced.ko")
	mkdir "$scratch/nameless"
	objcopy -N traced.c -N mine.c "$scratch/traced.ko" "$scratch/nameless/traced.ko"
	is "$(LC_ALL=C readelf -sW "$scratch/nameless/traced.ko" | grep -c ' FILE .* traced\.c$')" 0 'a module without the name of the file'
	patched 's/return x + step(x);/return x - step(x);/'
	exits 0 '... is patched'
	is "$(undefined)" '__fentry__ step' '... its static function is the one of the file'
	patched 's/return x ^ 5;/return x ^ 6;/'
	is "$(sed -n 's/^replace \([^ ]*\) .*/\1/p' <<<"$out")" step '... and can be replaced'
}

write_file
klpdiff_options=(--object "$scratch/traced.ko")
mini_vmlinux "$k" && make_frame && make_module && compiled "$tree" "$scratch/was.o" || exit
asked
kept
whose
nameless
done_testing
