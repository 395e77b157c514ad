#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016,SC2154 # $ is for sed; example.bash sets variables
#
# From a patch to a module for the stock kernels, whose source 'fetch-kernel --source' has fetched: a function of vmlinux,
# one of a module, a private header. What is replaced is proven to be what the unpatched source compiles to; in a guest the
# patched function runs. The source stays as it is.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck disable=SC2034 # for example.bash
sanitized=1
# shellcheck source=tests/example.bash
. "$(dirname "${BASH_SOURCE[0]}")/example.bash"

# patched NAME PATH SED: NAME.patch of one file.
patched()
{
	mkdir -p "a/${2%/*}" "b/${2%/*}"
	cat "$source/$2" >"a/$2"
	sed "$3" "a/$2" >"b/$2"
	diff -u "a/$2" "b/$2" >"$1.patch"
}

# state: of all that patches are about.
state()
{
	find "$source/net" "$source/include" -printf '%p %y %s %T@ %C@ %l\n' | sort
}

# makes_fix FUNCTION[|FUNCTION] [OPTION...] PATCH: klp-PATCH.ko replaces FUNCTION, among others; what of it is inlined is
# the compiler's choice.
makes_fix()
{
	local function=$1 patch=${!#} module
	shift
	module=klp-${patch%.patch}.ko
	run "$top/klpmake" -k "$release" "$@"
	exits 0 "$release: $module is made"
	holds "$release: ... it replaces $function()" grep -qE " T livepatch_($function)\$" <(nm "$module" 2>/dev/null)
	has "$out" " equal to the kernel's" "$release: ... the unpatched files are the kernel's"
}

whole_run()
{
	local source before
	source=$(klpmake_cache)/kernels/$release/source
	if [[ ! -f $source/Makefile ]]; then
		skip "$release" 'scripts/fetch-kernel --source gets its source'
		return
	fi
	cd "$copies" || exit
	before=$(state)
	# The second change is one of debug information alone, in what functions have inlined that stay the kernel's.
	patched vmlinux net/netlink/af_netlink.c '/^static int netlink_native_seq_show/,/^}/s/^{/{\n\tpr_info("klp-seen\\n");/
		/^static inline u32 netlink_group_mask/,/^}/s/^{/{\n\tint klp_none = 0;/'
	makes_fix netlink_seq_show vmlinux.patch
	patched module net/8021q/vlanproc.c '/^static int vlan_seq_show/,/^}/s/^{/{\n\tpr_info("klp-vlan\\n");/'
	makes_fix vlan_seq_show module.patch
	patched header net/netlink/af_netlink.h '/^static inline struct netlink_sock \*nlk_sk/,/^}/s/^{/{\n\tbarrier();/'
	patched traced net/sunrpc/cache.c 's/^\t*trace_cache_entry_update(detail, h);/&\n\t\tpr_info("klp-cache\\n");/'
	makes_fix 'sunrpc_cache_update|cache_entry_update' traced.patch
	has "$out" 'tracepoints of the module are asked each time, not switched on and off: cache_entry_update' "$release: ... with a tracepoint of its module"
	patched nested fs/xfs/libxfs/xfs_alloc.c '/^xfs_alloc_fix_len/,/^}/s/^{/{\n\tpr_info("klp-xfs\\n");/'
	run "$top/klpmake" diff -k "$release" header.patch nested.patch
	exits 0 "$release: a private header, and a file whose directory has no Makefile"
	has "$out" '    replaced  xfs_alloc_fix_len:' "$release: ... with the headers that the Makefile above says"
	has "$out" '    replaced  netlink_bind:' "$release: ... with the functions that it is inlined into"
	is "$(state)" "$before" "$release: the source has not changed"
	try_module vmlinux '' 'cat /proc/net/netlink >/dev/null; dmesg | grep -c klp-seen'
	try_module module '--modprobe 8021q' 'cat /proc/net/vlan/config >/dev/null; dmesg | grep -c klp-vlan'
	try_traced
}

# try_traced: the tracepoint of a module fires in a patched function as it did before, while it is enabled.
try_traced()
{
	run "$top/klpmake" try klp-traced.ko --modprobe sunrpc --cmd '
		cd /sys/kernel/tracing && [ -e trace ] || mount -t tracefs none /sys/kernel/tracing
		write() { echo "nfsd 10.0.0.1 4102444800 domain" >/proc/net/rpc/auth.unix.ip/channel; }
		cd /sys/kernel/tracing
		: >trace
		write
		off=$(grep -c cache_entry_update: trace)
		echo 1 >events/sunrpc/cache_entry_update/enable
		write
		echo 0 >events/sunrpc/cache_entry_update/enable
		echo "$off then $(grep -c cache_entry_update: trace), patched: $(dmesg | grep -c klp-cache)"'
	exits 0 "$release: a guest loads klp-traced.ko"
	has "$out" 'before | 0 then 1, patched: 0' "$release: ... the tracepoint fires once when it is enabled"
	has "$out" 'with   | 0 then 1, patched: 2' "$release: ... and in the patched function, too"
	has "$out" 'after  | 0 then 1, patched: 2' "$release: ... and afterwards"
}

# try_module NAME OPTIONS COMMAND: in a guest the command counts nothing before, something with the patch.
try_module()
{
	local options
	read -r -a options <<<"$2"
	run "$top/klpmake" try "klp-$1.ko" ${options[@]+"${options[@]}"} --cmd "$3"
	exits 0 "$release: a guest loads klp-$1.ko"
	has "$out" 'before | 0' "$release: ... before, the function is the kernel's"
	is "$(grep -cE '^with +\| [1-9]' <<<"$out")" 1 "$release: ... and with it the patched one runs"
}

on_every_kernel
done_testing
