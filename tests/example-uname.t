#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A system call and its 32-bit twin, from their source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

# program BITS: it uses no C library, so a compiler for x86-64 is enough.
program()
{
	holds "$release: a $1-bit program to ask with" gcc "-m$1" -O1 -static -nostdlib -ffreestanding \
		-fno-pie -no-pie -fno-stack-protector -o "$dir/uname$1" "$dir/print-uname.c"
	programs+=(--file "$dir/uname$1")
}

# other_name NAME MESSAGE: a patch of the function under that name is refused, and the entries are named.
other_name()
{
	sed -i "s/__x64_sys_newuname\"/$1\"/" "$dir/klp-uname.c"
	run "$top/klpmake" -q -k "$release" "$dir"
	refused 1 "$2
  system call 'newuname': what can be patched is each of its entries '__ia32_sys_newuname', '__x64_sys_newuname'; what they call is inline, and so notrace" \
		"$release: '$1' instead of an entry"
	sed -i "s/\"$1\"/\"__x64_sys_newuname\"/" "$dir/klp-uname.c"
}

whole_run()
{
	local programs=()

	program 64
	! configured IA32_EMULATION || program 32
	makes "$dir" klp-uname.ko
	reaches "$dir/klp-uname.ko" override_release uts_sem
	other_name sys_newuname "klpsyms: error: klp-uname.c:$(grep -n '"__x64' "$dir/klp-uname.c" | cut -d: -f1): 'sys_newuname' is neither in kernel/sys.c nor a global symbol of this kernel"
	other_name __do_sys_newuname "function '__do_sys_newuname' cannot be patched: ftrace has no call site in it (notrace, noinstr or built without tracing); klp_patch_func() refuses it"
	makes "$dir" klp-uname.ko
	proves 'uname(2) says otherwise, to all' "$dir/klp-uname.ko" -- --run "$dir/check" "${programs[@]}"
}

on_every_kernel example/uname
done_testing
