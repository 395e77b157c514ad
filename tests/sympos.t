#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# old_sympos: filled in from the tag; verified if the author has written it; refused where it is wrong or cannot be known;
# and its value in the finished module.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

link_patch()
{
	run "$bin/klplink" --table "$dir/syms" -o "$dir/out/klp-x.ko" "$dir/klp-x.ko"
}

# sympos N: the member old_sympos of funcs[N] in the finished module, read from its bytes.
sympos()
{
	local section value size
	read -r value section < <(LC_ALL=C readelf -sW "$dir/out/klp-x.ko" | awk '$8 == "funcs" { print $2, $7 }')
	# The frame's 'none' has one entry.
	size=$(LC_ALL=C readelf -sW "$scratch/frame.o" | awk '$8 == "none" { print $3 }')
	LC_ALL=C readelf -x "$section" "$dir/out/klp-x.ko" |
		sed -n 's/^  0x[0-9a-f]* \(.\{35\}\).*/\1/p' | tr -d ' \n' |
		cut -c$((2 * (16#$value + $1 * size + 16) + 1))-$((2 * (16#$value + $1 * size + 24)))
}

filled_in()
{
	fresh
	mkdir "$dir/out"
	c_patch a.c fs/proc/alpha.c '{.old_name = "helper", .new_func = new_helper}, {.old_name = "alpha_first", .new_func = new_first}, {.old_name = "alpha_show", .new_func = new_helper, .old_sympos = 1},' \
		'static int new_helper(int x) { return x; } static int new_first(void) { return 1; }'
	resolve_patch
	exits 0 "a static function of several, by the tag"
	is "$(grep '^sympos' "$dir/syms")" "sympos klp-x.ko .data 0x$(printf '%x' $(($(offset funcs) + 16))) $(position helper "$(address helper alpha.c)") helper" \
		"the table says which old_sympos becomes what"
	link_patch
	exits 0 "klplink fills it in"
	is "$(sympos 0)" 0200000000000000 "the bytes of the one that is ambiguous"
	is "$(sympos 1)" 0000000000000000 "the one that is not is left alone"
	is "$(sympos 2)" 0100000000000000 "so is what the author wrote"

	fresh
	mkdir "$dir/out"
	c_patch a.c fs/proc/beta.c '{.old_name = "helper", .new_func = helper},' \
		'static int helper(int x) { return x; }'
	resolve_patch
	link_patch
	is "$(sympos 0)" 0100000000000000 "a new function with the name of the old one, another tag"

	fresh
	mkdir "$dir/out"
	c_patch a.c '' '{.old_name = "registered", .new_func = new_registered},' \
		'int new_registered(int);'
	c_file b.c lib/strings.c <<<'int new_registered(int); int new_registered(int x) { return x; }'
	resolve_patch
	link_patch
	is "$(sympos 0)" 0200000000000000 "a global function with a static namesake; its new one is in another file"

	fresh
	c_patch a.c kernel/gamma.c '{.old_name = "mixed", .new_func = new_mixed},' \
		'static int new_mixed(int x) { return x; }'
	mkdir "$dir/out"
	resolve_patch
	link_patch
	is "$(sympos 0)" 0100000000000000 "a function with a variable of its name behind it"

	two_sections last
	refused 1 "klp-x.ko: 'funcs' is in one of two sections named '.data.mine', which the lines of the table of symbols cannot distinguish: give it another section" \
		"the second of two sections of a name"
	two_sections first
	exits 0 "the first of them"
	link_patch
	is "$(sympos 0)" 0200000000000000 "... has it"
	is "$(LC_ALL=C readelf -x "$(section .data.mine | tail -n 1)" "$dir/out/klp-x.ko" | grep -c '^  0x.* 02')" 0 \
		"... and the other stays what it was"
}

# section NAME: the numbers of the sections of that name in the finished module.
section()
{
	LC_ALL=C readelf -SW "$dir/out/klp-x.ko" | sed -n "s/^ *\[ *\([0-9]*\)\] $1 .*/\1/p"
}

# two_sections first|last: two sections have one name, one of them in a group; funcs is in the first or the last.
two_sections()
{
	local zeros='asm(".pushsection .data.mine,\"awG\",@progbits,grp,comdat\n.zero 96\n.globl keep\nkeep: .popsection");'
	fresh
	mkdir "$dir/out"
	c_file a.c <<<"$([[ $1 == first ]] || echo "$zeros")"
	c_patch z.c fs/proc/alpha.c '{.old_name = "helper", .new_func = new_helper},' \
		'static int new_helper(int x) { return x; }'
	sed -i 's/funcs\[\] =/funcs[] __attribute__((section(".data.mine"))) =/' "$dir/z.c"
	[[ $1 == last ]] || c_file zz.c <<<"$zeros"
	resolve_patch
}

# offset NAME: the offset of a symbol in its section, in decimal.
offset()
{
	printf '%d\n' "0x$(LC_ALL=C readelf -sW "$dir/klp-x.ko" | awk -v n="$1" '$8 == n { print $2 }')"
}

# author TAG OLD_NAME OLD_SYMPOS [TEXT]: a patch of one function.
author()
{
	fresh
	mkdir "$dir/out"
	c_patch a.c "$1" "{.old_name = \"$2\", .new_func = new_one, .old_sympos = $3}," \
		"${4-static int new_one(int x) { return x; \}}"
	resolve_patch
}

weak_ones()
{
	author lib/weak.c weak_kept 0
	is "$status:$err" "0:" "a weak function that nobody overrides"
	author kernel/gamma.c arch_hook 0
	is "$status:$err" "0:" "the one that overrides a weak one"
}

written_by_the_author()
{
	local right
	right=$(position helper "$(address helper alpha.c)")
	author fs/proc/alpha.c helper "$right"
	is "$status:$err:$(grep -c '^sympos' "$dir/syms")" "0::0" "the author's own, which is right"
	link_patch
	is "$(sympos 0)" 0200000000000000 "it stays"
	author fs/proc/alpha.c helper $((3 - right))
	refused 1 "a.c:4: old_sympos $((3 - right)) of 'helper' is wrong: the one in fs/proc/alpha.c has position $right of 2; leave old_sympos out and klpmake fills it in" \
		"one that names the other file's"
	author fs/proc/alpha.c helper 3
	refused 1 "a.c:4: old_sympos 3 of 'helper': this kernel has only 2 of that name" "one that is out of range"
	has "$err" "  position 2: 0x$(address helper alpha.c) t $(place fs/proc/alpha.c 'int helper(')" \
		"... with those that there are"
	author fs/proc/alpha.c helper "0x10000000${right}ul"
	refused 1 "a.c:4: old_sympos $((0x100000000 + right)) of 'helper': this kernel has only 2 of that name" \
		"one of more than 32 bits"
	author '' helper 1
	is "$status:$err" "0:" "without a tag, the author's word"
	author fs/proc/alpha.c alpha_show 1
	is "$status:$err" "0:" "1 for a name that is unique"
	author fs/proc/alpha.c alpha_show 2
	refused 1 "a.c:4: old_sympos 2 of 'alpha_show': this kernel has only 1 of that name" \
		"2 for a name that is unique"
	author mm/twice.c twice_step 2
	is "$status:$err" "0:" "which of two compilations of a file"
	author mm/twice.c twice_step 0
	refused 1 "a.c:4: 'twice_step' has more than one definition in mm/twice.c, which is compiled 2 times: write the old_sympos of the right one" \
		"... not said"
	has "$err" "  position 2: 0x" "... with the candidates"
}

# place_of_entry: the line of the klp_func, also where other lines have the name.
place_of_entry()
{
	fresh
	c_patch a.c fs/proc/alpha.c '
		{.old_name = "alpha_inlined", .new_func = new_one},' \
		'static int alpha_inlined(int x); static int new_one(int x) { return "alpha_inlined too"[x]; }'
	resolve_patch
	refused 1 "a.c:$(grep -n 'old_name = "alpha_inlined"' "$dir/a.c" | cut -d: -f1): 'alpha_inlined' is inlined everywhere" \
		"an error is about the klp_func, not a static of its name"
	sed -i 's/static int new_one/int new_one/' "$dir/a.c"
	c_file b.c fs/proc/beta.c <<<'int alpha_inlined; int new_one(int x); int new_one(int x) { return x; }'
	sed -i 's/int new_one(int x) {.*/int new_one(int x);/' "$dir/a.c"
	rm -f "$dir"/*.o
	resolve_patch
	refused 1 "a.c:$(grep -n 'old_name = "alpha_inlined"' "$dir/a.c" | cut -d: -f1): 'alpha_inlined' is" \
		"... also in another file than the new function"
}

refused_ones()
{
	author '' helper 0
	refused 1 "a.c:4: 'helper' is ambiguous, this kernel has 2: tag the file that defines its new function with the kernel file of the right one, or write its old_sympos" \
		"ambiguous without a tag"
	has "$err" "  position 1: 0x$(address helper beta.c) t $(place fs/proc/beta.c 'int helper(')" \
		"... with the candidates"
	author kernel/gamma.c helper 0
	refused 1 "a.c:4: 'helper' is ambiguous, this kernel has 2" "ambiguous with the tag of a third file"
	author fs/proc/alpha.c alpha_inlined 0
	refused 1 "a.c:4: 'alpha_inlined' is inlined everywhere in fs/proc/alpha.c" "an inlined function"
	author fs/proc/alpha.c alpha_scalar 0
	refused 1 "a.c:4: 'alpha_scalar' exists in fs/proc/alpha.c only as 'alpha_scalar.isra.0'" "a clone"
	is "$(tail -n +2 <<<"$err")" "  alpha_show calls it
  alpha_again calls it" "... with its callers, which can be patched"
	author lib/weak.c arch_hook 0
	refused 1 "a.c:4: the 'arch_hook' of lib/weak.c is weak, and the kernel has the one that overrides it: tag the file that defines its new function with the kernel file of that one
  position 1: 0x$(address arch_hook) T $(place kernel/gamma.c 'int arch_hook(')" "a weak function that is overridden"
	author kernel/gamma.c sys_gamma 0
	refused 1 "a.c:4: 'sys_gamma' is neither in kernel/gamma.c nor a global symbol of this kernel
  system call 'gamma': what can be patched is each of its entries '__ia32_compat_sys_gamma', '__ia32_sys_gamma', '__x64_sys_gamma'; what they call is inline, and so notrace" \
		"a system call by the name that it has in no kernel with entries"
	author kernel/gamma.c sys_beta 0
	lacks "$err" "system call" "... but not where there is none of that name"
	author fs/proc/alpha.c alpha_shwo 0
	refused 1 "a.c:4: 'alpha_shwo' is neither in fs/proc/alpha.c nor a global symbol of this kernel" "misspelt"
	has "$err" "near names: alpha_show" "... with the name that was meant"

	fresh
	mkdir "$dir/out"
	c_patch a.c fs/proc/alpha.c '{.old_name = "helper", .new_func = new_one},' \
		'static int new_one(int x) { return x; }'
	c_file b.c fs/proc/beta.c <<<'static int new_one(int x) { return x + 1; } int (*fix_b)(int) = new_one;'
	c_file c.c <<<'static int new_one(int x) { return x + 2; } int (*fix_c)(int) = new_one;'
	resolve_patch
	link_patch
	is "$(sympos 0)" 0200000000000000 "other files have statics with the new function's name"

	mkdir "$dir/sub"
	mv "$dir/b.c" "$dir/sub/a.c"
	mini_cc "$dir/sub/a.c" "$dir/sub/a.o" -w
	rm "$dir"/b.* "$dir/c.c"
	more=(sub/a.o)
	resolve_patch
	refused 1 "a.c: 'new_one' is the new function of 'helper' in two files with different tags: give them different names" \
		"also files of the same name in two directories, which cannot be told apart"
}

mini_vmlinux "$k" && make_frame || exit
filled_in
weak_ones
written_by_the_author
place_of_entry
refused_ones
done_testing
