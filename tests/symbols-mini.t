#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Whose symbol is it: each rule of klpsyms on the miniature kernel, and each refusal.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

alpha=fs/proc/alpha.c
long_name=$(sed -n 's/^\t\(gamma_0123.*_end\)$/\1/p' "$mini_src/include/mini.h")

what_can_be_reached()
{
	fresh
	template a.c $alpha <<-'END'
		extern int state, mixed, gamma_private, alpha_percpu, absent __weak;
		extern char alpha_buffer[];
		int helper(int), alpha_first(void), alpha_again(const struct record *), registered(int);
		int gadget_export(int), use(int x);
		MODULE_IMPORT_NS(MINI_NS);
		int use(int x)
		{
			state = helper(x) + alpha_first() + mixed + gamma_private + alpha_percpu;
			alpha_buffer[x] = (char)(registered(x) + arch_hook(x) + weak_kept(x));
			_printk("%p %p %p %p", _stext, _etext, _end, &absent);
			return alpha_again(NULL) + shared_total + (int)sink(x) + asm_entry(x) +
			       gadget_export(x) + gamma_use(NULL);
		}
	END
	resolve
	exits 0 "names of every kind are resolved"
	is "$err" "" "without a word"
	becomes helper t "$(address helper alpha.c)" "$(place $alpha 'int helper(')" "a static function"
	becomes state d "$(address state alpha.c)" "$(place $alpha 'int state =')" "static data"
	becomes mixed d "$(address mixed alpha.c)" "$(place $alpha 'int mixed =')" \
		"static data with the name of a global function"
	becomes alpha_buffer b "$(address alpha_buffer alpha.c)" "$(place $alpha 'alpha_buffer[64]')" \
		"a static array"
	becomes alpha_first t "$(address alpha_first alpha.c)" "$(place $alpha 'alpha_first(')" \
		"a static function whose name is unique has position 0"
	becomes alpha_percpu d "$(address alpha_percpu alpha.c)" "$(place $alpha 'alpha_percpu _')" \
		"a per-CPU variable"
	becomes alpha_again T "$(address alpha_again)" "$(place $alpha 'int alpha_again(')" \
		"a global function of the file that nobody exports"
	becomes gamma_private B "$(address gamma_private)" - "global data of another file"
	becomes registered T "$(address registered)" - "the global function, not its static namesake"
	becomes arch_hook T "$(address arch_hook)" - "a weak function that is overridden"
	becomes weak_kept W "$(address weak_kept)" - "a weak function"
	becomes asm_entry T "$(address asm_entry)" - "an assembler's function"
	becomes _stext T "$(address _stext)" - "the linker script's first symbol"
	becomes _etext T "$(address _etext)" - "... one between"
	becomes _end B "$(address _end)" - "... and its last"
	is "$(awk '$1 == "symbol" { print $3 }' "$dir/syms" | xargs)" \
		"_end _etext _stext alpha_again alpha_buffer alpha_first alpha_percpu arch_hook asm_entry gamma_private helper mixed registered state weak_kept" \
		"not in the table: exports of vmlinux and of modules, and a weak name that nobody has"
	is "$(cat "$dir/renames")" "" "and nothing has to be renamed"
}

golden_table()
{
	fresh
	template klp.c $alpha <<-'END'
		extern int state;
		int helper(int), use(int x);
		int use(int x)
		{
			return state + helper(x) + arch_hook(x);
		}
	END
	resolve --release 9.9.0-mini
	local build_id
	build_id=$(readelf -n "$k/vmlinux" | awk '/Build ID/ { print $3 }')
	is "$(<"$dir/syms")" "$(sed "s/^\t*//" <<-END
		# klpmake symbol table: which kernel symbol each name means
		# kernel 9.9.0-mini, vmlinux build-id $build_id
		# symbol MODULE LINK_NAME OBJECT NAME POSITION ADDRESS TYPE SOURCE
		# sympos MODULE SECTION OFFSET POSITION NAME
		# address MODULE SECTION OFFSET OBJECT NAME POSITION ADDEND NEW_NAME
		# depends MODULE NAMES
		# modinfo MODULE KEY=VALUE
		symbol klp-x.ko arch_hook vmlinux arch_hook 0 $(address arch_hook) T -
		symbol klp-x.ko helper vmlinux helper 2 $(address helper alpha.c) t fs/proc/alpha.c:19
		symbol klp-x.ko state vmlinux state 2 $(address state alpha.c) d fs/proc/alpha.c:9
		modinfo klp-x.ko klpmake=$("$bin/klpsyms" --version | cut -d' ' -f2)
		modinfo klp-x.ko klpmake_kernel=$build_id
	END
	)" "the table, to the letter"
	cp "$dir/syms" "$dir/syms.first"
	run_klpsyms --release 9.9.0-mini
	holds "the same table in a second run" cmp "$dir/syms" "$dir/syms.first"
}

other_files()
{
	fresh
	template a.c kernel/gamma.c <<-'END'
		extern int LONG_NAME;
		int state(int), mixed(int), use(int x);
		int use(int x)
		{
			return LONG_NAME + state(x) + mixed(x) + split_path(x);
		}
	END
	resolve
	becomes "$long_name" d "$(address "$long_name" gamma.c)" "$(place kernel/gamma.c 'LONG_NAME =')" \
		"a name of 229 characters"
	becomes state t "$(address state gamma.c)" "$(place kernel/gamma.c 'int state(')" \
		"a static function with the name of two variables"
	becomes mixed T "$(address mixed)" "$(place kernel/gamma.c 'int mixed(')" \
		"a global function with the name of static data"
	becomes split_path T "$(address split_path)" "$(place kernel/gamma.c 'int split_path(')" \
		"a function in a hot and a cold part"

	fresh
	template a.c lib/delta.S <<-'END'
		int asm_local(void), use(void);
		int use(void)
		{
			return asm_local();
		}
	END
	resolve
	becomes asm_local t "$(address asm_local delta.o)" lib/delta.S "an assembler's local function"

	fresh
	template a.c mm/twice.c <<-'END'
		int twice_run_a(int), use(int x);
		extern int twice_extra;
		int use(int x)
		{
			return twice_run_a(x) + twice_extra;
		}
	END
	resolve
	becomes twice_extra b "$(address twice_extra twice.c)" "$(place mm/twice.c 'int twice_extra')" \
		"a static that only one of two compilations of a file has"
	becomes twice_run_a T "$(address twice_run_a)" "$(place mm/twice.c 'int NAME(twice_run_')" \
		"a global of one of them"

	fresh
	template a.c <<-'END'
		extern int gamma_private;
		int use(int x);
		int use(int x)
		{
			return arch_hook(x) + gamma_private;
		}
	END
	resolve
	exits 0 "a file that only uses globals needs no tag"
	becomes gamma_private B "$(address gamma_private)" - "and gets them"
}

# Two files with the same names, and the linker that would merge them.
two_of_a_name()
{
	local h1 h2 s1 s2
	h1=$(position helper "$(address helper alpha.c)") h2=$(position helper "$(address helper beta.c)")
	s1=$(position state "$(address state alpha.c)") s2=$(position state "$(address state beta.c)")
	fresh
	template a.c $alpha <<-'END'
		extern int state;
		int helper(int), alpha_first(void), use_a(int x);
		int use_a(int x)
		{
			return state + helper(x) + alpha_first();
		}
	END
	template b.c fs/proc/beta.c <<-'END'
		extern int state;
		int helper(int), registered(int), use_b(int x);
		int use_b(int x)
		{
			return state + helper(x) + registered(x);
		}
	END
	template c.c lib/strings.c <<-'END'
		int registered(int), use_c(int x);
		int use_c(int x)
		{
			return registered(x);
		}
	END
	resolve
	exits 0 "two files with one name for two symbols"
	is "$(LC_ALL=C sort "$dir/renames")" "$(printf '%s\n' \
		"a.o helper helper.klpmake.vmlinux.$h1" "a.o state state.klpmake.vmlinux.$s1" \
		"b.o helper helper.klpmake.vmlinux.$h2" \
		"b.o registered registered.klpmake.vmlinux.$(position registered "$(address registered beta.c)")" \
		"b.o state state.klpmake.vmlinux.$s2" \
		"c.o registered registered.klpmake.vmlinux.$(position registered "$(address registered)")")" \
		"the renames that keep them apart"
	is "$h1$h2$s1$s2" 2123 "the positions follow the addresses, not the files"
	local object old new
	while read -r object old new; do
		objcopy --redefine-sym "$old=$new" "$dir/$object"
	done <"$dir/renames"
	resolve
	exits 0 "after the renaming they are resolved"
	is "$(cat "$dir/renames" 2>&1)" "" "and there is nothing left to rename"
	becomes "helper.klpmake.vmlinux.$h1" t "$(address helper alpha.c)" \
		"$(place $alpha 'int helper(')" "the first file's function" helper
	becomes "helper.klpmake.vmlinux.$h2" t "$(address helper beta.c)" \
		"$(place fs/proc/beta.c 'int helper(')" "the second file's function" helper
	becomes "state.klpmake.vmlinux.$s2" d "$(address state beta.c)" \
		"$(place fs/proc/beta.c 'int state =')" "the second file's data" state
	becomes alpha_first t "$(address alpha_first alpha.c)" "$(place $alpha 'alpha_first(')" \
		"what was no conflict keeps its name"
	touch "$dir/b.c"
	sleep 0.01
	mini_cc "$dir/b.c" "$dir/b.o" -w
	resolve
	is "$(grep -c '^b\.o ' "$dir/renames"):$(grep -vc '^b\.o ' "$dir/renames")" "3:0" \
		"one of them compiled again is renamed again"
	rm "$dir"/b.* "$dir"/c.*
	resolve
	is "$(LC_ALL=C sort "$dir/renames")" "$(printf '%s\n' "a.o helper.klpmake.vmlinux.$h1 helper" \
		"a.o state.klpmake.vmlinux.$s1 state")" "a name comes back when there is no conflict any more"

	fresh
	template a.c $alpha <<<'int helper(int), use_a(int x); int use_a(int x) { return helper(x); }'
	template b.c fs/proc/beta.c <<<'int helper(int), use_b(int x); int use_b(int x) { return helper(x); }'
	compile
	(cd "$dir" && ld -r -o klp-x.ko a.o b.o "$scratch/frame.o" "$scratch/mod.o")
	cd "$dir" || exit
	run "$bin/klpsyms" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" -o syms \
		--module klp-x.ko a.o b.o "$scratch/frame.o"
	cd "$OLDPWD" || exit
	refused 1 "a.c:3: 'helper' means another symbol in another file of the patch: only --renames can keep them apart" \
		"no table that mixes them up when nobody asks for the renames"
	holds "... none at all" test ! -e "$dir/syms"

	fresh
	template a.c $alpha <<<'int helper(int), use_a(int x); int use_a(int x) { return helper(x); }'
	template b.c $alpha <<<'int helper(int), use_b(int x); int use_b(int x) { return helper(x); }'
	resolve
	is "$status:$(cat "$dir/renames" 2>&1):$(grep -c '^symbol' "$dir/syms")" "0::1" \
		"two files that mean the same by a name share it"
}

# What the files of the patch define themselves.
of_the_patch()
{
	fresh
	template a.c $alpha <<<'int shared_by_us(int), use_a(int x); int use_a(int x) { return shared_by_us(x); }'
	template b.c <<<'int shared_by_us(int); int shared_by_us(int x) { return x; }'
	resolve
	is "$status:$(grep -c '^symbol' "$dir/syms")" 0:0 "a name that another file of the patch defines"

	fresh
	template a.c $alpha <<<'int alpha_again(int), use_a(int x); int use_a(int x) { return alpha_again(x); }'
	template b.c <<<'int alpha_again(int); int alpha_again(int x) { return x; }'
	resolve
	is "$status:$(grep -c '^symbol' "$dir/syms")" 0:0 "... also when the kernel has a global of that name"

	fresh
	template a.c $alpha <<<'int helper(int), use_a(int x); int use_a(int x) { return helper(x); }'
	template b.c <<<'int helper(int); int helper(int x) { return x; }'
	resolve
	refused 1 "a.c:3: 'helper' is defined in b.c, and is a static of fs/proc/alpha.c too: give the one in b.c another name" \
		"a name that another file defines and that is a static of the tagged file"
}

# wrong LINE MESSAGE NAME DECLARATION USE: a file tagged with alpha.c is refused.
wrong()
{
	fresh
	template a.c $alpha <<-END
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
	wrong 3 "'alpha_unused' was optimised away in $alpha, it lies nowhere in memory: copy it from $(place $alpha 'alpha_unused;') if it is a constant, else do without, as the kernel does" \
		"data optimised away" "extern int alpha_unused" "alpha_unused"
	wrong 3 "'alpha_limit' was optimised away in $alpha" "a constant without a symbol" \
		"extern int alpha_limit" "alpha_limit"
	wrong 3 "'alpha_boot' is in init memory, which the kernel frees after boot: it is gone when a livepatch is loaded, so do without it" \
		"init data" "extern int alpha_boot" "alpha_boot"
	wrong 3 "'alpha_setup' is in init memory" "a static init function" "int alpha_setup(int)" "alpha_setup(x)"
	wrong 3 "'alpha_init' is in init memory" "a global init function" "int alpha_init(void)" "alpha_init()"
	wrong 3 "'alpha_exit' is in init memory" "an exit function" "void alpha_exit(void)" "(alpha_exit(), x)"
	wrong 3 "'__per_cpu_start' lies at address 0, which the kernel takes for not found: no livepatch can name it" \
		"the first per-CPU data" "extern char __per_cpu_start[]" "__per_cpu_start[x]"
	wrong 3 "'counter.0' is a symbol of $alpha of which its debug information knows nothing (made by the compiler, or an assembler's)" \
		"a name that the compiler made" 'extern int counter asm("counter.0")' "counter"
	wrong 3 "'kallsyms_ignored' is neither in $alpha nor a global symbol of this kernel" \
		"a name that is nowhere" "int kallsyms_ignored(int)" "kallsyms_ignored(x)"
	wrong 3 "'halper' is neither in $alpha nor a global symbol of this kernel" \
		"a misspelt static" "int halper(int)" "halper(x)"
	has "$err" "near names: helper" "... with the name that was meant"
	fresh
	template a.c $alpha <<-'END'
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
	template a.c <<<'int helper(int), use(int x); int use(int x) { return helper(x); }'
	resolve
	refused 1 "a.c:3: 'helper' is static in the kernel, and a.c has no //KLPMAKE tag to say in which file: tag it with one of" \
		"a static without a tag"
	has "$err" "  position 1: 0x$(address helper beta.c) t $(place fs/proc/beta.c 'int helper(')" \
		"... the first candidate"
	has "$err" "  position 2: 0x$(address helper alpha.c) t $(place $alpha 'int helper(')" \
		"... the second candidate"

	# A weak reference, which becomes zero where there is nothing of the name at all.
	local zero="(the weak reference would be zero: if that is meant, give it another name)"
	fresh
	template a.c $alpha <<<'extern int twice_state __weak; int use(void); int use(void) { return &twice_state ? twice_state : 0; }'
	resolve
	refused 1 "a.c:3: 'twice_state' is not in $alpha (the file that a.c is tagged with), but static elsewhere: put what needs it into a file with that tag $zero
  position $(position twice_state "$(address twice_state twice.c)"): 0x$(address twice_state twice.c) d $(place mm/twice.c 'int twice_state')" \
		"a weak reference to a static of another file"
	fresh
	template a.c <<<'int helper(int) __weak; int use(int x); int use(int x) { return helper ? helper(x) : 0; }'
	resolve
	refused 1 "a.c:3: 'helper' is static in the kernel, and a.c has no //KLPMAKE tag to say in which file: tag it with one of $zero
  position 1: 0x$(address helper beta.c) t" "... without a tag"
	fresh
	template a.c $alpha <<<'int helper(int) __weak; int use(int x); int use(int x) { return helper ? helper(x) : 0; }'
	resolve
	becomes helper t "$(address helper alpha.c)" "$(place $alpha 'int helper(')" "... to one of the tagged file is that"

	fresh
	template a.c <<<'int halper(int), use(int x); int use(int x) { return halper(x); }'
	resolve
	refused 1 "a.c:3: 'halper' is no global symbol of this kernel, and a.c has no //KLPMAKE tag to look further" \
		"a name that is nowhere, without a tag"

	fresh
	template a.c <<-'END'
		/* This is what halper() in "helper.c was; don't say //halper. */
		// halper() "
		static const char text[] = "no comment: // or /* \" halpers";
		int use(int x);
		int use(int x) { int halper(int); return halper(x) + (int)sizeof(text) + '"'; }
	END
	resolve
	refused 1 "a.c:7: 'halper' is no global symbol of this kernel" "the line is not that of a comment"

	fresh
	template a.c <<-'END'
		#define CALL(x) hal##per(x)
		int CALL(int), use(int x);
		int use(int x) { return CALL(x); } /* halper
	*/ /* halper */
	END
	resolve
	refused 1 "a.c: 'halper' is no global symbol of this kernel" "a name that only comments have has no line"

	fresh
	template a.c mm/twice.c <<<'int twice_step(int), use(int x); int use(int x) { return twice_step(x); }'
	resolve
	refused 1 "a.c:3: 'twice_step' has more than one definition in mm/twice.c, which is compiled 2 times" \
		"a static that two compilations of the file have"
	has "$err" "  position 1: 0x" "... with the first"
	has "$err" "  position 2: 0x" "... and the second"

	fresh
	template a.c $alpha <<-'END'
		int alpha_inlined(int), halper(int), alpha_init(void), use(int x);
		int use(int x) { return alpha_inlined(x) + halper(x) + alpha_init(); }
	END
	resolve
	is "$(grep -c 'error:' <<<"$err")" 3 "all that is wrong is said in one run"
}

# A kernel with more in it: 120 local symbols of one name, a static with the name of an export.
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
	mini_cc "$dir/obj/crowd.c" "$dir/obj/crowd.o"
	# An object that is named more than once is linked more than once.
	for ((i = 0; i < 60; i++)); do
		many+=("$dir/obj/many-text.o" "$dir/obj/many-data.o")
	done
	relink "$dir/kernel" "${many[@]}" "$dir/obj/crowd.o"
	printf '0x12345678\tcrowd_module\tvmlinux\tEXPORT_SYMBOL_GPL\tmodule:kvm\n' >>"$dir/kernel/Module.symvers"
	k=$dir/kernel
	template a.c obj/crowd.c <<-'END'
		extern int many;
		int crowd_sink(int) asm("sink"), crowd_module(int), use_a(int x);
		int use_a(int x) { return many + crowd_sink(x) + crowd_module(x); }
	END
	template b.c <<-'END'
		int use_b(int x);
		int use_b(int x) { return (int)sink(x); }
	END
	resolve
	exits 0 "121 symbols of one name"
	is "$(awk '$3 == "many"' "$k/System.map" | wc -l)" 121 "... as many as the kernel counts"
	is "$(position many "$(address many crowd.c)")" 121 "... the one that is meant is the last"
	becomes many d "$(address many crowd.c)" "$dir/obj/crowd.c:2" \
		"its position counts text and data, as the kernel does"
	is "$(cat "$dir/renames" 2>&1)" "a.o sink sink.klpmake.vmlinux.$(position sink "$(address sink crowd.c)")" \
		"a static with the name of an export is kept apart from the export, which keeps its name"
	becomes crowd_module T "$(address crowd_module)" "$dir/obj/crowd.c:7" \
		"an export for named modules only is a livepatch symbol"
	k=$small
}

# What clang's link-time optimisation renames, and some kernels take for the name that it was.
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
	template a.c kernel/gamma.c <<<'int split_path(int), use(int x); int use(int x) { return split_path(x); }'
	resolve
	refused 1 "a.c:3: the position of 'split_path' is made uncertain by '.llvm.' symbols of its name, which some kernels count with it: no livepatch can name it; use a copy of it if it is a function, and replace its callers
  position 1: 0x$(address split_path) T $(place kernel/gamma.c 'int split_path(')" "a symbol that some kernels count otherwise"
	run "$bin/kallsympos" --vmlinux "$k/vmlinux" split_path
	has "$out" "not traceable: its position is made uncertain by '.llvm.' symbols of its name, which some kernels count with it" \
		"... kallsympos says so"
	k=$small
}

# What would be more than one word of a line, or another line.
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
		template a.c obj/odd.c <<<'extern int odd; int use(void); int use(void) { return odd; }'
		resolve
		printf -v text '%b' "$file"
		refused 1 "$form $(address odd odd.c) d $text:7': $why" "a name of a file: '${file%%\\*}'"
		holds "... there is no table" test ! -e "$dir/syms"
		k=$small
	done
}

# A variable that is defined where the kernel's was meant: the data would be two.
data_of_its_own()
{
	local form
	for form in 'static int state;' 'int state;' 'int state = 3;'; do
		fresh
		template a.c fs/proc/alpha.c <<<"$form int use(void); int use(void) { return ++state; }"
		resolve
		refused 1 "a.c:3: 'state' is a variable of fs/proc/alpha.c, and this defines another of that name" \
			"'$form' for a static of the tagged file"
	done
	fresh
	template a.c fs/proc/beta.c <<<"int alpha_shared; int use(void); int use(void) { return ++alpha_shared; }"
	resolve
	refused 1 "a.c:3: 'alpha_shared' is a variable of vmlinux, and this defines another of that name" \
		"a global of another file"
	fresh
	template a.c fs/proc/alpha.c <<<"static int fresh_one; int use(void); int use(void) { return ++fresh_one; }"
	resolve
	exits 0 "a variable of the patch's own is fine"
}

mini_vmlinux "$k" && mini_gadget "$k" && make_frame || exit
what_can_be_reached
golden_table
other_files
two_of_a_name
of_the_patch
what_is_refused
static_of_another_file
more_of_a_name
renamed_by_clang
no_words
data_of_its_own
done_testing
