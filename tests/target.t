#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The evidence about the target: what is accepted, what contradicts itself, and what is not evidence.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

# with OPTION...: klpsyms on a good patch with these options; the last one of each kind counts.
with()
{
	run_klpsyms "$@"
}

# vmlinux MESSAGE NAME [FILE]: FILE as vmlinux is refused.
vmlinux()
{
	with --vmlinux "${3-$scratch/vmlinux}"
	refused 1 "klpsyms: error: '${3-$scratch/vmlinux}'$1" "$2"
	[[ ! -e $dir/syms ]] || fail "$2: no table"
}

# field OFFSET BYTES: makes a copy of vmlinux with BYTES (with printf's escapes) at that offset.
field()
{
	cp "$k/vmlinux" "$scratch/vmlinux"
	printf '%b' "$2" | dd of="$scratch/vmlinux" bs=1 seek="$1" conv=notrunc status=none
}

which_vmlinux()
{
	local size n bad=0
	with
	exits 0 "a good one"
	vmlinux ": No such file or directory" "no file" "$scratch/none"
	vmlinux "" "a directory" "$scratch"
	: >"$scratch/vmlinux"
	vmlinux ": not an ELF file" "an empty file"
	echo "this is no kernel" >"$scratch/vmlinux"
	vmlinux ": not an ELF file" "a text"
	field 4 '\01'
	vmlinux "" "a 32-bit file"
	echo 'int x;' | gcc -m32 -c -x c -o "$scratch/vmlinux" - 2>/dev/null &&
		vmlinux ": not a 64-bit ELF file" "a real 32-bit file"
	field 18 '\053\0'
	vmlinux ": klpmake does not know machine 43 (little-endian)" "another architecture"
	vmlinux ": not a linked kernel (a vmlinux is an ELF executable)" "an object file" "$k/gadget.ko"
	objcopy --strip-debug "$k/vmlinux" "$scratch/vmlinux"
	vmlinux ": no debug information (no .debug_info section): use the debug vmlinux" "no debug information"
	objcopy --strip-all --keep-section='.debug_*' "$k/vmlinux" "$scratch/vmlinux"
	vmlinux ": no symbol table (stripped?): use the debug vmlinux" "no symbols"

	size=$(stat -c %s "$k/vmlinux")
	for ((n = 0; n < size; n += size / 40 + 1)); do
		head -c "$n" "$k/vmlinux" >"$scratch/vmlinux"
		with --vmlinux "$scratch/vmlinux"
		[[ $status == 1 && $err == "klpsyms: error: '$scratch/vmlinux'"* ]] || {
			bad=$((bad + 1))
			diag "cut to $n of $size bytes: $status: $err"
		}
	done
	is "$bad" 0 "40 truncated ones"
}

which_build()
{
	local id other=0123456789abcdef0123456789abcdef01234567
	id=$(readelf -n "$k/vmlinux" | awk '/Build ID/ { print $3 }')
	with --build-id "$id"
	exits 0 "the build-id that is asked for"
	with --build-id "${id^^}"
	exits 0 "in capitals"
	with --build-id "$other"
	refused 1 "'$k/vmlinux' is another build than the target kernel" "another build-id"
	has "$err" "build-id $id in '$k/vmlinux'" "... that of the file is shown"
	has "$err" "build-id $other of the target" "... and that of the target"
	has "$err" "install the debug package of exactly the kernel that runs, or name its vmlinux with --vmlinux" \
		"... and what to do"
	objcopy -O binary --only-section=.notes "$k/vmlinux" "$scratch/notes"
	with --build-id "$scratch/notes"
	exits 0 "the build-id in notes like /sys/kernel/notes"
	head -c 20 "$scratch/notes" >"$scratch/notes.cut"
	with --build-id "$scratch/notes.cut"
	refused 1 "'$scratch/notes.cut': no GNU build-id in it" "notes without one"
	objcopy --remove-section=.notes "$k/vmlinux" "$scratch/vmlinux"
	with --vmlinux "$scratch/vmlinux" --build-id "$id"
	refused 1 "'$scratch/vmlinux' has no build-id, so nothing proves that it is the target's vmlinux" \
		"a vmlinux without one"
	with --release 9.9.0-mini
	is "$status:$err" "0:" "the release in its banner"
	with --release 9.9.0-min
	refused 1 "'$k/vmlinux' is the vmlinux of 9.9.0-mini, the target is 9.9.0-min" "another release"
	with --release 9.9.1-mini
	refused 1 "is the vmlinux of 9.9.0-mini, the target is 9.9.1-mini" "one of the same length"
	with --release 9.9.0-mini-rt
	refused 1 "is the vmlinux of 9.9.0-mini, the target is 9.9.0-mini-rt" "another that begins like it"
}

# witness TEXT: runs klpsyms with a file of that text as --symbols.
witness()
{
	printf '%s\n' "$1" >"$scratch/map"
	with --symbols "$scratch/map"
}

which_symbols()
{
	local map kallsyms
	map=$(<"$k/System.map")
	kallsyms=$(<"$k/kallsyms")
	with --symbols "$k/System.map"
	exits 0 "its System.map"
	with --symbols "$k/kallsyms"
	exits 0 "its kallsyms, moved by KASLR, with a module's symbols"
	cp "$dir/syms" "$scratch/with-kallsyms"
	with
	holds "... which says the same" cmp "$dir/syms" "$scratch/with-kallsyms"
	witness "$kallsyms"$'\nffffffffc0300000 t helper\t[gadget]\nffffffffc0300040 t bpf_prog_1\t[bpf]'
	exits 0 "a module's symbol of the same name is not vmlinux's"
	# shellcheck disable=SC2001 # in every line
	witness "$(sed 's/^[0-9a-f]*/0000000000000000/' <<<"$kallsyms")"
	refused 1 "'$scratch/map': all addresses are zero (kernel.kptr_restrict): read it as root" "hidden addresses"
	witness "$(sed '/ helper$/{s/^.......0/fffffff1/;s/0 t/8 t/}' <<<"$map")"
	refused 1 "'$scratch/map' has 'helper' at 0x" "an address of another build"
	has "$err" ", '$k/vmlinux' has it at 0xffffffff81" "... with both addresses"
	has "$err" "not the same build" "... and what that means"
	witness "$(sed '0,/ helper$/{/ helper$/d}' <<<"$map")"
	refused 1 "'$scratch/map' has 'helper' at 0x$(address helper alpha.c)" "one symbol less"
	witness "$map"$'\nffffffff81006000 t helper'
	refused 1 "'$scratch/map' and '$k/vmlinux' differ in how often they have 'helper': not the same build" \
		"one symbol more"
	witness "$(grep -v ' helper$' <<<"$map")"
	refused 1 "differ in how often they have 'helper'" "none at all"
	witness "$(head -n 30 <<<"$map")"
	refused 1 "'$scratch/map': cut short: it does not reach from _stext to _end" "cut short after a line"
	printf '%s' "${map:0:500}" >"$scratch/map"
	with --symbols "$scratch/map"
	refused 1 "'$scratch/map': cut short: the last line is not whole" "cut short within a line"
	: >"$scratch/map"
	with --symbols "$scratch/map"
	refused 1 "'$scratch/map': cut short" "an empty one"
	witness "$(sed '5s/.*/the real System.map is in another package/' <<<"$map")"
	refused 1 "'$scratch/map' line 5: not 'ADDRESS TYPE NAME': 'the real System.map is in another package'" \
		"a line of words"
	witness "$(sed '5s/ . / /' <<<"$map")"
	refused 1 "'$scratch/map' line 5: not 'ADDRESS TYPE NAME'" "a line without a type"
	printf 'ffffffff81000000 T _stext\n\0\n' >"$scratch/map"
	with --symbols "$scratch/map"
	refused 1 "'$scratch/map'" "a NUL byte"
	with --symbols "$scratch/none"
	refused 1 "'$scratch/none': No such file or directory" "no file"
}

# exports LINE...: runs klpsyms with a Module.symvers to which these lines are added.
exports()
{
	{
		cat "$k/Module.symvers"
		printf '%b' "$@"
	} >"$scratch/symvers"
	with --symvers "$scratch/symvers"
}

which_exports()
{
	local lines
	lines=$(wc -l <"$k/Module.symvers")
	exports '0x12345678\tnew\tvmlinux\tEXPORT_SYMBOL\n'
	exits 0 "the four fields of older kernels"
	exports '0x12345678\tnew\tvmlinux\n'
	refused 1 "'$scratch/symvers' line $((lines + 1)): not 'CRC NAME OWNER EXPORT NAMESPACE'" "three fields"
	exports 'crc\tnew\tvmlinux\tEXPORT_SYMBOL\t\n'
	refused 1 "line $((lines + 1)): not 'CRC NAME" "a CRC that is no number"
	exports '0x12345678\t\tvmlinux\tEXPORT_SYMBOL\t\n'
	refused 1 "line $((lines + 1)): not 'CRC NAME" "no name"
	exports '\n'
	refused 1 "line $((lines + 1)): not 'CRC NAME" "an empty line"
	exports '0x12345678\tnew\tvmlinux\tEXPORT_SYM'
	refused 1 "'$scratch/symvers': cut short: the last line is not whole" "cut short"
	exports '0x1\tnew\tvmlinux\tEXPORT_SYMBOL\t\n\0'
	refused 1 "'$scratch/symvers': not a list of exports: a NUL byte in it" "a NUL byte"
	with --symvers "$scratch/none"
	refused 1 "'$scratch/none': No such file or directory" "no file"
	: >"$scratch/symvers"
	with --symvers "$scratch/symvers"
	refused 1 "'$scratch/symvers': empty" "an empty one"
}

mini_vmlinux "$k" && mini_gadget "$k" && make_frame || exit
fresh
c_file a.c fs/proc/alpha.c <<<'int helper(int), use(int x); int use(int x) { return helper(x) + (int)sink(x); }'
resolve --release 9.9.0-mini
which_vmlinux
which_build
which_symbols
which_exports
done_testing
