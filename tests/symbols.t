#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# All kinds of symbols: each patch of tests/modules/ here shows in its guest which symbol was reached. All share one guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck disable=SC2034 # for example.bash
sanitized=1
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

patches=(data linker twin-statics two-modules namesake macros included address)

# assembler DIR: functions in an assembler file have a scope if debug information names them; labels do not have one.
assembler()
{
	mkdir "$1"
	cp "$copies/linker/"{Makefile,klp-linker.c} "$1"
	sed -i 's|^//KLPMAKE.*|//KLPMAKE arch/x86/lib/memset_64.S|; s/SHOW(_stext)/set()/; s/^#define SHOW/extern void memset_orig(void *p, int c, size_t n);\nextern char paranoid_exit[];\nstatic inline void set(void) { char c; memset_orig(\&c, 0, 1); }\n&/' "$1/klp-linker.c"
	# No C file defines what it uses, so the checks say what they could not look at.
	run "$top/klpmake" -q -k "$release" "$1"
	exits 0 "$release: klpmake makes a patch in the scope of an assembler file"
	has "$(<"$1/_klpmake.syms")" ' t arch/x86/lib/memset_64.S' "$release: a local function of the assembler's"
	sed -i 's|^//KLPMAKE.*|//KLPMAKE arch/x86/entry/entry_64.S|; s/^\tset()/\tSHOW(paranoid_exit)/' "$1/klp-linker.c"
	rm "$1/klp-linker.ko"
	run "$top/klpmake" -q -k "$release" "$1"
	refused 1 "klpsyms: error: klp-linker.c:$(grep -n '^extern char' "$1/klp-linker.c" | cut -d: -f1): 'paranoid_exit' is a symbol of arch/x86/entry/entry_64.S of which its debug information knows nothing (made by the compiler, or written in assembler), so nothing says whose it is; copy what it stands for
  position 1: 0x" "$release: ... a local label"
	has "$err" ' t arch/x86/entry/entry_64.S' "$release: ... with its place"
	rm -r "$1"
}

whole_run()
{
	local dir=$copies

	makes "$dir/data" klp-data.ko
	reaches "$dir/data/klp-data.ko" files_stat sysctl_nr_open

	makes "$dir/linker" klp-linker.ko
	reaches "$dir/linker/klp-linker.ko" __bss_stop _etext _stext entry_SYSCALL_64 saved_command_line

	makes "$dir/twin-statics" klp-twins.ko
	reaches "$dir/twin-statics/klp-twins.ko" \
		"type_show,$(position type_show reboot.c)" "type_show,$(position type_show memmap.c)" \
		"poweroff_work,$(position poweroff_work reboot.c)" \
		"poweroff_work,$(position poweroff_work poweroff.c)" \
		"map_entries,$(position map_entries memmap.c)"

	makes "$dir/two-modules" klp-one.ko klp-two.ko
	reaches "$dir/two-modules/klp-one.ko" saved_command_line
	reaches "$dir/two-modules/klp-two.ko" linux_proc_banner

	makes "$dir/macros" klp-macros.ko
	# The compiler numbers variables within functions.
	reaches "$dir/macros/klp-macros.ko" pipe_max_size saved_command_line saved_command_line \
		"$(grep -o 'shared_last_ino\.[0-9]*$' "$(kernel_symbols "$release")")"

	makes "$dir/address" klp-address.ko
	reaches "$dir/address/klp-address.ko" version_proc_show

	makes "$dir/namesake" klp-namesake.ko
	reaches "$dir/namesake/klp-namesake.ko" \
		"acpi_gpe_count,$(position acpi_gpe_count sysfs.c)" \
		"dev_attr_events,$(position dev_attr_events xenbus_probe.c)" \
		"dev_attr_events,$((3 - $(position dev_attr_events xenbus_probe.c)))"

	makes "$dir/included" klp-rt.ko
	reaches "$dir/included/klp-rt.ko" sysctl_sched_rr_timeslice
	has "$(<"$dir/included/_klpmake.syms")" '# kernel/sched/rt.c is compiled in kernel/sched/build_policy.c' \
		"$release: the table says which file includes the tagged one"
	is "$(grep -cE ' [dt] kernel/sched/rt\.c:' "$dir/included/_klpmake.syms")" 1 "$release: ... and where the symbol is defined"
	assembler "$dir/assembler"

	prove_each 'every patch reaches what it should' "${patches[@]}"
}

on_every_kernel "${patches[@]/#/tests/modules/}"
done_testing
