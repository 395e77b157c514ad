#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a symbol can be, and whose: each patch in tests/modules/ shows in its guest which symbol was
# really reached, so that a wrong one is seen. All of them share one guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

patches=(data linker twin-statics two-modules namesake macros address)

whole_run()
{
	local patch checks=() dir=$copies

	makes "$dir/data" klp-data.ko
	reaches "$dir/data/klp-data.ko" files_stat sysctl_max_map_count

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
	reaches "$dir/macros/klp-macros.ko" file_systems prec.0 saved_command_line saved_command_line

	makes "$dir/address" klp-address.ko
	reaches "$dir/address/klp-address.ko" version_proc_show

	makes "$dir/namesake" klp-namesake.ko
	reaches "$dir/namesake/klp-namesake.ko" \
		"acpi_gpe_count,$(position acpi_gpe_count sysfs.c)" \
		"dev_attr_events,$(position dev_attr_events xenbus_probe.c)" \
		"dev_attr_events,$((3 - $(position dev_attr_events xenbus_probe.c)))"

	for patch in "${patches[@]}"; do
		mv "$dir/$patch/check" "$dir/$patch.check"
		checks+=(--file "$dir/$patch.check")
	done
	proves 'every patch reaches what it should' "$dir"/*/*.ko -- \
		--scenario "$top/tests/modules/scenario" "${checks[@]}"
}

on_every_kernel "${patches[@]/#/tests/modules/}"
done_testing
