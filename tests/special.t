#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the kernel finds in a patch by its special sections, and data that is special: per-CPU, written
# once, constant. Each patch in tests/modules/ shows in its guest that the kernel has found it, also
# what is switched after the patch was loaded.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

patches=(per-cpu tables static-keys tracing assembly)

# in_sections MODULE SECTION...: it has such, none of them empty.
in_sections()
{
	local module=$1 section
	shift
	for section; do
		holds "$release: '${module##*/}' has '$section'" \
			test -n "$(LC_ALL=C readelf --wide --section-headers "$module" | grep -F " $section " | grep -v ' 000000 ')"
	done
}

# warns: a place of a warning is found by a table, too; a guest that warns is a failure, so this is one
# of its own.
warns()
{
	local dir=$copies/warning
	makes "$dir" klp-warning.ko
	type qemu-system-x86_64 >/dev/null 2>&1 || return 0
	run "$top/klpmake" try "$dir/klp-warning.ko" --timeout 600 --log "$copies/console" \
		--cmd 'cat /proc/version; cat /proc/version'
	refused 1 "error: with: kernel: WARNING: " "$release: a patched function warns"
	has "$err" "version.c:$(sed -n '/WARN_ON_ONCE/=' "$dir/version.c") livepatch_version_proc_show+0x" \
		"$release: ... with its file, its line and its name"
	has "$out" 'with   | warned 1
with   | warned 1' "$release: ... and goes on"
	is "$(grep -c 'WARNING: ' "$copies/console")" 1 "$release: ... once only"
}

whole_run()
{
	local dir=$copies

	makes "$dir/per-cpu" klp-percpu.ko
	reaches "$dir/per-cpu/klp-percpu.ko" cpu_sys_devices hrtimer_bases process_counts

	makes "$dir/tables" klp-tables.ko
	reaches "$dir/tables/klp-tables.ko" spectre_v1_mitigation spectre_v1_strings task_state_array

	makes "$dir/static-keys" klp-keys.ko
	reaches "$dir/static-keys/klp-keys.ko" __cfs_bandwidth_used sched_schedstats vm_numa_stat_key
	in_sections "$dir/static-keys/klp-keys.ko" __jump_table .klp.rela.vmlinux.__jump_table

	makes "$dir/tracing" klp-tracing.ko
	reaches "$dir/tracing/klp-tracing.ko" __SCK__might_resched __SCK__tp_func_task_rename \
		__SCT__tp_func_task_rename __tracepoint_task_rename perf_event_comm
	in_sections "$dir/tracing/klp-tracing.ko" __dyndbg .static_call_sites .klp.rela.vmlinux.__jump_table \
		.klp.rela.vmlinux..static_call_sites

	makes "$dir/assembly" klp-assembly.ko
	is "$(klp_symbols "$dir/assembly/klp-assembly.ko")" '' "$release: it needs no livepatch symbol"
	in_sections "$dir/assembly/klp-assembly.ko" __ex_table __bug_table .altinstructions
	# Where the kernel finds paravirt calls by a table of their own.
	! grep -q ' __parainstructions$' <(nm "$(kernel_vmlinux "$release")") ||
		in_sections "$dir/assembly/klp-assembly.ko" .parainstructions

	prove_each 'the kernel finds what these patches have for it' "${patches[@]}"
	warns
}

on_every_kernel "${patches[@]/#/tests/modules/}" tests/modules/warning
done_testing
