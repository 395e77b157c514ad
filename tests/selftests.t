#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own livepatch tests, with modules made by klpmake. They only use exported symbols, so the modules have to be
# the same as those of plain kbuild, except for what klpmake records in them.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"
# shellcheck source=scripts/lib/modinfo.bash
. "$top/scripts/lib/modinfo.bash"

# Programs that the selftests call, and that busybox lacks or has in another form.
programs=(bash awk comm date depmod diff dmesg getconf grep insmod mktemp modinfo modprobe rmmod sed stat sysctl)

# lacking SELFTESTS: the kernel options of the tests' own list that the kernel lacks, apart from the one that builds their
# modules.
lacking()
{
	grep -v '^CONFIG_TEST_LIVEPATCH=' "$1/config" |
		grep -vxFf "$(kernel_kdir "$release")/include/config/auto.conf"
}

# missing_programs: the programs that this machine lacks.
missing_programs()
{
	local program
	for program in "${programs[@]}"; do
		PATH=$PATH:/usr/sbin:/sbin type -P "$program" >/dev/null || printf '%s\n' "$program"
	done
}

# plain_modules DIR SOURCE: kbuild makes all of them in the ordinary way. Debug information does not name the directory,
# which since Linux 6.13 is the one where the compiler runs.
plain_modules()
{
	local dir=$1 source=$2 file
	mkdir "$dir"
	cp "$source"/*.c "$dir"
	for file in "$dir"/*.c; do
		printf 'obj-m += %s.o\n' "$(basename "$file" .c)"
	done >"$dir/Makefile"
	holds "$release: kbuild makes the modules" make -C "$(kernel_kdir "$release")" "M=$dir" \
		"KCFLAGS=-ffile-prefix-map=$dir=. -ffile-prefix-map=$dir/=" CONFIG_DEBUG_INFO_BTF_MODULES= modules
}

# livepatches DIR PLAIN: klpmake makes those of them that are livepatches. The others, in $helpers, are what they patch,
# and a test of shadow variables.
livepatches()
{
	local dir=$1 module options=()
	helpers=()
	mkdir "$dir"
	cp "$2"/*.c "$dir"
	for module in "$2"/*.ko; do
		rm "$dir/$(basename "$module" .ko).mod.c"
		if [[ $(modinfo_field "$module" livepatch) == Y ]]; then
			printf 'obj-m += %s.o\n' "$(basename "$module" .ko)" >>"$dir/Makefile"
		else
			helpers+=("$module")
			options+=(--module "$module")
		fi
	done
	run "$top/klpmake" -q -k "$release" "${options[@]}" "$dir"
	exits 0 "$release: klpmake makes the livepatches"
	is "$(grep -v -e '^#' -e '^modinfo ' "$dir/_klpmake.syms")" '' "$release: they need no livepatch symbol"
}

# contents MODULE: its ELF header, all section headers and all bytes of sections, without their offsets in the file and
# what klpmake writes into .modinfo.
contents()
{
	local headers sections
	headers=$(LC_ALL=C readelf --wide -hS "$1")
	sections=$(sed -n 's/^ *\[ *\([1-9][0-9]*\)\] \(.*\)/\1 \2/p' <<<"$headers" | sed '/^[0-9]* \.modinfo /d; s/ .*//')
	[[ -n $sections ]] || printf "'%s' cannot be read\n" "$1"
	sed -E '/^ *Start of section headers:|, starting at offset 0x/d
		s/^( *\[ *[0-9]+\] .* [0-9a-f]{16}) [0-9a-f]{6,} /\1 /
		s/(\] \.modinfo .*) [0-9a-f]{6,} /\1 /' <<<"$headers"
	# shellcheck disable=SC2046,SC2086
	LC_ALL=C readelf $(printf -- '--hex-dump=%s ' $sections) "$1"
	readelf --string-dump=.modinfo "$1" | sed '/\] *klpmake\(_[a-z]*\)\?=/d; s/^ *\[ *[0-9a-f]*\]//'
}

# same_module OURS PLAIN
same_module()
{
	contents "$1" >"$copies/ours.contents"
	contents "$2" >"$copies/plain.contents"
	run diff "$copies/plain.contents" "$copies/ours.contents"
	is "$(head -n 20 <<<"$out")" '' "$release: '${1##*/}' is what kbuild makes, but for its sections' places in the file"
}

# verdict TEST: the result that the guest has reported.
verdict()
{
	local name=${1##*/} said verdict begun least
	said=$(sed -n "s/^$name | //p" <<<"$out")
	verdict=$(sed -n 's/^verdict: //p' <<<"$said")
	if [[ $verdict == skip ]]; then
		skip "$release: $name" "$(sed -nE 's/^(SKIP|skip all tests): //p' <<<"$said" | head -n 1)"
		return
	fi
	# Tests that begin with 'if' need what some kernels do not have.
	least=$(grep -c '^start_test ' "$1")
	begun=$(grep -c '^TEST: ' <<<"$said")
	is "$verdict, $(grep -c '^TEST: .* ok$' <<<"$said")" "ok, $((begun > least ? begun : least))" \
		"$release: $name passes, and each test in it"
	[[ $verdict == ok ]] || diag "$said"
}

# in_guest SELFTESTS MODULE...
in_guest()
{
	local selftests=$1 missing file options=(--scenario "$top/tests/selftests/scenario")
	shift
	missing=$(lacking "$selftests"; missing_programs)
	if [[ -n $missing ]]; then
		skip "$release: its selftests" "not here: ${missing//$'\n'/ }"
		return
	fi
	for file in "${programs[@]}"; do
		options+=(--program "$file")
	done
	for file in "$selftests"/*.c; do
		[[ -e $file ]] || continue
		holds "$release: $(basename "$file" .c)" gcc -static -o "$copies/$(basename "$file" .c)" "$file"
		options+=(--file "$copies/$(basename "$file" .c)")
	done
	for file in "$selftests"/*.sh; do
		options+=(--file "$file")
	done
	# They take a minute, or five on a busy machine; with two CPUs, which QEMU emulates by turns, a sixth more.
	proves 'no selftest makes the kernel complain' "$@" -- "${options[@]}" --cpus 1 --timeout 1200 || return 0
	for file in "$selftests"/test-*.sh; do
		verdict "$file"
	done
}

whole_run()
{
	local source selftests modules module helpers plain=$copies/plain ours=$copies/livepatches
	source=$(klpmake_cache)/kernels/$release/usr/src/linux-source-$release
	selftests=$source/tools/testing/selftests/livepatch
	if [[ ! -d $selftests ]]; then
		skip "$release: its selftests" "they are not here: scripts/fetch-kernel --selftests $release gets them"
		return
	fi
	# Their place depends on the kernel's version.
	modules=$selftests/test_modules
	[[ -d $modules ]] || modules=$source/lib/livepatch
	plain_modules "$plain" "$modules"
	livepatches "$ours" "$plain"
	for module in "$ours"/*.ko; do
		same_module "$module" "$plain/${module##*/}"
	done
	in_guest "$selftests" "$ours"/*.ko "${helpers[@]}"
}

on_every_kernel
done_testing
