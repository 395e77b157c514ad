#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Whose symbol is it: each refusal of klpsyms on the miniature kernel.

# shellcheck source=tests/symbols.bash
source "$(dirname "${BASH_SOURCE[0]}")/symbols.bash"

# wrong LINE MESSAGE NAME DECLARATION USE: a file with alpha.c's tag is refused.
wrong()
{
	fresh
	c_file a.c $alpha <<-END
		$4;
		int use(int x);
		int use(int x) { return $5; }
	END
	resolve
	if [[ -e $dir/syms ]]; then
		fail "$3: no table"
		return
	fi
	refused 1 "klpsyms: error: a.c:$1: $2" "$3"
}

what_is_refused()
{
	wrong 3 "'alpha_inlined' is inlined everywhere in $alpha and has no code of its own: copy the function from $(place $alpha 'int alpha_inlined(')" \
		"inlined only" "int alpha_inlined(int)" "alpha_inlined(x)"
	wrong 3 "'alpha_scalar' exists in $alpha only as 'alpha_scalar.isra.0', whose arguments the compiler may have changed: copy the function from $(place $alpha 'int alpha_scalar(')" \
		"only as .isra" "int alpha_scalar(void *)" "alpha_scalar(0)"
	wrong 3 "'alpha_constant' exists in $alpha only as 'alpha_constant.constprop.0'" \
		"only as .constprop" "int alpha_constant(int, int)" "alpha_constant(x, 1)"
	wrong 3 "'alpha_partial' exists in $alpha only as 'alpha_partial.part.0'" \
		"only as .part" "int alpha_partial(int)" "alpha_partial(x)"
	wrong 3 "'alpha_unused' was optimised away in $alpha and lies nowhere in memory: copy it from $(place $alpha 'alpha_unused;') if it is a constant, else do without, as the kernel does" \
		"data optimised away" "extern int alpha_unused" "alpha_unused"
	wrong 3 "'alpha_limit' was optimised away in $alpha" "a constant without a symbol" \
		"extern int alpha_limit" "alpha_limit"
	wrong 3 "'alpha_boot' is in init memory, which the kernel frees after boot: it is gone when a livepatch is loaded, so do without it" \
		"init data" "extern int alpha_boot" "alpha_boot"
	wrong 3 "'alpha_setup' is in init memory" "a static init function" "int alpha_setup(int)" "alpha_setup(x)"
	wrong 3 "'alpha_init' is in init memory" "a global init function" "int alpha_init(void)" "alpha_init()"
	wrong 3 "'alpha_exit' is in init memory" "an exit function" "void alpha_exit(void)" "(alpha_exit(), x)"
	wrong 3 "'__per_cpu_start' lies at address 0, which the kernel takes to mean that it was not found: no livepatch can name it" \
		"the first per-CPU data" "extern char __per_cpu_start[]" "__per_cpu_start[x]"
	wrong 3 "'counter.0' is a symbol of $alpha of which its debug information knows nothing (made by the compiler, or written in assembler)" \
		"a name that the compiler made" 'extern int counter asm("counter.0")' "counter"
	wrong 3 "'kallsyms_ignored' is neither in $alpha nor a global symbol of this kernel" \
		"a name that is nowhere" "int kallsyms_ignored(int)" "kallsyms_ignored(x)"
	wrong 3 "'halper' is neither in $alpha nor a global symbol of this kernel" \
		"a misspelt static" "int halper(int)" "halper(x)"
	has "$err" "near names: helper" "... with the name that was meant"
	fresh
	c_file a.c $alpha <<-'END'
		/* halper() is "no function" // halper
		 * don't: halper */ static const char *text = "/* \" ", slash = '"'; // halper(
		int halper(int), use(int x); int use(int x) { return halper(x) + *text + slash; }
	END
	resolve
	refused 1 "klpsyms: error: a.c:5: 'halper' is neither" "the line is that of the code, not of a comment"
	wrong 3 "'arch_hoook' is neither" "a misspelt global" "int arch_hoook(int)" "arch_hoook(x)"
	has "$err" "near names: arch_hook" "... with the name that was meant"
}

static_of_another_file()
{
	wrong 3 "'gamma_private_' is neither" "a name with something at its end" \
		"extern int gamma_private_" gamma_private_
	wrong 3 "'twice_state' is not in $alpha (the file that a.c is tagged with), but static elsewhere: put what needs it into a file with that tag" \
		"a static of another file than the tag's" "extern int twice_state" "twice_state"
	has "$err" "  position $(position twice_state "$(address twice_state twice.c)"): 0x$(address twice_state twice.c) d $(place mm/twice.c 'int twice_state')" \
		"... with its position, address and place"

	fresh
	c_file a.c <<<'int helper(int), use(int x); int use(int x) { return helper(x); }'
	resolve
	refused 1 "a.c:3: 'helper' is static in the kernel, and a.c has no //KLPMAKE tag to say in which file: tag it with one of" \
		"a static without a tag"
	has "$err" "  position 1: 0x$(address helper beta.c) t $(place fs/proc/beta.c 'int helper(')" \
		"... the first candidate"
	has "$err" "  position 2: 0x$(address helper alpha.c) t $(place $alpha 'int helper(')" \
		"... the second candidate"

	# A weak reference, which becomes zero if nothing has the name.
	local zero="(the weak reference would be zero: if you want that, give it another name)"
	fresh
	c_file a.c $alpha <<<'extern int twice_state __weak; int use(void); int use(void) { return &twice_state ? twice_state : 0; }'
	resolve
	refused 1 "a.c:3: 'twice_state' is not in $alpha (the file that a.c is tagged with), but static elsewhere: put what needs it into a file with that tag $zero
  position $(position twice_state "$(address twice_state twice.c)"): 0x$(address twice_state twice.c) d $(place mm/twice.c 'int twice_state')" \
		"a weak reference to a static of another file"
	fresh
	c_file a.c <<<'int helper(int) __weak; int use(int x); int use(int x) { return helper ? helper(x) : 0; }'
	resolve
	refused 1 "a.c:3: 'helper' is static in the kernel, and a.c has no //KLPMAKE tag to say in which file: tag it with one of $zero
  position 1: 0x$(address helper beta.c) t" "... without a tag"
	fresh
	c_file a.c $alpha <<<'int helper(int) __weak; int use(int x); int use(int x) { return helper ? helper(x) : 0; }'
	resolve
	becomes helper t "$(address helper alpha.c)" "$(place $alpha 'int helper(')" "... to one of the tagged file is that"

	fresh
	c_file a.c <<<'int halper(int), use(int x); int use(int x) { return halper(x); }'
	resolve
	refused 1 "a.c:3: 'halper' is not a global symbol of this kernel, and a.c has no //KLPMAKE tag to look further" \
		"a name that is nowhere, without a tag"

	fresh
	c_file a.c <<-'END'
		/* This is what halper() in "helper.c was; don't say //halper. */
		// halper() "
		static const char text[] = "no comment: // or /* \" halpers";
		int use(int x);
		int use(int x) { int halper(int); return halper(x) + (int)sizeof(text) + '"'; }
	END
	resolve
	refused 1 "a.c:7: 'halper' is not a global symbol of this kernel" "the line is not that of a comment"

	fresh
	c_file a.c <<-'END'
		#define CALL(x) hal##per(x)
		int CALL(int), use(int x);
		int use(int x) { return CALL(x); } /* halper
	*/ /* halper */
	END
	resolve
	refused 1 "a.c: 'halper' is not a global symbol of this kernel" "a name that only comments have has no line"

	fresh
	c_file a.c mm/twice.c <<<'int twice_step(int), use(int x); int use(int x) { return twice_step(x); }'
	resolve
	refused 1 "a.c:3: 'twice_step' has more than one definition in mm/twice.c, which is compiled 2 times" \
		"a static that two compilations of the file have"
	has "$err" "  position 1: 0x" "... with the first"
	has "$err" "  position 2: 0x" "... and the second"

	fresh
	c_file a.c $alpha <<-'END'
		int alpha_inlined(int), halper(int), alpha_init(void), use(int x);
		int use(int x) { return alpha_inlined(x) + halper(x) + alpha_init(); }
	END
	resolve
	is "$(grep -c 'error:' <<<"$err")" 3 "all that is wrong is said in one run"
}

# A kernel with 120 local symbols of one name, and a static symbol with the name of an export.
more_of_a_name()
{
	local small=$k many=() i
	fresh
	mkdir "$dir/obj"
	as -o "$dir/obj/many-text.o" - <<<$'\t.type many, @function\nmany:\tnop\n\t.size many, 1'
	as -o "$dir/obj/many-data.o" - <<<$'\t.data\n\t.type many, @object\nmany:\t.long 1\n\t.size many, 4'
	cat >"$dir/obj/crowd.c" <<-'END'
		#define noipa __attribute__((noipa))
		static int many = 5;
		static noipa int sink(int x) { return x + many++; }
		int crowd(int x);
		int crowd(int x) { return sink(x); }
		int crowd_module(int x);
		int crowd_module(int x) { return x; }
	END
	# Named from the tree's root, as by kbuild: messages must not depend on where the tree is.
	(cd "$dir" && mini_cc obj/crowd.c obj/crowd.o)
	# An object file that is named twice is linked twice.
	for ((i = 0; i < 60; i++)); do
		many+=("$dir/obj/many-text.o" "$dir/obj/many-data.o")
	done
	relink "$dir/kernel" "${many[@]}" "$dir/obj/crowd.o"
	printf '0x12345678\tcrowd_module\tvmlinux\tEXPORT_SYMBOL_GPL\tmodule:kvm\n' >>"$dir/kernel/Module.symvers"
	k=$dir/kernel
	c_file a.c obj/crowd.c <<-'END'
		extern int many;
		int crowd_sink(int) asm("sink"), crowd_module(int), use_a(int x);
		int use_a(int x) { return many + crowd_sink(x) + crowd_module(x); }
	END
	c_file b.c <<-'END'
		int use_b(int x);
		int use_b(int x) { return (int)sink(x); }
	END
	resolve
	exits 0 "121 symbols of one name"
	is "$(awk '$3 == "many"' "$k/System.map" | wc -l)" 121 "... as many as the kernel counts"
	is "$(position many "$(address many crowd.c)")" 121 "... the one that is meant is the last"
	becomes many d "$(address many crowd.c)" obj/crowd.c:2 \
		"its position counts text and data, as the kernel does"
	is "$(cat "$dir/renames" 2>&1)" "a.o sink sink.klpmake.vmlinux.$(position sink "$(address sink crowd.c)")" \
		"a static with the name of an export is kept apart from the export, which keeps its name"
	becomes crowd_module T "$(address crowd_module)" obj/crowd.c:7 \
		"an export for named modules only is a livepatch symbol"
	k=$small
}

# Names that clang's link-time optimisation has changed, and that some kernels take as unchanged.
renamed_by_clang()
{
	local small=$k
	fresh
	mkdir "$dir/kernel"
	objcopy --add-symbol split_path.llvm.12=.text:0,local,function \
		--add-symbol kallsyms_on_each_match_symbol=.text:0x300,function,global "$k/vmlinux" "$dir/kernel/vmlinux"
	mini_system_map "$dir/kernel/vmlinux" >"$dir/kernel/System.map"
	cp "$k/Module.symvers" "$dir/kernel"
	k=$dir/kernel
	c_file a.c kernel/gamma.c <<<'int split_path(int), use(int x); int use(int x) { return split_path(x); }'
	resolve
	refused 1 "a.c:3: the position of 'split_path' is made uncertain by '.llvm.' symbols of its name, which some kernels count with it: no livepatch can name it; use a copy of it if it is a function, and replace its callers
  position 1: 0x$(address split_path) T $(place kernel/gamma.c 'int split_path(')" "a symbol that some kernels count otherwise"
	run "$bin/kallsympos" --vmlinux "$k/vmlinux" split_path
	has "$out" "not traceable: its position is made uncertain by '.llvm.' symbols of its" \
		"... kallsympos says so"
	k=$small
}

# Names with blanks or line breaks, which would break the table's lines.
no_words()
{
	local small=$k form="klpsyms: error: 'syms': no table of symbols can hold 'symbol klp-x.ko odd vmlinux odd 0"
	local why="a name in it is empty, or has a blank or a control character" file text
	for file in 'a blank' 'header\nsymbol klp-x.ko state vmlinux state 1 0 d'; do
		fresh
		mkdir "$dir/obj"
		printf '#line 7 "%s"\nstatic int odd = 3;\nint odd_use(void);\nint odd_use(void) { return odd++; }\n' \
			"$file" >"$dir/obj/odd.c"
		mini_cc "$dir/obj/odd.c" "$dir/obj/odd.o" && relink "$dir/kernel" "$dir/obj/odd.o"
		k=$dir/kernel
		c_file a.c obj/odd.c <<<'extern int odd; int use(void); int use(void) { return odd; }'
		resolve
		printf -v text '%b' "$file"
		refused 1 "$form $(address odd odd.c) d $text:7': $why" "a name of a file: '${file%%\\*}'"
		holds "... there is no table" test ! -e "$dir/syms"
		k=$small
	done
}

# A module for another machine.
another_machine()
{
	fresh
	c_file a.c fs/proc/alpha.c <<<"extern int helper(int x); int use(void); int use(void) { return helper(1); }"
	resolve
	exits 0 'a module of this machine'
	printf '\xf3\x00' | dd of="$dir/klp-x.ko" bs=1 seek=18 conv=notrunc status=none
	run_klpsyms
	refused 1 "'klp-x.ko' was made for another architecture than '$k/vmlinux'" 'a module of another machine'
	printf '\x01\x00' | dd of="$dir/klp-x.ko" bs=1 seek=18 conv=notrunc status=none
	run_klpsyms
	refused 1 "'klp-x.ko' was made for another architecture than '$k/vmlinux'" '... of one that nobody knows'
}

what_is_refused
static_of_another_file
more_of_a_name
renamed_by_clang
no_words
another_machine
done_testing
