#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # $ is for the assembler
#
# klpmake update: a patch directory that was made for another kernel, whose source differs from the miniature kernel's in
# what stands before alpha_show() and in beta_total().
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
old=$scratch/cache/kernels/9.8.0-mini/source
mkdir -p "${old%/*}"
cp -r "$tree" "$old"
sed -i '/^int alpha_show/{x;s/.*/\/* Older words. *\//p;x}' "$old/fs/proc/alpha.c"
sed -i '/^int beta_total/,/^}/{s/r->weight;/r->weight + 1;/;s/registered(r->id)/registered(r->id + 1)/}' "$old/fs/proc/beta.c"
files=$(source_state "$tree" "$old")

# updates [OPTION...] DIRECTORY
updates()
{
	run timeout 120 "$top/klpmake" update -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" --symbols "$k/System.map" \
		--source "$tree" "$@"
}

# older NAME PATH SED: NAME.patch, for the old kernel.
older()
{
	printf 'Subject: mend it\n\nWords.\n' >"$1.patch"
	diff -u --label "a/$2" --label "b/$2" "$old/$2" <(sed "$3" "$old/$2") >>"$1.patch"
}

# A patch whose context has changed.
older show fs/proc/alpha.c '/^int alpha_show/,/^}/s/^{/{\n\tx ^= 4711;/'
dir=$scratch/show
run "$top/klpmake" new show.patch "$dir"
updates "$dir"
refused 1 'the source that they were made for is not known: name it with --from' 'a patch that does not fit, of an unknown kernel'
has "$err" 'this hunk' '... says which hunk'
updates --from 9.7.0 "$dir"
refused 1 "'9.7.0' is neither a source tree nor a release whose source was fetched" 'a kernel that was not fetched'
updates --from "$tree" "$dir"
refused 1 "the patches do not fit '$tree': name the source that they were made for with --from" 'a kernel that it was not made for'
cp "$dir/show.patch" before
updates --from 9.8.0-mini "$dir"
is "$status:$err" 0: 'klpmake update'
has "$out" "'$dir/show.patch' was brought to the new kernel; as it was it is in '$dir/show.patch.old'" '... says what it did'
is "$(cmp "$dir/show.patch.old" before)" '' '... keeps the old patch'
is "$(head -n 3 "$dir/show.patch")" "$(head -n 3 before)" '... and its words'
lacks "$(<"$dir/show.patch")" 'Older words' '... with the context of the new kernel'
is "$(command patch -p1 --dry-run -F0 -d "$tree" <"$dir/show.patch" 2>&1)" 'checking file fs/proc/alpha.c' '... to which it fits'
has "$(objdump -d "$dir/klp-show.ko")" '$0x1267,' '... and the module is made'
sed -i '2s/kernel [^ ,]*/kernel 9.8.0-mini/' "$dir/_klpmake.syms"
first=$(stat -c '%i %Z' "$dir/show.patch")
updates "$dir"
is "$status:$err:$(stat -c '%i %Z' "$dir/show.patch")" "0::$first" 'what fits stays as it is'
has "$out" '  of the functions that the patch replaces, 0 changed and 1 did not' '... and the old kernel is known from the table'

# A function that the kernel has changed, in a whole file.
dir=$scratch/whole
run "$top/klpmake" new -k "$mini_release" --source "$old" "$dir" fs/proc/beta.c
sed -i '/^int beta_total/,/^}/s/^{/{\n\tint twice = 815;\n\n\tshared_total ^= twice;\n/' "$dir/beta.c"
cp "$dir/beta.c" before
updates --from "$old" "$dir"
refused 1 'nothing else was changed: settle this in the files named above' 'where both change the same lines'
has "$err" "error: '$dir/beta.c.$mini_release.conflict': the kernel and your change both change these lines:" '... the file is named'
has "$err" '<<<<<<< the new kernel' '... and the lines are shown'
is "$(cmp "$dir/beta.c" before; cmp "$dir/beta.c.base" "$old/fs/proc/beta.c")" '' '... nothing changes'
updates --from "$old" "$dir"
refused 1 'nothing else was changed: settle this' '... however often'
sed '/^\/\/KLPMAKE/d; s/r->weight + 1;/r->weight;/;s/registered(r->id + 1)/registered(r->id)/' before >"$dir/beta.c.$mini_release.conflict"
updates --from "$old" "$dir"
is "$status:$err" 0: 'a conflict that was settled'
is "$(cmp "$dir/beta.c.base" "$tree/fs/proc/beta.c"; find "$dir" -name '*conflict')" '' '... is over'
is "$(head -n 1 "$dir/beta.c"):$(grep -c 'twice' "$dir/beta.c"):$(grep -c '+ 1' "$dir/beta.c")" "//KLPMAKE fs/proc/beta.c:2:$(grep -c '+ 1' "$tree/fs/proc/beta.c")" '... with both changes'
has "$(objdump -d "$dir/klp-beta.ko")" '$0x32f,' '... in the module'
sed -i '2s/kernel [^ ,]*/kernel 9.8.0-mini/' "$dir/_klpmake.syms"
updates "$dir"
is "$status" 0 'a function that the kernel has changed'
has "$out" '  fs/proc/beta.c: the kernel has changed beta_total()' '... is named'
has "$out" '    -	shared_total += r->weight + 1;' '... and what changed is shown'

# One file of two that cannot be merged: nothing changes. Neither patch nor whole file.
rm "$dir/beta.c.base"
updates "$dir"
refused 1 "'$dir/beta.c.base', as it was before it was edited, is not there: nobody can tell what your change is" 'a file without its base'
updates "$scratch/here"
refused 1 "error:" 'a directory that has no Makefile'
is "$(source_state "$tree" "$old")" "$files" 'the sources are only read'
is "$(ls -A "$TMPDIR"; find "$scratch/show" "$scratch/whole" -name '.klpmake-update*')" '' 'nothing is left elsewhere'
done_testing
