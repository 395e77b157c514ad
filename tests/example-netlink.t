#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two tagged files in one module, from their source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck disable=SC2034 # for example.bash
sanitized=1
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	local symbols=(netlink_getname netlink_proto cb_lock ctrl_build_family_msg genl_fam_idr)

	if grep -q '^CONFIG_BPF_SYSCALL=y' "$(kernel_kdir "$release")/.config"; then
		symbols+=(bpf_iter_get_info bpf_iter_run_prog)
	fi
	holds "$release: a program to ask with" gcc -static -o "$dir/nlprobe" "$dir/nlprobe.c"
	makes "$dir" klp-netlink.ko
	reaches "$dir/klp-netlink.ko" "${symbols[@]}"
	proves 'both halves do what they should' "$dir/klp-netlink.ko" -- --run "$dir/check" \
		--file "$dir/nlprobe"
}

on_every_kernel example/netlink
done_testing
