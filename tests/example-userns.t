#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The patch of the README, from its source to a guest.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	local symbols=(file_systems)

	header_has linux/fs.h FS_USERNS_MOUNT_RESTRICTED || symbols+=(file_systems_lock)
	makes "$dir" klp-userns.ko
	reaches "$dir/klp-userns.ko" "${symbols[@]}"
	proves 'it is shown what any user may mount' "$dir/klp-userns.ko" -- --run "$dir/check"
}

on_every_kernel example/userns
done_testing
