#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The miniature kernel holds what other tests look for, whatever compiler made it.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"

k=$scratch/kernel
holds "a miniature kernel can be built" mini_vmlinux "$k"
map=$(<"$k/System.map")

# symbols NAME: the number and types of the symbols of that name in the kernel's symbol table.
symbols()
{
	awk -v n="$1" '$3 == n { types = types $2 } END { print types }' <<<"$map"
}

is "$(symbols helper)" tt "two static functions of one name"
is "$(symbols state)" tdd "static function and two static variables of one name, no absolute"
is "$(symbols registered)" tT "a static and a global function of one name"
is "$(symbols mixed)" Td "a global function and a static variable of one name"
is "$(symbols knob)" td "a function and a variable of one name"
is "$(symbols twice_step)" tt "a file compiled twice"
is "$(symbols arch_hook)" T "a weak function overridden"
is "$(symbols weak_kept)" W "a weak function kept"
is "$(symbols asm_local)$(symbols asm_entry)$(symbols asm_data)" tTd "assembler symbols"
is "$(symbols alpha_inlined)$(symbols alpha_unused)$(symbols alpha_limit)" "" \
	"inlined and optimised away symbols are not there"
is "$(symbols alpha_scalar)$(symbols alpha_constant)$(symbols alpha_partial)" "" \
	"functions that are only there as clones"
for clone in alpha_scalar.isra.0 alpha_constant.constprop.0 alpha_partial.part.0; do
	is "$(symbols "$clone")" t "the clone $clone"
done
is "$(symbols split_path)$(symbols split_path.cold)" Tt "a function split into hot and cold"
is "$(symbols _stext)$(symbols _end)" TB "linker script symbols"
is "$(awk 'length($3) > 200' <<<"$map" | wc -l)" 1 "a symbol of more than 200 characters"

order=$(readelf -sW "$k/vmlinux" | awk '$8 == "state" && $4 == "OBJECT" { print $2 }')
is "$order" "$(sort -r <<<"$order")" "two symbols whose order by address is not that of the table"

holds "a target module can be built" mini_gadget "$k"
has "$(<"$k/Module.symvers")" "gadget_export	drivers/gadget/gadget	EXPORT_SYMBOL_GPL" \
	"its export is in Module.symvers"
done_testing
