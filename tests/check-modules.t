#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpcheck reads the modules that a patch names as the kernel does, both while they load and afterwards.
# shellcheck disable=SC2016 # perl's variables, not the shell's
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"

gadget=$k/modules/kernel/drivers/gadget.ko
rela=.klp.rela.gadget..text
step=.klp.sym.gadget.gadget_step,1

# becomes NAME MESSAGE SYMBOL: with the livepatch symbol gadget_step renamed to SYMBOL, the patch is refused.
becomes()
{
	broken "$1" "livepatch symbol '.klp.sym.gadget.$3': $2" rename-symbol $step ".klp.sym.gadget.$3"
}

# what_cannot_be NAME MESSAGE FUNCTION [SYMPOS]: a patch of that function of gadget is refused.
what_cannot_be()
{
	unpatchable "$1" "$2" "-DMODULE_NAME=\"$3\"" "-DMODULE_SYMPOS=${4-0}"
}

# gadget_with FILE [MODULE-FLAG...]: makes the module gadget with one more source, from standard input, which is linked
# first.
gadget_with()
{
	local dir=$scratch/with/$1
	mkdir -p "$dir"
	cat - >"$dir/extra.c"
	mini_module "$k" "$dir/gadget.ko" "$dir/extra.c" "$mini_src/drivers/gadget/gadget.c" \
		"$mini_src/drivers/gadget/common.c"
}

symbols_of_modules()
{
	local changes="is not the same in 'gadget' while that loads and when it is up: klp_find_object_symbol() takes the wrong one, or none, at one of these times; do without it"
	local first="position 1 (gone when it is up)" second="position 2 (1 when it is up)"
	fine "a good patch to a module" "$good" -v
	has "$out" "gadget:gadget_step,1 at .text+0x" "... has its symbols looked up"
	has "$out" "gadget:gadget_export,0 at .text+0x" "... and its functions"
	lacks "$out" "not checked" "... all of them"
	becomes "a name that the module does not have" "'$gadget' has no symbol 'gadget_stop'" gadget_stop,0
	becomes "a name that is there twice" "'gadget_step' is ambiguous and position 0 takes only a unique" \
		gadget_step,0
	has "$err" "choose one
  position 1: .text+0x" "... lists both"
	check "$scratch/edited.ko" --json
	is "$(json_messages "$out" | grep 'is ambiguous' | grep -oE 'choose one/  position 1: .*/  position 2: ' | sed 's/: .*\//: .../')" \
		'choose one/  position 1: ...  position 2: ' "... in JSON as lines of one message"
	check "$scratch/edited.ko" --object "$k/gadget.ko"
	has "$err" " t gadget.c
  position 2: .text+0x" "... with their files, where the module tells"
	becomes "a position beyond the last" "'gadget_step' has no position 3: klp_find_object_symbol() refuses it; there are" \
		gadget_step,3
	becomes "a namesake in init memory before it" "'gadget_phase' at position 2 $changes" gadget_phase,2
	has "$err" "do without it
  $first: .init.text+0x" "... shows what goes"
	has "$err" "
  $second: .text+0x" "... and what stays"
	becomes "the position that it has later" "'gadget_phase' at position 1 $changes" gadget_phase,1
	becomes "the namesake in init memory, without a position" "'gadget_phase' is ambiguous" gadget_phase,0
	fine "a namesake in init memory behind it" "$(renamed gadget_late,1)"
	becomes "the one in init memory" "lies in init memory, which the kernel has freed" gadget_late,2
	becomes "a name that is unique once the module is up" "'gadget_late' is ambiguous" gadget_late,0
	becomes "a function of init memory" "lies in init memory, which the kernel has freed" gadget_init,0
	becomes "a namesake without an address before it" "'gadget_mark' at position 2 $changes" gadget_mark,2
	becomes "... and that one itself" "'gadget_mark' at position 1 $changes" gadget_mark,1
	fine "a function of another section" "$(renamed gadget_odd,1)"
	fine "an exit function, which stays" "$(renamed gadget_exit,0)"
	fine "position 1 of a unique name" "$(renamed gadget_export,1)"
}

# renamed SYMBOL: makes a module with gadget_step renamed to SYMBOL.
renamed()
{
	edit rename-symbol $step ".klp.sym.gadget.$1"
	printf '%s\n' "$scratch/edited.ko"
}

# Which sections of a loaded module are freed depends on whether it can be unloaded.
exit_sections()
{
	gadget_with exit <<-'END'
		#include "mini.h"
		static int __exit gadget_step(int x) { return x; }
	END
	check_modules=(--object "$scratch/with/exit/gadget.ko")
	fine "a namesake in exit memory stays" "$(renamed gadget_step,2)" -v
	has "$out" "gadget:gadget_step,2 at .text+0x" "... so that positions stay, too"
	"$scratch/elfedit" "$scratch/with/exit/gadget.ko" "$scratch/gadget.ko" replace .modinfo mod_unload mod_retain
	# Those of vmlinux; other exports would be a module's.
	"$scratch/elfedit" "$k/vmlinux" "$scratch/vmlinux" replace .rodata mod_unload mod_retain
	check_modules=(--vmlinux "$scratch/vmlinux" --object "$scratch/gadget.ko")
	becomes "without CONFIG_MODULE_UNLOAD it goes" "'gadget_step' at position 2 is not the same in 'gadget'" \
		gadget_step,2
	check_modules=(--modules "$k/modules" --debug-modules "$k/debug")
}

functions_of_modules()
{
	what_cannot_be "a function that is not there" \
		"function 'gadget_shop' of 'gadget' with old_sympos 0: '$gadget' has no symbol 'gadget_shop'" gadget_shop
	what_cannot_be "an ambiguous function" \
		"function 'gadget_step' of 'gadget' with old_sympos 0: 'gadget_step' is ambiguous" gadget_step
	what_cannot_be "a function at no such position" "'gadget_export' has no position 2" gadget_export 2
	what_cannot_be "a function whose position changes" \
		"'gadget_phase' at position 2 is not the same in 'gadget' while that loads" gadget_phase 2
	what_cannot_be "an init function" "function 'gadget_init' cannot be patched: in init memory" gadget_init
	what_cannot_be "a variable" "'gadget_private' cannot be patched: not a function" gadget_private
	patch right '-DMODULE_NAME="gadget_step"' -DMODULE_SYMPOS=2
	fine "the second of two functions" "$scratch/right.ko" -v
	has "$out" "gadget:gadget_step,2 at .text+0x" "... is found"
	gadget_with quiet <<-'END'
		#include "mini.h"
		int gadget_quiet(int x);
		notrace int gadget_quiet(int x) { return x; }
		asm(".type gadget_bare, @function\ngadget_bare: ret\n");
		asm(".pushsection .init.text\ngadget_mute: ret\n.popsection");
	END
	check_modules=(--object "$scratch/with/quiet/gadget.ko")
	what_cannot_be "a function that is not traced" "'gadget_quiet' cannot be patched: ftrace has no call site in it" \
		gadget_quiet
	becomes "an assembler's name in init memory" "lies in init memory, which the kernel has freed" gadget_mute,0
	what_cannot_be "a function without a size" "'gadget_bare' cannot be patched: it has no size" gadget_bare
	objcopy -R __mcount_loc -R .rela__mcount_loc "$gadget" "$scratch/gadget.ko"
	check_modules=(--object "$scratch/gadget.ko")
	check "$good"
	refused 1 "'gadget_export' cannot be patched: ftrace has no call site" "a module without any traced function"
	check_modules=(--modules "$k/modules" --debug-modules "$k/debug")
}

module_files()
{
	local nothing="module 'gadget', 1 function and 2 livepatch symbols of it: no file of it"
	check_modules=()
	fine "without a word of where modules lie" "$good"
	has "$out" "not checked  $nothing (--modules, --debug-modules, --object)" "... nothing of them is checked, which is said"
	has "$out" "symbols      5 livepatch, 3 of them found in vmlinux, 0 in modules" "... and counted"
	check --json "$good"
	holds "... in JSON" perl -MJSON::PP -e 'my $d = decode_json(shift);
		$d->{unchecked}[0] =~ /^module .gadget., 1 function/ && $d->{checks}{functions_found}{modules} == 0 &&
		!defined $d->{functions}[2]{address} or die' "$out"
	mkdir "$scratch/none"
	fine "no such module" "$good" --modules "$scratch/none"
	has "$out" "not checked  $nothing in '$scratch/none'" "... says where it is not"
	printf 'kernel/drivers/base/foo.ko\nkernel/drivers/gadget.ko\n' >"$scratch/none/modules.builtin"
	check "$good" --modules "$scratch/none"
	warned "'gadget' is built into this kernel: klp_module_coming() never sees a module of that name" \
		"a module that is part of vmlinux"
	fine "debug files only" "$good" --debug-modules "$k/modules"
	objcopy --only-keep-debug "$k/gadget.ko" "$scratch/none/gadget.ko.debug"
	# GNU objcopy leaves the relocations, eu-strip does not.
	"$scratch/elfedit" "$scratch/none/gadget.ko.debug" "$scratch/none/gadget.ko.debug" set-size .rela__mcount_loc 0
	fine "debug files without what is loaded" "$good" --debug-modules "$scratch/none"
	has "$out" "not checked  whether 1 function can be traced: '$scratch/none/gadget.ko.debug' has no table" \
		"... do not tell of traced functions"
	fine "the installed file" "$good" --debug-modules "$scratch/none" --modules "$k/modules"
	lacks "$out" "not checked" "... does, and is asked first"
	xz -k "$gadget" -c >"$scratch/gadget.ko.xz"
	fine "a compressed module" "$good" --object "$scratch/gadget.ko.xz"
	head -c 3000 "$gadget" >"$scratch/gadget.ko"
	check "$good" --object "$scratch/gadget.ko"
	refused 1 "'$scratch/gadget.ko': " "a module cut short"
	is "$(grep -c error: <<<"$err")" 1 "... is refused once"
	lacks "$out" "not checked" "... without a note besides"
	"$scratch/elfedit" "$gadget" "$scratch/gadget.ko" poke-file 18 b7
	check "$good" --object "$scratch/gadget.ko"
	refused 1 "'$scratch/gadget.ko': not a module of this kernel's architecture" "a module of another architecture"
	"$scratch/elfedit" "$gadget" "$scratch/gadget.ko" set-entsize .rela__mcount_loc 16
	check "$good" --object "$scratch/gadget.ko"
	refused 1 "'$scratch/gadget.ko': section '.rela__mcount_loc' has entries of an odd size" "a damaged table of call sites"
	check_modules=(--modules "$k/modules" --debug-modules "$k/debug")
	check --json "$good"
	holds "the report has places in sections" perl -MJSON::PP -e 'my $d = decode_json(shift);
		my ($s) = grep { $_->{name} eq "gadget_private" } @{$d->{symbols}};
		$s->{section} eq ".bss" && $s->{address} =~ /^0+[0-9a-f]*$/ && $d->{checks}{functions_found}{modules} == 1 &&
		$d->{checks}{livepatch_symbols_found}{modules} == 2 or die' "$out"
}

# Symbols of one module in relocations that wait for another.
three_modules()
{
	local name needless="uses 'widget_export' of 'widget', on which 'gadget' does not depend: where that is not loaded, klp_module_coming() refuses to load 'gadget'"
	gadget_step="widget/gadget gadget_export 0" gadget_private="widget/gadget gadget_private 0" \
		patch needs '-DOBJECT="widget"' '-DMODULE_NAME="widget_export"'
	fine "symbols of a module that the patched one depends on" "$scratch/needs.ko"
	gadget_step="gadget/widget widget_export 0" patch wild
	check "$scratch/wild.ko"
	warned "section '$rela' $needless" "symbols of a module that it does not depend on"
	printf '#include "mini.h"\nint sprocket(int x);\nint sprocket(int x) { return x; }\n' >"$scratch/sprocket.c"
	MINI_DEPENDS=sink-stone,widget mini_module "$k" "$k/modules/kernel/sprocket.ko" "$scratch/sprocket.c"
	gadget_step="sprocket/gadget gadget_export 0" gadget_private="sprocket/gadget gadget_private 0" \
		patch chain '-DOBJECT="sprocket"' '-DMODULE_NAME="sprocket"'
	fine "... by way of another module" "$scratch/chain.ko"
	for name in 0 1 2 3 4 5; do
		MINI_DEPENDS=ring0,ring1,ring2,ring3,ring4,ring5 \
			mini_module "$k" "$k/modules/kernel/ring$name.ko" "$scratch/sprocket.c"
	done
	gadget_step="ring0/gadget gadget_export 0" gadget_private="ring0/gadget gadget_private 0" \
		patch ring '-DOBJECT="ring0"' '-DMODULE_NAME="sprocket"'
	check "$scratch/ring.ko"
	warned "of 'gadget', on which 'ring0' does not depend" "modules that all need each other, and none of them that one"
	objcopy --only-keep-debug "$k/widget.ko" "$scratch/none/widget.ko.debug"
	fine "a module without modinfo" "$scratch/needs.ko" --object "$scratch/none/widget.ko.debug"
	has "$out" "not checked  whether 'widget' depends on 'gadget': '$scratch/none/widget.ko.debug' has no modinfo" \
		"... does not tell what it depends on"
	printf '0x00000001\tgadget_step\tdrivers/gadget/gadget\tEXPORT_SYMBOL_GPL\t\n' >>"$k/Module.symvers"
	gadget_step="widget/gadget gadget_step 1" gadget_private="widget/gadget gadget_private 0" \
		patch hidden '-DOBJECT="widget"' '-DMODULE_NAME="widget_export"'
	check "$scratch/hidden.ko"
	warned "uses 'gadget_step' of 'gadget', which exports it, but position 1 is another one, which is static" \
		"a static namesake of an export"
	fine "... is meant where it is the patched module's own" "$good"
	gadget_step="widget/gadget gadget_step 0" gadget_private="widget/gadget gadget_private 0" \
		patch twins '-DOBJECT="widget"' '-DMODULE_NAME="widget_export"'
	check "$scratch/twins.ko"
	refused 1 "livepatch symbol '.klp.sym.gadget.gadget_step,0': 'gadget_step' is ambiguous" \
		"an export with a namesake needs a position"
}

# A kernel that does not undo relocations when a module goes: Linux before 6.3.
reloads()
{
	cp "$k/vmlinux" "$k/kallsyms" "$scratch"
	objcopy -N clear_relocate_add "$k/vmlinux"
	grep -v clear_relocate_add "$scratch/kallsyms" >"$k/kallsyms"
	check "$good"
	warned "once 'gadget' has been unloaded, it cannot be loaded again while this patch is loaded" \
		"a kernel without clear_relocate_add()"
	state="gadget state 1" patch twice
	check "$scratch/twice.ko"
	has "$(readelf -SW "$scratch/twice.ko")" .klp.rela.gadget..rodata "more than one section of a module's relocations"
	is "$(grep -c warning: <<<"$err")" 1 "... is one warning"
	check "$good"
	check --json "$good"
	holds "... also in JSON" perl -MJSON::PP -e 'decode_json(shift)->{messages}[0]{text} =~ /clear_relocate_add/ or die' "$out"
	mini_module "$k" "$scratch/foreign.ko" "$mini_src/foreign.c"
	fine "... not for a patch without a module's relocations" "$scratch/foreign.ko"
	mv "$scratch/vmlinux" "$scratch/kallsyms" "$k"
}

# What the kernel has read, run or freed when a module's relocations are applied. Sections are only renamed here: the
# check looks at the name, not at the contents.
too_late()
{
	local section jump=.klp.rela.vmlinux.__jump_table
	for section in "${mini_early[@]}" .init.text .init.data .init.rodata .exit.text .exit.data; do
		broken "too late for $section" "section '.klp.rela.gadget.$section': relocations of a module are applied after the kernel has used '$section'" \
			rename-section "$jump" ".klp.rela.gadget.$section" rename-section __jump_table "$section"
	done
	broken "too late for struct module" "after the kernel has used '.gnu.linkonce.this_module'" \
		rename-section "$jump" .klp.rela.gadget..gnu.linkonce.this_module \
		set-info .klp.rela.gadget..gnu.linkonce.this_module .gnu.linkonce.this_module
	broken "a section that is not loaded" "relocates '.symtab', which is not loaded: apply_relocations() skips it, and klp_apply_object_relocs() would write to freed memory" \
		set-info $rela .symtab
	for section in .altinstructions .static_call_sites __ex_table .data..percpu; do
		edit rename-section "$jump" ".klp.rela.vmlinux.$section" rename-section __jump_table "$section"
		check "$scratch/edited.ko"
		lacks "$err" "after the kernel has used" "not too late for vmlinux's of $section"
	done
	for section in "${mini_late[@]}"; do
		edit rename-section $rela ".klp.rela.gadget.$section" \
			rename-section .klp.rela.vmlinux..text ".klp.rela.vmlinux.$section" rename-section .text "$section"
		check "$scratch/edited.ko"
		lacks "$err" "after the kernel has used" "not too late for $section"
	done
}

# Code that the kernel has replaced by then.
replaced_code()
{
	patch replaced -DREPLACED_CODE
	fine "code that is replaced, by a kernel that does not say how" "$scratch/replaced.ko"
	has "$out" "not checked  whether symbols of modules are used in code that is replaced: what '.altinstructions' consists of is not in the debug information" \
		"... is said not to have been looked at"
	cp "$k/vmlinux" "$scratch"
	(cd "$mini_src" && mini_cc same/apply.c "$scratch/apply.o" -I.)
	relink "$k" "$scratch/apply.o"
	mini_kallsyms "$k" >"$k/kallsyms"
	check "$scratch/replaced.ko"
	refused 1 "tests/mini/patch.c:$(grep -n 'int patched_export(' "$mini_src/patch.c" | cut -d: -f1): '.text' + 0x" \
		"a module's symbol in code that is replaced"
	has "$err" "'gadget_step' of 'gadget' is used in code that the kernel may replace when it loads the patch ('.altinstructions')" \
		"... by which table"
	fine "a patch without such a table" "$good"
	cp "$scratch/vmlinux" "$k"
	mini_system_map "$k/vmlinux" >"$k/System.map"
	mini_kallsyms "$k" >"$k/kallsyms"
}

# kernel_with SYMBOL=ADDRESS...: makes a kernel that has these symbols, too.
kernel_with()
{
	local symbol
	cp "$scratch/vmlinux" "$k"
	for symbol; do
		objcopy --add-symbol "${symbol%=*}=.bss:$((${symbol#*=} - bss))" "$k/vmlinux"
	done
	mini_system_map "$k/vmlinux" >"$k/System.map"
	mini_kallsyms "$k" >"$k/kallsyms"
}

# A branch on a static key that has become read-only; the good patch has one on gamma_private.
sealed()
{
	local key bss
	key=0x$(mini_nm "$k/vmlinux" | sed -n 's/ B gamma_private$//p')
	bss=0x$(LC_ALL=C readelf -SW "$k/vmlinux" | sed -n 's/.* \.bss *NOBITS *\([0-9a-f]*\) .*/\1/p')
	cp "$k/vmlinux" "$scratch"
	kernel_with "__start_ro_after_init=$key" "__end_ro_after_init=$((key + 4))"
	check "$good"
	refused 1 "livepatch symbol '.klp.sym.vmlinux.gamma_private,0': a static key that is __ro_after_init: jump_label_add_module() of this kernel writes to it and faults" \
		"a branch on a key that is __ro_after_init"
	kernel_with "__start_ro_after_init=$key" "__end_ro_after_init=$((key + 4))" "jump_label_init_ro=$key"
	fine "... in a kernel that leaves such alone" "$good"
	kernel_with "__start_ro_after_init=$bss" "__end_ro_after_init=$key"
	fine "a key behind them" "$good"
	kernel_with
}

check_setup || exit
symbols_of_modules
exit_sections
functions_of_modules
module_files
reloads
three_modules
too_late
replaced_code
sealed
done_testing
