#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A patch to a module, from its source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck disable=SC2034 # for example.bash
sanitized=1
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	makes "$dir" klp-vlan.ko
	reaches "$dir/klp-vlan.ko" 8021q.vlan_name_type_str 8021q.vlan_net_id
	proves 'the VLANs are counted' "$dir/klp-vlan.ko" -- --run "$dir/check" \
		--modprobe 8021q --modprobe dummy
}

on_every_kernel example/vlan
done_testing
