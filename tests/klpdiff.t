#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpdiff: from two object files of one kernel file, as it is and patched, to an object with what changes.
# Each test edits a file of a miniature kernel and says what has to come out, or what is refused; the last ones
# link, check, and look at where the references of the module lead.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpdiff.bash"

tree=$scratch/tree
path=kernel/whole.c

write_file()
{
	mkdir -p "$tree/kernel"
	cat >"$tree/$path" <<-'END'
		#include "mini.h"
		static bool flag_a __section(".data.flags"), flag_b __section(".data.flags"), flag_c __section(".data.flags");
		int whole_data = 7;
		static int table[4] = {1, 2, 3, 4};
		static const int limits[] = {10, 20};
		static noinline noclone int helper(int x)
		{
			static int count;
			return x + ++count + table[x & 3];
		}
		static noinline noclone int other(int x)
		{
			static int count;
			return x - ++count + limits[x & 1];
		}
		static noinline notrace noclone int hidden(int x)
		{
			return x * 5;
		}
		static noinline int cloned(const int *x, int unused)
		{
			return *x + whole_data;
		}
		int flagged(int x)
		{
			_printk("flagged %d\n", x);
			if (flag_b)
				return 1;
			flag_c = true;
			return flag_a;
		}
		int whole(int x)
		{
			return helper(x) + other(x) + hidden(x) + flag_c;
		}
		int apart(int x)
		{
			return cloned(&x, x) + cloned(&whole_data, 1);
		}
		struct whole_ops { int (*first)(int); int (*second)(int); };
		struct whole_ops whole_ops = {helper, hidden};
		int __init starts(void)
		{
			return whole(1);
		}
	END
}

# compiled SOURCE-TREE OBJECT
compiled()
{
	(cd "$1" && mini_cc "$path" "$2" -ffunction-sections -fdata-sections)
}

cut_symbols()
{
	mini_nm "$scratch/cut.o" | sed 's/^[0-9a-f]* *//' | LC_ALL=C sort | paste -sd ' '
}

nothing()
{
	patched ''
	exits 0 "a file that does not change"
	says '' "... has no facts"
	holds "... and nothing is cut out" test ! -e "$scratch/cut.o"
	patched -e '1a /* a comment */' -e '1a #line 2'
	says '' "a comment changes nothing"
	is "$(head -n 2 <<<"$out")" "path $path"$'\n'"object vmlinux" "the list says where the file is"
}

functions()
{
	patched 's/x - ++count/x - 2 * ++count/'
	exits 0 "a static function is changed"
	says "replace other livepatch_other its code differs" "... it alone is replaced"
	is "$(cut_symbols)" "T livepatch_other U .klp.local:other:count U __fentry__ U limits" \
		"... with names for what stays the kernel's, its own static variable by its function"
	is "$(grep '^kernel ' <<<"$out")" "kernel __fentry__ __fentry__
kernel .klp.local:other:count $(mini_nm "$scratch/was.o" | sed -n 's/.* \(count\..*\)/\1/p' | LC_ALL=C sort | head -n 1)
kernel limits limits" "... and what the unpatched file calls these"
	patched -e 's/x \* 5/x * 6/' -e 's/{helper, hidden}/{helper, helper}/'
	says "carry hidden its code differs
replace whole livepatch_whole it uses 'hidden', which changes and cannot be replaced by itself: ftrace has no call site in it (notrace, noinstr or built without tracing)" \
		"who uses a changed function that is not traceable is replaced with it"
}

# refused_with TEXT NAME: exit status 1, that error, and no object.
refused_with()
{
	is "$status:$([[ -e $scratch/cut.o ]] && echo written)" 1: "$2"
	has "$err" "klpdiff: error: $path: $1" "... and why"
}

refusals()
{
	patched 's/x \* 5/x * 6/'
	refused_with "'hidden' cannot be replaced by itself, and 'whole_ops' has its address: ftrace has no call site in it" \
		"a function that is not traceable, and whose address is in the kernel's data"
	patched 's/whole_data = 7/whole_data = 8/'
	refused_with "'whole_data' exists in the kernel, and its initial value changes" "an initial value"
	patched 's/table\[4\] = {1, 2, 3, 4}/table[5] = {1, 2, 3, 4, 5}/'
	refused_with "'table' exists in the kernel, and its size changes" "the size of a variable"
	patched -e 's/int whole(int x)/int whole(int x, long *y)/' -e 's/return helper(x)/return *y + helper(x)/' -e 's/whole(1)/whole(1, NULL)/'
	refused_with "'whole' cannot be replaced by itself: its prototype changes" "the prototype of a global function"
	patched 's/return whole(1)/return whole(2)/'
	has "$err" "klpdiff: warning: $path: 'starts' changes, and runs only when" "a function that has run"
	says '' "... is left out"
	patched -e 's/^int apart/int boot_data __initdata = 1; &/'
	has "$err" "klpdiff: warning: $path: 'boot_data', in section '.init.data', is new: a livepatch cannot have that" \
		"what only a kernel's build can make"
	patched -e 's/flag_a;/flag_a + starts();/' -e 's/^int flagged/int starts(void); &/'
	is "$status" 0 "a function that has run is called: klpsyms will say that it is gone"
}

data()
{
	patched -e 's/limits\[\] = {10, 20}/limits[] = {10, 20}; static int fresh = 3/' -e 's/return flag_a;/return flag_a + fresh++;/'
	says "replace flagged livepatch_flagged its code differs
new fresh" "new data comes along"
	patched -e 's/if (flag_b)/_printk("another text"); if (flag_b)/'
	is "$(cut_symbols | tr ' ' '\n' | grep -c -e flag_a -e flag_b -e flag_c)" 3 \
		"three variables of one section are three symbols"
	# Instructions with an operand behind the distance: the neighbour is one byte away.
	is "$(LC_ALL=C objdump -dr "$scratch/cut.o" | grep -A1 -E 'cmpb|movb' | sed -nE 's/.*R_X86_64_(PC32|32S)\s+//p' |
		LC_ALL=C sort -u | paste -sd ' ')" "flag_b-0x5 flag_c-0x5" \
		"an operand behind the distance counts: the variable itself is meant, not the one beside it"
}

clones()
{
	local name
	name=$(mini_nm "$scratch/was.o" | sed -n 's/.* t \(cloned\..*\)/\1/p')
	holds "the compiler has made a clone" test -n "$name"
	patched 's/return \*x + whole_data;/return *x - whole_data;/'
	says "carry $name its code differs
replace apart livepatch_apart it uses '$name', which changes and cannot be replaced by itself: the compiler made it of a function, and decides what its arguments are" \
		"a changed clone comes with who calls it"
	patched 's/cloned(&whole_data, 1)/cloned(\&whole_data, 1) + 1/'
	says "replace apart livepatch_apart its code differs" "a clone that does not change stays the kernel's"
	is "$(cut_symbols)" "T livepatch_apart U .klp.symbol:vmlinux:$name:0 U __fentry__ U whole_data" \
		"... by its name and position"
}

# To a module, as if whole.c had been written by hand.
whole_module()
{
	patched -e 's/if (flag_b)/_printk("another text"); if (flag_b)/' -e 's/x - ++count/x - 2 * ++count/'
	[[ $(mini_nm "$k/vmlinux" | grep -c ' b count\.') == 2 ]] || fail "two variables are called count"
	cut_module '' 'flagged other' 'flag_a flag_b flag_c limits'
}

write_file
mini_vmlinux "$k" && make_frame && compiled "$tree" "$scratch/was.o" &&
	(cd "$tree" && mini_cc "$path" "$scratch/whole.o") && relink "$k" "$scratch/whole.o" || exit
nothing
functions
refusals
data
clones
whole_module
done_testing
