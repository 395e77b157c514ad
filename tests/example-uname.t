#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A system call and its 32-bit twin, from their source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

# program BITS: no C library, so that a compiler for x86-64 is all that it takes.
program()
{
	holds "$release: a $1-bit program to ask with" gcc "-m$1" -O1 -static -nostdlib -ffreestanding \
		-fno-pie -no-pie -fno-stack-protector -o "$dir/uname$1" "$dir/print-uname.c"
	programs+=(--file "$dir/uname$1")
}

whole_run()
{
	local programs=()

	program 64
	if grep -q '^CONFIG_IA32_EMULATION=y' "$(kernel_kdir "$release")/.config"; then
		program 32
	fi
	makes "$dir" klp-uname.ko
	reaches "$dir/klp-uname.ko" override_release uts_sem
	proves 'uname(2) says otherwise, to all' "$dir/klp-uname.ko" -- --run "$dir/check" "${programs[@]}"
}

on_every_kernel example/uname
done_testing
