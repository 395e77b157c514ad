#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# riscv64, made on another machine, with kernels for compressed instructions and without, in the code
# model medany and position-independent (doc/riscv64.md).

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"
# shellcheck source=tests/arch.bash
. "$(dirname "$0")/arch.bash"
# shellcheck source=tests/arch-fix.bash
. "$(dirname "$0")/arch-fix.bash"

# The patch's code reaches a module's symbols through pointers, which are the only relocations that the kernel applies
# late. Calls of vmlinux and static keys are relocated early.
relocated()
{
	is "$(relocations "$copies/kernel/klp-kernel.ko")" '.klp.rela.vmlinux..data..klp_slots R_RISCV_64
.klp.rela.vmlinux..data.rel R_RISCV_64
.klp.rela.vmlinux..text R_RISCV_CALL_PLT
.klp.rela.vmlinux.__jump_table R_RISCV_32_PCREL' "$release: livepatch relocations for vmlinux"
	is "$(relocations "$copies/module/klp-module.ko")" '.klp.rela.binfmt_misc..data..klp_slots R_RISCV_64
.klp.rela.binfmt_misc..data.rel R_RISCV_64
.klp.rela.vmlinux..data..klp_slots R_RISCV_64' "$release: ... for a module"
	is "$(relocations "$copies/outside/patch/klp-outside.ko")" \
		'.klp.rela.outside..data..klp_slots R_RISCV_64' "$release: ... for one that calls a lot"
}

refuses()
{
	local data='asm(".pushsection .rodata\\n.balign 8\\n.dword WHAT\\n.popsection");'
	local wide=${data/.rodata/.data}
	not_so kernel/filesystems.c $'\tread_lock' '	asm volatile("1: auipc a0, %%pcrel_hi(file_systems)\\n andi a0, a0, %%pcrel_lo(1b)" ::: "a0");' it \
		"'file_systems' of 'vmlinux' cannot be used so: the code has the distance from itself to the symbol, for which there is no livepatch relocation: compile with klpmake's options" \
		"an instruction that completes no address"
	not_so kernel/filesystems.c $'\tread_lock' '	asm volatile("1: auipc a0, %%pcrel_hi(file_systems)\\n lw a0, %%pcrel_lo(1b+4)(a0)" ::: "a0");' it \
		"'file_systems' of 'vmlinux' cannot be used so: the code has the distance from itself to the symbol" \
		"an instruction that completes what is elsewhere"
	not_so kernel/filesystems.c 'void show_filesystems' 'asm(".pushsection .init.text,\\"ax\\"\\n lw a0, file_systems\\n.popsection");' 'extern struct file_system_type' \
		"'file_systems' of 'vmlinux' cannot be used so: it is used in code that runs when the module comes or goes" \
		'a veneer for what lies apart'
	not_so module/misc.c 'static ssize_t' 'asm(".pushsection .text\\n lw a0, bm_fs_type+8\\n.space 0x40000\\n.popsection");' 'extern struct file_system_type' \
		"'bm_fs_type' of 'binfmt_misc' cannot be used so: the module has so much code that what loads its address may lie too far away" \
		'a veneer out of reach'
	not_so kernel/inode.c $'\tfor_each_possible' '	asm volatile("jal ra, get_nr_dirty_inodes" ::: "memory");' it \
		"'get_nr_dirty_inodes' of 'vmlinux' cannot be used so: the instruction reaches only what is near: call it from C" \
		'an instruction that reaches a megabyte'
	not_so kernel/filesystems.c 'void show_filesystems' "${data/dword WHAT/word file_systems}" 'extern struct file_system_type' \
		"'file_systems' of 'vmlinux' cannot be used so: 32 bits hold no address: use a pointer" 'half a pointer'
	not_so kernel/filesystems.c 'void show_filesystems' "${data/WHAT/. - file_systems}" 'extern struct file_system_type' \
		"'file_systems' of 'vmlinux' cannot be used so: it is one of several relocations of one place" 'a difference the other way round'
	not_so module/misc.c 'static ssize_t' "${data/WHAT/bm_fs_type}" 'extern struct file_system_type' \
		"'bm_fs_type' of 'binfmt_misc' cannot be used so: it is used in memory that is read-only when the kernel resolves the symbols of a module" \
		'a module symbol in read-only data'
	not_so module/misc.c 'static ssize_t' "${wide/WHAT/bm_fs_type - .}" 'extern struct file_system_type' \
		"'bm_fs_type' of 'binfmt_misc' cannot be used so: a livepatch relocation fills only half of the place" \
		'a wide difference to a module symbol'
}

# padded: kernels with nops before their functions have a list of these places.
padded()
{
	local isa nops vmlinux=$scratch/vmlinux-padded
	cat >"$scratch/padded.c" <<-'END'
		int traced(int x) { return x + 1; }
		int traced_too(int x) { return traced(x) * 2; }
		__attribute__((patchable_function_entry(0, 0))) int untraced(int x) { return traced(x) * 3; }
	END
	while read -r isa nops; do
		holds "nops '$nops' for $isa are compiled" "${machine_cross}gcc" -march="$isa" -fpatchable-function-entry="$nops" \
			-g -O1 -fno-inline -ffreestanding -nostdlib -static -Wl,-e,0 \
			-Wl,--defsym=__start_mcount_loc=__start___patchable_function_entries \
			-Wl,--defsym=__stop_mcount_loc=__stop___patchable_function_entries -o "$vmlinux" "$scratch/padded.c"
		run "$bin/kallsympos" --vmlinux "$vmlinux" traced
		has "$(xargs <<<"$out")" "padded.c:1 traceable" '... the function that has them is traceable'
		run "$bin/kallsympos" --vmlinux "$vmlinux" untraced
		has "$out" $'padded.c:3\n     not traceable' '... the one behind it, without, is not'
	done <<<'rv64gc 4
rv64gc 8,4
rv64g 2
rv64g 4,2'
}

# older_loader: a module loader without the relocation for a distance (before 8fd6c5142395).
older_loader()
{
	local tree=$scratch/older/kernels/$release dir=$copies/older debug=usr/lib/debug vmlinux
	local unknown="this kernel's module loader does not know R_RISCV_32_PCREL: it has no apply_r_riscv_32_pcrel_rela()"
	vmlinux=$tree/$debug/lib/modules/$release/vmlinux
	mkdir -p "${tree%/*}"
	cp -rs "$(klpmake_cache)/kernels/$release" "$tree"
	rm "$vmlinux" "$tree/$debug/boot/System.map-$release"
	"$objcopy" --redefine-sym apply_r_riscv_32_pcrel_rela=something_else "$(kernel_vmlinux "$release")" "$vmlinux"
	sed 's/ apply_r_riscv_32_pcrel_rela$/ something_else/' "$(kernel_symbols "$release")" \
		>"$tree/$debug/boot/System.map-$release"
	run "$bin/klpcheck" --vmlinux "$vmlinux" "$copies/kernel/klp-kernel.ko"
	refused 1 "'__jump_table' + 0x8: $unknown" \
		"$release: checked: a relocation that an older kernel does not know"
	cp -r "$top/tests/arch/kernel" "$dir"
	run env KLPMAKE_CACHE="$scratch/older" "$top/klpmake" -q -k "$release" "$dir"
	refused 1 "klpsyms: error: stats.c:13: 'sched_schedstats' of 'vmlinux' cannot be used so: $unknown" "$release: ... with the reason"
	is "$(ls "$dir"/*.ko 2>/dev/null)" '' "$release: ... without a module"
}

doubts()
{
	local pointers=.klp.rela.binfmt_misc..data.rel slots=.klp.rela.binfmt_misc..data..klp_slots
	elfedit_compiles
	broken "section '$pointers' entry 0: a livepatch relocation cannot be R_RISCV_ADD64, of which it takes two" \
		'half a difference' set-reloc-type $pointers 0 36
	broken "section '$pointers' entry 0: it writes to '.text', which is read-only when relocations of a module are applied" \
		'late relocations of code' set-info $pointers .text
	broken "is relocated twice, by section '$slots' entry 0 and '$slots' entry 1: apply_relocate_add() writes one over the other" \
		'two pointers at one place' set-reloc-offset $slots 1 8
	broken "completes one that is not in that section: apply_relocate_add() refuses it" 'a torn pair' \
		set-reloc-offset .rela.text "$(entry .rela.text R_RISCV_PCREL_HI20)" 0
}

# The half of a static key's distance without a relocation becomes zero, whatever was there before.
fills()
{
	local in=$copies/kernel/.klpmake/$release/build/klp-kernel.ko
	"$scratch/elfedit" "$in" "$scratch/klp-kernel.ko.partial" poke __jump_table 8 0102030405060708
	run "$bin/klplink" --table "$copies/kernel/_klpmake.syms" -o "$scratch/klp-kernel.ko" "$scratch/klp-kernel.ko.partial"
	exits 0 "$release: klplink"
	is "$(LC_ALL=C readelf -x __jump_table "$scratch/klp-kernel.ko" | awk '/0x00000000/ { print $4 $5 }')" 0000000000000000 \
		"$release: ... clears what it does not relocate"
}

# direct: code that reads and writes a variable at its distance, without a pointer, as assembler code does.
direct()
{
	local dir=$copies/direct
	cp -r "$top/tests/arch/module" "$dir"
	sed -i -e 's/types\[0\] == &bm_fs_type,/flags(),/' -e '/^static ssize_t/i\
static noinline int flags(void)\
{\
	int was, is;\
	asm volatile("lw %0, bm_fs_type+8\\n addi %1, %0, 100\\n sw %1, bm_fs_type+8, t0\\n lw %1, bm_fs_type+8\\n sw %0, bm_fs_type+8, t0"\
		: "=\&r"(was), "=\&r"(is) :: "t0", "memory");\
	return is;\
}\
' "$dir/misc.c"
	makes "$dir" klp-module.ko
	is "$(LC_ALL=C "${objcopy/objcopy/readelf}" --wide --relocs "$dir/klp-module.ko" | grep -c 'R_RISCV_JAL .* klp_load\.binfmt_misc\.bm_fs_type,0\.text+0x')" 4 \
		"$release: ... each of its four instructions has a veneer"
	misc_says 108 "$dir" "a module's variable at its distance"
}

# medlow: a patch to the source of a kernel whose code has addresses is refused by name.
medlow()
{
	local source
	fix_source_kept || return 0
	mkdir "$copies/fix"
	cd "$copies/fix" || exit
	fix_patch
	cd "$top" || exit
	run env -C "$copies/fix" "$top/klpmake" -k "$release" fix.patch
	refused 1 "this kernel's code has 32-bit addresses in it (CONFIG_CMODEL_MEDLOW), which a module cannot have" \
		"$release: a patch is refused by name"
	is "$(ls "$copies/fix"/*.ko 2>/dev/null)" '' "$release: ... without a module"
}

whole_run()
{
	arch_makes
	relocated
	arch_lists
	arch_proves
	direct
	if [[ $release == *-riscv64-pie-* ]]; then arch_fixes; else medlow; fi
	# These modules do not depend on the kernel's configuration.
	[[ $release == "${releases[0]}" ]] || return 0
	refuses
	doubts
	older_loader
	padded
	fills
	faults
}

on_test_kernels riscv64 tests/arch/kernel tests/arch/module tests/modules/outside
done_testing
