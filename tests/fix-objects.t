#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # $ is for sed
#
# A kernel file that is compiled into two objects, two modules or vmlinux and a module: a patch to it becomes one livepatch
# that changes both, each with its own variables. A file that an object has twice is refused.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
. "$top/tests/mini.bash"
# shellcheck source=tests/klpsyms.bash
. "$top/tests/klpsyms.bash"
# shellcheck source=tests/kdir.bash
. "$top/tests/kdir.bash"
# shellcheck source=tests/fix.bash
. "$top/tests/fix.bash"

[[ -x $bin/klpdiff ]] || skip_all 'klpdiff is not built'
k=$scratch/kernel
kdir_setup
kdir_source
mkdir "$scratch/here" "$tree/net"
cd "$scratch/here" || exit
: >"$tree/net/Makefile"
cat >"$tree/net/common.c" <<'END'
#include "mini.h"
int common_first(int x);
static int common_state;
static noinline noclone int common_step(int x)
{
	static int count;
	return x + ++count;
}
int common_first(int x)
{
	return common_step(x) + ++common_state;
}
END
for name in one two; do
	cat >"$tree/net/$name.c" <<-END
		#include "mini.h"
		int common_first(int x);
		int ${name}_first(int x);
		int ${name}_first(int x)
		{
			return common_first(x) * 3;
		}
		int init_module(void)
		{
			return 0;
		}
	END
done
cat >"$tree/net/mixed.c" <<'END'
#include "mini.h"
int mixed_first(int x);
static int mixed_state;
int mixed_first(int x)
{
	return x + ++mixed_state;
}
END
echo 'int init_module(void) { return 0; }' >"$scratch/init.c"

modules=$scratch/root/usr/lib/debug/lib/modules/$mini_release/kernel/net
mkdir -p "$modules"
export KLPMAKE_ROOT=$scratch/root
# The two modules are linked with the same object file.
make_modules()
{
	(
		cd "$tree" || exit
		mini_cc net/mixed.c "$scratch/mixed.o" -w && relink "$scratch/more" "$scratch/mixed.o" && cp "$scratch/more/"* "$k" &&
			mini_module "$k" "$modules/one.ko" net/one.c net/common.c && mini_module "$k" "$modules/two.ko" net/two.c net/common.c &&
			MINI_CFLAGS=-w mini_module "$k" "$modules/mix.ko" net/mixed.c "$scratch/init.c"
	)
}
make_modules || exit 1

# kernel_symbols MODULE: "OBJECT:NAME" of what it uses of the kernel by livepatch relocations.
kernel_symbols()
{
	readelf -sW "$1" | sed -nE 's/.* \.klp\.sym\.([a-z]*)\.([^,]*),.*/\1:\2/p' | LC_ALL=C sort | paste -sd ' '
}

# calls MODULE FUNCTION: what it calls.
calls()
{
	objdump -dr --disassemble="$2" "$1" | sed -nE 's/.*R_X86_64_PLT32\s+([A-Za-z_0-9.]*)-0x4$/\1/p' | grep -v __fentry__ | paste -sd ' '
}

patched step net/common.c 's/return x + ++count;/return x + 2 * ++count;/'
diffs step.patch
is "$status:$err:$(grep '^  net\|^    ' <<<"$out")" '0::  net/common.c (one)
    replaced  common_step: its code differs
  net/common.c (two)
    replaced  common_step: its code differs' 'klpmake diff: a file of two modules'
fixes step.patch
is "$status:$err" 0: '... becomes one module'
is "$(functions klp-step.ko)" 'common_step common_step_002' '... which replaces the function of each'
is "$(kernel_symbols klp-step.ko)" 'one:count.0 two:count.0' '... with the static variable of each'
has "$out" "  2 functions equal to the kernel's, 2 of 2 symbols where its code has them" '... which was proven of each'

run "$top/klpmake" new step.patch "$scratch/step"
fixes -q "$scratch/step"
work=$scratch/step/.klpmake/$mini_release
sed -i '/^symbol .* two count\.0 /s/ count\.0 / two_first /' "$work/_klpmake.syms"
run "$bin/klpcheck" --vmlinux "$k/vmlinux" --debug-modules "${modules%/kernel/net}" --baseline "$work/fix/orig" \
	--table "$work/_klpmake.syms" --list "$work/fix/cut/001_common.list" --list "$work/fix/cut/002_common.list" "$work/out/klp-step.ko"
refused 1 "klpcheck: error: '$work/out/klp-step.ko': it does not have the symbol that '.klp.local:common_step:count' of 'net/common.c' is in its table" \
	'... symbol by symbol: one that is wrong is seen'

# What is new and global is there once for each.
patched fresh net/common.c 's/^static int common_state;/&\nint common_fresh(int x);\nint common_fresh(int x)\n{\n\treturn x - ++common_state;\n}/' \
	net/one.c 's/^int one_first(int x);/int common_fresh(int x);\n&/; s/return common_first(x)/return common_fresh(x)/' \
	net/two.c 's/^int two_first(int x);/int common_fresh(int x);\n&/; s/return common_first(x)/return common_fresh(x)/'
fixes fresh.patch
is "$status:$err" 0: 'a new global function in a file of two modules'
is "$(functions klp-fresh.ko)" 'one_first two_first' '... is used by others of these modules'
is "$(calls klp-fresh.ko livepatch_one_first):$(calls klp-fresh.ko livepatch_two_first)" 'common_fresh_one:common_fresh_two' '... each its own'
is "$(kernel_symbols klp-fresh.ko)" 'one:common_state two:common_state' '... which has its own variable'

patched mixed net/mixed.c 's/return x + ++mixed_state;/return x - ++mixed_state;/'
fixes mixed.patch
is "$status:$err" 0: 'a file of vmlinux and of a module'
is "$(functions klp-mixed.ko):$(kernel_symbols klp-mixed.ko)" 'mixed_first mixed_first_002:mix:mixed_state vmlinux:mixed_state' '... is changed in both'
has "$out" '  net/mixed.c
    replaced  mixed_first: its code differs
  net/mixed.c (mix)' '... vmlinux first'

# What one of them was compiled to is not what it is compiled to here.
rm -f -- *.ko
sed -i 's/return x + ++mixed_state;/return x + 8 + ++mixed_state;/' "$tree/net/mixed.c"
(cd "$tree" && MINI_CFLAGS=-w mini_module "$k" "$modules/mix.ko" net/mixed.c "$scratch/init.c") || exit 1
sed -i 's/return x + 8 + ++mixed_state;/return x + ++mixed_state;/' "$tree/net/mixed.c"
fixes mixed.patch
refused 1 "what the kernel's own source is compiled to here is not what this kernel has" 'a module that was compiled of another source than vmlinux'
holds '... makes nothing' test ! -e klp-mixed.ko

patched twice mm/twice.c 's/return x + twice_state++;/return x + 2 * twice_state++;/'
diffs twice.patch
refused 1 "klpdiff: error: mm/twice.c: 'vmlinux' has code of this file 2 times, compiled in different ways: write the changed functions by hand, in a file with a tag" \
	'a file that vmlinux has twice'
done_testing
