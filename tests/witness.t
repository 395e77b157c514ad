#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # klpsyms.bash's and mini.bash's
#
# The witnesses of a patch that was cut out of a kernel file. klpdiff reads back what it has written: with one
# reference corrupted, whichever and however, it is refused. klpcheck compares the symbols that klpsyms has found
# with the addresses in the kernel's own code: a table with another symbol is refused.
# WITNESS_SEED and WITNESS_EACH make other mutations, or more.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

seed=${WITNESS_SEED:-20260101}
each=${WITNESS_EACH:-6}
tree=$scratch/tree
path=kernel/seen.c

# Of each kind of thing that a wrong reference may lead to, one beside another.
write_file()
{
	mkdir -p "$tree/kernel"
	cat >"$tree/$path" <<-'END'
		#include "mini.h"
		/* T1: three variables of one byte, one beside the other. */
		static bool flag_a __section(".data.flags"), flag_b __section(".data.flags"), flag_c __section(".data.flags");
		/* Other files have variables and functions of these names. */
		static int state = 5;
		struct pair { int first, second; };
		static struct pair pair = {1, 2};
		static noinline noclone int helper(int x)
		{
			static int count;
			pair.second++;
			return x + ++count + state++;
		}
		static noinline noclone int other(int x)
		{
			static int count;
			return x - ++count;
		}
		static int table[4] = {1, 2, 3, 4};
		static const int limits[] = {10, 20};
		static int nobody __attribute__((used));
		int flags(int x)
		{
			if (flag_b)
				return 1;
			flag_c = true;
			return flag_a;
		}
		int seen(int x)
		{
			static int count;
			if (flag_b)
				flag_c = true;
			_printk("one %d\n", x);
			_printk("two %d\n", x);
			return helper(x) + other(x) + table[x & 3] + limits[x & 1] + pair.second + ++count + state + flag_c;
		}
		int switched(int x)
		{
			switch (x) {
			case 1: return helper(1);
			case 2: return other(2);
			case 3: return state;
			case 4: return pair.first;
			case 5: return table[3];
			case 6: return flag_a;
			}
			return 0;
		}
		int (*const seen_ops[])(int) = {helper, other};
	END
}

compiled()
{
	(cd "$1" && mini_cc "$path" "$2" -ffunction-sections -fdata-sections)
}

klpdiff()
{
	run "$bin/klpdiff" --vmlinux "$k/vmlinux" --path "$path" "$@" "$scratch/base/kernel/seen.o" "$scratch/new.o"
}

make_cut()
{
	mkdir -p "$scratch/base/kernel"
	cp -r "$tree" "$scratch/new"
	# New variables side by side, new texts, what nobody has referred to.
	sed -i -e 's/^int seen(int x)/static bool new_a __section(".data.new"), new_b __section(".data.new"), new_c __section(".data.new");\n&/' \
		-e 's/static int count;/&/' -e 's/_printk("one %d\\n", x);/& if (new_b) { new_c = true; new_a = x; nobody++; _printk("three"); }/' \
		-e 's/case 6: return flag_a;/case 6: return flag_c; case 7: return new_a;/' \
		-e 's/return x - ++count;/return x - 2 * ++count;/' "$scratch/new/$path"
	compiled "$tree" "$scratch/base/kernel/seen.o" && compiled "$scratch/new" "$scratch/new.o" || return
	klpdiff -o "$scratch/cut.o" --list "$scratch/cut.list"
	exits 0 'the object is cut out'
	is "$(sed -n 's/^replace \([^ ]*\) .*/\1/p' "$scratch/cut.list" | LC_ALL=C sort | paste -sd ' ')" 'other seen switched' \
		'... with three functions'
}

# corrupted: all mutations of the cut object, counted by kind; none may pass.
corrupted()
{
	klpdiff --verify "$scratch/cut.o"
	is "$status:$err" 0: '--verify: what was cut out is right'
	"$scratch/mutate" "$seed" "$each" "$scratch/mutated.o" "$scratch/cut.o" timeout 60 "$bin/klpdiff" --vmlinux "$k/vmlinux" \
		--path "$path" --list "$scratch/mutated.list" "$scratch/base/kernel/seen.o" "$scratch/new.o" --verify >"$scratch/results"
	diag "seed $seed: $(cut -f 2 "$scratch/results" | cut -d : -f 1 | LC_ALL=C sort | uniq -c | awk '{ print $2, $1 }' | paste -sd ',')"
	is "$(grep -v '^refused' "$scratch/results")" '' 'none of the corrupted references passes'
	is "$(cut -f 2 "$scratch/results" | cut -d : -f 1 | LC_ALL=C sort -u | wc -l)" 9 '... of nine kinds'
}

# one NAME MESSAGE ELFEDIT-ARG...: one that is named, with what is said.
one()
{
	local name=$1 message=$2
	shift 2
	"$scratch/elfedit" "$scratch/cut.o" "$scratch/mutated.o" "$@" || fail "$name: elfedit"
	klpdiff --verify "$scratch/mutated.o" --list "$scratch/mutated.list"
	refused 1 "$message" "$name"
}

# entry SECTION SYMBOL [NTH]: the number of the relocation against a symbol.
entry()
{
	LC_ALL=C readelf -rW "$scratch/cut.o" | awk -v section="'$1'" -v symbol="$2" '
		$1 == "Relocation" { on = $3 == section; n = 0; next }
		on && $3 ~ /^R_/ { if ($5 == symbol) { print n; exit } n++ }'
}

named()
{
	local at
	at=$(entry .rela.text.seen flag_b)
	one 'the neighbour of a variable of one byte (T1)' "it refers to 'flag_c'-5, and the patched file to section '.data.flags'+0x" \
		set-reloc-symbol .rela.text.seen "$at" flag_c
	one 'the same by its addend' "it refers to 'flag_b'-4, and the patched file to" set-reloc-addend .rela.text.seen "$at" -4
	one "another function's static variable" "'.klp.local:seen:count'" rename-symbol .klp.local:other:count .klp.local:seen:count
	one 'a reference that is lost' "its reference is missing" set-reloc-type .rela.text.seen "$at" 0
	one 'one of another type' "the reference is of type 11, in the patched file of type 2" set-reloc-type .rela.text.seen "$at" 11
	one 'a byte of code' "other bytes are there" poke .text.seen 40 cc
	one 'a section that is not loaded' "another section is there" set-flags .text.seen 4
}

# looks TABLE LIST: klpcheck looks into the kernel's code.
looks()
{
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" --baseline "$scratch/base" --table "$1" \
		--list "$2" "$dir/out/klp-x.ko"
}

# judged TABLE: ... when klplink has made the module by that table.
judged()
{
	mkdir -p "$dir/out"
	(cd "$dir" && "$bin/klplink" --table "$1" -o out/klp-x.ko klp-x.ko) || fail 'klplink'
	looks "$dir/$1" "$scratch/cut.list"
}

linked()
{
	fresh
	c_file 001_seen.c "$path" <<<''
	cp "$scratch/cut.o" "$dir/001_seen.o"
	c_file main.c <<-'END'
		int livepatch_other(int x);
		int livepatch_seen(int x);
		static struct klp_func funcs[] = {{"other", livepatch_other}, {"seen", livepatch_seen}, {}};
		static struct klp_object o[] = {{.funcs = funcs}, {}};
		static struct klp_patch p = {.mod = THIS_MODULE, .objs = o};
		int init_seen(void);
		int init_seen(void) { return klp_enable_patch(&p); }
	END
	resolve
	exits 0 'klpsyms'
	judged syms
	is "$status:$err" 0: 'what klpsyms finds is what the code of the kernel has'
	[[ $out =~ symbols\ +([0-9]+)\ of\ ([0-9]+)\ are\ where ]] || fail 'the symbols are counted'
	is "$((BASH_REMATCH[2] - BASH_REMATCH[1]))" 1 '... but for the variable to which nobody has referred'
	holds '... which are not few' test "${BASH_REMATCH[1]}" -gt 8
}

# swapped LINK_NAME NAME POSITION OTHER-ADDRESS TEST-NAME: with another symbol for that name in the table.
swapped()
{
	local right
	right=$(symbol "$1" | awk '{ print $4 }')
	[[ -n $right ]] || fail "$5: the table has '$1'"
	awk -v link="$1" -v name="$2" -v position="$3" '$1 == "symbol" && $3 == link { $5 = name; $6 = position } { print }' \
		"$dir/syms" >"$dir/swapped"
	judged swapped
	refused 1 "' of '$path' is at 0x$4 for this module, and at 0x$right for the kernel's own code" "$5"
}

# others NAME: each other symbol of that name in its place.
others()
{
	local right position addr
	right=$(symbol "$1" | awk '{ print $4 }')
	holds "there are several '$1'" test "$(grep -c " $1\$" "$k/System.map")" -gt 1
	while read -r position addr; do
		[[ $addr == "$right" ]] || swapped "$1" "$1" "$position" "$addr" "$1 at position $position"
	done < <(awk -v name="$1" '$3 == name { print ++n, $1 }' "$k/System.map")
}

# as LINK_NAME OTHER TEST-NAME: what the table has for OTHER in the place of LINK_NAME.
as()
{
	local name position addr
	read -r _ name position addr _ < <(symbol "$2")
	swapped "$1" "$name" "$position" "$addr" "$3"
}

tables()
{
	others state
	others helper
	as .klp.local:other:count .klp.local:seen:count "another function's static variable of that name"
	as table limits 'a neighbour'
	as flag_b flag_c 'a neighbour of one byte'
	judged syms
	sed '/^kernel table /s/table$/limits/' "$scratch/cut.list" >"$scratch/other.list"
	looks "$dir/syms" "$scratch/other.list"
	refused 1 "'table' of '$path' is at 0x" 'a name that is of another symbol of the file'
	sed '/ table /d' "$dir/syms" >"$dir/lacking"
	looks "$dir/lacking" "$scratch/cut.list"
	refused 1 "it does not have the symbol that 'table' of '$path' is in its table" 'a name that the table does not have'
	sed '1d' "$scratch/cut.list" >"$scratch/other.list"
	looks "$dir/syms" "$scratch/other.list"
	refused 1 "'$scratch/other.list' is not a list that klpdiff writes" 'a list without a file'
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --table "$dir/syms" "$dir/out/klp-x.ko"
	refused 2 '--table is for --baseline' '--table alone'
	run "$bin/klpcheck" --vmlinux "$k/vmlinux" --baseline "$scratch/base" --list "$scratch/cut.list" "$dir/out/klp-x.ko"
	refused 2 '--list needs --table' '--list alone'
	klpdiff --verify "$scratch/cut.o" -o "$scratch/other.o"
	refused 2 '--verify writes no object file: without -o' '--verify with an output'
}

write_file
make_elfedit && mini_vmlinux "$k" && make_frame &&
	"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -o "$scratch/mutate" "$top/tests/mutate.c" "$top/tests/cut_mutations.c" || exit
(cd "$tree" && mini_cc "$path" "$scratch/seen.o") && relink "$k" "$scratch/seen.o" || exit
make_cut
corrupted
named
linked
tables
done_testing
