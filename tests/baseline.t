#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The sources of a stock kernel, compiled with its headers and this compiler, become the code of the kernel. Other flags
# and a changed source are noticed. The sources are the user's, and are not changed.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

whole_run()
{
	local kernels tree=$copies/tree module=$dir/klp-netlink.ko before
	kernels=$(klpmake_cache)/kernels
	local fetched=$kernels/$release/usr/src/linux-source-$release series=${release%%[-+]*}
	[[ -d $fetched/net/netlink ]] || fetched=${KLPMAKE_TEST_SOURCES:-/usr/src}/linux-source-${series%.*}
	if [[ ! -d $fetched/net/netlink ]]; then
		skip "$release: its sources" "scripts/fetch-kernel --selftests gets them; KLPMAKE_TEST_SOURCES says where others lie"
		return
	fi
	mkdir -p "$tree/net" "$tree/kernel"
	cp "$fetched/Makefile" "$tree"
	cp -r "$fetched/net/netlink" "$tree/net"
	makes "$dir" klp-netlink.ko
	before=$(find "$tree" -type f -printf '%p %s\n' | LC_ALL=C sort)
	export TMPDIR=$copies/tmp
	mkdir "$TMPDIR"
	run "$top/klpmake" check --baseline "$tree" "$module"
	is "$status:$err" 0: "$release: its sources compile to the kernel"
	is "$(sed -n 's/^equal *\([a-z_]*\) \([^:]*\):.*/\1 \2/p' <<<"$out")" \
		'netlink_seq_show net/netlink/af_netlink.c
ctrl_getfamily net/netlink/genetlink.c' "$release: ... each function"
	KCFLAGS=-Os run "$top/klpmake" check --baseline="$tree" "$module"
	exits 1 "$release: with another flag they do not"
	is "$(sed -En 's/^differs  (ctrl_[a-z]* [^:]*:)[0-9]+, at 0x[0-9a-f]+, ([^:]*:)[0-9]+: .*/\1 \2/p' <<<"$out")" \
		'ctrl_getfamily net/netlink/genetlink.c: net/netlink/genetlink.c:' "$release: ... and the first difference is shown"
	sed -i 's/ctrl_getfamily/ctrl_gotfamily/' "$tree/net/netlink/genetlink.c"
	run "$top/klpmake" check --baseline "$tree" "$module"
	refused 1 'klp-netlink.ko'\'': 1 of 2 functions are not what their sources compile to here' "$release: nor does another source"
	has "$out" 'no such function' "$release: ... in which a function is missing"
	cp "$fetched/net/netlink/genetlink.c" "$tree/net/netlink"
	echo 'int broken' >>"$tree/net/netlink/genetlink.c"
	run "$top/klpmake" check --baseline "$tree" "$module"
	refused 1 "kbuild could not compile 'net/netlink' of '$tree'" "$release: a source that does not compile"
	# Paths with the directory, or without it where kbuild works there (Linux 6.13).
	has "$err" 'genetlink.c:' "$release: ... where the compiler says why"
	rm "$tree/net/netlink/genetlink.c"
	run "$top/klpmake" check --baseline "$tree" "$module"
	refused 1 "'$tree' has no 'net/netlink/genetlink.c': it is the source of another kernel" "$release: a source that is not there"
	run "$top/klpmake" check --baseline "$dir" "$module"
	refused 1 "'$dir' is not a kernel source tree" "$release: a directory without kernel sources"
	cp -p "$fetched/net/netlink/genetlink.c" "$tree/net/netlink"
	is "$(find "$tree" -type f -printf '%p %s\n' | LC_ALL=C sort)" "$before" "$release: nothing is left in the tree"
	is "$(ls -A "$TMPDIR")" '' "$release: ... nor elsewhere"
	unset TMPDIR
}

cd "$top" || exit
on_every_kernel example/netlink
done_testing
