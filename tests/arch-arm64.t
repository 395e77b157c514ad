#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# arm64, made on another machine (doc/arm64.md).

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"
# shellcheck source=tests/arch.bash
. "$(dirname "$0")/arch.bash"
# shellcheck source=tests/arch-fix.bash
. "$(dirname "$0")/arch-fix.bash"

# Early relocations are the compiler's own; late ones are pointers.
relocated()
{
	is "$(relocations "$copies/kernel/klp-kernel.ko")" '.klp.rela.vmlinux..data R_AARCH64_ABS64
.klp.rela.vmlinux..text R_AARCH64_ADD_ABS_LO12_NC
.klp.rela.vmlinux..text R_AARCH64_ADR_PREL_PG_HI21
.klp.rela.vmlinux..text R_AARCH64_CALL26
.klp.rela.vmlinux..text R_AARCH64_LDST32_ABS_LO12_NC
.klp.rela.vmlinux..text R_AARCH64_LDST64_ABS_LO12_NC
.klp.rela.vmlinux.__jump_table R_AARCH64_PREL64' "$release: livepatch relocations for vmlinux"
	is "$(relocations "$copies/module/klp-module.ko")" '.klp.rela.binfmt_misc..data R_AARCH64_ABS64
.klp.rela.binfmt_misc..data..klp_slots R_AARCH64_ABS64
.klp.rela.vmlinux..text R_AARCH64_ADR_PREL_PG_HI21
.klp.rela.vmlinux..text R_AARCH64_LDST64_ABS_LO12_NC' "$release: ... for a module"
	is "$(relocations "$copies/outside/patch/klp-outside.ko")" \
		'.klp.rela.outside..data..klp_slots R_AARCH64_ABS64' "$release: ... for one that calls a lot"
}

refuses()
{
	local data='asm(".pushsection .rodata\\n.balign 8\\n.dword WHAT\\n.popsection");'
	local near='the instruction reaches only what is near: call it from C'
	local late='it is used in memory that is read-only when the kernel resolves the symbols of a module'
	not_so kernel/filesystems.c $'\tread_lock' '	asm volatile("ldr x0, file_systems" ::: "x0");' it \
		"'file_systems' of 'vmlinux' cannot be used so: $near" 'a load that reaches a megabyte'
	not_so kernel/inode.c $'\tfor_each_possible' '	asm volatile("cbz x0, get_nr_dirty_inodes" ::: "memory");' it \
		"'get_nr_dirty_inodes' of 'vmlinux' cannot be used so: $near" 'a branch that does'
	not_so kernel/filesystems.c 'void show_filesystems' "${data/dword WHAT/word file_systems}" 'extern struct file_system_type' \
		"'file_systems' of 'vmlinux' cannot be used so: parts of numbers hold no address: use a pointer" 'half a pointer'
	not_so module/misc.c 'static ssize_t' "${data/WHAT/bm_fs_type}" 'extern struct file_system_type' \
		"'bm_fs_type' of 'binfmt_misc' cannot be used so: $late: use it in data" \
		'a module symbol in read-only data'
	not_so module/misc.c $'\t/* A command' '	asm volatile("movz x0, #:abs_g3:bm_fs_type" ::: "x0");' it \
		"'bm_fs_type' of 'binfmt_misc' cannot be used so: $late: use it in data" 'parts of its address'
	not_so module/misc.c $'\t/* A command' '	asm volatile(".reloc ., R_AARCH64_ADR_PREL_PG_HI21, bm_fs_type\\n nop");' it \
		"'bm_fs_type' of 'binfmt_misc' cannot be used so: $late, by an instruction that is not a part of an address" \
		'an instruction that loads no page'
	not_so module/misc.c $'\t/* A command' '	asm volatile("add x0, x0, :lo12:bm_fs_type+4096" ::: "x0");' it \
		"'bm_fs_type' of 'binfmt_misc' cannot be used so: $late, by an instruction that is not a part of an address" \
		'what is too far behind it'
	not_so module/misc.c 'static ssize_t' "struct __packed odd { char c; void *p; } odd = {1, \\&bm_fs_type};" 'extern struct file_system_type' \
		"'bm_fs_type' of 'binfmt_misc' cannot be used so: its place is not aligned, and the kernel does not write to such a place" \
		'a pointer that is not aligned'
}

# behind: a member of a module's structure, read with an instruction after "adrp" whose relocation counts from the
# structure: FS_USERNS_MOUNT is 8.
behind()
{
	local dir=$copies/behind
	cp -r "$top/tests/arch/module" "$dir"
	sed -i -e 's/types\[0\] == &bm_fs_type,/flags(),/' \
		-e '/^static ssize_t/i static noinline int flags(void)\n{\n\treturn bm_fs_type.fs_flags;\n}\n' "$dir/misc.c"
	makes "$dir" klp-module.ko
	misc_says 8 "$dir" "a member of a module's structure"
}

doubts()
{
	elfedit_compiles
	broken "section '.klp.rela.binfmt_misc..data' entry 0: it writes to '.text', which is read-only when relocations of a module are applied" \
		'late relocations of code' set-info .klp.rela.binfmt_misc..data .text
	broken "section '.klp.rela.binfmt_misc..data' entry 0: a livepatch relocation cannot be R_AARCH64_ABS32" \
		'half a pointer' set-reloc-type .klp.rela.binfmt_misc..data 0 258
	broken "section '.klp.rela.binfmt_misc..data' entry 0: its place '.data' + 0x1 is not aligned to 4 bytes" \
		'a late relocation that is not aligned' set-reloc-offset .klp.rela.binfmt_misc..data 0 1
}

whole_run()
{
	arch_makes
	relocated
	arch_lists
	# Call sites are before their functions, and some functions have none.
	arch_traces arch_stack_walk_reliable
	arch_proves
	behind
	arch_fixes
	refuses
	doubts
	faults
}

on_test_kernels arm64 tests/arch/kernel tests/arch/module tests/modules/outside
done_testing
