#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpcheck passes what the kernel would take, and finds each of many single faults.
# shellcheck disable=SC2016 # perl's variables, not the shell's
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"

text=.klp.rela.vmlinux..text
rodata=.klp.rela.vmlinux..rodata
jump=.klp.rela.vmlinux.__jump_table

check_setup || exit

# Good modules.
fine "a good module" "$good"
has "$out" "symbols      5 livepatch, 3 of them found in vmlinux, 2 in modules" "... says what it looked at"
has "$out" "functions    3, 2 of them found in vmlinux, 1 in modules" "... and at which functions"
lacks "$out" "not checked" "... which was everything"
fine "quiet says nothing" -q "$good"
is "$out" "" "... at all"
if mini_strip "$scratch/good.ko" "$scratch/stripped.ko"; then
	fine "a module without debug information" "$scratch/stripped.ko"
else
	skip "a module without debug information" "this strip destroys livepatch relocations"
fi
# What GNU strip does depends on its version, and on the other relocations of the relocated section.
patch lone -DLONE
for module in good lone; do
	strip -g -o "$scratch/edited.ko" "$scratch/$module.ko"
	check "$scratch/edited.ko"
	if LC_ALL=C readelf -SW "$scratch/edited.ko" | grep -q '\.klp\.rela.* LOOS'; then
		refused 1 "': strip of GNU binutils, or ld -r, has destroyed it:" "$module after GNU strip -g: destroyed"
	elif [[ $out == *" 8 livepatch"* ]]; then
		is "$status:$err" "0:" "GNU strip -g of $module: all livepatch relocations are whole"
	else
		refused 1 "relocation against no symbol: strip makes that" \
			"$module after GNU strip -g: partly destroyed"
	fi
done
mini_module "$k" "$scratch/foreign.ko" "$mini_src/foreign.c"
fine "a patch made by plain kbuild" "$scratch/foreign.ko"
strip -g -o "$scratch/foreign-stripped.ko" "$scratch/foreign.ko"
fine "... stripped" "$scratch/foreign-stripped.ko"
run "$bin/klpcheck" --vmlinux "$k/vmlinux" "$good"
is "$status:$err" "0:" "a kernel without Module.symvers"
has "$out" "not checked  whether the kernel exports the 3 undefined symbols" "... is said to be so"

# JSON.
check --json "$good"
exits 0 "JSON of a good module"
holds "... is JSON" perl -MJSON::PP -e 'decode_json(shift)->{ok} or die' "$out"
holds "... has symbols" perl -MJSON::PP -e 'my $s = decode_json(shift)->{symbols};
	my ($h) = grep { $_->{name} eq "helper" } @$s; $h->{position} == 2 &&
	$h->{relocations} == 1 && $h->{address} =~ /^ffffffff81[0-9a-f]{6}$/ or die' "$out"
holds "... and functions" perl -MJSON::PP -e 'my $f = decode_json(shift)->{functions};
	$f->[1]{old_name} eq "helper" && $f->[1]{position} == 2 &&
	$f->[2]{object} eq "gadget" && $f->[2]{section} eq ".text" or die' "$out"
edit rename-symbol _printk $'nothing "like"\x01\xff\\it'
check --json "$scratch/edited.ko"
exits 1 "JSON of a bad one"
holds "... is JSON, with the error in it" perl -MJSON::PP -e 'my $d = decode_json(shift);
	!$d->{ok} && $d->{messages}[0]{text} =~ /nothing "like"\x01\x{fffd}\\it/ or die' "$out"
is "$(json_messages "$out" | cut -d'|' -f1-4 | LC_ALL=C sort -u)" 'error|-|-|undefined' "... of its check, once"
check --json "$scratch/none.ko"
is "$(json_messages "$out")" 'error|-|-|-|No such file or directory' "... even when there is no file"
is "$(perl -MJSON::PP -e 'print decode_json(shift)->{schema}' "$out")" 1 "... which says what form it has"

# Usage.
run "$bin/klpcheck" "$good"
refused 2 "--vmlinux is missing" "usage: no kernel"
check
refused 2 "no module named" "usage: no module"

# The file as a whole.
broken "not an ELF file" "not an ELF file" poke-file 0 00
broken "a truncated file" "(truncated?)" truncate 3000
broken "a linked program" "not a relocatable file (ELF type 2)" poke-file 16 02
broken "another machine" "built for another machine (ELF machine 183)" poke-file 18 b7
broken "section 0 in use" "section 0 is not empty" set-size '#0' 16
broken "no symbol table" "no symbol table" set-type .symtab 1
broken "a string table that begins with a name" "does not begin with a NUL" poke .strtab 0 41
broken "no struct module" "0 sections '.gnu.linkonce.this_module' instead of one" \
	rename-section .gnu.linkonce.this_module .gone
broken "two struct module" "2 sections '.gnu.linkonce.this_module' instead of one" \
	rename-section __jump_table .gnu.linkonce.this_module
broken "a struct module without data" "holds no loaded data" \
	set-type .gnu.linkonce.this_module 8
broken "a struct module of another size" "has 272 bytes, struct module of this kernel 280" \
	set-size .gnu.linkonce.this_module 272
broken "no modinfo" "0 sections '.modinfo' instead of one" rename-section .modinfo .info
broken "modinfo without an end" "section '.modinfo' does not end with a NUL" set-size .modinfo 5
# The linker chooses its number.
text_number=$(readelf -SW "$good" | sed -n 's/^ *\[ *\([0-9]*\)\] \.text .*/\1/p')
broken "a section to write and run" "section '.text' ($text_number) is writable and executable" \
	set-flags .text 7
broken "two sections of one name" "two loaded sections are named '.data'" \
	rename-section .rodata .data
suspect "type information" "it has a section '.BTF'" rename-section .note.gnu.build-id .BTF

# .modinfo.
broken "no livepatch=" "modinfo has no 'livepatch'" replace .modinfo livepatch= livewatch=
broken "another licence" "its licence 'BSD' is not compatible with the GPL" \
	replace .modinfo license=GPL license=BSD
broken "a long name" "has more than 55 characters, which struct module does not hold" \
	replace .modinfo name= nome= append .modinfo "name=$long"
for name in fix-1 fix.1 4.9 fix,1 'fix 1' a/fix; do
	broken "a name that cannot be unloaded: $name" "it could not be unloaded by its name '$name'" \
		replace .modinfo name= nome= append .modinfo "name=$name"
done
broken "the name of a module of the kernel's" "its name 'gadget' is that of a module of this kernel" \
	replace .modinfo name= nome= append .modinfo name=gadget
printf '%s\0' printk.license=GPL printk.parm=time:bool vsyscall.license=GPL ahci.version=3.0 \
	>"$k/modules/modules.builtin.modinfo"
broken "the name of a part of the kernel with parameters" "its name 'printk' is that of a part of this kernel" \
	replace .modinfo name= nome= append .modinfo name=printk
broken "... or a version" "its name 'ahci' is that of a part" replace .modinfo name= nome= append .modinfo name=ahci
edit replace .modinfo name= nome= append .modinfo name=vsyscall \
	poke .gnu.linkonce.this_module 4 "$(printf vsyscall | od -An -tx1 | tr -d ' ')0000"
fine "... or with neither" "$scratch/edited.ko"
rm "$k/modules/modules.builtin.modinfo"
cp "$good" "$k/modules/kernel/drivers/good_plain.ko"
fine "a livepatch that is installed already" "$good"
rm "$k/modules/kernel/drivers/good_plain.ko"
broken "no vermagic" "modinfo has no 'vermagic'" replace .modinfo vermagic= vermagik=
broken "another configuration" "its version magic does not match: check_modinfo() refuses" \
	replace .modinfo preempt volunta
suspect "another release" "compiled with the headers of 9.9.1-mini, the kernel is 9.9.0-mini" \
	replace .modinfo vermagic=9.9.0 vermagic=9.9.1
broken "another release without symbol versions" "the module has '9.9.1-mini SMP" \
	replace .modinfo vermagic=9.9.0 vermagic=9.9.1 rename-section __versions .versions

# Sections of livepatch relocations.
broken "no SHF_RELA_LIVEPATCH" "section '$text' lacks SHF_RELA_LIVEPATCH" set-flags $text 0x42
broken "no SHF_ALLOC" "section '$text' lacks SHF_ALLOC" set-flags $text 0x100040
broken "what ld -r makes of the type" "section '$text': strip of GNU binutils, or ld -r, has destroyed it" \
	set-type $text 0x60000004
broken "what strip of binutils 2.47 makes of it" "the kernel leaves these relocations out, and crashes in the patch
  take the module as it was before; eu-strip -g of elfutils leaves it whole" \
	set-type $text 0x60000004 set-link $text 0 set-info $text 0
is "$(grep -c "'$text'" <<<"$err")" 1 "... which is reported once"
broken "another type" "has type 0x1 instead of SHT_RELA (4)" set-type $text 1
broken "another symbol table" "has sh_link 1, the symbol table is section" set-link $text 1
broken "a target beyond the section table" "relocates section 9999, which is not there" \
	set-info $text 9999
broken "no target" "relocates section 0, which is not there" set-info $text 0
broken "a target that is not loaded" "relocates '.symtab', which is not loaded" \
	set-info $text .symtab
broken "entries of another size" "bytes in entries of 16: relocations have 24" \
	set-entsize $text 16
broken "half an entry" "60 bytes in entries of 24: relocations have 24" set-size $text 60
broken "a name without an object" "is not named '.klp.rela.OBJECT.SECTION'" \
	rename-section $text .klp.rela..text
broken "the flag on another section" "section '.rela.data' holds livepatch relocations, but" \
	set-flags .rela.data 0x100042
broken "a long object" "its object's name has more than 55 characters" \
	rename-section $text ".klp.rela.$long.text"
broken "an object that is not patched" "its object 'widget' is not one of the patch's" \
	rename-section .klp.rela.gadget..text .klp.rela.widget..text
broken "relocations that come too late" "after the kernel has used '__jump_table'" \
	rename-section $jump .klp.rela.gadget.__jump_table
suspect "a section named after one that does not exist" "relocates '.rodata', not the section that it is" \
	rename-section $rodata .klp.rela.vmlinux..nothing
broken "a section named after another one" "not the section that it is named after, which is there" \
	rename-section $rodata .klp.rela.vmlinux..data
edit set-info $jump .rodata set-size $rodata 24
check "$scratch/edited.ko"
has "$err" "warning: '$scratch/edited.ko': sections '$rodata' " "two sections for the same"
has "$err" "relocate the same section for the same object" "... with a warning"

# Relocations.
broken "a vmlinux symbol for a module" "invalid access to vmlinux symbol 'gamma_private'" \
	rename-section $jump .klp.rela.gadget.__jump_table
broken "a module's symbol for vmlinux" "symbol 'gadget_step' of module 'gadget' in vmlinux's" \
	set-reloc-symbol $text 0 .klp.sym.gadget.gadget_step,1
broken "a relocation of no type" "entry 1: a relocation of type 0 (none) has no business" \
	set-reloc-type $text 1 0
broken "a relocation through the GOT" "apply_relocate_add() does not know relocation type 9" \
	set-reloc-type $text 1 9
broken "a plain relocation through the GOT" "section '.rela.text' entry 0: apply_relocate_add() does not know relocation type 9" \
	set-reloc-type .rela.text 0 9
broken "a place outside the section" "4 bytes at 0x4000 lie outside '.text'" \
	set-reloc-offset $text 0 0x4000
broken "a place that sticks out" "8 bytes at 0x14 lie outside '.rodata' (0x18 bytes)" \
	set-reloc-offset $rodata 0 20
broken "a place with something in it" "are not zero: apply_relocate_add() takes them" \
	poke-reloc $text 0 01
broken "a place relocated twice" "is relocated twice, by section '$rodata' entry 0 and" \
	set-reloc-offset $rodata 1 0
broken "places that overlap" "'.rodata' + 0x4 is relocated twice" set-reloc-offset $rodata 1 4
broken "a symbol beyond the table" "symbol 9999 is beyond the symbol table" \
	set-reloc-symbol $text 0 '#9999'
broken "a symbol that is no livepatch one" "symbol '_printk' is not marked as a livepatch" \
	set-reloc-symbol $text 0 _printk
broken "a plain relocation of a livepatch symbol" \
	"plain relocation against the livepatch symbol '.klp.sym.vmlinux.helper,2'" \
	set-reloc-symbol .rela.text 0 .klp.sym.vmlinux.helper,2
broken "what strip makes of a section that stands alone" "relocation against no symbol" \
	set-reloc-symbol .rela.text 0 '#0'
section=$(readelf -sW "$good" | awk -v n="$text_number" '$4 == "SECTION" && $7 == n { print $1 + 0 }')
broken "a section that is gone" "relocation against a section that was taken out of the module" \
	set-symbol-shndx "#$section" 0xfff1

# Livepatch symbols.
helper=.klp.sym.vmlinux.helper,2
broken "a livepatch symbol left undefined" "its section number is 0x0 instead of SHN_LIVEPATCH" \
	set-symbol-shndx $helper 0
broken "what ld -r makes of a symbol" "its section number is 0xfff1 instead of SHN_LIVEPATCH" \
	set-symbol-shndx $helper 0xfff1
broken "a livepatch symbol with a plain name" "'helper' is SHN_LIVEPATCH but not named" \
	rename-symbol $helper helper
broken "a symbol without a position" "it has no position" \
	rename-symbol $helper .klp.sym.vmlinux.helper
broken "a position that is no number" "its position is not a number" \
	rename-symbol $helper .klp.sym.vmlinux.helper,x
broken "a position of too many digits" "its position is too large" \
	rename-symbol $helper .klp.sym.vmlinux.helper,99999999999999999999999
broken "a symbol without an object" "it names no object" rename-symbol $helper .klp.sym..helper,2
broken "a symbol without a name" "it names no symbol" rename-symbol $helper .klp.sym.vmlinux.,2
broken "a long object in a symbol" "its object's name has more than 55 characters" \
	rename-symbol $helper ".klp.sym.$long.helper,2"
broken "a long symbol" "its symbol's name has more than 511 characters" \
	rename-symbol $helper ".klp.sym.vmlinux.$long$long$long$long$long$long$long$long$long,2"
broken "a symbol that the kernel does not have" "has no symbol 'hepler'" \
	rename-symbol $helper .klp.sym.vmlinux.hepler,2
broken "an ambiguous symbol" "'helper' is ambiguous and position 0 takes only a unique symbol" \
	rename-symbol $helper .klp.sym.vmlinux.helper,0
has "$err" "  position 2: 0xffffffff81000020 t alpha.c" "... lists what there is"
broken "a position beyond the last" "'helper' has no position 3" \
	rename-symbol $helper .klp.sym.vmlinux.helper,3
# with_llvm ADDRESS [OPTION...]: klpcheck for a kernel with "helper.llvm.12" at that address, whose helpers are at 0x0
# and 0x20 of its .text, and with the symbol that says that it takes both names as one.
with_llvm()
{
	objcopy --add-symbol "helper.llvm.12=.text:$1,local,function" "${@:2}" "$k/vmlinux" "$scratch/llvm"
	run "$bin/klpcheck" --vmlinux "$scratch/llvm" "${check_modules[@]}" "$good"
}
by_name=(--add-symbol "kallsyms_on_each_match_symbol=.text:0x300,function,global")
with_llvm 0x10 "${by_name[@]}"
refused 1 "the position of 'helper' is made uncertain by '.llvm.' symbols of its name, which some kernels count with it: klp_find_object_symbol() may take the wrong one, or none; do without it
  position 1: " "a symbol that some kernels count otherwise"
with_llvm 0x200 "${by_name[@]}"
is "$status:$err" "0:" "... not where what they count as well lies behind"
with_llvm 0x10
is "$status:$err" "0:" "... and not for a kernel that compares all names"
broken "a position of more than 32 bits" "'helper' has no position 4294967298" \
	rename-symbol $helper .klp.sym.vmlinux.helper,4294967298
broken "a symbol that is freed after boot" "lies in init memory" \
	rename-symbol $helper .klp.sym.vmlinux.alpha_setup,0
broken "a symbol at address 0" "lies at address 0" \
	rename-symbol $helper .klp.sym.vmlinux.__per_cpu_start,0
suspect "something after the position" "the kernel ignores what follows the position" \
	rename-symbol $helper .klp.sym.vmlinux.helper,2x
broken "a common symbol" "is a common one: simplify_symbols() refuses it" \
	set-symbol-shndx own 0xfff2
broken "another reserved section number" "has the reserved section number 0xff30" \
	set-symbol-shndx own 0xff30
broken "a symbol among livepatch relocations" "leads to '.klp.rela.vmlinux..text', which holds relocations" \
	set-symbol-shndx "#$section" "$(readelf -SW "$good" | sed -n 's/^ *\[ *\([0-9]*\)\] \.klp\.rela\.vmlinux\.\.text .*/\1/p')"

# Undefined symbols and their versions.
broken "a symbol that nobody exports" "symbol 'gamma_private' is exported by nobody" \
	rename-symbol _printk gamma_private
broken "a symbol of another version" "its version of symbol 'module_layout' is 0x00000000" \
	poke __versions 0 00000000
broken "a symbol version of more than 32 bits" "its version of symbol 'module_layout' is 0x1" \
	poke __versions 4 01
broken "a symbol without a version" "no version of symbol 'module_layout'" poke __versions 8 4d
broken "symbol versions cut short" "section '__versions' has 100 bytes" set-size __versions 100
broken "no symbol versions" "it has no symbol versions" rename-section __versions .versions
broken "a name without an end in the versions" "section '__versions' entry 0: a name without" \
	poke __versions 8 "$(printf '61%.0s' {1..56})"
broken "a namespace that is not imported" "is in the namespace 'MINI_NS', which is not imported" \
	rename-symbol _printk gamma_use
broken "no call of klp_enable_patch()" "it does not call klp_enable_patch()" \
	rename-symbol klp_enable_patch sink
broken "no init function" "it has no init function" rename-symbol init_module innit_module
MINI_DEPENDS=gadget,widget patch depends
check "$scratch/depends.ko"
warned "modinfo's 'depends' has 'gadget', but no symbol of it is used" "a needless dependency"
MINI_NOVERSIONS=1 patch unversioned
edit rename-symbol _printk gadget_export
check "$scratch/edited.ko"
has "$err" "is exported by 'gadget', which it patches" "a patch that needs what it patches"

# struct klp_patch.
unpatchable "a function that is not there" "has no symbol 'alpha_shoe'" \
	-DOLD_NAME='"alpha_shoe"'
unpatchable "an ambiguous function" "function 'helper' with old_sympos 0: 'helper' is ambiguous" \
	-DOLD_NAME='"helper"'
unpatchable "a function at a position of more than 32 bits" "'helper' has no position 4294967297" \
	-DOLD_NAME='"helper"' -DOLD_SYMPOS=0x100000001
unpatchable "a function at no such position" "'twice_run_a' has no position 2" \
	-DOLD_NAME='"twice_run_a"' -DOLD_SYMPOS=2
unpatchable "a function that is not traced" "'alpha_notrace' cannot be patched: ftrace has no" \
	-DOLD_NAME='"alpha_notrace"'
entries="system call 'gamma': what can be patched is each of its entries '__ia32_compat_sys_gamma', '__ia32_sys_gamma', '__x64_sys_gamma'; what they call is inline, and so notrace"
unpatchable "the body of a system call" "function '__do_sys_gamma' cannot be patched: ftrace has no call site in it (notrace, noinstr or built without tracing); klp_patch_func() refuses it
  $entries" \
	-DOLD_NAME='"__do_sys_gamma"'
unpatchable "a function of init memory" "'alpha_init' cannot be patched: in init memory, which the kernel frees; klp_patch_func() refuses it
  it has run, and will not run again" \
	-DOLD_NAME='"alpha_init"'
unpatchable "a variable" "'gamma_private' cannot be patched: not a function" \
	-DOLD_NAME='"gamma_private"'
unpatchable "a function of the assembler" "'asm_untyped' cannot be patched: not a function" \
	-DOLD_NAME='"asm_untyped"'
unpatchable "a function listed twice" "function 'helper' of object 'vmlinux' is listed twice" \
	-DOLD_NAME='"helper"' -DOLD_SYMPOS=2
unpatchable "no old_name" "a function of object 'vmlinux' has no old_name" -DOLD_NAME='((void*)0)'
unpatchable "no new_func" "function 'alpha_show' of object 'vmlinux' has no new_func" \
	-DNEW_FUNC='((void*)0)'
unpatchable "an object named vmlinux" "is named 'vmlinux'" -DOBJECT='"vmlinux"'
unpatchable "an object twice" "object 'vmlinux' stands twice in 'patch'" -DOBJECT='((void*)0)'
unpatchable "an object with a dash" "object 'gad-get': no module is called so when it is loaded" \
	-DOBJECT='"gad-get"'
unpatchable "an object with a long name" "has a name of more than 55 characters" \
	-DOBJECT="\"$long\""
unpatchable "an object without functions" "object 'gadget' has no functions" \
	-DFUNCS='((void*)0)'
elsewhere="is not the address of something in the module, but R_X86_64_64 of '.klp.sym.vmlinux.state,3', which the kernel would use as an address"
unpatchable "an object that the kernel is to name" "the name of an object at '.data' + 0x" \
	-DOBJECT='(char*)&state'
has "$err" "$elsewhere" "... with the reason"
unpatchable "functions that the kernel is to have" "the functions of an object at '.data' + 0x" \
	-DFUNCS='(void*)&state'
has "$err" "$elsewhere" "... with the reason"
unpatchable "a string of the kernel's" "old_name at '.data' + 0x" -DOLD_NAME='(char*)&state'
# member VARIABLE OFFSET: which entry of .rela.data is the pointer at that offset of the variable.
member()
{
	local at
	at=$(readelf -sW "$good" | awk -v name="$1" '$8 == name { print $2 }')
	readelf -rW "$good" | awk -v at="$(printf '%016x' $((16#$at + $2)))" '
		/^Relocation section/ { n = 0; on = $3 == "\047.rela.data\047" }
		on && /^[0-9a-f]/ { if ($1 == at) print n; n++ }'
}
for type in 10:R_X86_64_32 24:R_X86_64_PC64; do
	for place in "objs:patch:8" "the functions of an object:objects:8" "old_name:vmlinux_funcs:0" \
		"new_func:vmlinux_funcs:8" "states:patch:16"; do
		IFS=: read -r what variable offset <<<"$place"
		broken "$what as ${type#*:}" "$what at '.data' + 0x" \
			set-reloc-type .rela.data "$(member "$variable" "$offset")" "${type%:*}"
		has "$err" "but ${type#*:} of '" "... with its kind in the message"
	done
done
unpatchable "objects without an end" \
	"the struct klp_object array 'objects' in section '.data' does not end with an empty entry" -DNO_END
unpatchable "an empty function before the end" \
	"'vmlinux_funcs' ends with entry [1], whose old_name, new_func and old_sympos are 0" '-DHOLE={},'
unpatchable "an object with nothing but callbacks" \
	"'objects' ends with entry [1], which has neither name nor funcs" \
	-DOBJECT='((void*)0)' -DFUNCS='((void*)0)'

# The states of struct klp_patch.
twice='-DSTATES={.id=5},{.id=6},{.id=5},{}'
unpatchable "a state listed twice" "state 0x5 stands twice in 'patch'" "$twice"
unpatchable "an empty state before the end" "'states' ends with entry [1], whose id is 0" \
	'-DSTATES={.id=5},{},{.id=6},{}'
unpatchable "a state with id 0" "'states' ends with entry [0], whose id is 0" '-DSTATES={.version=1},{}'
unpatchable "states without an end" \
	"the struct klp_state array 'states' in section '.data' does not end with an empty entry" \
	'-DSTATES={.id=5},{.id=6}'
patch stateless '-DSTATES={}' && fine "no state" "$scratch/stateless.ko"
mini_vmlinux "$scratch/old" -DOLD_LIVEPATCH && patch twice "$twice"
run "$bin/klpcheck" --vmlinux "$scratch/old/vmlinux" "$scratch/twice.ko"
is "$status:$err" "0:" "a kernel that has no states does not look at them"

# Init memory, which is freed when the module is loaded.
freed="which do_init_module() frees when the patch has been loaded"
broken "data that are freed" "the struct klp_patch 'patch' lies in '.init.data', $freed" \
	rename-section .data .init.data
has "$err" "the list of objects of 'patch' lies in '.init.data'" "... the list of objects, too"
has "$err" "the list of states of 'patch' lies in '.init.data'" "... states"
has "$err" "the array of functions 'gadget_funcs' of object gadget lies in '.init.data'" "... functions"

# Damaged modules do not crash it.
crashed=
size=$(stat -c %s "$good")
for ((at = 1; at < size; at += size / 50)); do
	edit truncate "$at"
	check "$scratch/edited.ko"
	[[ $status == 1 ]] || crashed+=" $at:$status"
done
is "$crashed" "" "a file cut anywhere is refused"

done_testing
