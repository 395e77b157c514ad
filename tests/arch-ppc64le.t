#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ppc64le, made on another machine (doc/ppc64le.md).

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"
# shellcheck source=tests/arch.bash
. "$(dirname "$0")/arch.bash"

# All addresses come from the table of contents, and from data. So calls of vmlinux are the only livepatch relocations
# in code.
relocated()
{
	is "$(relocations "$copies/kernel/klp-kernel.ko")" '.klp.rela.vmlinux..data.rel R_PPC64_ADDR64
.klp.rela.vmlinux..text R_PPC64_REL24
.klp.rela.vmlinux..toc R_PPC64_ADDR64
.klp.rela.vmlinux.__jump_table R_PPC64_REL64' "$release: livepatch relocations for vmlinux"
	is "$(relocations "$copies/module/klp-module.ko")" '.klp.rela.binfmt_misc..data..klp_slots R_PPC64_ADDR64
.klp.rela.binfmt_misc..data.rel R_PPC64_ADDR64
.klp.rela.binfmt_misc..toc R_PPC64_ADDR64
.klp.rela.vmlinux..toc R_PPC64_ADDR64' "$release: ... for a module"
	is "$(relocations "$copies/outside/patch/klp-outside.ko")" '.klp.rela.outside..data..klp_slots R_PPC64_ADDR64
.klp.rela.outside..toc R_PPC64_ADDR64' "$release: ... for one that calls a lot"
}

refuses()
{
	local data='asm(".pushsection .rodata\\n.balign 8\\n.quad WHAT\\n.popsection");'
	local room='there is no room behind the call for the instruction that restores the register by which the patch finds its data: call it from C, as a function that is declared extern'
	local toc='the code counts from its table of contents to where the symbol is, which is too far'
	not_so kernel/filesystems.c $'\tread_lock' '	asm volatile("addis 9,2,file_systems@toc@ha" ::: "9");' it \
		"'file_systems' of 'vmlinux' cannot be used so: $toc" 'an access that counts from the table of contents'
	not_so kernel/inode.c $'\tfor_each_possible' '	asm volatile("bl get_nr_dirty_inodes" ::: "memory", "lr");' it \
		"'get_nr_dirty_inodes' of 'vmlinux' cannot be used so: $room" 'a call without a nop behind it'
	not_so kernel/inode.c $'\tfor_each_possible' '	asm volatile("b get_nr_dirty_inodes\\n nop" ::: "memory");' it \
		"'get_nr_dirty_inodes' of 'vmlinux' cannot be used so: $room" 'a jump, which does not come back'
	not_so module/misc.c $'\tsnprintf' '	asm volatile("bl parse_command" ::: "memory", "lr");' it \
		"'parse_command' of 'binfmt_misc' cannot be used so: $room" "a call of a module's function without one"
	not_so kernel/filesystems.c 'void show_filesystems' "${data/quad WHAT/long file_systems}" 'extern struct file_system_type' \
		"'file_systems' of 'vmlinux' cannot be used so: 32 bits hold no address, nor the way from a module to vmlinux: use a pointer" \
		'half a pointer'
	not_so module/misc.c 'static ssize_t' "${data/WHAT/bm_fs_type}" 'extern struct file_system_type' \
		"'bm_fs_type' of 'binfmt_misc' cannot be used so: it is used in memory that is read-only when the kernel resolves the symbols of a module" \
		'a module symbol in read-only data'
}

doubts()
{
	local stub=klp_stub.binfmt_misc.parse_command,0 at calls=.klp.rela.binfmt_misc..toc
	elfedit_compiles
	at=$(LC_ALL=C readelf --wide --relocs "$copies/module/klp-module.ko" | awk '/klp_stub/ { sub(/^0*/, "", $1); print $1; exit }')
	broken "'.text' + 0x$at: nothing behind the call of '$stub' restores the register by which the patch finds its data" \
		'a call after which the table of contents is another' poke .text "$((16#$at + 4))" 00000060
	at=$(LC_ALL=C readelf --wide --relocs "$copies/module/klp-module.ko" | awk '/ snprintf / { sub(/^0*/, "", $1); print $1; exit }')
	broken "there is no call of 'snprintf' with an instruction behind it that does nothing" \
		'a call of an export without room' poke .text "$((16#$at + 4))" 00000000
	broken "section '$calls' entry 0: R_PPC64_REL24 takes one of the loader's stubs each time that the module is loaded, and the loader counted them when it loaded the patch" \
		'a call that the loader makes a stub for, late' set-reloc-type $calls 0 10
	broken "section '$calls' entry 0: a livepatch relocation cannot be R_PPC64_ADDR32: 32 bits hold no address" \
		'half a pointer' set-reloc-type $calls 0 1
	broken "section '$calls' entry 0: it writes to '.text', which is read-only when relocations of a module are applied" \
		'late relocations of code' set-info $calls .text
	broken 'apply_relocate_add() does not know relocation type 14 on ppc64le' 'a relocation of programs' \
		set-reloc-type $calls 0 14
}

# other_order: a big-endian kernel, whose functions have descriptors: klpmake refuses it.
other_order()
{
	holds "$release: a big-endian file is compiled" "${machine_cross}gcc" -mbig-endian -c -o "$scratch/big.ko" -x c - <<<'int x;'
	run "$bin/klplink" --table "$copies/module/_klpmake.syms" -o "$copies/klp-module.ko" "$scratch/big.ko"
	refused 1 "'$scratch/big.ko': klpmake does not know its machine (e_machine 21, big-endian)" \
		"$release: ... with the reason"
}

# other_sites: newer compilers list the call sites of modules elsewhere.
other_sites()
{
	local sites=__patchable_function_entries module
	mkdir "$scratch/modules"
	module=$(find "$(dirname "$(kernel_vmlinux "$release")")" -name binfmt_misc.ko)
	"$objcopy" --rename-section __mcount_loc=$sites --rename-section .rela__mcount_loc=.rela$sites \
		"$module" "$scratch/modules/binfmt_misc.ko"
	run "$bin/kallsympos" --vmlinux "$(kernel_vmlinux "$release")" --modules "$scratch/modules" \
		--debug-modules "$scratch/modules" bm_status_read fs/binfmt_misc.c
	has "$out" '  binfmt_misc  fs/binfmt_misc.c' "$release: a function of a module that a newer compiler made"
	has "$out" '  traceable' "$release: ... is traceable"
}

whole_run()
{
	arch_makes
	relocated
	arch_lists
	# Call sites are behind the beginning of their functions, and some functions have none.
	arch_traces system_call_exception
	arch_proves
	refuses
	doubts
	other_order
	other_sites
	fault_words='BUG: Kernel NULL pointer dereference'
	faults
}

on_test_kernels ppc64le tests/arch/kernel tests/arch/module tests/modules/outside
done_testing
