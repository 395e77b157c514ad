#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What does not change stays: a function at the top of a file moves all lines, and with a mutex, a warning and static
# variables it moves all numbers that the compiler and the tables give. Of seven files of each stock kernel, the same ones
# each time, nothing else may be found changed.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "${BASH_SOURCE[0]}")/example.bash"

# noisy FILE: filters it: the function stands behind the last #include of the beginning.
noisy()
{
	awk '
		FNR == NR { if (/^#include/ && !nested) last = FNR; nested += /^#[ \t]*if/; nested -= /^#[ \t]*endif/; next }
		{ print }
		FNR == last {
			print "#include <linux/mutex.h>"
			print "#include <linux/printk.h>"
			print "#include <linux/bug.h>"
			print "int klp_noise(int x);"
			print "int klp_noise(int x)"
			print "{"
			print "\tstatic DEFINE_MUTEX(lock);"
			print "\tstatic int count;"
			print "\tmutex_lock(&lock);"
			print "\tcount += x;"
			print "\tWARN_ON_ONCE(count > 1000);"
			print "\tpr_debug(\"klp_noise %d\\n\", count);"
			print "\tpr_info_once(\"klp_noise\\n\");"
			print "\tmutex_unlock(&lock);"
			print "\treturn count;"
			print "}"
		}' "$1" "$1"
}

# files: prints seven of vmlinux's that are written for it: those of lib/ may have names that headers have, too.
files()
{
	"$top/kallsympos" -k "$release" --sources | sed -n 's/^vmlinux \([a-z].*\.c\)$/\1/p' | grep -v '^lib/' |
		awk 'BEGIN { srand(7) } { printf "%.9f %s\n", rand(), $0 }' | LC_ALL=C sort | cut -d ' ' -f 2- |
		while read -r path; do
			[[ ! -f $source/$path ]] || ! grep -q '^#include <linux/' "$source/$path" || printf '%s\n' "$path"
		done | head -n 7
}

whole_run()
{
	local source path n=0
	source=$(klpmake_cache)/kernels/$release/source
	if [[ ! -f $source/Makefile ]]; then
		skip "$release" 'scripts/fetch-kernel --source gets its source'
		return
	fi
	cd "$copies" || exit
	while read -r path; do
		n=$((n + 1))
		mkdir -p "a/${path%/*}" "b/${path%/*}"
		cat "$source/$path" >"a/$path"
		noisy "a/$path" | sed "s/klp_noise/klp_noise_$n/g" >"b/$path"
		diff -u "a/$path" "b/$path"
	done < <(files) >noise.patch
	is "$n" 7 "$release: seven files"
	run "$top/klpmake" diff -k "$release" noise.patch
	exits 0 "$release: klpmake diff looks at all of them"
	is "$(grep -oE '^    (replaced|copied|gone|new +klp_noise).*' <<<"$out" | LC_ALL=C sort)" \
		"$(printf '    new       klp_noise_%d\n' {1..7})" "$release: nothing but the new functions"
}

on_every_kernel
done_testing
