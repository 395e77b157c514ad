#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# s390x: big-endian, and made on another machine (doc/s390x.md).

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"
# shellcheck source=tests/arch.bash
. "$(dirname "$0")/arch.bash"

# No symbol of a module is reached through tables that the loader fills only once.
relocated()
{
	is "$(relocations "$copies/kernel/klp-kernel.ko")" '.klp.rela.vmlinux..data..klp_slots R_390_64
.klp.rela.vmlinux..data.rel R_390_64
.klp.rela.vmlinux..text R_390_PLT32DBL
.klp.rela.vmlinux.__jump_table R_390_PC64' "$release: livepatch relocations for vmlinux"
	is "$(relocations "$copies/module/klp-module.ko")" '.klp.rela.binfmt_misc..data..klp_slots R_390_64
.klp.rela.binfmt_misc..data.rel R_390_64
.klp.rela.binfmt_misc..text R_390_PC32DBL
.klp.rela.vmlinux..data..klp_slots R_390_64' "$release: ... for a module"
	is "$(relocations "$copies/outside/patch/klp-outside.ko")" \
		'.klp.rela.outside..data..klp_slots R_390_64
.klp.rela.outside..text R_390_PC32DBL' "$release: ... for one that calls a lot"
}

refuses()
{
	local data='asm(".pushsection .data\\n.balign 8\\n.long WHAT\\n.popsection");'
	local once="the kernel's loader would fill the pointer that the code goes by once"
	not_so kernel/filesystems.c $'\tread_lock' '	asm volatile("lgrl 1,file_systems" ::: "1");' it \
		"'file_systems' of 'vmlinux' cannot be used so: the code has the distance from itself to the symbol, for which there is no livepatch relocation: compile with klpmake's options" \
		'assembler code that reads a variable'
	not_so kernel/inode.c $'\tfor_each_possible' '	asm volatile("j get_nr_dirty_inodes" ::: "memory");' it \
		"'get_nr_dirty_inodes' of 'vmlinux' cannot be used so: the instruction reaches only what is near: call it from C" \
		'an instruction that reaches 64 kilobytes'
	not_so kernel/filesystems.c 'void show_filesystems' "${data/WHAT/file_systems}" 'extern struct file_system_type' \
		"'file_systems' of 'vmlinux' cannot be used so: so few bits hold no address: use a pointer" 'half a pointer'
	not_so module/misc.c $'\tsnprintf' '	asm volatile("lg 1,bm_fs_type@GOT(12)" ::: "1");' it \
		"'bm_fs_type' of 'binfmt_misc' cannot be used so: $once" 'an offset into the table of the loader'
}

doubts()
{
	local calls=.klp.rela.binfmt_misc..text
	elfedit_compiles
	broken "section '$calls' entry 0: it is R_390_GOTENT, for which apply_relocate_add() of s390x fills a pointer, once: when 'binfmt_misc' is loaded again" \
		'a pointer that is filled once' set-reloc-type $calls 0 26
	broken "section '$calls' entry 0: it is R_390_PLT32DBL, for which" \
		'a call by one' set-reloc-type $calls 0 20
	broken "section '$calls' entry 0: a livepatch relocation cannot be R_390_GOT64: the kernel's loader" \
		'an offset into the table of the loader' set-reloc-type $calls 0 24
	broken 'apply_relocate_add() does not know relocation type 9 on s390x' 'a relocation of programs' \
		set-reloc-type $calls 0 9
}

whole_run()
{
	arch_makes
	relocated
	arch_lists
	arch_proves
	refuses
	doubts
	faults
}

on_test_kernels s390x tests/arch/kernel tests/arch/module tests/modules/outside
done_testing
