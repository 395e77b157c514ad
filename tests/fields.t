#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Single fields of finished modules with impossible values: each is refused with the right message.
# mutations.t changes fields at random; here is one of each kind that klpcheck knows.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

# Instead of check.bash's edit(): another module may be edited, and this kernel describes its tables.
edit()
{
	"$scratch/elfedit" "$module" "$scratch/edited.ko" "$@"
}

check()
{
	run timeout 60 "$bin/klpcheck" --vmlinux "$scratch/described/vmlinux" --symvers "$k/Module.symvers" \
		"${check_modules[@]}" "$@"
}

# section_symbol NAME: the symbol of the module's section, as elfedit takes it.
section_symbol()
{
	LC_ALL=C readelf -sW "$module" | awk -v name="$1" '$4 == "SECTION" && $8 == name { print "#" $1 + 0; exit }'
}

# last_byte SECTION: the offset of the section's last byte.
last_byte()
{
	local size
	size=$(LC_ALL=C readelf -SW "$module" | sed 's/^ *\[ *[0-9]*\] *//' | awk -v name="$1" '$1 == name { print $5; exit }')
	printf '%#x\n' "$((0x$size - 1))"
}

# text_section: the section with the file name of a warning, which depends on how the compiler aligns strings.
text_section()
{
	local symbol
	symbol=$(LC_ALL=C readelf -rW "$module" | awk '/^Relocation section/ { here = /__bug_table/ } here && /R_X86_64_PC32/ && ++n == 2 { print $5 }')
	LC_ALL=C readelf -sSW "$module" | sed 's/^ *\[ *\([0-9]*\)\] /S \1 /' | awk -v symbol="$symbol" '
		$1 == "S" { name[$2] = $3 }
		$8 == symbol { print name[$7]; exit }'
}

check_setup || exit
(cd "$mini_src" && mini_cc same/apply.c "$k/obj/same/apply.o" -I.) && relink "$scratch/described" || exit
# shellcheck disable=SC2034 # mini.bash's
mini_flags=("-I$mini_src")
MINI_CFLAGS=-w mini_module "$k" "$scratch/listed.ko" "$mini_src/listed.c"
mini_flags=()

# Tables (check/module/table_entries.c). The relocations are those of listed(), which is at the beginning of .text.
module=$scratch/listed.ko
fine "a module with tables" "$module"
texts=$(text_section)
broken "a fixup in the middle of an instruction" \
	"its 'fixup' leads to '.text' + 0x2, where an instruction goes on" \
	set-reloc-addend .rela__ex_table 1 2
broken "a jump label that leads to another function" \
	"its 'target' leads to '.text' + 0x45, out of the function that has 'code'" \
	set-reloc-addend .rela__jump_table 1 0x45
broken "a replacement elsewhere" "its 'repl_offset' leads to '.text', not to '.altinstr_replacement'" \
	set-reloc-symbol .rela.altinstructions 1 "$(section_symbol .text)" set-reloc-addend .rela.altinstructions 1 0x10
broken "an alternative at the end of a function" "leads to '.text' + 0x33, where the function ends" \
	set-reloc-addend .rela.altinstructions 0 0x33
broken "a call site that is listed twice" "lists '.text' + 0x0 twice: ftrace_process_locs() would patch it twice" \
	set-reloc-addend .rela__mcount_loc 1 0
broken "a file name beyond the texts" "its 'file_disp' leads to '$texts' + 0x1000, where no data is" \
	set-reloc-addend .rela__bug_table 1 0x1000
broken "... and in a section of numbers" "its 'format' leads to '.bss' + 0x0, which is not text" \
	set-reloc-symbol .rela__dyndbg 3 "$(section_symbol .bss)"
broken "half of what unwinding needs" "'.orc_unwind_ip' has 2 entries, '.orc_unwind' has 1" set-size .orc_unwind 6
broken "a listed call without a relocation" "the instruction at '.text' + 0x40 leads nowhere: it has no relocation" \
	set-size .rela.text 48

# Code (check/module/instructions.c): listed() ends with "add $1, %ebx; jmp", and calls of listed() and _printk() follow.
broken "an instruction that is longer than its function" \
	"the last instruction of 'listed' ends behind it ('.text' + 0x38)" poke .text 0x33 e9
broken "a jump into the middle of an instruction" \
	"function 'listed': the instruction at '.text' + 0x33 leads into the middle of an instruction" poke .text 0x34 d4
broken "a call of what is not there" "the instruction at '.text' + 0x4d leads out of its section" \
	poke .text 0x4e 00ffffff
broken "a relocation that reaches into the next instruction" \
	"'.text' + 0x61: R_X86_64_PLT32 where no operand is, but an instruction begins" set-reloc-offset .rela.text 6 0x61
broken "a call without its relocation" "the instruction at '.text' + 0x5f leads to the next one, as if a relocation" \
	set-size .rela.text 144

# Values (check/module/reach.c, values.c).
broken "functions that lie across each other" "functions 'listed' and 'listed_show' lie across each other" \
	set-symbol-size listed 0x45
broken "a label behind its section" "'.LC0' (at 0x1000) lies beyond its section" set-symbol-value .LC0 0x1000
broken "an address as a distance" "R_X86_64_PC32 in an instruction that takes an address there" \
	set-reloc-type .rela.init.text 1 2
broken "a call that the loader leaves out" "a relocation of type 0 where an instruction wants its operand" \
	set-reloc-type .rela.text 0 0
broken "... and an address that it leaves out" "a relocation of type 0 where an instruction wants its operand" \
	set-reloc-type .rela.text 5 0
module=$good
broken "half an address in data" "R_X86_64_32S in data: only instructions have it" set-reloc-type .rela.rodata 0 11
broken "a pointer behind a variable of the module" "before or behind that section (0x4 bytes)" \
	set-reloc-addend .rela.rodata 0 0x100
broken "a pointer behind a variable of the kernel" "'gamma_private' + 0x100, and the kernel's has 0x4 bytes" \
	set-reloc-addend .klp.rela.vmlinux..rodata 0 0x100
broken "an init function that does not start it" "nothing in it calls klp_enable_patch()" \
	set-reloc-symbol .rela.init.text 2 _printk
module=$scratch/listed.ko
broken "a text without an end" "section '$texts' ends in the middle of a text" \
	poke "$texts" "$(last_byte "$texts")" 41
module=$good
broken "a distance where C has an address" "'.rodata' + 0x10: R_X86_64_PC64 in data, which has addresses" \
	set-reloc-type .rela.rodata 0 24
broken "... and to the kernel" "R_X86_64_PC32 in data, which has addresses: what uses it would take the distance to" \
	set-reloc-type .klp.rela.vmlinux..rodata 0 2
broken "modinfo without a key" "modinfo has 'license:GPL', which has no '='" replace .modinfo license=GPL license:GPL
module=$scratch/listed.ko
broken "a call to an address" "R_X86_64_32S in an instruction that takes a distance there" set-reloc-type .rela.text 2 11
broken "a parameter of another module" "its 'mod' leads to '.gnu.linkonce.this_module' + 0x8, not to struct module" \
	set-reloc-addend .rela__param 1 8
broken "a name that begins later" "its 'name' leads to '.rodata' + 0x12, into the middle of 'name'" \
	set-reloc-addend .rela__param 0 0x12
broken "a file name that is a number" "its 'file_disp' leads to '.data' + 0x0, which is not text" \
	poke .data 0 02 set-reloc-symbol .rela__bug_table 1 "$(section_symbol .data)"

# The patch's own structures (patch/find.c, patch/parts.c, check/patch/presets.c) and struct module.
module=$good
broken "a .mod that is not where struct module begins" "mod of 'patch' is not this module" \
	set-reloc-addend .rela.data 0 4
broken "objects that begin elsewhere" "objs at '.data' + 0x8: the array at '.data' + 0xc1 is not aligned" \
	set-reloc-addend .rela.data 1 0xc1
broken "functions that begin between two" \
	"klp_func array at '.data' + 0x310 begins in the middle of 'vmlinux_funcs', and is empty there" \
	set-reloc-addend .rela.data 3 0x310
broken "a new_func in the middle of a function" "'.text' + 0x24, where no function begins" \
	set-reloc-addend .rela.data 13 4
broken "a callback in the middle of a function" \
	"object 'vmlinux': its callback at 0x0 leads to '.text' + 0x12, where no function begins" \
	set-reloc-addend .rela.data 4 0x12
broken "a callback that is a variable" "callback at 0x0 leads to '.data' + 0x10, where no function begins" \
	set-reloc-symbol .rela.data 4 "$(section_symbol .data)"
broken "an address between two members" "struct klp_object of 'vmlinux' has R_X86_64_64 at 0xc, where no member" \
	set-reloc-offset .rela.data 4 0xcc
broken "a distance where a member is an address" "of 'vmlinux' has R_X86_64_PC64 at 0x10, where no member" \
	set-reloc-type .rela.data 4 24
broken "klp_enable_patch() of another place" "nothing in it has the address of 'patch'" \
	set-reloc-addend .rela.init.text 1 8
broken "an init function that begins elsewhere" "'init' of its struct module does not lead to 'init_module'" \
	set-reloc-addend .rela.gnu.linkonce.this_module 0 4
broken "... and an exit function" "'exit' of its struct module does not lead to 'cleanup_module'" \
	set-reloc-addend .rela.gnu.linkonce.this_module 1 1
patch set -DMOD= -DIN_INIT=patch.mod=THIS_MODULE
module=$scratch/set.ko
fine "a .mod that the init function sets" "$module"
broken "... to something else" "mod of 'patch' is not set" set-reloc-addend .rela.init.text 3 4

done_testing
