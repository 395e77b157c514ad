#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Whose symbol is it: each rule of klpsyms on the miniature kernel.

# shellcheck source=tests/symbols.bash
source "$(dirname "${BASH_SOURCE[0]}")/symbols.bash"

what_can_be_reached()
{
	fresh
	c_file a.c $alpha <<-'END'
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
	is "$err" "" "nothing is printed"
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

# The compiler puts names into the symbol table in the order of their first use.
order_of_errors()
{
	local names
	for names in 'zzz aaa mmm' 'aaa zzz mmm' 'mmm aaa zzz'; do
		read -r one two three <<<"$names"
		fresh
		c_file b.c $alpha <<-END
			int use_b(int x);
			int ${three}_b(int x);
			int use_b(int x) { return ${three}_b(x); }
		END
		c_file a.c $alpha <<-END
			int $three(int x);
			int $two(int x);
			int $one(int x), use(int x);
			int use(int x) { return $three($two($one(x))); }
		END
		resolve
		exits 1 "names that are nowhere"
		is "$(sed -nE "s/^klpsyms: error: ([ab]\.c:[0-9]+): .*/\1/p" <<<"$err" | xargs)" 'a.c:3 a.c:4 a.c:5 b.c:4' \
			"... are told in the order of the lines ($names)"
	done
}

golden_table()
{
	fresh
	c_file klp.c $alpha <<-'END'
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
	c_file a.c kernel/gamma.c <<-'END'
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
	c_file a.c lib/delta.S <<-'END'
		int asm_local(void), use(void);
		int use(void)
		{
			return asm_local();
		}
	END
	resolve
	becomes asm_local t "$(address asm_local delta.o)" lib/delta.S "an assembler's local function"

	fresh
	c_file a.c mm/twice.c <<-'END'
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
	c_file a.c <<-'END'
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

# Two files that use the same names for different symbols, which the linker would merge.
two_of_a_name()
{
	local h1 h2 s1 s2
	h1=$(position helper "$(address helper alpha.c)") h2=$(position helper "$(address helper beta.c)")
	s1=$(position state "$(address state alpha.c)") s2=$(position state "$(address state beta.c)")
	fresh
	c_file a.c $alpha <<-'END'
		extern int state;
		int helper(int), alpha_first(void), use_a(int x);
		int use_a(int x)
		{
			return state + helper(x) + alpha_first();
		}
	END
	c_file b.c fs/proc/beta.c <<-'END'
		extern int state;
		int helper(int), registered(int), use_b(int x);
		int use_b(int x)
		{
			return state + helper(x) + registered(x);
		}
	END
	c_file c.c lib/strings.c <<-'END'
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
	c_file a.c $alpha <<<'int helper(int), use_a(int x); int use_a(int x) { return helper(x); }'
	c_file b.c fs/proc/beta.c <<<'int helper(int), use_b(int x); int use_b(int x) { return helper(x); }'
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
	c_file a.c $alpha <<<'int helper(int), use_a(int x); int use_a(int x) { return helper(x); }'
	c_file b.c $alpha <<<'int helper(int), use_b(int x); int use_b(int x) { return helper(x); }'
	resolve
	is "$status:$(cat "$dir/renames" 2>&1):$(grep -c '^symbol' "$dir/syms")" "0::1" \
		"two files that mean the same by a name share it"
}

# Names that files of the patch define themselves.
of_the_patch()
{
	fresh
	c_file a.c $alpha <<<'int shared_by_us(int), use_a(int x); int use_a(int x) { return shared_by_us(x); }'
	c_file b.c <<<'int shared_by_us(int); int shared_by_us(int x) { return x; }'
	resolve
	is "$status:$(grep -c '^symbol' "$dir/syms")" 0:0 "a name that another file of the patch defines"

	fresh
	c_file a.c $alpha <<<'int alpha_again(int), use_a(int x); int use_a(int x) { return alpha_again(x); }'
	c_file b.c <<<'int alpha_again(int); int alpha_again(int x) { return x; }'
	resolve
	is "$status:$(grep -c '^symbol' "$dir/syms")" 0:0 "... also when the kernel has a global of that name"

	fresh
	c_file a.c $alpha <<<'int helper(int), use_a(int x); int use_a(int x) { return helper(x); }'
	c_file b.c <<<'int helper(int); int helper(int x) { return x; }'
	resolve
	refused 1 "a.c:3: 'helper' is defined in b.c, and is a static of fs/proc/alpha.c too: give the one in b.c another name" \
		"a name that another file defines and that is a static of the tagged file"
}

# A variable that is defined by mistake, where the kernel's was meant: there would be two.
data_of_its_own()
{
	local form
	for form in 'static int state;' 'int state;' 'int state = 3;'; do
		fresh
		c_file a.c fs/proc/alpha.c <<<"$form int use(void); int use(void) { return ++state; }"
		resolve
		refused 1 "a.c:3: 'state' is a variable of fs/proc/alpha.c, and this defines another of that name" \
			"'$form' for a static of the tagged file"
	done
	fresh
	c_file a.c fs/proc/alpha.c <<<"static int state; int use(void); int use(void) { return state; }"
	resolve
	refused 1 "a.c:3: 'state' is a variable of fs/proc/alpha.c, and this defines another of that name" \
		"... also where the compiler sees that nobody changes it"
	fresh
	c_file a.c fs/proc/alpha.c <<<"static const int state; int use(void); int use(void) { return state; }"
	resolve
	exits 0 "... but not a constant"
	fresh
	c_file a.c fs/proc/beta.c <<<"int alpha_shared; int use(void); int use(void) { return ++alpha_shared; }"
	resolve
	refused 1 "a.c:3: 'alpha_shared' is a variable of vmlinux, and this defines another of that name" \
		"a global of another file"
	fresh
	c_file a.c fs/proc/alpha.c <<<"static int fresh_one; int use(void); int use(void) { return ++fresh_one; }"
	resolve
	exits 0 "a variable of the patch's own is fine"
}

what_can_be_reached
order_of_errors
golden_table
other_files
two_of_a_name
of_the_patch
data_of_its_own
done_testing
