#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Patches to modules that are loaded and removed before and after them, and one patch for vmlinux and two modules: a guest
# shows what each of them does.

# shellcheck source=tests/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=tests/example.bash
. "$(dirname "$0")/example.bash"

# relocated MODULE: "SECTION SYMBOL" for each kind of livepatch relocation in it.
relocated()
{
	LC_ALL=C readelf --wide --relocs "$1" | awk '
		/^Relocation section/ { gsub("\047", "", $3); name = $3; next }
		/^[0-9a-f]/ && name ~ /^\.klp\.rela\./ { print name, $5 }' | LC_ALL=C sort -u
}

# outside: a module from outside the kernel's tree, made in the ordinary way, and a patch to it.
make_outside()
{
	local target=$copies/outside/target
	# gcc 16 computes its result when it compiles, and leaves only a clone.
	KCFLAGS=-fno-ipa-sra make_target "$target"
	run "$top/klpmake" -q -k "$release" --module "$target/outside.ko" "$copies/outside/patch"
	exits 0 "$release: klpmake makes a patch to it"
	# The order of its symbol table is one.c, two.c, globals.
	reaches "$copies/outside/patch/klp-outside.ko" outside.answer,1 outside.buffer outside.early,1 \
		outside.outside_show outside.pair,{1,2} outside.twin,{1,2} outside.two_words outside.word,{1,2}
	is "$(depends "$copies/outside/patch/klp-outside.ko")" '' "$release: it does not depend on it"
}

whole_run()
{
	local dir=$copies three=$copies/three-objects/klp-three.ko

	makes "$dir/vlan" klp-vlan.ko
	reaches "$dir/vlan/klp-vlan.ko" 8021q.vlan_name_type_str 8021q.vlan_net_id
	is "$(depends "$dir/vlan/klp-vlan.ko")" '' "$release: it depends on no module"

	makes "$dir/three-objects" klp-three.ko
	is "$(relocated "$three")" '.klp.rela.8021q..text .klp.sym.8021q.vlan_fullname,0
.klp.rela.8021q..text .klp.sym.8021q.vlan_name_type_str,0
.klp.rela.8021q..text .klp.sym.garp.garp_request_join,0
.klp.rela.pktgen..text .klp.sym.pktgen.pg_count_d,0
.klp.rela.pktgen..text .klp.sym.pktgen.version,0
.klp.rela.vmlinux..text .klp.sym.vmlinux.saved_command_line,0' "$release: each object's relocations are apart"
	is "$(depends "$three")" '' "$release: it depends on none of the modules that it patches"

	make_outside
	proves 'patches load and go before and after their modules' "$dir/vlan/klp-vlan.ko" "$three" \
		"$dir/outside/target/outside.ko" "$dir/outside/patch/klp-outside.ko" -- \
		--modprobe 8021q --modprobe dummy --modprobe pktgen \
		--scenario "$top/tests/modules/load-orders" --file "$dir/vlan/check"
	if ! grep -q ' clear_relocate_add$' "$(kernel_symbols "$release")"; then
		skip "$release: a module is loaded again under its patch" 'kernels before 6.3 refuse to'
	else
		has "$out" 'its module loaded again | dummy0.6       | 6  | dummy0  | 2' \
			"$release: a module is loaded again under its patch"
	fi
}

on_every_kernel example/vlan tests/modules/three-objects tests/modules/outside
done_testing
