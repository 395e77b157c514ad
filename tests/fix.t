#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016,SC2012 # $ is for sed or the assembler; the names are known
#
# From a patch to the kernel's source to a module, on the miniature kernel: with a patch directory and without, for files
# and headers; the source is only read.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
. "$top/tests/mini.bash"
# shellcheck source=tests/kdir.bash
. "$top/tests/kdir.bash"
# shellcheck source=tests/fix.bash
. "$top/tests/fix.bash"

[[ -x $bin/klpdiff ]] || skip_all 'klpdiff is not built'
kdir_setup
kdir_source
mkdir "$scratch/here"
cd "$scratch/here" || exit
files=$(source_state "$tree")

patched show fs/proc/alpha.c '/^int alpha_show/,/^}/s/^{/{\n\tx ^= 4711;/'
diffs show.patch
is "$status:$err" 0: 'klpmake diff'
has "$out" "  fs/proc/alpha.c
    replaced  alpha_show: " '... says what changes'
is "$(ls)" show.patch '... and makes nothing'
fixes show.patch
exits 0 'a patch becomes a module'
is "$(ls | paste -sd ' ')" 'klp-show.ko show.patch' '... in the current directory'
is "$(functions klp-show.ko)" alpha_show '... with the function'
has "$out" "  1 function equal to the kernel's, " '... whose unpatched file is the kernel'
has "$(objdump -d klp-show.ko)" '$0x1267,' '... with the change'
lacks "$(nm klp-show.ko)" beta_total '... and nothing else'
is "$(ls -A "$TMPDIR")" '' '... and leaves nothing elsewhere'
mkdir ../there
fixes -o ../there/klp-other.ko show.patch
is "$status:$(ls ../there)" 0:klp-other.ko '-o: a module of another name'
fixes --json show.patch
is "$(perl -MJSON::PP -e '$j = decode_json(join("", <STDIN>)); print join(" ", $j->{ok}, map { $_->{name} } @{$j->{stages}})' <<<"$out")" \
	'1 apply sources diff compile resolve link check prove' '--json: one object, with the stages'
rm klp-show.ko

# Two files of one name in one module; the second patch builds on the first.
patched 0001-two fs/proc/beta.c '/^int beta_total/,/^}/s/^{/{\n\tshared_total += 17;/' \
	fs/proc/alpha.c '/^int alpha_show/,/^}/s/^{/{\n\tx ^= 4711;/'
sed 's/^\tx ^= 4711;/&\n\tx *= 2027;/' "$scratch/b/fs/proc/alpha.c" >"$scratch/c.c"
diff -u --label a/fs/proc/alpha.c --label b/fs/proc/alpha.c "$scratch/b/fs/proc/alpha.c" "$scratch/c.c" >0002-more.patch
fixes 0001-two.patch 0002-more.patch
is "$status:$err" 0: 'two patches'
is "$(functions klp-two.ko)" 'alpha_show beta_total' '... of two files, in one module'
lacks "$out" 'not checked  data' '... what is left out counts as declared: its types are compared with the kernel'"'"'s'
has "$(objdump -d klp-two.ko)" '$0x7eb,' '... one on the other'
rm -f klp-two.ko

# Two static functions of one name.
patched same fs/proc/alpha.c '/^static noinline noclone int helper/,/^}/s/^{/{\n\tx ^= 4711;/' \
	fs/proc/beta.c '/^static __hot noinline noclone int helper/,/^}/s/^{/{\n\tx ^= 815;/'
fixes same.patch
exits 0 'two functions of one name'
is "$(functions klp-same.ko)" 'helper helper_002' '... become two'
is "$(objdump -d --disassemble=livepatch_helper klp-same.ko | grep -c 0x1267) $(objdump -d --disassemble=livepatch_helper_002 klp-same.ko | grep -c 0x32f)" \
	'1 1' '... each with its own change'
rm -f klp-same.ko same.patch

# A directory.
run "$top/klpmake" new 0001-two.patch 0002-more.patch "$scratch/fix"
is "$status:$(ls "$scratch/fix" | paste -sd ' ')" '0:0001-two.patch 0002-more.patch Makefile main.c' 'klpmake new makes a patch directory'
has "$(<"$scratch/fix/main.c")" $'{\n\t.mod = THIS_MODULE,' '... main.c is indented as the kernel is'
dir=$scratch/fix
fixes "$dir"
is "$status:$err" 0: '... of which klpmake makes the module'
is "$(ls "$dir" | paste -sd ' ')" '0001-two.patch 0002-more.patch Makefile _klpmake.syms klp-two.ko main.c' '... and leaves nothing else there'
first=$(stat -c %Y%i "$dir/.klpmake/$mini_release/build/"{main.o,001_alpha.o,002_beta.o})
fixes -q "$dir"
is "$status:$err:$(stat -c %Y%i "$dir/.klpmake/$mini_release/build/"{main.o,001_alpha.o,002_beta.o})" "0::$first" \
	'what is the same is not compiled again'
sed -i 's/^+\tx \*= 2027;/+\tx *= 2029;/' "$dir/0002-more.patch"
fixes -q "$dir"
has "$(objdump -d "$dir/klp-two.ko")" '$0x7ed,' 'what has changed is'
sed -i 's/^#include "klpmake_objects.h"/static int hook(void *o) { return 0; }\n#define KLPMAKE_CALLBACKS_vmlinux .callbacks = { .pre_patch = hook },\n&/' "$dir/main.c"
fixes -q "$dir"
is "$status:$(nm "$dir/klp-two.ko" | grep -c ' hook$')" 0:1 'main.c has callbacks'
echo >"$dir/001_alpha.c"
fixes -q "$dir"
refused 1 "'$dir/001_alpha.c' has the name of a file that klpmake makes: rename it" 'a file of a name that klpmake needs'
rm "$dir/001_alpha.c"
sed -i 's/ \$(KLPMAKE_CUT)//' "$dir/Makefile"
source_of main.c
fixes -q "$dir"
is "$status:$err:$(functions "$dir/klp-two.ko")" '0::' 'a directory that has its patches only for reference'
sed -i 's/main.o/main.o $(KLPMAKE_CUT)/' "$dir/Makefile"
rm "$dir"/*.patch
fixes -q "$dir"
refused 1 "'$dir/Makefile' names KLPMAKE_CUT, but there is no patch beside it (*.patch)" 'a directory without its patches'
run "$top/klpmake" new show.patch "$dir"
refused 1 "'$dir' is not empty" 'klpmake new leaves a directory as it is'

# What is wrong.
rm -f -- *.ko
patched broken fs/proc/alpha.c '2i /* one more line */
/^int alpha_show/,/^}/s/^{/{\n\tno_such_name = 1;/'
fixes broken.patch
refused 1 'the patched files do not compile: nothing was made' 'a patch that does not compile'
has "$err" "fs/proc/alpha.c:$(grep -n no_such_name "$scratch/b/fs/proc/alpha.c" | cut -d : -f 1):" '... with the line of the patched file'
patched comment fs/proc/alpha.c '2i /* one more line */'
fixes comment.patch
refused 1 'the patch changes nothing in the code of this kernel' 'a patch that changes nothing'
KCFLAGS=-fno-schedule-insns2 fixes show.patch
refused 1 'is not what this kernel has' 'another compiler flag than the kernel had'
is "$(ls -- *.ko 2>/dev/null)" '' '... makes nothing'
make_it show.patch
refused 1 "the source of kernel '$mini_release' is not here: '$top/scripts/fetch-kernel --source $mini_release'" 'no source'

# Files of one directory, of one below it, and of one beside it: where one is compiled, another one found links.
patched tree kernel/gamma.c '/^int mixed/,/^}/s/^{/{\n\tx ^= 4711;/' kernel/module/main.c '1i /* a line */' \
	fs/proc/alpha.c '/^int alpha_show/,/^}/s/^{/{\n\tx ^= 4711;/'
diffs --add kernel/kinds.c tree.patch
is "$status:$(grep -c '^  [a-z]*/.*\.c' <<<"$out")" 0:4 'files of directories within each other'
is "$(source_state "$tree")" "$files" '... are compiled among copies'

# Sources that are packed, or where Debian has them.
mkdir -p "$scratch/root/usr/src"
tar -C "$scratch" -cJf packed.tar.xz --transform 's|^source|linux-source-9.9|' source
fixes --source packed.tar.xz show.patch
is "$status:$err:$(functions klp-show.ko)" 0::alpha_show 'a tarball'
rm klp-show.ko
run "$top/klpmake" new show.patch "$scratch/packed"
fixes --source packed.tar.xz "$scratch/packed"
is "$status:$(cd "$scratch/packed/.klpmake/$mini_release/fix/source" && find . -maxdepth 2 -type d | sort | xargs)" '0:. ./fs ./fs/proc ./kernel' \
	'... of which only what the patch is about is unpacked'
fixes --source packed.tar.xz "$scratch/packed"
lacks "$out" unpacking '... once'
mv packed.tar.xz "$scratch/root/usr/src/linux-source-9.9.tar.xz"
KLPMAKE_ROOT=$scratch/root make_it show.patch
is "$status:$err" 0: "Debian's package linux-source"
has "$out" "  unpacking what is needed of '$scratch/root/usr/src/linux-source-9.9.tar.xz'" '... packed'
cp -r "$tree" "$scratch/root/usr/src/linux-source-9.9"
KLPMAKE_ROOT=$scratch/root make_it show.patch
is "$status:$err" 0: '... unpacked'
lacks "$out" unpacking '... is preferred'
echo no >no.tar.xz
fixes --source no.tar.xz show.patch
refused 1 "'$PWD/no.tar.xz' is not a kernel's source, packed by tar" 'another file'
rm no.tar.xz klp-show.ko

# Headers.
patched near fs/proc/alpha.c 's/^#include "mini.h"/&\n#include "near.h"/; /^int alpha_show/,/^}/s/^{/{\n\tx ^= NEAR;/'
{
	cat near.patch
	printf -- '--- /dev/null\n+++ b/fs/proc/near.h\n@@ -0,0 +1 @@\n+#define NEAR 4712\n'
} >new.patch
fixes new.patch
is "$status:$err" 0: 'a new header beside the file'
has "$(objdump -d klp-new.ko)" '$0x1268,' '... is seen'
patched header include/mini.h '$i #define alpha_twice(x) (4713 ^ (x))' \
	fs/proc/alpha.c '/^int alpha_show/,/^}/s/^{/{\n\tx = alpha_twice(x);/'
fixes --add fs/proc/beta.c header.patch
is "$status:$err" "0:klpmake: warning: only the files that the patch touches and those of --add get the change of 'include/mini.h': others that include that keep the code that they have" 'a header of the include path'
has "$(objdump -d klp-header.ko)" '$0x1269,' '... is seen'
has "$out" '  fs/proc/beta.c: nothing changes' '... also by a file that --add names'
run "$top/klpmake" new --add fs/proc/beta.c header.patch "$scratch/added"
is "$(grep KLPMAKE_ADD "$scratch/added/Makefile")" 'KLPMAKE_ADD := fs/proc/beta.c' 'klpmake new --add is kept'
fixes "$scratch/added"
is "$status" 0 '... in the directory'
has "$out" '  fs/proc/beta.c: nothing changes' '... and heeded'

is "$(source_state "$tree")" "$files" 'nothing of the source has changed'
is "$(ls -A "$TMPDIR")" '' 'nothing is left elsewhere'
done_testing
