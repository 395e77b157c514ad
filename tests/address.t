#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The address of a new function, taken inside the patch, becomes that of the function it replaces: through
# klpsyms, klplink and klpcheck, and read back with readelf.

# shellcheck source=tests/address.bash
source "$(dirname "${BASH_SOURCE[0]}")/address.bash"

everywhere()
{
	local flags h=helper,2 described
	fresh
	c_file a.c fs/proc/alpha.c <<-END
		typedef int fn(int);
		struct ops { const char *name; fn *call, *more[2]; };
		int helper(int x);
		fn new_show, *volatile now;
		static noinline noclone int before(int x) { return x + 7; }
		static noinline noclone int new_helper(int x) { return before(x) + 1; }
		noinline noclone int new_show(int x) { return before(x) + 2; }
		static noinline noclone int new_first(void) { return before(3); }

		/* Code: a constant to store, to compare with, to pass; two in one function. */
		void store(struct ops *o), choose(struct ops *o, int x);
		void store(struct ops *o) { o->call = new_helper; }
		int compare(fn *f);
		int compare(fn *f) { return f == new_helper; }
		void choose(struct ops *o, int x) { o->more[x & 1] = new_show; o->call = new_helper; }
		static int __init at_start(void) { now = new_helper; return 0; }
		int (*starting)(void) __initdata = at_start;

		/* Calls and jumps, within a section and from another. */
		int calls(int x), jumps(int x), far_calls(int x), far_jumps(int x), old_call(int x);
		int calls(int x) { return new_helper(x) + new_show(x) + 1; }
		int jumps(int x) { return new_helper(x); }
		__section(".text.unlikely") int far_calls(int x) { return new_helper(x) + new_show(x) + 1; }
		__section(".text.unlikely") int far_jumps(int x) { return x > 3 ? new_helper(x) : 8; }
		int old_call(int x) { return helper(x) + 1; }

		/* Relative to the instruction, which a compiler does not write; and in code at its start. */
		__section(".text.unlikely") void *relative(void)
		{
			void *f;
			asm("lea new_helper(%%rip), %0\n\tcmpb \$5, now(%%rip)" : "=r"(f));
			return f;
		}
		void *middle(void) { return (char *)new_helper + 1; }

		/* Data of every kind. */
		struct ops writable = {"helper", new_helper, {new_show, (fn *)new_first}};
		static const struct ops constant = {"constant", new_helper, {new_show}};
		fn *const table[] __attribute__((section(".data.table"))) = {new_show, new_helper};
		struct ops initial __initdata = {.call = new_helper};
		const struct ops *use_constant(void) { return &constant; }
		asm(".pushsection .rodata\n.globl distance\n.type distance, @object\n"
		    "distance: .long new_helper - .\n.size distance, 4\n.popsection");

		/* What describes code has to say where it is. */
		asm(".pushsection _kprobe_blacklist,\"aw\"\n.globl listed\n.type listed, @object\n"
		    "listed: .quad new_helper\n.size listed, 8\n.popsection");

		/* A second array, which no static patch leads to. */
		struct klp_func spare[] = {{.old_name = "helper", .new_func = new_helper}, {}};
		static struct klp_func funcs[] = {
			{.old_name = "helper", .new_func = new_helper},
			{.old_name = "alpha_show", .new_func = new_show},
			{.old_name = "alpha_first", .new_func = new_first},
			{},
		};
		$(frame '{.funcs = funcs}')
	END
	for flags in '' '-ffunction-sections -fdata-sections' -Os '-O0 -fno-inline'; do
		made "addresses of every kind${flags:+, $flags}" "$flags"
		lacks "$out" "prototypes: no debug information" "... and undeclared ones need none"
		is "$(readelf -sW "$dir/out/klp-x.ko" | awk '/\.klp\.sym/ { print $5, $8, $NF }' | sort | paste -sd'|')" \
			"GLOBAL [0xff20] .klp.sym.vmlinux.alpha_first,0|GLOBAL [0xff20] .klp.sym.vmlinux.alpha_show,0|GLOBAL [0xff20] .klp.sym.vmlinux.$h" \
			"... one livepatch symbol for each function"
		is "$(within writable 8 8)" "$(data $h)" "... a member of a structure"
		is "$(within writable 16 8)" "$(data alpha_show,0)" "... another, a global function's"
		is "$(within writable 24 8)" "$(data alpha_first,0)" "... a third"
		is "$(within constant 8 8)" "$(data $h)" "... a constant structure"
		is "$(within table 0 8)" "$(data alpha_show,0)" "... a table"
		is "$(within table 8 8)" "$(data $h)" "... its second entry"
		is "$(within initial 8 8)" "$(data $h)" "... init data"
		is "$(within distance)" "vmlinux R_X86_64_PC32 .klp.sym.vmlinux.$h +0" "... a distance in data"
		has "|$(within at_start)|" "|$(code $h)|" "... in init code"
		has "|$(within relative)|" "|vmlinux R_X86_64_PC32 .klp.sym.vmlinux.$h -4|" "... relative to the instruction"
		has "|$(within store)|" "$(code $h)|" "... stored"
		has "|$(within compare)|" "$(code $h)|" "... compared"
		has "|$(within choose)|" "$(code alpha_show,0)|" "... one of two in a function"
		has "|$(within choose)|" "$(code $h)|" "... the other one"
		lacks "$(within calls)$(within jumps)$(within far_calls)$(within far_jumps)" "klp.sym" \
			"... calls and jumps go to the new functions"
		has "$(within far_calls)" "plain R_X86_64_PC32 .text" "... also those that the assembler does not mark as such"
		has "$(within old_call)" ".klp.sym.vmlinux.$h -4" "... a call of the old one by its name to the old one"
		lacks "$(within middle)" "klp.sym" "... a place within a function is not its address"
		described=$(relocations | grep -E '^(__mcount_loc|_kprobe_blacklist) ')
		is "$(grep -c klp.sym <<<"$described"):$(grep -c '^_kprobe' <<<"$described")" 0:1 \
			"... what describes code stays"
		lacks "$(within funcs)$(within spare)" "klp.sym" "... and every struct klp_func"
	done
}

# A function of a module: its address waits for the module.
of_a_module()
{
	fresh
	c_file a.c drivers/gadget/gadget.c <<-END
		typedef int fn(int);
		fn *table[2];
		static noinline noclone int new_step(int x) { return x + 1; }
		static noinline noclone int new_show(int x) { return x + 2; }
		static noinline noclone int new_twin(int x) { table[0] = new_step; return x; }
		fn *const steps[] = {new_step, new_show, new_twin};
		static struct klp_func funcs[] = {{.old_name = "alpha_show", .new_func = new_show}, {}};
		static struct klp_func gadget_funcs[] = {
			{.old_name = "gadget_step", .new_func = new_step}, {.old_name = "gadget_twin", .new_func = new_twin}, {},
		};
		$(frame '{.funcs = funcs}, {.name = "gadget", .funcs = gadget_funcs}')
	END
	made "addresses of functions of vmlinux and of a module"
	is "$(within new_twin)" "plain R_X86_64_PC32 table -8|gadget R_X86_64_32S .klp.sym.gadget.gadget_step,1 +0" \
		"a module's function waits for the module"
	is "$(within steps)" "gadget R_X86_64_64 .klp.sym.gadget.gadget_step,1 +0|$(data alpha_show,0)|gadget R_X86_64_64 .klp.sym.gadget.gadget_twin,2 +0" \
		"each waits for its own object"

	fresh
	c_file a.c drivers/gadget/gadget.c <<-END
		static noinline noclone int new_step(int x) { return x + 1; }
		int (*volatile now)(int);
		static int __init early(void) { now = new_step; return 0; }
		int (*starting)(void) = early;
		static struct klp_func funcs[] = {{.old_name = "gadget_step", .new_func = new_step}, {}};
		$(frame '{.name = "gadget", .funcs = funcs}')
	END
	decide
	exits 0 "in init code: klpsyms takes it"
	carry_out
	doubt
	refused 1 "section '.klp.rela.gadget..init.text': relocations of a module are applied after the kernel has used '.init.text'" \
		"... and klpcheck finds that it comes too late"
}

# One file defines the new function, another one takes its address.
two_files()
{
	fresh
	c_file a.c fs/proc/alpha.c <<-END
		noinline noclone int new_helper(int x);
		int new_helper(int x) { return x + 1; }
		static noinline noclone int twin(int x) { return x + 3; }
		static struct klp_func funcs[] = {{.old_name = "helper", .new_func = new_helper}, {.old_name = "alpha_show", .new_func = twin}, {}};
		$(frame '{.funcs = funcs}')
	END
	c_file b.c <<-'END'
		int new_helper(int x), call(int x);
		static noinline noclone int twin(int x) { return x + 4; }
		int (*pointer)(int) = new_helper, (*other)(int) = twin;
		int call(int x) { return new_helper(x) + 1; }
	END
	made "two files"
	is "$(within pointer)" "$(data helper,2)" "the address is taken in another file"
	lacks "$(within other)" klp.sym "... a namesake that replaces nothing stays"
	is "$(within call)" "plain R_X86_64_PLT32 new_helper -4" "... a call too"
}

everywhere
of_a_module
two_files
done_testing
