#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# loongarch64, for which Debian 12 has no gcc: what klplink makes of a module that is put together here with this machine's
# assembler and elfedit, with the instructions and relocations that gcc writes for modules.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"

in=$scratch/in.ko
made=$scratch/out/klp-x.ko
[[ $(uname -m) == x86_64 ]] || skip_all "the module is made of x86_64's"
holds 'elfedit compiles' make_elfedit
mkdir "$scratch/out"

# module TYPE...: makes in.ko with these relocations in .text, in this order, one for each instruction. .data has a
# pointer, and __jump_table the distance of a key.
module()
{
	local edits=(poke-file 18 0201 set-reloc-type .rela.data 0 2 set-reloc-type .rela__jump_table 0 51
		set-reloc-type .rela__jump_table 1 56) i=0 type
	for type; do
		edits+=(set-reloc-type .rela.text $((i++)) "$type")
	done
	holds 'the module is assembled' gcc -c -o "$scratch/x86.o" "$scratch/code.s"
	holds '... and made one for loongarch64' "$scratch/elfedit" "$scratch/x86.o" "$in" "${edits[@]}"
}

# code SYMBOL OPCODE ...: .text, with a relocation against each symbol in the opcode that follows it.
code()
{
	{
		printf '.globl livepatch_shown\n.type livepatch_shown, @function\n.text\nlivepatch_shown:\n'
		while (($#)); do
			printf '.reloc ., R_X86_64_PC32, %s\n.long %s\n' "$1" "$2"
			shift 2
		done
		printf '.size livepatch_shown, .-livepatch_shown\n'
		printf '.data\n.reloc ., R_X86_64_64, data\n.quad 0\n'
		printf '.section __jump_table, "aw"\nplace:\n.reloc place, R_X86_64_64, key\n.reloc place, R_X86_64_64, place\n.quad 0\n'
		printf '.section .modinfo, "a"\n.asciz "license=GPL"\n'
	} >"$scratch/code.s"
}

# link: runs klplink. In the table function, data and key are vmlinux's, late and late_data a module's.
link()
{
	local name
	for name in function data key; do
		printf 'symbol klp-x.ko %s vmlinux %s 0 ffffffff81000000 t -\n' "$name" "$name"
	done >"$scratch/table"
	for name in late late_data; do
		printf 'symbol klp-x.ko %s driver %s 2 0 t -\n' "$name" "$name"
	done >>"$scratch/table"
	printf '%s\n' "$@" >>"$scratch/table"
	run "$bin/klplink" --table "$scratch/table" -o "$made" "$in"
}

# relocations: "SECTION OFFSET TYPE SYMBOL+ADDEND" of the module that was made. readelf knows all types by number, but by
# name only those that are not newer than itself.
relocations()
{
	LC_ALL=C readelf --wide --relocs "$made" | awk '
		BEGIN {
			type["02"] = "R_LARCH_64"
			type["42"] = "R_LARCH_B26"
			type["47"] = "R_LARCH_PCALA_HI20"
			type["48"] = "R_LARCH_PCALA_LO12"
			type["6d"] = "R_LARCH_64_PCREL"
		}
		/^Relocation section/ { gsub("\047", "", $3); name = $3; next }
		/^[0-9a-f]/ { print name, substr($1, 13), type[substr($2, 15)], $(NF - 2) $(NF - 1) $NF }'
}

got='data 0x1a000004 data 0x28c00084 late_data 0x1a000004 late_data 0x28c00084'
calls='function 0x54000000 late 0x54000000'
address='livepatch_shown 0x1a000005 livepatch_shown 0x02c000a5'
# shellcheck disable=SC2086
code $got $calls $address
module 75 76 75 76 66 66 71 72
link "address klp-x.ko .text 24 vmlinux shown 0 0 livepatch_shown" "address klp-x.ko .text 28 vmlinux shown 0 0 livepatch_shown"
exits 0 'klplink takes it'
is "$(relocations)" '.rela.text 0000 R_LARCH_PCALA_HI20 klp_slots+8
.rela.text 0004 R_LARCH_PCALA_LO12 klp_slots+8
.rela.text 0008 R_LARCH_PCALA_HI20 klp_slots+10
.rela.text 000c R_LARCH_PCALA_LO12 klp_slots+10
.rela.text 0014 R_LARCH_B26 klp_stub.driver.late,2+0
.rela.text 0018 R_LARCH_PCALA_HI20 klp_slots+20
.rela.text 001c R_LARCH_PCALA_LO12 klp_slots+20
.rela.data..klp_slots 0000 R_LARCH_64 klp_slots+0
.rela.text.klp_stubs 0000 R_LARCH_PCALA_HI20 klp_slots+18
.rela.text.klp_stubs 0004 R_LARCH_PCALA_LO12 klp_slots+18
.klp.rela.vmlinux..data..klp_slots 0008 R_LARCH_64 .klp.sym.vmlinux.data,0+0
.klp.rela.vmlinux..data..klp_slots 0020 R_LARCH_64 .klp.sym.vmlinux.shown,0+0
.klp.rela.driver..data..klp_slots 0010 R_LARCH_64 .klp.sym.driver.late_data,2+0
.klp.rela.driver..data..klp_slots 0018 R_LARCH_64 .klp.sym.driver.late,2+0
.klp.rela.vmlinux..text 0010 R_LARCH_B26 .klp.sym.vmlinux.function,0+0
.klp.rela.vmlinux..data 0000 R_LARCH_64 .klp.sym.vmlinux.data,0+0
.klp.rela.vmlinux.__jump_table 0000 R_LARCH_64_PCREL .klp.sym.vmlinux.key,0+0' 'each relocation is what it should be'
# "addi.d a1, a1, 0" has become "ld.d a1, a1, 0"; the stub is "pcalau12i t1", "ld.d t1, t1", "jr t1".
is "$(LC_ALL=C readelf -x .text "$made" | awk '/0x00000010/ { print $4, $5 }')" '0500001a a500c028' 'an address is loaded from its slot'
is "$(LC_ALL=C readelf -x .text.klp_stubs "$made" | awk '/0x00000000/ { print $2, $3, $4 }')" '0d00001a ad01c028 a001004c' 'the stub'

# refuses NAME TYPE SYMBOL OPCODE MESSAGE
refuses()
{
	code "$3" "$4"
	module "$2"
	link
	refused 1 "'$3' cannot become a livepatch symbol here: $5" "$1"
}
refuses 'an access that goes straight there' 72 data 0x28c00084 'the code has the distance from itself to the symbol'
refuses 'half an address' 1 data 0 '32 bits hold no address, nor the way from a module to vmlinux: use a pointer'
refuses 'a distance in 32 bits, which the loader would cut off' 99 data 0 '32 bits hold no address, nor the way'
refuses 'what the loader computes on a stack' 22 function 0 'the kernel would compute with the relocations beside it'
refuses 'what the loader does not know' 65 function 0 "the kernel's module loader does not know its relocation"
code data 0x1a000004 data+8 0x02c00084
module 71 72
link
refused 1 "'data' cannot become a livepatch symbol here: the code makes its address of two parts that belong to different places" \
	'the two parts of an address with two addends'
done_testing
