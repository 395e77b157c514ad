#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016,SC2011,SC2012 # $ is for sed or the assembler; the names are known
#
# Whole files of the kernel's source in a patch directory, on the miniature kernel; and the object files that are kept
# from run to run.
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

# news OPERAND...: klpmake new, with the source.
news()
{
	run "$top/klpmake" new -k "$mini_release" --source "$tree" "$@"
}

# edit FILE NUMBER: a number by which alpha_show() can be told apart, in place of an earlier one.
edit()
{
	sed -i '/^int alpha_show/,/^}/{/ 0x[0-9a-f]*;$/d; s/^{/{\n\tx ^= '"$2"';/}' "$1"
}

dir=$scratch/whole
news "$dir" fs/proc/alpha.c
is "$status:$err:$(ls "$dir" | xargs)" '0::Makefile alpha.c alpha.c.base main.c' 'klpmake new with a file of the kernel'
is "$(cat "$dir/alpha.c")" "//KLPMAKE fs/proc/alpha.c
$(<"$tree/fs/proc/alpha.c")" '... gives a copy with its tag'
is "$(<"$dir/alpha.c.base")" "$(<"$tree/fs/proc/alpha.c")" '... and one as it is'
is "$(grep KLPMAKE_WHOLE "$dir/Makefile")" 'KLPMAKE_WHOLE := alpha.c' '... which the Makefile lists'
fixes "$dir"
refused 1 'the patch changes nothing in the code of this kernel' 'a file that nobody has edited'
edit "$dir/alpha.c" 0x1267
diffs "$dir"
is "$status:$err" 0: 'klpmake diff with a directory'
has "$out" "  fs/proc/alpha.c
    replaced  alpha_show: " '... says what changes'
is "$(ls -A "$dir" | xargs)" 'Makefile alpha.c alpha.c.base main.c' '... and makes nothing'
fixes "$dir"
is "$status:$err:$(functions "$dir/klp-alpha.ko")" 0::alpha_show 'klpmake takes what was edited'
has "$(objdump -d "$dir/klp-alpha.ko")" '$0x1267,' '... with the change'
has "$out" "  1 function equal to the kernel's" '... whose unedited file is the kernel'"'"'s'
# The tag is a line of its own, and the line before this one has no code.
line=$(($(grep -n 'alpha_buffer\[x & 63\] =' "$dir/alpha.c" | cut -d : -f 1) - 1))
has "$(objdump -dl --disassemble=livepatch_alpha_show "$dir/klp-alpha.ko")" "alpha.c:$line"$'\n' '... and whose lines have their numbers'
sed -i 's/x ^= 0x1267/x ^= no_such_name/' "$dir/alpha.c"
fixes "$dir"
refused 1 'the patched files do not compile: nothing was made' 'a file that does not compile'
has "$err" "$dir/alpha.c:$(grep -n no_such_name "$dir/alpha.c" | cut -d : -f 1):" '... is named with its own line'
sed -i 's/x ^= no_such_name/x ^= 0x1267/' "$dir/alpha.c"

# Of another kernel.
echo '/* older */' >>"$dir/alpha.c.base"
fixes "$dir"
refused 1 "'$dir/alpha.c' was made of another kernel's 'fs/proc/alpha.c' than '$tree' has: what differs is not your change alone. 'klpmake update' brings it to this kernel" \
	'a file of another kernel'
rm "$dir/alpha.c.base"
fixes "$dir"
is "$status" 0 'a file whose base nobody kept'
has "$err" "warning: '$dir/alpha.c': '$dir/alpha.c.base', as it was before it was edited, is not there" '... is taken, with a warning'

# With a patch and a tagged file in one directory.
sed '/^int beta_total/,/^}/s/^{/{\n\tshared_total ^= 0x32f;/' "$tree/fs/proc/beta.c" >b.c
diff -u --label a/fs/proc/beta.c --label b/fs/proc/beta.c "$tree/fs/proc/beta.c" b.c >two.patch
dir=$scratch/three
news two.patch fs/proc/alpha.c "$dir"
is "$status:$err:$(ls "$dir" | xargs)" '0::Makefile alpha.c alpha.c.base main.c two.patch' 'a patch and a whole file'
edit "$dir/alpha.c" 0x1267
cat >"$dir/own.c" <<'END'
//KLPMAKE kernel/gamma.c
#include "mini.h"
#include <klpmake.h>
int own_gamma(struct record *r);
int own_gamma(struct record *r) { return r->weight ^ 0x4711; }
END
sed -i 's/main.o/& own.o/' "$dir/Makefile"
sed -i 's/^#include "klpmake_objects.h"/#include "mini.h"\nint own_gamma(struct record *r);\n#define KLPMAKE_FUNCS_vmlinux { .old_name = "gamma_use", .new_func = own_gamma },\n&/' "$dir/main.c"
fixes "$dir"
is "$status:$err:$(functions "$dir/klp-two.ko")" '0::alpha_show beta_total' '... and a tagged file become one module'
has "$(objdump -d --disassemble=own_gamma "$dir/klp-two.ko")" '$0x4711,' '... with all three'
sed 's|fs/proc/beta.c|fs/proc/alpha.c|' two.patch | sed '/^@@/,$d' >"$dir/two.patch"
diff -u --label a/fs/proc/alpha.c --label b/fs/proc/alpha.c "$tree/fs/proc/alpha.c" <(sed '/^int alpha_show/,/^}/s/^{/{\n\tx ^= 1;/' "$tree/fs/proc/alpha.c") >"$dir/two.patch"
fixes "$dir"
refused 1 "'$dir/alpha.c' and another file of the patch both change 'fs/proc/alpha.c': make the change in one of them" \
	'a whole file and a patch of it'

# Two of one name; packed sources.
dir=$scratch/twins
news "$dir" kernel/module/main.c init/main.c
refused 1 "'$tree' has no file 'init/main.c'" 'a file that is not there'
is "$(ls -d "$dir" 2>/dev/null)" '' '... and no directory'
tar -C "$scratch" -cJf packed.tar.xz --transform 's|^source|linux-source-9.9|' source
run "$top/klpmake" new -k "$mini_release" --source packed.tar.xz "$dir" fs/proc/alpha.c
is "$status:$err:$(cmp "$dir/alpha.c.base" "$tree/fs/proc/alpha.c")" 0:: 'out of a tarball'
edit "$dir/alpha.c" 0x1267
fixes --source packed.tar.xz "$dir"
is "$status:$err:$(functions "$dir/klp-alpha.ko")" 0::alpha_show '... and made with one'

# Wrong words, tags and names.
news fs/proc/alpha.c
refused 2 'which directory? name it before the files and functions, or behind the patches' 'no directory'
news "$scratch/x" there fs/proc/alpha.c
refused 2 "one of '$scratch/x' and 'there' can be the directory" 'two directories'
news fs/proc/alpha.c "$scratch/x" kernel/gamma.c
refused 2 "'$scratch/x', the directory, stands between others: name it first or last" 'a directory between files'
news "$scratch/x"
refused 2 'which patches, kernel files or functions?' 'a directory alone'
news "$scratch/x" ../here/b.c
refused 1 "'../here/b.c' is not a path from the root of a kernel tree" 'a file outside of the source'
news "$scratch/x" arch/x86/boot/main.c
refused 1 "'arch/x86/boot/main.c': its code does not run any more" 'a file that no livepatch can change'
is "$(ls -d "$scratch/x" 2>/dev/null)" '' '... nothing of them is made'
sed -i 's|^//KLPMAKE.*|&\n&|' "$dir/alpha.c"
fixes "$dir"
refused 1 "'$dir/alpha.c' has 2 tags: a whole kernel file has one line" 'two tags'
sed -i '1d; s|^//KLPMAKE.*|//KLPMAKE ../alpha.c|' "$dir/alpha.c"
fixes "$dir"
refused 1 "'$dir/alpha.c': '../alpha.c', in the tag, is not a path from the root of a kernel tree" 'a tag that leads elsewhere'
sed -i 's/^KLPMAKE_WHOLE.*/KLPMAKE_WHOLE := nothing.c/' "$dir/Makefile"
fixes "$dir"
refused 1 "'$dir/Makefile': KLPMAKE_WHOLE names 'nothing.c', which is not a file beside it" 'a name in the Makefile of nothing'

# What is kept. make says which files it has compiled.
is "$(source_state "$tree")" "$files" 'nothing of the source has changed'
dir=$scratch/kept
sed -i '1i #include "near.h"' "$tree/fs/proc/alpha.c"
echo '/* nothing */' >"$tree/fs/proc/near.h"
news "$dir" fs/proc/alpha.c
edit "$dir/alpha.c" 0x1267
sed -i 's|^>$(CC) $(flags) -MD|>echo "$(M)/$*" >>'"$scratch/compiled"'\n&|' "$k/Makefile"

# compiled NAME WHAT: klpmake works, and compiles these of alpha.c.
compiled()
{
	: >"$scratch/compiled"
	fixes -q "$dir"
	is "$status:$err:$(sed -nE 's|.*/fix/([a-z]+)/fs/proc/alpha$|\1|p' "$scratch/compiled" | sort | xargs)" "0::$2" "$1"
}

compiled 'the first time both are compiled' 'new orig'
compiled 'nothing has changed' ''
edit "$dir/alpha.c" 0x1268
compiled 'another change' 'new'
has "$(objdump -d "$dir/klp-alpha.ko")" '$0x1268,' '... is in the module'
edit "$dir/alpha.c" 0x1267
compiled 'the first change again' ''
has "$(objdump -d "$dir/klp-alpha.ko")" '$0x1267,' '... is in the module'
echo '/* something */' >"$tree/fs/proc/near.h"
touch -d 2001-01-01 "$tree/fs/proc/near.h"
compiled 'another header, with an old time' 'new orig'
KCFLAGS=-DNOTHING compiled 'another flag' 'new orig'
kept=$dir/.klpmake/$mini_release/fix/kept
for record in "$kept"/*.o; do
	printf 'x' | dd of="$record" bs=1 seek=70 conv=notrunc status=none
done
compiled 'object files that are damaged' 'new orig'
mkdir "$scratch/bin"
printf '#!/bin/sh\nexec %q "$@"\n' "$(type -P gcc)" >"$scratch/bin/gcc"
chmod +x "$scratch/bin/gcc"
PATH=$scratch/bin:$PATH compiled 'another compiler' 'new orig'
PATH=$scratch/bin:$PATH compiled '... is known the second time' ''
printf '# another\n' >>"$scratch/bin/gcc"
PATH=$scratch/bin:$PATH compiled '... unless it was changed' 'new orig'

is "$(ls -A "$TMPDIR")" '' 'nothing is left elsewhere'
done_testing
