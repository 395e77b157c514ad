# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Stands before the compiler in the Makefile of a fix: compiles, and if that was a stub, puts the object file that lies
# beside the stub, cut out of the patched kernel file, in the place of the result. kbuild then goes on with it as with any
# other (objtool, .cmd files, modpost). A file 'X.o_shipped' would be copied without all that.

"$@" || exit

last='' out='' compiles=''
for word; do
	[ "$last" != -o ] || out=$word
	[ "$word" != -c ] || compiles=1
	last=$word
done
[ -n "$compiles" ] && [ -n "$out" ] || exit 0
case $last in
	*/[0-9][0-9][0-9]_*.c | [0-9][0-9][0-9]_*.c) ;;
	*) exit 0 ;;
esac
cut=$(readlink -f -- "$last")
cut=${cut%.c}.cut
[ ! -f "$cut" ] || cat "$cut" >"$out"
