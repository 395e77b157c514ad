#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # status, out and err are tap.bash's
#
# Only symbols that were asked for are kept. To look for another, or to ask for one too late, is a mistake in a
# program: it ends there, because "there is none" would be taken for an answer about the kernel.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"

archives=("$bin"/{symbols,klp,elf,arch,base}.a)
flags=()
[[ $(nm "$bin/base.a" 2>/dev/null) == *__asan_init* ]] && flags=('-fsanitize=address,undefined')
holds 'a program that looks up symbols is made' "${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -DKLPMAKE_VERSION='"test"' \
	"${flags[@]}" -o "$scratch/wants" "-I$top/src" "$top/tests/wants.c" "${archives[@]}" -lelf

# finds NAME COUNT WHAT
finds()
{
	run "$scratch/wants" "$1"
	is "$status $out" "0 $2" "$3"
}

# ends HOW MESSAGE WHAT: 134 is abort()'s, which no refusal has.
ends()
{
	run "$scratch/wants" "$1"
	exits 134 "$3: the program ends"
	has "$err" "wants: error: wants itself is wrong: $2" "$3: it says why"
}

finds main 1 'a symbol that was asked for is found'
finds nowhere 0 'one that was asked for need not be there'
finds numbered.12 0 'a number of a family that was asked for need not be there'
ends kallsyms_free "kallsyms_find() of 'kallsyms_free', which no kallsyms_want() named" 'looking for another name'
ends numbered "kallsyms_find() of 'numbered', which no" 'looking for a name of which only the family was asked for'
ends early "kallsyms_find() of 'main' before symbols were read" 'looking too early'
ends late "kallsyms_want() of 'kallsyms_free' after symbols were read" 'asking too late'
done_testing
