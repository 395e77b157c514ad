#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # example.bash sets variables
#
# Every template builds as it is for each stock kernel, filled from its debug information, and what klpcheck compares with
# that is right. In a guest the kernel refuses it as it is, and takes it when a function has got its body. All are made in
# one directory, as one run of kbuild takes less time than seven.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/example.bash
. "$top/tests/example.bash"

# fill TEMPLATE FILE:FUNCTION...: klp-TEMPLATE in the directory of all.
fill()
{
	local name=$1 file files=()
	shift
	run "$top/klpmake" new -q -k "$release" --template "$name" "$copies/$name" "$@"
	is "$status:$err" 0: "$release: the template '$name'"
	cp "$copies/$name/main.c" "$all/$name.c"
	for file in "$copies/$name"/*.[ch]; do
		[[ $file == */main.c ]] || cp "$file" "$all"
		[[ $file == */main.c || $file == *.h ]] || files+=("$(basename "$file" .c).o")
	done
	printf 'obj-m += klp-%s.o\nklp-%s-y := %s.o %s\n' "$name" "$name" "$name" "${files[*]-}" >>"$all/Makefile"
}

scenario()
{
	cat <<'END'
before=$(cat /proc/cmdline)
refused klp_function 'cmdline_proc_show() has no body yet'
[ "$(cat /proc/cmdline)" = "$before" ] || fail 'a patch without a body changes something'
load klp_filled
wait_patched klp_filled
[ "$(cat /proc/cmdline)" = klp-filled ] || fail 'the body does not run'
unload klp_filled
END
}

whole_run()
{
	local all=$copies/all
	mkdir "$all"
	fill function fs/proc/cmdline.c:cmdline_proc_show
	fill module net/8021q/vlanproc.c:vlan_seq_show
	fill files net/netlink/af_netlink.c:netlink_seq_show net/netlink/genetlink.c:ctrl_getfamily net/8021q/vlan.c:vlan_device_event
	fill syscall kernel/sys.c:__do_sys_newuname
	fill callbacks fs/pipe.c:proc_dopipe_max_size
	fill shadow kernel/utsname_sysctl.c:proc_do_uts_string
	fill states mm/ksm.c:sleep_millisecs_store
	is "$(cd "$top/templates" && echo *)" 'callbacks files function module shadow states syscall' 'these are all templates'
	sed '/TODO: copy the body/s/.*/\tseq_puts(m, "klp-filled\\n");/; /KLP_UNWRITTEN/,+1d' "$all/function.c" >"$all/filled.c"
	printf 'obj-m += klp-filled.o\nklp-filled-y := filled.o\n' >>"$all/Makefile"
	run "$top/klpmake" -k "$release" "$all"
	is "$status:$err" 0: "$release: all are made, with no warning"
	is "$(cd "$all" && echo klp-*.ko)" 'klp-callbacks.ko klp-files.ko klp-filled.ko klp-function.ko klp-module.ko klp-shadow.ko klp-states.ko klp-syscall.ko' \
		"$release: ... as modules"
	# One guest takes as long as all the rest.
	[[ $release == "${releases[-1]}" ]] || return 0
	scenario >"$copies/scenario"
	proves 'refused as it is, loaded with a body' "$all/klp-function.ko" "$all/klp-filled.ko" -- --scenario "$copies/scenario"
}

on_every_kernel
done_testing
