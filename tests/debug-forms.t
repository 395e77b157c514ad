#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154
# Debug information in the forms that tools give it after the compiler: what dwz has moved to units of its own, and sections
# that binutils have compressed; and in those that compilers are asked for. It says the same as before, or each program says
# the one true reason why it is not read. debug-forms-user.t has the programs for programs.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpdiff.bash"

alpha=fs/proc/alpha.c
whole=$scratch/kernel

# as_is NAME: $k: a copy of the miniature kernel.
as_is()
{
	k=$scratch/$1
	cp -r "$whole" "$k"
}

# read_alpha NAME: klpsyms and kallsympos know whose 'state' is.
read_alpha()
{
	run_klpsyms --release "$mini_release"
	becomes state d "$(address state alpha.c)" "$(place $alpha 'static int state')" "$1: klpsyms"
	run "$bin/kallsympos" --vmlinux "$k/vmlinux" state "$alpha"
	has "$out" "$(place $alpha 'static int state')" "$1: kallsympos"
}

# each_refuses MESSAGE NAME: every program that reads a kernel gives this reason.
each_refuses()
{
	run_klpsyms --release "$mini_release"
	refused 1 "$1" "$2: klpsyms"
	run "$bin/kallsympos" --vmlinux "$k/vmlinux" state "$alpha"
	refused 1 "$1" "$2: kallsympos"
	declare_alpha
	refused 1 "$1" "$2: klpdecl"
	check "$good"
	refused 1 "$1" "$2: klpcheck"
	lacks "$err" CONFIG_LIVEPATCH "$2: klpcheck does not blame the configuration"
}

declare_alpha()
{
	run "$bin/klpdecl" --vmlinux "$k/vmlinux" --symvers "$k/Module.symvers" "$alpha:alpha_show"
}

compressed()
{
	as_is zlib
	objcopy --compress-debug-sections=zlib "$k/vmlinux"
	read_alpha 'zlib'
	declare_alpha
	exits 0 'zlib: klpdecl'
	fine 'zlib: klpcheck' "$good"
	as_is zlib-gnu
	objcopy --compress-debug-sections=zlib-gnu "$k/vmlinux"
	each_refuses "'$k/vmlinux': its debug information is compressed in the old way of GNU (section '.zdebug_info'), which klpmake does not read: make a copy with 'objcopy --decompress-debug-sections', and use that" \
		'compressed in the old way'
	objcopy --decompress-debug-sections "$k/vmlinux"
	read_alpha '... which it is then'
}

# Types that other units have.
type_units()
{
	local version
	for version in 4 5; do
		k=$scratch/types$version
		mini_vmlinux "$k" -fdebug-types-section "-gdwarf-$version"
		read_alpha "-fdebug-types-section, DWARF $version"
		declare_alpha
		refused 1 "'$k/vmlinux': types are in units of their own (-fdebug-types-section), which klpdecl does not read: use one that is compiled without that" \
			"-fdebug-types-section, DWARF $version: klpdecl"
	done
}

# Two files inline a function of a header, and another file has a function of that name. dwz moves what both have.
shared()
{
	k=$scratch/shared
	mkdir -p "$k/fs" "$k/kernel"
	cat >"$k/both.h" <<-'END'
		struct both { int a, b, c; struct both *next; };
		static inline int both(struct both *x, int n)
		{
			int i, sum = 0;

			for (i = 0; i < n; i++) {
				sum += x->a * i;
				x = x->next;
			}
			return sum + x->b;
		}
	END
	printf '#include "../both.h"\nint one(struct both *x);\nint one(struct both *x) { return both(x, 1); }\n' >"$k/fs/one.c"
	printf '#include "../both.h"\nint two(struct both *x);\nint two(struct both *x) { return both(x, 2); }\n' >"$k/fs/two.c"
	printf 'int both(void);\nint both(void) { return 1; }\n' >"$k/kernel/both.c"
	(
		cd "$k" && mini_cc fs/one.c one.o && mini_cc fs/two.c two.o && mini_cc kernel/both.c both.o &&
			k=$whole relink . one.o two.o both.o && cp "$whole/Module.symvers" .
	) || return
	fresh
	c_file a.c fs/one.c <<<'extern int both(void); int use(void); int use(void) { return both(); }'
	resolve --release "$mini_release"
	refused 1 'both' "an inlined function of the tagged file"
	local before=$err
	dwz "$k/vmlinux" || return
	run_klpsyms --release "$mini_release"
	is "$status:$err" "1:$before" '... is not taken for the one of another file when dwz has moved it away'
}

dwz_alone()
{
	if ! type dwz >/dev/null 2>&1; then
		skip 'units that dwz has made' "dwz is not installed: 'scripts/setup test' installs it"
		return
	fi
	as_is dwz
	dwz "$k/vmlinux"
	holds 'dwz has made units' grep -q DW_TAG_imported_unit <(LC_ALL=C readelf --debug-dump=info "$k/vmlinux" 2>/dev/null)
	read_alpha 'dwz'
	fine 'dwz: klpcheck reads structures in them' "$good"
	has "$out" 'does not have them there (-g1, -fdebug-types-section, dwz, ' 'dwz: ... and says which types it has not compared'
	declare_alpha
	refused 1 "'$k/vmlinux': dwz has moved types of the file with 'alpha_show' to units of their own, which klpdecl does not read: use a debug file that dwz has not changed" \
		'dwz: klpdecl'
	shared
}

# Half of what strip or objcopy have made two files of.
without_code()
{
	as_is split
	objcopy --only-keep-debug "$k/vmlinux"
	each_refuses "'$k/vmlinux': it has debug information, and no code (objcopy --only-keep-debug): put it together with the vmlinux that it was taken from, with 'eu-unstrip -o WHOLE THAT $k/vmlinux', and use WHOLE" \
		'debug information without code'
	type eu-unstrip >/dev/null 2>&1 || return 0
	objcopy --strip-all "$whole/vmlinux" "$scratch/code"
	eu-unstrip -o "$scratch/both" "$scratch/code" "$k/vmlinux" && mv "$scratch/both" "$k/vmlinux"
	read_alpha '... which is put together'
}

tree=$scratch/tree
path=kernel/diff.c

# compiled SOURCE-TREE OBJECT: for klpdiff, with $with.
compiled()
{
	# shellcheck disable=SC2086
	(cd "$1" && mini_cc "$path" "$2" -w $with)
}

# klpdiff_kernel: $k: a kernel with the file that klpdiff is asked about.
klpdiff_kernel()
{
	k=$scratch/diff
	mkdir -p "$tree/kernel" "$k"
	cat >"$tree/$path" <<-'END'
		#include "mini.h"
		int diff_global(int x);
		int diff_outer(int x);
		int diff_global(int x)
		{
			static int count;

			return x * ++count;
		}
		int diff_outer(int x)
		{
			return diff_global(x) + diff_global(x + 1);
		}
	END
	with='' compiled "$tree" "$scratch/diff.o" && cp "$scratch/diff.o" "$scratch/was.o" &&
		cp -r "$whole/." "$k" && (cd "$tree" && relink "$k" "$scratch/diff.o")
}

klpdiff_reads()
{
	local with='' first
	klpdiff_kernel || fail 'a kernel for klpdiff'
	patched 's/x \* ++count/x + ++count/'
	is "$status:$err" '0:' 'klpdiff'
	cp "$scratch/cut.o" "$scratch/plain.o"
	first=$out
	objcopy --compress-debug-sections=zlib "$scratch/was.o"
	objcopy --compress-debug-sections=zlib "$scratch/new.o"
	holds 'object files are compressed' grep -q 'debug_info.* C ' <(LC_ALL=C readelf -SW "$scratch/new.o")
	rm -f "$scratch/cut.o"
	compare -o "$scratch/cut.o"
	is "$status:$err:$out" "0::$first" 'zlib: klpdiff'
	holds '... cuts out the same, uncompressed' cmp "$scratch/cut.o" "$scratch/plain.o"
	objcopy --compress-debug-sections=zlib-gnu "$scratch/new.o"
	compare -o "$scratch/cut.o"
	refused 1 "'$scratch/new.o': its debug information is compressed in the old way of GNU" 'compressed in the old way: klpdiff'
	for with in -g1 -gsplit-dwarf; do
		patched 's/x \* ++count/x + ++count/'
		refused 1 "its debug information $([[ $with == -g1 ]] && printf "has no types and no variables in '%s' (-g1)" "$scratch/new.o" ||
			printf "is in '%s', not in '%s' (-gsplit-dwarf)" "$scratch/new.dwo" "$scratch/new.o")" "$with: klpdiff"
		is "$(wc -l <<<"$err")" 2 '... says it once'
	done
	rm -f "$scratch/cut.o"
	run "$bin/klpdiff" --vmlinux "$k/vmlinux" --path "$path" -o "$scratch/cut.o" "$scratch/new.dwo" "$scratch/new.dwo"
	refused 1 "'$scratch/new.dwo': it has debug information without addresses, which belongs to another file (a .dwo or .dwp of -gsplit-dwarf): use what is compiled without that" \
		'a .dwo: klpdiff'
}

mini_vmlinux "$whole" && make_frame && check_setup || exit 1
fresh
c_file a.c "$alpha" <<<'extern int state; int use(void); int use(void) { return state; }'
k=$whole
compile
(cd "$dir" && ld -r -o klp-x.ko "${objects[@]}" "$scratch/frame.o" "$scratch/mod.o")
compressed
without_code
type_units
dwz_alone
klpdiff_reads
done_testing
