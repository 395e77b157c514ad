#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Environment variables that were set for something else, and odd names, do not change a module silently.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/kdir.bash
source "$(dirname "${BASH_SOURCE[0]}")/kdir.bash"
kdir_setup

# make_with NAME=VALUE... [OPTION...] DIRECTORY: as make_it.
make_with()
{
	run timeout 120 env "${@:1:$#-1}" "$top/klpmake" -q -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" \
		--symbols "$k/System.map" "${!#}"
}

# A module that would be different if any of these had an effect.
environment()
{
	local evil=$scratch/evil setting settings
	mkdir "$evil"
	echo '#define NUMBER 6666' >"$evil/number.h"
	echo 'echo evil; exit 0' >"$evil/script"
	echo 'KCFLAGS += -DEVIL' >"$evil/makefile"
	printf 'ccflags-y += -DEVIL\n' >"$evil/klp-x.mk"
	patch
	sed -i 's/1000/NUMBER/; 2i #if __has_include(<number.h>)\n#include <number.h>\n#elif defined(EVIL)\n#define NUMBER 6667\n#else\n#define NUMBER 1000\n#endif' "$dir/klp-x.c"
	make_it -q "$dir"
	is "$status:$err:$(adds)" "0::1000" "a module"
	cp "$dir/klp-x.ko" "$scratch/first.ko"
	# Several at once, which are for different programs: one does not hide what another one does.
	while IFS='|' read -r -a settings; do
		rm -rf "$dir/.klpmake" "$dir"/*.ko
		make_with "${settings[@]}" "$dir"
		is "$status:$out:$err:$(adds)" "0:::1000" "$(printf '%s ' "${settings[@]%%=*}")in the environment"
		holds "... the same bytes" cmp "$dir/klp-x.ko" "$scratch/first.ko"
	done <<-END
		MAKEFLAGS=EVIL=1 KCFLAGS=-DEVIL|CPATH=$evil|BASH_ENV=$evil/script|LC_ALL=C.UTF-8|XZ_OPT=-l
		GNUMAKEFLAGS=--eval=ccflags-y+=-DEVIL|C_INCLUDE_PATH=$evil|ENV=$evil/script|LANG=de_DE.UTF-8|AWKPATH=$evil
		MAKEFILES=$evil/makefile|GCC_EXEC_PREFIX=$evil/|SHELLOPTS=noexec|LANGUAGE=de
		ccflags-y=-DEVIL|COMPILER_PATH=$evil|SHELLOPTS=noglob:noclobber:posix:nounset:noexec|PERL5OPT=-Mevil
		CFLAGS=-DEVIL|GCC_COMPARE_DEBUG=1|BASHOPTS=failglob:nocasematch:nullglob:dotglob|QUOTING_STYLE=c
		CC=false|DEPENDENCIES_OUTPUT=$evil/dependencies|POSIXLY_CORRECT=1
		VPATH=$evil|KBUILD_CFLAGS=-DEVIL|GLOBIGNORE=*|GREP_OPTIONS=-v
		KBUILD_OUTPUT=$evil|IFS=/|CONFIG_KASAN=y
		KBUILD_EXTMOD=$evil|CDPATH=$evil
		BASH_FUNC_find%%=() { echo evil; }
		BASH_FUNC_make%%=() { :; }
	END
	is "$(ls "$evil")" "$(printf 'klp-x.mk\nmakefile\nnumber.h\nscript')" "nothing was written where they said"

	# An error that make is told to ignore.
	patch
	make_it -q "$dir"
	source_of klp-x.c nonsense
	for setting in GNUMAKEFLAGS MAKEFLAGS MFLAGS; do
		make_with "$setting=-i" "$dir"
		refused 1 "kbuild failed: nothing was made" "$setting=-i, and a source that does not compile"
	done
	patch
	make_with KBUILD_EXTRA_SYMBOLS="$scratch/no.symvers" "$dir"
	refused 1 "'$scratch/no.symvers', of KBUILD_EXTRA_SYMBOLS: no such file" "KBUILD_EXTRA_SYMBOLS that are not there"
	for setting in KCFLAGS KCPPFLAGS; do
		patch
		source_of klp-x.c NUMBER
		make_with "$setting=-DNUMBER=1050" "$dir"
		is "$status:$err:$(adds)" "0::1050" "$setting is heeded"
	done
}

names()
{
	local here=$PWD
	patch
	mv "$dir/klp-x.c" "$dir/-oX.c"
	echo 'obj-m := -oX.o' >"$dir/Makefile"
	make_it -q "$dir"
	refused 1 "'$dir/-oX.c': make and the compiler would take a name that begins with '-' for an option: rename it" "a source that is called as an option"
	is "$(left)" "" "... nothing is left"

	# A directory whose name differs by a newline.
	patch
	mkdir "$dir"$'\n'
	cp "$dir"/* "$dir"$'\n'
	make_it -q "$dir"$'\n'
	refused 1 "'$dir"$'\n'"': the path has control characters: rename it" "a directory whose name ends in a newline"
	is "$(left)" "" "... and the other one is left alone"
	make_it -q -o "$dir"$'\n' "$dir"
	refused 1 "'$dir"$'\n'"': the path has control characters" "... also as --output"

	# A name that 'cd' interprets.
	mkdir "$scratch/cd" "$scratch/cd/other"
	patch
	mv "$dir" "$scratch/cd/-"
	patch
	mv "$dir" "$scratch/cd/-P"
	cd "$scratch/cd" || return
	for dir in - -P; do
		OLDPWD=$scratch/cd/other make_it -q -- "$dir"
		is "$status:$err:$(cd "./$dir" && echo *.ko)" "0::klp-x.ko" "a directory called '$dir'"
	done
	patch
	mkdir -p "$scratch/cd/patch" "$scratch/other/patch"
	cp "$dir"/* "$scratch/cd/patch"
	CDPATH=$scratch/other make_it -q patch
	is "$status:$err:$(ls "$scratch/other/patch")" "0::" "a CDPATH with another directory of that name"
	cd "$here" || return
}

environment
names
done_testing
