#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What klpmake makes does not depend on the machine on which it runs. Programs compiled for machines of another byte order
# and word size pass tests of the miniature kernel, and in each run within these they do what this machine's programs do,
# byte for byte (tests/hosts/both).
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"

programs=(klpsyms klplink klpcheck kallsympos)
export HOSTS_HERE=$top/build HOSTS_THERE HOSTS_QEMU HOSTS_SAME HOSTS_DIFFER

# link_with LIBRARIES: CPPFLAGS and the like for make. Programs are linked statically, because otherwise they would need
# the other machine's dynamic loader.
link_with()
{
	local program
	printf '%s\n' "CPPFLAGS=-I$1/include" "LDFLAGS=-static -L$(echo "$1"/lib/*-linux-gnu)" \
		"DWARF_DIRS=$(echo "$1"/include/libdwarf*)"
	for program in "${programs[@]}" klpdecl klpdiff klpuser; do
		printf '%s\n' "${program}_libs=-ldwarf -lelf -lz -lzstd"
	done
}

# host NAME DEBIAN_ARCHITECTURE COMPILER QEMU SUITE...: compiles the programs for it, and runs these tests with them.
host()
{
	local name=$1 debian=$2 compiler=$3 qemu=$4 libraries program variables
	shift 4
	libraries=$("$top/scripts/dev/host-libraries" --path "$debian")/usr
	mapfile -t variables < <(link_with "$libraries")
	HOSTS_QEMU=$qemu HOSTS_THERE=$scratch/$debian HOSTS_SAME=$HOSTS_THERE.same HOSTS_DIFFER=$HOSTS_THERE.differ
	: >"$HOSTS_SAME"
	: >"$HOSTS_DIFFER"
	holds "$name: the programs compile" make -s -C "$top" -j"$(nproc)" BUILD="$HOSTS_THERE" CC="$compiler" CFLAGS= "${variables[@]}"
	mkdir "$scratch/bin-$debian"
	for program in "${programs[@]}"; do
		ln -s "$top/tests/hosts/both" "$scratch/bin-$debian/$program"
	done
	KLPMAKE_BIN=$scratch/bin-$debian run prove -j"$(nproc)" "${@/#/$top/tests/}"
	exits 0 "$name: they pass $*"
	is "$(cut -d' ' -f1 "$HOSTS_SAME" | LC_ALL=C sort -u | paste -sd' ')" 'kallsympos klpcheck klplink klpsyms' \
		"$name: ... all of them ran there"
	is "$(<"$HOSTS_DIFFER")" '' "$name: ... and did what this machine's do"
}

# without DEBIAN_ARCHITECTURE COMPILER QEMU: prints what is missing; returns 1 where nothing is.
without()
{
	local need dir
	for need in "$2" "$3"; do
		if ! type "$need" >/dev/null 2>&1; then
			echo "no $need: scripts/setup hosts installs it"
			return
		fi
	done
	if ! dir=$("$top/scripts/dev/host-libraries" --path "$1" 2>&1); then
		echo "no libraries: $dir"
	elif [[ ! -d $dir ]]; then
		echo "no libraries: scripts/dev/host-libraries $1 gets them"
	else
		return 1
	fi
}

# host_or_skip NAME DEBIAN_ARCHITECTURE COMPILER QEMU SUITE...
host_or_skip()
{
	local reason
	if reason=$(without "$2" "$3" "$4"); then
		skip "$1: all of it" "$reason"
	else
		host "$1" "$2" "$3" "$(type -P "$4")" "${@:5}"
	fi
}

[[ -x $HOSTS_HERE/klpsyms ]] || skip_all 'klpmake is not built'
type prove >/dev/null 2>&1 || skip_all 'no prove: scripts/setup test installs it'

# char is unsigned on s390x.
host_or_skip big-endian s390x s390x-linux-gnu-gcc qemu-s390x link.t check.t kallsympos.t symbols-mini.t
host_or_skip 'words of 32 bits' i386 i686-linux-gnu-gcc qemu-i386 link.t check.t kallsympos.t modules-mini.t sympos.t
done_testing
