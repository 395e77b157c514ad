#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# loongarch64, on the ELF level. First what klplink makes of a module that is put together here, of this
# machine's assembler and elfedit: with the instructions that gcc writes for modules, and the relocations that
# belong to them, as Debian 12 has no gcc for it. Then whole runs for a kernel that clang compiled.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"

in=$scratch/in.ko
made=$scratch/out/klp-x.ko
[[ $(uname -m) == x86_64 ]] || skip_all "the module is made of x86_64's"
holds 'elfedit compiles' gcc -std=gnu11 -O1 -D_GNU_SOURCE -o "$scratch/elfedit" "$top/tests/elfedit.c"
mkdir "$scratch/out"

# module TYPE...: in.ko, with these relocations in .text, in their order, one an instruction; .data has
# a pointer, __jump_table the distance of a key.
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

# code SYMBOL OPCODE ...: .text, with a relocation against each symbol in the opcode behind it.
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

# link: klplink; in the table function, data and key are vmlinux's, late and late_data a module's.
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

# relocations: "SECTION OFFSET TYPE SYMBOL+ADDEND" of the module that was made. readelf knows the numbers of
# all types, and the names of those that are as old as itself.
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
refuses 'an access that goes straight there' 72 data 0x28c00084 'the code counts from itself to where the symbol is'
refuses 'half an address' 1 data 0 '32 bits hold no address, nor the way from a module to vmlinux: use a pointer'
refuses 'a distance in 32 bits, which the loader would cut off' 99 data 0 '32 bits hold no address, nor the way'
refuses 'what the loader computes on a stack' 22 function 0 'the kernel would compute with the relocations beside it'
refuses 'what the loader does not know' 65 function 0 "its relocation is none that the kernel's module loader knows"
code data 0x1a000004 data+8 0x02c00084
module 71 72
link
refused 1 "'data' cannot become a livepatch symbol here: the code makes its address of two parts, which are not of one place" \
	'the two parts of an address with two addends'

# shellcheck source=tests/example.bash
. "$top/tests/example.bash"
# shellcheck source=tests/arch.bash
. "$top/tests/arch.bash"

# What the code refers to goes by pointers.
relocated()
{
	is "$(relocations "$copies/kernel/klp-kernel.ko")" '.klp.rela.vmlinux..data R_LARCH_64
.klp.rela.vmlinux..data..klp_slots R_LARCH_64
.klp.rela.vmlinux..text R_LARCH_B26
.klp.rela.vmlinux.__jump_table R_LARCH_64_PCREL' "$release: livepatch relocations for vmlinux"
	is "$(relocations "$copies/module/klp-module.ko")" '.klp.rela.binfmt_misc..data R_LARCH_64
.klp.rela.binfmt_misc..data..klp_slots R_LARCH_64
.klp.rela.vmlinux..data..klp_slots R_LARCH_64' "$release: ... for a module"
}

refused_lines()
{
	# shellcheck disable=SC2016 # a register
	local half='	asm volatile("pcalau12i $a0, %%pc_hi20(file_systems)\\n\\tINSTRUCTION" ::: "a0");'
	not_so kernel/filesystems.c $'\tread_lock' "${half/INSTRUCTION/ld.d \$a0, \$a0, %%pc_lo12(file_systems)}" it \
		"'file_systems' of 'vmlinux' cannot be used so: the code counts from itself to where the symbol is" \
		'assembler code that reads a variable'
	not_so kernel/filesystems.c $'\tread_lock' "${half/INSTRUCTION/addi.d \$a0, \$a0, %%pc_lo12(file_systems + 8)}" it \
		"'file_systems' of 'vmlinux' cannot be used so: the code makes its address of two parts, which are not of one place" \
		'assembler code that mixes two addresses'
	not_so kernel/filesystems.c 'void show_filesystems' 'asm(".pushsection .rodata\\n.balign 4\\n.word file_systems\\n.popsection");' \
		'extern struct file_system_type' "'file_systems' of 'vmlinux' cannot be used so: 32 bits hold no address" \
		'half a pointer'
}

whole_run()
{
	local dir=$copies
	makes "$dir/kernel" klp-kernel.ko
	reaches "$dir/kernel/klp-kernel.ko" "c_start,$(position c_start consoles.c)" "c_stop,$(position c_stop consoles.c)" \
		file_systems file_systems_lock get_nr_dirty_inodes linux_proc_banner nr_inodes sched_schedstats \
		sysctl_max_map_count sysctl_mount_max version_proc_show get_next_ino.shared_last_ino
	makes "$dir/module" klp-module.ko
	reaches "$dir/module/klp-module.ko" binfmt_misc.bm_fs_type binfmt_misc.bm_status_read \
		binfmt_misc.parse_command saved_command_line
	for module in "$dir/kernel/klp-kernel.ko" "$dir/module/klp-module.ko"; do
		run "$top/klpmake" check -q "$module"
		is "$status:$out$err" 0: "$release: '${module##*/}' is checked"
	done
	relocated
	arch_lists
	run "$top/kallsympos" -k "$release" file_systems
	has "$out" ' fs/filesystems.c:' "$release: ... and a variable's file"
	refused_lines
	skip "$release: in a guest" "doc/loongarch64.md says how far it came"
}

if ! type clang-19 >/dev/null 2>&1; then
	skip 'whole runs' 'no clang-19: scripts/setup foreign installs it'
elif ! "$top/scripts/test-kernel" --list | grep -e '-klpmake-loongarch64-' >/dev/null; then
	skip 'whole runs' 'no test kernel here: make test-kernel ARCH=loongarch64 builds it'
else
	on_test_kernels loongarch64 tests/arch/kernel tests/arch/module
fi
done_testing
