#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016,SC1003 # $ and backslashes are for sed
#
# The lines of a patched file have the numbers of the original, whatever stands around a hunk: the compiler says so. Each
# original has lines 'MARK NUMBER LINE' at places where code may be, and NUMBER is what __LINE__ has to be there, also in
# the patched file.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

cd "$scratch" || exit

# marked TEXT: the original; '@' becomes a mark with its line's number.
marked()
{
	awk '{ gsub(/@/, "MARK " NR " __LINE__;"); print }' <<<"$1"
}

# A directive within the arguments of a macro is an error with these.
strict=(-Wall -Werror -pedantic-errors)

# numbered NAME ORIGINAL SED: SED makes the patched file of the marked original.
numbered()
{
	local name=$1 changes got
	marked "$2" >original.c
	sed "$3" original.c >patched.c
	changes=$(diff original.c patched.c)
	if [[ -z $changes ]]; then
		fail "$name: the patch changes something"
		return
	fi
	awk -f "$top/scripts/lib/fix/lines.awk" - patched.c <<<"$changes" >numbered.c
	is "$(grep -v '^#line' numbered.c)" "$(<patched.c)" "$name: nothing but #line is added"
	got=$(gcc -E "${strict[@]}" -std=c11 -D__USE numbered.c 2>&1) || {
		fail "$name: the compiler takes it"
		diag "$got"
	}
	got=$(grep -oE 'MARK [0-9]+ [0-9]+' <<<"$got" | awk '$2 != $3 { printf "%s is %s, ", $2, $3 }')
	is "$got" '' "$name: each line has its number"
	[[ -z $got ]] || diag "$(<numbered.c)"
}

plain=$'@\n@\nint f(void)\n{\n\t@\n\t@\n\treturn 0;\n}\n@'
numbered 'lines added' "$plain" '5i added;\nadded;'
numbered 'lines removed' "$plain" '3,4d'
numbered 'lines changed' "$plain" '5s/.*/one;\ntwo;/'
numbered 'at the beginning' "$plain" '1i added;'
numbered 'at the end' "$plain" '$a added;'
numbered 'the first removed' "$plain" 1d
numbered 'several hunks' "$plain" '2i added;
6d
8a more;\nmore;'
numbered 'side by side' "$plain" '5i added;
6d'

numbered 'before a macro that goes on' $'@\n#define X(a) \\\n\ta + \\\n\t1\n@\n@' '3i \\tadded + \\'
numbered 'in front of a macro' $'@\n#define X(a) \\\n\ta\n@' '2i added;'
is "$(grep -n '^#line' numbered.c)" '3:#line 2' '... where the #line stands before it'
numbered 'within a comment' $'@\n/* one\n * two\n * three */\n@\n@' '3i \ * added'
numbered 'a comment that only looks like one' $'@\nchar *s = "/*";\n@\nint c = \'"\';\n@\n// it\'s (\n@\n@' '2i added;
4i added;
6i added;'
numbered 'within the arguments of a macro' $'#define CALL(x) x\n@\nint a = CALL(1\n\t+ 2\n\t+ 3);\n@\n@' '4i \\t+ 4'
is "$(grep -n '^#line' numbered.c)" '7:#line 6' '... where the #line stands behind them'
numbered 'before the parenthesis of a call' $'#define CALL(x) x\n@\nint a = CALL\n\t(1);\n@\n@' '3s/.*/added;\n&/'
numbered 'in a call of a function in a condition' $'@\n#ifdef __USE\nint a = f(1,\n#else\nint a = g(2,\n#endif\n\t3);\n@\n@' '5i added;
7i \\t4,'
numbered 'left out by the preprocessor' $'@\n#ifdef NO\n@ \nno\n#endif\n@\n@' '4i added;'
numbered 'left out, with what follows' $'@\n#ifdef NO\nno\n#elif defined(__USE)\n@\n#else\nno (\n#endif\n@\n@' '3i added;
7i added;'
numbered 'in the other branch' $'@\n#ifdef __USE\n@\n#else\nno\n#endif\n@\n@' '5i added;'
numbered 'two deep' $'#ifndef GUARD\n#define GUARD\n@\n#if 0\n#ifdef __USE\nno\n#endif\nno\n#endif\n@\n#ifdef __USE\n@\n#endif\n@\n#endif\n@' '6i added;'
strict=()
numbered 'prose that is left out' $'@\n#if 0\ndon\'t ( "\n#endif\n@\n#ifdef NO\n#error don\'t "\n#endif\n@\n@' '1i added;
5i added;
9i added;'
strict=(-Wall -Werror -pedantic-errors)
numbered 'a condition that is added' $'@\n@\n@\n@' '2i #ifdef NO\nno;
3i #endif'
numbered 'a directive that goes on' $'@\n#if defined(__USE) && \\\n\t!defined(NO)\n@\n#endif\n@' '3i \\t!defined(NONE) && \\'
numbered 'parentheses that are not closed' $'@\n#define OPEN (\nint f(void)\n{\n\tOPEN 1);\n}\n@\nint g(int x\n#ifdef NO\n)\n#else\n, int y)\n#endif\n{\n\t@\n}\n@' '8i added;
15i added;'

# Without this all that follows the hunk would have other numbers.
cp original.c unnumbered.c
has "$(sed 1i\\added\; unnumbered.c | gcc -E -P -D__USE - | grep -oE 'MARK [0-9]+ [0-9]+' | head -n 1)" 'MARK 1 2' 'the marks show it where there is no #line'
done_testing
