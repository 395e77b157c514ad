#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One patch with the kernel's real headers and with right and wrong declarations: what is wrong is refused, and a guest
# shows what it does when it is waived.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

# wrong FLAG MESSAGE...: compiled with -DWRONG_FLAG, or another flag, the patch is refused with each message.
wrong()
{
	local flag=$1
	shift
	KCFLAGS=$flag run "$top/klpmake" -q -k "$release" "$dir"
	exits 1 "$release: with $flag it is refused"
	while (($#)); do
		has "$err" "$1" "$release: ... and the difference is shown"
		shift
	done
}

# shown NAME: what the patched /proc/cmdline has shown in the guest.
shown()
{
	sed -n "s/^with *| $1 //p" <<<"$out"
}

whole_run()
{
	makes "$dir" klp-types.ko
	reaches "$dir/klp-types.ko" nl_table_users nr_free_zone_pages
	proves 'what is declared rightly works' "$dir/klp-types.ko" -- --run "$dir/check"

	wrong -DWRONG_PROTOTYPE \
		"prototypes: page_alloc.c:10: 'nr_free_zone_pages' is not declared as the kernel has it: it returns 'u8', the kernel's 'long unsigned int'" \
		'
  declared u8 nr_free_zone_pages(int)
  kernel   long unsigned int nr_free_zone_pages(int offset) (mm/page_alloc.c:'
	wrong -DWRONG_DATA \
		"data: af_netlink.c:23: 'nl_table_users' is not declared as the kernel has it: it is 'long int', the kernel's 'atomic_t'" \
		'
  declared long int nl_table_users
  kernel   atomic_t nl_table_users (net/netlink/af_netlink.c:'
	wrong -DWRONG_LAYOUT \
		"layout: af_netlink.c:13: 'struct netlink_sock' is not that of net/netlink/af_netlink.c: member 'portid' is at byte" \
		'  the kernel'\''s is in net/netlink/af_netlink.h:'
	wrong -mpreferred-stack-boundary=4 \
		"compiler: page_alloc.c: it is compiled with '-mpreferred-stack-boundary=4', and mm/page_alloc.c with '-mpreferred-stack-boundary=3': the stack is aligned otherwise"

	KCFLAGS='-DWRONG_PROTOTYPE -DWRONG_LAYOUT' run "$top/klpmake" -q -k "$release" --allow prototypes,layout "$dir"
	exits 0 "$release: both are made when they are allowed"
	proves '... and are wrong' "$dir/klp-types.ko" -- --cmd 'cat /proc/cmdline'
	# Without a guest nothing is shown.
	[[ -n $(shown pages) ]] || return 0
	is "$(shown pages | awk '{ print ($1 < 256) }')" 1 "$release: all but the lowest byte of a result is lost"
	is "$(shown portid | awk '{ print ($1 != 0) }')" 1 "$release: another member is taken for the port"
}

on_every_kernel tests/types
done_testing
