#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpcheck finds the struct klp_patch of a module however it is set up, and never passes a module of which it knows no
# function.
# shellcheck disable=SC2016 # perl's variables, not the shell's
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"
shopt -s extglob

check_setup || exit

# foreign NAME [FLAG...], external NAME [FLAG...]: modules that need no klplink.
foreign()
{
	MINI_CFLAGS="${*:2}" mini_module "$k" "$scratch/$1.ko" "$mini_src/foreign.c"
}

external()
{
	MINI_CFLAGS="${*:2}" mini_module "$k" "$scratch/$1.ko" "$mini_src/external.c"
}

# failed NAME MESSAGE NAME: the module is refused, in text without a report, and in JSON. In text the message begins with
# "FILE:LINE: ", for which JSON has members.
failed()
{
	local text=${2#*.c:+([0-9]): }
	check "$scratch/$1.ko"
	refused 1 "$2" "$3"
	has "$out" "$1.ko: refused" "... the report says so"
	check -q "$scratch/$1.ko"
	refused 1 "$2" "... also when there is no report"
	check --json "$scratch/$1.ko"
	holds "... and JSON" perl -MJSON::PP -e 'my $d = decode_json(shift);
		!$d->{ok} && grep { $_->{severity} eq "error" && index($_->{text}, $ARGV[0]) >= 0 }
		@{$d->{messages}} or die' "$out" "$text"
}

# .mod
set_in_init=(-DMOD= -DIN_INIT=patch.mod=THIS_MODULE)
patch in_init "${set_in_init[@]}"
fine ".mod that the init function sets" "$scratch/in_init.ko"
has "$out" "functions    3, 2 of them found in vmlinux, 1 in modules" "... all functions are looked at"
patch in_init "${set_in_init[@]}" '-DOLD_NAME="no_such_function"'
failed in_init "function 'no_such_function' with old_sympos 0" "... each of them"
patch never -DMOD=
failed never "tests/mini/patch.c:$(grep -n 'klp_patch patch = {' "$mini_src/patch.c" | cut -d: -f1): .mod of 'patch' is not set" \
	".mod that nobody sets"
has "$err" "write .mod = THIS_MODULE, where 'patch' is defined" "... with what to write"
patch never -DMOD= '-DOLD_NAME="no_such_function"'
check "$scratch/never.ko"
refused 1 "function 'no_such_function' with old_sympos 0" "... and its functions are looked at"
patch other '-DMOD=.mod=(void*)objects,'
failed other ".mod of 'patch' is not this module" ".mod that is something else"

# Without the symbols of variables.
patch nameless
strip -g --strip-symbol=patch --strip-symbol=objects "$scratch/nameless-plain.ko"
"$bin/klplink" --table "$scratch/nameless.syms" -o "$scratch/nameless.ko" "$scratch/nameless-plain.ko"
fine "a patch without a name" "$scratch/nameless.ko"
has "$out" "functions    3, 2 of them found in vmlinux, 1 in modules" "... is found as well"

# .objs
patch objs -DOBJS= -DIN_INIT=patch.objs=objects
failed objs "'patch' has no .objs in its initialiser: what code puts there cannot be checked" \
	".objs that the init function sets"
patch both -DMOD= -DOBJS= -DIN_INIT=patch.objs=objects,patch.mod=THIS_MODULE
check "$scratch/both.ko"
refused 1 "no struct klp_patch in it" "... and .mod as well"
patch made -DMADE
failed made "no struct klp_patch in it: the functions that it replaces are unknown" \
	"a patch that is made when the module runs"

# Patches that do nothing, and nothing to look at.
foreign nothing -DEMPTY
failed nothing "'patch' replaces no function and has no callback: loading it would do nothing" \
	"a patch that does nothing"
foreign nothing -DEMPTY -DREPLACE=true
fine "... is good for taking the place of others" "$scratch/nothing.ko"
foreign elsewhere '-DOBJECT="gadget"' '-DOLD_NAME="gadget_export"'
fine "a patch to a module" "$scratch/elsewhere.ko"
check_modules=()
failed elsewhere "none of its functions was checked: there are no files of the modules that have them" \
	"... of which there is no file"
check_modules=(--modules "$k/modules" --debug-modules "$k/debug")

# Patches that the module's init code completes.
external list
fine "a list for scripts/livepatch/init.c" "$scratch/list.ko"
has "$out" "functions    3, 2 of them found in vmlinux, 1 in modules" "... all functions are looked at"
check --json "$scratch/list.ko"
holds "... by name and position" perl -MJSON::PP -e 'my $f = decode_json(shift)->{functions};
	$f->[0]{new_func} eq "new_show" && $f->[1]{old_name} eq "helper" && $f->[1]{position} == 2 &&
	$f->[2]{object} eq "gadget" && $f->[2]{new_func} eq "new_export" or die' "$out"
external list '-DSECTION="__klp_objects"'
fine "... under its older name" "$scratch/list.ko"
has "$out" "functions    3, 2 of them found in vmlinux, 1 in modules" "... likewise"
external list '-DOLD_NAME="no_such_function"'
failed list "function 'no_such_function' with old_sympos 0" "... a function that is not there"
external list -DNUMBER=4
failed list "section '.init.klp_objects' has an object of 4 functions, which are not there" \
	"... a number that is too large"
external list && "$scratch/elfedit" "$scratch/list.ko" "$scratch/cut.ko" set-size .init.klp_objects 120
failed cut "section '.init.klp_objects' has 120 bytes" "... half an object"

done_testing
