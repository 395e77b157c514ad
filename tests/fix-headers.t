#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # $ is for sed
#
# Which files of the kernel klpmake compiles for a header that a patch touches: those with an inlined copy, those that use
# a macro or a type of it, also by way of another header, in vmlinux and in modules, and no others.
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
mkdir "$scratch/here" "$tree/net" "$scratch/6.12.1+deb12"
cd "$scratch/here" || exit
# Releases have such names, and so have the directories in which klpmake works.
export TMPDIR=$scratch/6.12.1+deb12

# file PATH: of the kernel's source, from standard input.
file()
{
	cat >"$tree/$1"
}

file include/box.h <<'END'
#ifndef BOX_H
#define BOX_H
#include "mini.h"
/* The size of a box. */
#define BOX_SIZE 3
#define BOX_COLOUR 'r' /* not for machines */
enum { BOX_OPEN = 16, BOX_SHUT };
struct box {
	int height;
	int depth;
};
static inline int box_height(const struct box *b)
{
	return b->height;
}
static inline void box_check(const struct box *b)
{
}
#define BOX_GETTER(what) static inline int box_get_##what(const struct box *b) { return b->what; }
BOX_GETTER(depth)
extern int box_count;
#endif
END
file include/crate.h <<'END'
#include <box.h>
#define CRATE_SIZE(x) ((x) * BOX_SIZE)
static inline int crate_shut(void)
{
	return BOX_SHUT;
}
END
file net/inlines.c <<<$'#include "box.h"\nint inlines_first(int x);\nint inlines_first(int x) { struct box b = { .height = x }; return box_height(&b) + 11; }'
file net/pointer.c <<<$'#include "box.h"\nint pointer_first(struct box *b);\nint pointer_first(struct box *b) { box_check(b); return b->depth; }'
file net/macro.c <<<$'#include "box.h"\nint macro_first(int x);\nint macro_first(int x) { return x * BOX_SIZE; }'
file net/crated.c <<<$'#include "crate.h"\nint crated_first(int x);\nint crated_first(int x) { return CRATE_SIZE(x); }'
file net/shut.c <<<$'#include "crate.h"\nint shut_first(int x);\nint shut_first(int x) { return x ^ crate_shut(); }'
file net/getter.c <<<$'#include "box.h"\nint getter_first(struct box *b);\nint getter_first(struct box *b) { return box_get_depth(b) * 2; }'
file net/none.c <<<$'#include "crate.h"\nint none_first(int x);\nint none_first(int x) { /* BOX_NONE */ return x + 5; }'
file net/part.c <<<$'static int part_step(int x) { return x + 21; }'
file net/whole.c <<<$'#include "mini.h"\n#include "part.c"\nint whole_first(int x);\nint whole_first(int x) { return part_step(x); }'
file net/both.c <<<$'#include "mini.h"\nint both_first(int x);\nint both_first(int x) { return x + 31; }\n#ifndef PART\nint init_module(void) { return 0; }\n#endif'
file net/again.c <<<$'#define PART\n#include "both.c"'
file net/shared.c <<<$'#include "mini.h"\nint shared_first(int x);\nint shared_first(int x) { return x + 41; }\nint init_module(void) { return 0; }'
file net/unbuilt.c <<<$'#include "box.h"\nint unbuilt_first(int x);\nint unbuilt_first(int x) { return x * BOX_SIZE; }'
file net/moved.c <<<$'#include "box.h"\nint moved_first(int x);\nint moved_first(int x) { struct box b = { .height = x }; return box_height(&b) + 12; }\nint init_module(void) { return 0; }'
: >"$tree/net/Makefile"

objects=()
for name in inlines pointer macro crated shut getter none whole again; do
	(cd "$tree" && mini_cc "net/$name.c" "$scratch/$name.o" "-I$tree/include") || exit 1
	objects+=("$scratch/$name.o")
done
relink "$scratch/more" "${objects[@]}" && cp "$scratch/more/"* "$k" || exit 1
modules=$scratch/root/usr/lib/debug/lib/modules/$mini_release
mkdir -p "$modules/kernel/net"
(cd "$tree" && MINI_CFLAGS="-I$tree/include" mini_module "$k" "$modules/kernel/net/moved.ko" net/moved.c &&
	mini_module "$k" "$modules/kernel/net/both.ko" net/both.c && mini_module "$k" "$modules/kernel/net/one.ko" net/shared.c) || exit 1
# What kbuild has on its include path.
cp "$tree/include/"{box,crate}.h "$k/include"
export KLPMAKE_ROOT=$scratch/root
files=$(source_state "$tree")

# compiles NAME SED FILE...: for a patch of box.h these files of net/ are compiled, and something changes in those without
# a '-' before their names.
compiles()
{
	local name=$1 sed=$2
	shift 2
	patched p include/box.h "$sed"
	diffs p.patch
	is "$(sed -nE 's/^  net\/([a-z]*)\.c( \([a-z]*\))?: nothing changes/-\1\2/p; s/^  net\/([a-z]*)\.c( \(.*\))?$/\1\2/p' <<<"$out" | paste -sd ' ')" \
		"$*" "$name"
}

compiles 'an inline function: what has it inlined, in a module, too' 's/return b->height;/return b->height ^ 4711;/' \
	inlines 'moved (moved)'
is "$status:$err" 0: '... without a word more'
compiles 'an inline function that was empty, and left no trace' '/^static inline void box_check/,/^}/s/^{/{\n\tif (b->height == 4711)\n\t\t__builtin_trap();/' pointer
compiles 'a macro, a value and a name that is put together, also by way of another header' \
	's/BOX_SIZE 3/BOX_SIZE 4711/; s/BOX_OPEN = 16/BOX_OPEN = 4711/; s/return b->what;/return b->what ^ 4711;/' \
	crated getter -inlines macro '-moved (moved)' -pointer shut
compiles 'a structure' 's/^\tint height;/&\n\tint width;/' getter -inlines '-moved (moved)' pointer

patched comment include/box.h 's/The size of a box/How large it is/; s/not for machines/&, which paint them/'
diffs comment.patch
is "$status:$err" "1:klpmake diff: error: no file of this kernel has anything of what the patch changes in 'include/box.h'" 'a comment changes nothing'

patched p include/box.h 's/return b->height;/return b->height ^ 4711;/' net/none.c 's/return x + 5;/return x + 4711;/'
diffs --files 1 p.patch
is "$status:$out:$err" "1::klpmake diff: the headers of the patch may change 2 files of this kernel that it does not touch:
      2 net
  '--files 2' compiles them all, in about 1 min; '--add FILE' (repeatable) those that it names, and all others keep the code that they have
klpmake diff: error: more than 1 files would have to be compiled for a header: nothing was made" 'too many files'
make_it --source "$tree" --files 2 -o "$scratch/here/klp-p.ko" p.patch
is "$status:$err:$(nm klp-p.ko | sed -n 's/.* livepatch_//p' | sort | paste -sd ' ')" '0::inlines_first moved_first none_first' \
	'as many as are wanted, with those of the patch: a module for two objects'
has "$out" "  3 functions equal to the kernel's" '... which was proven'
diffs --add net/inlines.c p.patch
is "$status:$err" "0:klpmake diff: warning: only the files that the patch touches and those of --add get the change of 'include/box.h': others that include that keep the code that they have" \
	'--add takes the place of the search'
lacks "$out" net/moved.c '... so that others are left out'
diffs --files many p.patch
refused 2 "--files takes a number, not 'many'" '--files without a number'

patched part net/part.c 's/x + 21/x + 4711/'
diffs part.patch
is "$status:$err:$(grep -c '^  net/' <<<"$out")" 0::1 'a C file that is only included'
has "$out" '    replaced  whole_first: ' '... is patched with the file that includes it'
patched both net/both.c 's/x + 31/x + 4711/'
diffs both.patch
is "$status:$err" 0: 'a C file of its own that another one includes'
has "$(grep '^  net/' <<<"$out" | paste -sd ' ')" 'net/again.c   net/both.c (both)' '... is patched in both objects'
mkdir -p "$KLPMAKE_CACHE/kernels"
diffs both.patch
diffs both.patch
has "$(grep '^  net/' <<<"$out" | paste -sd ' ')" 'net/again.c   net/both.c (both)' '... also when unpatched object files are kept from an earlier run'
patched shared net/shared.c 's/x + 41/x + 4711/'
run "$top/klpmake" diff -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" --source "$tree/net" --module "$modules/kernel/net/one.ko" shared.patch
refused 1 "'$tree/net' is not a kernel source tree: of the source of a module from outside the tree klpmake does not apply patches" \
	'the source of a module from outside the tree'

printf -- '--- a/include/generated/x.h\n+++ b/include/generated/x.h\n@@ -1 +1 @@\n-a\n+b\n' >generated.patch
diffs generated.patch
refused 1 "generated.patch:1: 'include/generated/x.h': it is made when a kernel is built" 'a generated header'

is "$(source_state "$tree")" "$files" 'nothing of the source has changed'
is "$(ls -A "$TMPDIR")" '' 'nothing is left elsewhere'
done_testing
