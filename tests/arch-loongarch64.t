#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# loongarch64, on the ELF level: whole runs for a kernel that clang compiled (doc/loongarch64.md).

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$top/tests/example.bash"
# shellcheck source=tests/arch.bash
. "$top/tests/arch.bash"

# The code reaches everything through pointers.
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
		"'file_systems' of 'vmlinux' cannot be used so: the code has the distance from itself to the symbol" \
		'assembler code that reads a variable'
	not_so kernel/filesystems.c $'\tread_lock' "${half/INSTRUCTION/addi.d \$a0, \$a0, %%pc_lo12(file_systems + 8)}" it \
		"'file_systems' of 'vmlinux' cannot be used so: the code makes its address of two parts that belong to different places" \
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

on_test_kernels loongarch64 tests/arch/kernel tests/arch/module
done_testing
