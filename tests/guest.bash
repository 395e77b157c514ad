# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # what tap.bash sets
#
# Shared by the tests of the guest runner. Source tap.bash first.

# shellcheck source=scripts/lib/common.bash
. "$top/scripts/lib/common.bash"
# shellcheck source=scripts/lib/kernel.bash
. "$top/scripts/lib/kernel.bash"

export TMPDIR="$scratch/a tmp"
mkdir "$TMPDIR"

# try ARG...: runs one guest, with its log in $log.
log="$scratch/console log"
try()
{
	rm -f "$log"
	run "$top/klpmake" try --log "$log" "$@"
}

# nothing_left NAME: no file is left, and no process that works in our directory.
nothing_left()
{
	is "$(find "$TMPDIR" -mindepth 1; find /proc/[0-9]*/cwd -lname "$TMPDIR*" 2>/dev/null)" '' "$1"
}

# modules_for RELEASE: builds tests/guest for that kernel, and prints the directory.
modules_for()
{
	local dir=$scratch/modules-$1
	cp -r "$top/tests/guest" "$dir"
	make -s -C "$(kernel_kdir "$1")" "M=$dir" CONFIG_DEBUG_INFO_BTF_MODULES= KBUILD_MODPOST_WARN=1 \
		modules >"$dir/log" 2>&1 || diag "$(<"$dir/log")"
	printf '%s\n' "$dir"
}

# need_guests: sets releases to the kernels that were fetched. Without kernels, or without what a guest needs, the
# test ends here and says why.
need_guests()
{
	local reason
	mapfile -t releases < <("$top/scripts/fetch-kernel" --list)
	if ! type qemu-system-x86_64 busybox cpio >/dev/null 2>&1; then
		reason="qemu, busybox or cpio is missing: 'scripts/setup try' installs them"
	elif ((!${#releases[@]})); then
		reason="no kernel was fetched: 'scripts/fetch-kernel' gets one"
	else
		return 0
	fi
	skip 'guests' "$reason"
	done_testing
}
