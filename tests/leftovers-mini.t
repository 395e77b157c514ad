#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What an author may leave in a copied file by mistake, on the miniature kernel: what klpsyms notices in the object files,
# and klpcheck in the module.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"

trace_points()
{
	local tag
	for tag in '' kernel/gamma.c fs/proc/alpha.c; do
		fresh
		c_file a.c "$tag" <<-'END'
			/* CREATE_TRACE_POINTS is not what is meant */
			#define CREATE_TRACE_POINTS
			int __tracepoint_gamma_hit = 1, __SCK__tp_func_gamma_hit = 1;
			int use(void); int use(void) { return __tracepoint_gamma_hit; }
		END
		resolve
		is "$status:$err" "1:klpsyms: error: a.c:4: CREATE_TRACE_POINTS defines 1 of the kernel's tracepoints once more, 'gamma_hit' for one: whoever traces them sees nothing of what the patch does
  remove the #define: with the header alone, trace_gamma_hit() is the kernel's" \
			"CREATE_TRACE_POINTS, tagged with '$tag'"
	done
	fresh
	c_file a.c kernel/gamma.c <<-'END'
		extern int __tracepoint_gamma_hit;
		int __tracepoint_own_hit = 1, __SCK__tp_func_own_hit = 1;
		int use(void); int use(void) { return __tracepoint_gamma_hit + __tracepoint_own_hit; }
	END
	resolve
	is "$status:$err" "0:" "the kernel's tracepoint, and one of the patch's own, are fine"
	fresh
	c_file a.c drivers/gadget/gadget.c <<-'END'
		#define CREATE_TRACE_POINTS
		int __tracepoint_gadget_hit = 1;
		int use(void); int use(void) { return __tracepoint_gadget_hit; }
	END
	(cd "$dir" && sed 's/gadget_private;/gadget_private, __tracepoint_gadget_hit;/' "$mini_src/drivers/gadget/gadget.c" >gadget.c.in &&
		mkdir -p obj/drivers/gadget && mv gadget.c.in obj/drivers/gadget/gadget.c && cd obj &&
		mini_cc drivers/gadget/gadget.c ../gadget.o.in "-I$mini_src/drivers/gadget" -DMODULE &&
		ld -r -o gadget.ko ../gadget.o.in)
	resolve --object "$dir/obj/gadget.ko"
	refused 1 "a.c:3: CREATE_TRACE_POINTS defines 1 of the kernel's tracepoints once more, 'gadget_hit'" \
		"CREATE_TRACE_POINTS for a module"
}

system_calls()
{
	fresh
	c_file a.c fs/proc/alpha.c <<-'END'
		/* SYSCALL_DEFINE1(umask, ...) */
		int __x64_sys_umask(int mask);
		static int __used types__umask, __syscall_meta__umask = 1;
		int __x64_sys_umask(int mask) { return mask; } /* of umask */
		int umask;
	END
	resolve
	is "$status:$err" "1:klpsyms: error: a.c:7: SYSCALL_DEFINE() of 'umask' makes trace events of it, too: the kernel sets these up with code that it has freed after boot, and crashes
  write __SYSCALL_DEFINEx() instead, which makes the functions only: example/uname shows how" \
		"SYSCALL_DEFINE()"
	extra_source <<-'END'
		static int __used __syscall_meta__umask = 1;
	END
	finished
	refused 1 "extra.c:2: it has trace events of the system call 'umask': event_init() calls init_syscall_trace() for them, which is gone after boot, and the kernel crashes
  write __SYSCALL_DEFINEx() instead of SYSCALL_DEFINE(): that makes none" "... in a module that others made"
}

# extra_source: adds extra.c, from standard input, to a patch that is good without it. Its text begins in line 2.
extra_source()
{
	rm -rf "$scratch/finished"
	mkdir "$scratch/finished"
	{
		echo '#include "mini.h"'
		cat
	} >"$scratch/finished/extra.c"
}

# finished [FLAG...]: makes the module with it, as $scratch/finished/made/klp-x.ko, and runs klpcheck.
finished()
{
	(cd "$scratch/finished" && mkdir -p made && MINI_CFLAGS="-w $*" mini_module "$k" made/klp-x.ko extra.c "$mini_src/foreign.c") || return
	check "$scratch/finished/made/klp-x.ko"
}

# told MESSAGE NAME: klpcheck says exactly that.
told()
{
	is "$status:${err//$scratch\/finished\/made\//}" "1:klpcheck: error: 'klp-x.ko': $1" "$2"
}

init_memory()
{
	local stays='the kernel frees that as soon as the patch is loaded'
	extra_source <<-'END'
		static noinline noclone int __init setup(int x) { return x + 1; }
		int again(int x);
		int again(int x) { return setup(x) + setup(x + 1); }
	END
	finished
	told "extra.c:4: 'again' uses 'setup', which lies in '.init.text': $stays
  remove __init or __initdata from 'setup'" "a function that calls an __init one, twice"
	strip -g "$scratch/finished/made/klp-x.ko"
	check "$scratch/finished/made/klp-x.ko"
	told "'again' uses 'setup', which lies in '.init.text': $stays
  remove __init or __initdata from 'setup'" "... without debug information"

	extra_source <<-'END'
		static int first __initdata = 1, second __initdata = 2, third __initdata = 3;
		static int __init set(int x) { return first++ + second++ + third++; }
		int use(int x);
		int use(int x) { return second; }
		int (*pointer)(int) = set;
	END
	finished
	is "$status:$(grep -o 'extra\.c:.*' <<<"$err")" "1:extra.c:5: 'use' uses 'second', which lies in '.init.data': $stays
extra.c:6: 'pointer' uses 'set', which lies in '.init.text': $stays" "variables by their place in the section, a pointer to a function"

	extra_source <<-'END'
		static int first __initdata = 1, second __initdata = 2;
		int __init sum(void);
		int __init sum(void) { return first++ + second++; }
		void set(void);
		void set(void) { second = 5; }
	END
	finished
	told "extra.c:6: 'set' uses 'second', which lies in '.init.data': $stays
  remove __init or __initdata from 'second'" "a variable that gets a number"

	extra_source <<-'END'
		struct operations { int (*start)(int), (*stop)(int); };
		static int __init start(int x) { return x; }
		static int stop(int x) { return x; }
		const struct operations ops = { stop, start };
	END
	finished
	told "extra.c:5: 'ops' uses 'start', which lies in '.init.text': $stays
  remove __init or __initdata from 'start'" "a table of functions that is constant"

	extra_source <<-'END'
		static struct klp_func funcs[] = { { .old_name = "alpha_show", .new_func = (void *)1 }, {} };
		static noinline noclone int __init new_show(int x) { return x; }
		static struct klp_func more[] = { { .old_name = "beta_total", .new_func = new_show }, {} };
		struct klp_func *all[] = { funcs, more };
	END
	finished
	told "extra.c:4: 'more' uses 'new_show', which lies in '.init.text': $stays
  remove __init or __initdata from 'new_show'" "a new function that is __init"

	# What is allowed.
	extra_source <<-'END'
		static int count __initdata = 1;
		int many(int x);
		int __init many(int x)
		{
			switch (x) {
			case 0: return sink(3) + count; case 1: return sink(1); case 2: return sink(4);
			case 3: return sink(1); case 4: return sink(5); case 5: return sink(9);
			case 6: return sink(2); case 7: return sink(6); case 8: return sink(5);
			}
			return 0;
		}
		__attribute__((section(".ref.text"))) int careful(int x) { return many(x); }
		int (*hook)(int) __initdata = many;
	END
	finished -fjump-tables
	is "$status:$err" "0:" "init code and data that only init code uses; a function that says that it knows"
	has "$(LC_ALL=C readelf -rW "$scratch/finished/made/klp-x.ko" | sed -n "/'\.rela\.rodata'/,/^$/p")" ".init.text" \
		"(with a jump table among the constants)"

	# What static_cpu_has() becomes.
	extra_source <<-'END'
		int __init asks(int x);
		int __init asks(int x)
		{
			asm goto("jmp 6f\n.pushsection .altinstr_aux, \"ax\"\n6: jmp %l[yes]\n.popsection" :::: yes);
			return x;
		yes:
			return x + 1;
		}
	END
	finished
	is "$status:$err" "0:" "a piece of an init function among the alternatives, which leads back into it"
	extra_source <<-'END'
		int __init asks(int x);
		int __init asks(int x) { return x; }
		asm(".pushsection .altinstr_aux, \"ax\"\njmp asks\n.popsection");
	END
	finished
	told "'.altinstr_aux' uses 'asks', which lies in '.init.text': $stays
  remove __init or __initdata from 'asks'" "... and one that calls it"
}

exports_and_aliases()
{
	extra_source <<-'END'
		int sink_again(int x) { return x; }

		long sink_global(long x);
		long sink_global(long x) { return x; }
		asm(".pushsection __ksymtab_gpl,\"a\"; __ksymtab_sink_global: .quad 0; .popsection");
	END
	finished
	warned "it exports 'sink_global': other modules would then depend on a patch" "an export of the patch's own"
	sed -i 's/sink_global/gadget_export/g' "$scratch/finished/extra.c"
	finished
	told "extra.c:5: 'gadget_export' is exported, as 'drivers/gadget/gadget' does already: verify_exported_symbols() refuses the module
  remove EXPORT_SYMBOL() from its files" "an export that the kernel has"

	extra_source <<-'END'
		MODULE_INFO(alias, "pci:v00001234d*");
	END
	finished
	warned "modinfo has the alias 'pci:v00001234d*': whoever looks for a driver by it gets the patch; remove MODULE_DEVICE_TABLE() and MODULE_ALIAS() from its files" \
		"a claim on a device"
}

type_lists()
{
	# What BTF_ID_LIST(ids), BTF_ID(struct, task_struct), BTF_ID(struct, file) become.
	local list='asm(".pushsection .BTF_ids,\"a\"\n.local ids\nids: .long 0, 0\n.popsection"); extern unsigned int ids[];'
	extra_source <<-END
		$list
		int is_file(unsigned int id);
		int is_file(unsigned int id) { return id == ids[0] || id == ids[1]; }
		unsigned int *of_file = &ids[1];
	END
	finished
	local empty="uses a list of BTF IDs of the patch, which is empty: only resolve_btfids fills such
  leave BTF_ID_LIST() and its like out; a global list of the kernel's can be declared extern"
	is "$status:${err//"klpcheck: error: '$scratch/finished/made/klp-x.ko': "/}" "1:extra.c:4: 'is_file' $empty
extra.c:5: 'of_file' $empty" "empty lists of BTF IDs are reported"
	extra_source <<<"${list/0, 0/7, 8} int is_file(unsigned int id); int is_file(unsigned int id) { return id == ids[0]; }"
	finished
	is "$status:$err" "0:" "... that are filled"
	extra_source <<<"$list"
	finished
	is "$status:$err" "0:" "... that are not used"
}

check_setup && make_frame || exit
trace_points
system_calls
init_memory
exports_and_aliases
type_lists
done_testing
