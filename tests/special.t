#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Special sections of a patch, and special data: per-CPU, written once, constant. Each patch of tests/modules/ here shows
# in its guest that the kernel has found them, also what is switched after the patch was loaded. What belongs to a module
# is refused, or is reached in another way.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

patches=(per-cpu tables static-keys sealed tracing assembly)

# in_sections MODULE SECTION...: it has these sections, none of them empty.
in_sections()
{
	local module=$1 section
	shift
	for section; do
		holds "$release: '${module##*/}' has '$section'" \
			test -n "$(LC_ALL=C readelf --wide --section-headers "$module" | grep -F " $section " | grep -v ' 000000 ')"
	done
}

# sealed: a sealed static key is refused where the kernel would fault, and works when it is written as the message says.
sealed()
{
	local source=$copies/sealed/version.c line
	if grep -q ' jump_label_init_ro$' <(nm "$(kernel_vmlinux "$release")"); then
		skip "$release: a static key that is __ro_after_init" 'this kernel takes it'
	else
		line=$(sed -n '/if (static_branch_likely/=' "$source")
		run "$top/klpmake" -q -k "$release" "$copies/sealed"
		refused 1 "error: version.c:$line: static key 'cr_pinning' is __ro_after_init, and this kernel faults" \
			"$release: a static key that is __ro_after_init"
		has "$err" 'write KLP_STATIC_BRANCH_LIKELY(&cr_pinning)' "$release: ... with what to write"
		sed -i 's/static_branch_likely/KLP_STATIC_BRANCH_LIKELY/' "$source"
	fi
	makes "$copies/sealed" klp-sealed.ko
	reaches "$copies/sealed/klp-sealed.ko" cr_pinning
}

# warns: the place of a warning is found by a table, too. A guest that warns fails, so this is a guest of its own.
warns()
{
	local dir=$copies/warning
	makes "$dir" klp-warning.ko
	type qemu-system-x86_64 >/dev/null 2>&1 || return 0
	run "$top/klpmake" try "$dir/klp-warning.ko" --timeout 600 --log "$copies/console" \
		--cmd 'cat /proc/version; cat /proc/version'
	refused 1 "error: with: kernel: WARNING: " "$release: a patched function warns"
	# Since Linux 6.16 there is one more word between them.
	has "${err/ at livepatch_/ livepatch_}" \
		"version.c:$(sed -n '/WARN_ON_ONCE/=' "$dir/version.c") livepatch_version_proc_show+0x" \
		"$release: ... with its file, its line and its name"
	has "$out" 'with   | warned 1
with   | warned 1' "$release: ... and goes on"
	is "$(grep -c 'WARNING: ' "$copies/console")" 1 "$release: ... once only"
}

# tells PATTERN TEXT: the last run refused the line of the patch with PATTERN, with this text.
tells()
{
	local line
	line=$(sed -n "/$1/=" "$copies/switches/refused/show.c")
	has "$err" "error: show.c:$line: $2" "$release: ... $2"
}

# switches: a patch of a module with static keys of its own is refused as the module is written, and works with the macros
# of <klpmake.h>.
switches()
{
	local dir=$copies/switches
	holds "$release: a module with switches" \
		make -C "$(kernel_kdir "$release")" "M=$dir/target" CONFIG_DEBUG_INFO_BTF_MODULES= modules

	run "$top/klpmake" -q -k "$release" --module "$dir/target/switches.ko" "$dir/refused"
	refused 1 "write KLP_" "$release: what depends on keys of a module"
	tells 'return static_branch_unlikely' "static key 'loud' of 'switches'"
	tells 'if (static_branch_likely' "static key 'polite' of 'switches'"
	tells '	trace_switches_shown' "tracepoint 'switches_shown' of 'switches'"
	tells 'static_call(word)' "static call 'word' of 'switches'"
	tells 'times = 0' "'times' of 'switches' is used in '.init.text'"
	is "$(grep -c 'error: ' <<<"$err")" 5 "$release: ... each of them once"
	holds "$release: ... and no module is left" test ! -e "$dir/refused/klp-refused.ko"

	run "$top/klpmake" -q -k "$release" --module "$dir/target/switches.ko" "$dir/patch"
	exits 0 "$release: klpmake makes the patch that has the macros"
	reaches "$dir/patch/klp-switches.ko" switches.{__SCK__word,__traceiter_switches_shown} \
		switches.{__tracepoint_switches_shown,loud,polite,times} sched_schedstats
	proves "what is switched in a module is switched in its patch" "$dir/target/switches.ko" \
		"$dir/patch/klp-switches.ko" -- --scenario "$top/tests/modules/switching"
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

	sealed

	makes "$dir/tracing" klp-tracing.ko
	reaches "$dir/tracing/klp-tracing.ko" __SCK__might_resched __SCK__tp_func_task_rename \
		__SCT__tp_func_task_rename __tracepoint_task_rename perf_event_comm
	in_sections "$dir/tracing/klp-tracing.ko" __dyndbg .static_call_sites .klp.rela.vmlinux.__jump_table \
		.klp.rela.vmlinux..static_call_sites

	makes "$dir/assembly" klp-assembly.ko
	is "$(klp_symbols "$dir/assembly/klp-assembly.ko")" '' "$release: it needs no livepatch symbol"
	in_sections "$dir/assembly/klp-assembly.ko" __ex_table __bug_table .altinstructions
	# Kernels that find paravirt calls by a table.
	! grep -q ' __parainstructions$' <(nm "$(kernel_vmlinux "$release")") ||
		in_sections "$dir/assembly/klp-assembly.ko" .parainstructions

	prove_each 'the kernel finds what these patches have for it' "${patches[@]}"
	warns
	switches
}

on_every_kernel "${patches[@]/#/tests/modules/}" tests/modules/{warning,switches}
done_testing
