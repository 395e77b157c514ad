#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # $ is for sed, or for make
#
# Which patches are applied to the kernel's source, and how: what does not fit and what cannot be a livepatch is refused
# before anything is compiled, all of it in one run, and nothing of the source changes.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
. "$top/tests/mini.bash"
# shellcheck source=tests/kdir.bash
. "$top/tests/kdir.bash"
# shellcheck source=tests/fix.bash
. "$top/tests/fix.bash"

kdir_setup
kdir_source
cd "$scratch" || exit
files=$(source_state "$tree")

# says MESSAGE NAME: an error without which nothing else is wrong.
says()
{
	refused 1 "klpmake diff: error: $1" "$2"
	is "$(grep -c error: <<<"$err"):$(tail -n 1 <<<"$err")" '2:klpmake diff: error: nothing was made: this cannot become a livepatch as it is' "$2: alone"
}

# head_of OLD NEW: a header with a hunk that adds a line.
head_of()
{
	printf -- '--- %s\n+++ %s\n@@ -0,0 +1 @@\n+x\n' "$1" "$2"
}

patched moved fs/proc/alpha.c '1i /* a line */'
sed -i 's/^@@ -1,/@@ -9,/; s/ +1,/ +9,/' moved.patch
patched other fs/proc/alpha.c 's/^static int state = 1;/static int state = 3;/'
patched twice fs/proc/alpha.c 's/^static int state = 1;/static int state = 3;/' fs/proc/beta.c 's/^static int state = 2;/static int state = 4;/'
sed -i 's/^ static int knob = 10;$/ static int knob = 11;/' other.patch
diffs other.patch
refused 1 "other.patch:3: this hunk does not fit 'fs/proc/alpha.c' of '$tree':
    @@ -6,7" 'a hunk that does not fit, with its line'
has "$err" '    -static int state = 1;' '... is shown'

# What is no error is seen where another patch is one.
diffs moved.patch other.patch
has "$err" "klpmake diff: warning: moved.patch:3: this hunk fits 'fs/proc/alpha.c' at line 1, -8 lines from where the patch has it: @@ -9,3 +9,4 @@" \
	'a hunk that fits elsewhere'
patched fuzz fs/proc/alpha.c 's/^static int state = 1;/static int state = 3;/'
sed -i 's/^ static int mixed = 3;$/ static int mixed = 4;/' fuzz.patch
diffs fuzz.patch other.patch
has "$err" "warning: fuzz.patch:3: this hunk fits 'fs/proc/alpha.c' at line 6, only without 2 of its outer lines: is that the right place?
    @@" 'a hunk that fits with less around it'

patched present fs/proc/alpha.c 's/^static int state = 1;/static int state = 3;/'
sed -i 's/^-static int state = 1/-static int state = 0/; s/^+static int state = 3/+static int state = 1/' present.patch
diffs present.patch
says "present.patch: '$tree' has this change of 'fs/proc/alpha.c' already, or the patch is the wrong way around" 'a patch that is there already'

head_of a/fs/proc/none.c b/fs/proc/none.c >none.patch
diffs none.patch
says "none.patch:1: '$tree' has no file 'fs/proc/none.c': is the patch for another kernel?" 'a file that is not there'
head_of /dev/null b/fs/proc/none.c >new.patch
diffs new.patch
says "new.patch:1: 'fs/proc/none.c' is a new C file, which belongs to no object of the kernel" 'a new C file'
head_of /dev/null b/include/mini.h >new.patch
diffs new.patch
says "new.patch:1: 'include/mini.h' is a new file, but '$tree' has it already" 'a new header that is there'
head_of a/fs/proc/alpha.c /dev/null >gone.patch
diffs gone.patch
says "gone.patch:1: 'fs/proc/alpha.c' is removed: a running kernel keeps its code" 'a file that is removed'
printf 'diff --git a/fs/proc/alpha.c b/fs/proc/gamma.c\nsimilarity index 100%%\nrename from fs/proc/alpha.c\nrename to fs/proc/gamma.c\n' >rename.patch
diffs rename.patch
says "rename.patch:1: 'fs/proc/gamma.c' is renamed" 'a file that is renamed'
printf 'diff --git a/fs/proc/alpha.c b/fs/proc/alpha.c\nindex 1..2 100644\nGIT binary patch\nliteral 3\nabc\n' >binary.patch
diffs binary.patch
says "binary.patch:1: 'fs/proc/alpha.c': a binary patch" 'a binary patch'

while read -r path why; do
	head_of "a/$path" "b/$path" >refused.patch
	diffs refused.patch
	says "refused.patch:1: '$path': $why" "$path"
done <<-'END'
	fs/proc/Makefile it is about how a kernel is built
	fs/proc/Kconfig it is about how a kernel is built
	scripts/mod/modpost.c it is about how a kernel is built
	lib/delta.S it is written in assembler
	arch/x86/boot/main.c its code does not run any more
	arch/x86/entry/vdso/vma.c its code runs in programs
	lib/vdso/gettimeofday.c its code runs in programs
	fs/proc/table.inc it is not a C file
END
for path in ../outside.c a/../../outside.c 'fs/a b.c' fs/-o.c fs/./x.c fs//x.c 'fs/$(x).c'; do
	head_of "a/$path" "b/$path" >outside.patch
	diffs outside.patch
	refused 1 "is not a path from the root of a kernel tree" "'$path' is not a path of the tree"
done
head_of /etc/outside.c /etc/outside.c >outside.patch
diffs outside.patch
says "outside.patch:1: '/etc/outside.c' is not a path from the root of a kernel tree" 'an absolute path'
is "$(find "$scratch" -name outside.c)" '' 'nothing was written outside'

cp -r "$tree" linked
ln -s alpha.c linked/fs/proc/link.c
ln -s proc linked/fs/also
for path in fs/proc/link.c fs/also/alpha.c; do
	head_of "a/$path" "b/$path" >link.patch
	diffs --source linked link.patch
	says "link.patch:1: '$path' is a link in '$scratch/linked'" "$path: a link"
done
is "$(find linked ! -type l -newer link.patch)" '' '... through which nothing is written'

{
	echo 'From: someone'
	head_of a/Documentation/x.rst b/Documentation/x.rst
	head_of a/MAINTAINERS b/MAINTAINERS
	head_of a/lib/delta.S b/lib/delta.S
	head_of a/fs/none.c b/fs/none.c
	cat other.patch
	echo '-- '
	echo 2.39
} >all.patch
diffs all.patch gone.patch
is "$(grep -oE '^klpmake diff: error: [a-z]*(.patch:[0-9]*)?' <<<"$err" | sed 's/.*: //' | paste -sd ' ')" \
	'all.patch:10 all.patch:14 all.patch:20 gone.patch:1 nothing' 'all that is wrong is said in one run'
is "$(grep 'passed over' <<<"$out" | paste -sd ' ')" "  passed over: 'Documentation/x.rst'   passed over: 'MAINTAINERS'" '... and what is passed over'

head_of a/Documentation/x.rst b/Documentation/x.rst >text.patch
diffs text.patch
refused 1 'the patch changes no C file: there is nothing to make' 'a patch without code'
patched there fs/proc/alpha.c 's/^static int state = 1;/static int state = 3;/'
diff -u --label a/fs/proc/alpha.c --label b/fs/proc/alpha.c b/fs/proc/alpha.c "$tree/fs/proc/alpha.c" >back.patch
diffs there.patch back.patch
is "$status:$err" '1:klpmake diff: error: the patch changes no C file: there is nothing to make' \
	'a patch that takes back another one, in the order given'
diffs back.patch
says "back.patch: '$tree' has this change" '... which fits only then'
echo 'no patch at all' >empty.patch
diffs empty.patch
says "'empty.patch' has no hunks: a patch is what 'diff -u' and 'git format-patch' write" 'a file that is no patch'
head -n -1 twice.patch >cut.patch
diffs cut.patch
refused 1 'cut.patch:14: this hunk is cut short: it ends before line 22' 'a patch that is cut short'
sed '8s/^./=/' twice.patch >broken.patch
diffs broken.patch
refused 1 'broken.patch:8: this is not a line of a hunk: has a mail program broken it?' 'a patch that is broken'
printf '@@ -1 +1 @@\n-a\n+b\n' >nameless.patch
diffs nameless.patch
refused 1 'nameless.patch:1: this hunk does not say which file it is about' 'a hunk without a file'
diffs nowhere.patch
refused 1 "'nowhere.patch': no such patch" 'a patch that is not there'
diffs there.patch --add fs/proc/none.c
says "'--add fs/proc/none.c': '$tree' has no such C file" '--add: a file that is not there'
patched header include/mini.h '$i /* more */'
diffs header.patch
refused 1 "no file of this kernel has anything of what the patch changes in 'include/mini.h'" 'a header of which only a comment changes'

# Other forms of the same: CRs, no prefix, other prefixes, no dates, another mode, a mailer that drops blanks.
sed 's/$/\r/' there.patch >cr.patch
sed 's|^--- a/|--- |; s|^+++ b/|+++ |' there.patch >bare.patch
sed 's|^--- a/|--- linux.orig/|; s|^+++ b/|+++ linux/|' there.patch >debian.patch
{
	printf 'diff --git a/fs/proc/alpha.c b/fs/proc/alpha.c\nold mode 100644\nnew mode 100755\nindex 1..2\n'
	sed 's/\t.*//; s/^ $//' there.patch
} >git.patch
for form in cr bare debian git; do
	diffs "$form.patch" back.patch
	is "$status:$err" '1:klpmake diff: error: the patch changes no C file: there is nothing to make' "$form: it is applied, so that it can be taken back"
done

is "$(source_state "$tree")" "$files" 'nothing of the source has changed'
is "$(ls -A "$TMPDIR")" '' 'nothing is left elsewhere'
done_testing
