#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What 'make install' puts somewhere else works from there, and nothing else is touched.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"

unset KLPMAKE_BIN
dest=$scratch/dest
run make -s -C "$top" install PREFIX=/opt/klp DESTDIR="$dest"
exits 0 "make install"
is "$(cd "$dest" && find . -mindepth 1 -maxdepth 2 | sort | paste -sd ' ')" "./opt ./opt/klp" \
	"nothing outside DESTDIR and PREFIX"
is "$(cd "$dest/opt/klp" && echo *)" "bin lib share" "commands, parts, manual pages"

installed=$dest/opt/klp/bin
run "$installed/klpmake" --version
exits 0 "the installed klpmake runs"
is "$out" "klpmake $(sed -n 's/^VERSION := //p' "$top/Makefile")" "... and tells its version"
run "$installed/klpmake" try --help
exits 0 "... finds the guest runner"

mini_vmlinux "$scratch/k" || exit 1
run "$installed/kallsympos" --vmlinux "$scratch/k/vmlinux" -k 9.9.0-mini helper
exits 0 "the installed kallsympos answers"
is "$(wc -l <<<"$out")" 2 "... about two candidates"

done_testing
