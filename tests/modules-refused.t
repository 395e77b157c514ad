#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Patches to modules: what klpsyms refuses, and which functions can be replaced.

# shellcheck source=tests/modules.bash
source "$(dirname "${BASH_SOURCE[0]}")/modules.bash"

# trimmed MODULE NAME FILE: the offset of that static symbol in its section, without leading zeros.
trimmed()
{
	printf '%x\n' "0x$(of_module "$@" | cut -d' ' -f2)"
}

what_is_refused()
{
	local two_positions="has one position in 'gadget' while that loads and another when it is up, because of a namesake in its init memory: no livepatch can name it"
	local init="is in init memory, which the kernel frees after boot: it is gone when a livepatch is loaded, so do without it"
	refuses $common gadget_phase "'gadget_phase' $two_positions" "a namesake in init memory before it"
	refuses $common gadget_mark "'gadget_mark' $two_positions" "a namesake without an address before it"
	refuses $gadget gadget_phase "'gadget_phase' $init" "a static init function that has a namesake"
	refuses $common gadget_late "'gadget_late' $init" "... also behind it"
	refuses $gadget gadget_init "'gadget_init' $init" "a static init function"
	refuses $gadget gadget_boot "'gadget_boot' $init" "a global init function"
	refuses $widget gadget_step "'gadget_step' is neither in $widget nor a global symbol of this kernel" \
		"a static of a module that this one depends on"
	refuses $gadget gadget_stop "'gadget_stop' is neither in $gadget nor a global symbol of this kernel" \
		"a misspelt name"
	has "$err" "near names: gadget_step" "... with the module's that was meant"
	refuses $gadget alpha_first "'alpha_first' is not in $gadget (the file that a.c is tagged with), but static elsewhere: put what needs it into a file with that tag
  position 1: 0x$(address alpha_first alpha.c) t $(place $alpha 'alpha_first(')" "a static of vmlinux"
	refuses $gadget helper "'helper' is not in $gadget (the file that a.c is tagged with), but static elsewhere" "... of which there are two"
}

what_is_replaced()
{
	replaced '.name = "gadget",' gadget_step
	exits 0 "a static function of a module is replaced"
	is "$(grep '^sympos' "$dir/syms" | cut -d' ' -f5-)" "1 gadget_step" "its position comes from the tag"
	replaced '.name = "gadget",' gadget_export
	is "$status:$(grep -c '^sympos' "$dir/syms")" 0:0 "a global that is unique"
	replaced '.name = "gadget",' gadget_twin
	is "$(grep '^sympos' "$dir/syms" | cut -d' ' -f5-)" "2 gadget_twin" "a global that has a static namesake"
	replaced '' gadget_step
	refused 1 ": 'gadget_step' is not in 'vmlinux' but in 'gadget', like all of $gadget: its struct klp_object needs .name = \"gadget\"" \
		"an object without a name is vmlinux"
	replaced '.name = "widget",' gadget_step
	refused 1 "'gadget_step' is not in 'widget' but in 'gadget', like all of $gadget: its struct klp_object needs .name = \"gadget\"" \
		"the name of another module"
	replaced '.name = "sprocket",' gadget_step
	refused 1 "klp-x.ko: it patches the module 'sprocket', but no file was found for it: give --module FILE, or install its debug file" \
		"a module that is not there"
	replaced '.name = "gad-get.ko",' gadget_step
	refused 1 "frame.c:5: no loaded module has the name 'gad-get.ko': write .name = \"gad_get\"" \
		"the name of a module's file"
	replaced '.name = (char *)_printk,' gadget_step
	refused 1 "is not the address of something in the module, but R_X86_64_64 of '_printk'" \
		"a name that is not in the patch"
	replaced '.name = "gadget",' gadget_phase
	refused 1 "'gadget_phase' is in init memory" "an init function"
	replaced '.name = "gadget",' gadget_inlined
	refused 1 "'gadget_inlined' is neither in $gadget nor a global symbol" "a function that is not there"

	fresh
	frame '{.name = "gadget", .funcs = funcs_new_a}' new_a:alpha_first
	c_file a.c $alpha <<<'int new_a(int x); int new_a(int x) { return x; }'
	decide "${modules[@]}"
	refused 1 "'alpha_first' is not in 'gadget' but in 'vmlinux', like all of $alpha: its struct klp_object needs no .name" \
		"a function of vmlinux in a module's object"

	fresh
	frame '{.name = "gadget", .funcs = funcs_new_a}' new_a:gadget_step
	c_file a.c <<<'int new_a(int x); int new_a(int x) { return x; }'
	decide --modules "$k/installed"
	refused 1 "'gadget_step' is ambiguous" "one of two, without a tag and without debug information"
	is "$(grep '^  position' <<<"$err")" "  position 1: .text+0x$(trimmed gadget gadget_step gadget.c) t ?
  position 2: .text+0x$(trimmed gadget gadget_step common.c) t ?" "... with both, as far as they are known"
	decide "${modules[@]}"
	is "$(grep '^  position' <<<"$err" | cut -d' ' -f7)" "$(place $gadget 'int gadget_step(')
$(place $common 'int gadget_step(')" "... more of them with debug information"
	frame '{.name = "gadget", .funcs = funcs_new_a}' new_a:gadget_phase
	decide "${modules[@]}"
	has "$err" "  position 1: .init.text+0x$(trimmed gadget gadget_phase gadget.c) t $(place $gadget 'int __init gadget_phase(') (gone when it is up)" \
		"... and which of them goes"
	frame '{.name = "gadget", .funcs = funcs_new_a}' new_a:gadget_common
	decide --modules "$k/installed"
	exits 0 "a unique one needs neither"
}

what_is_refused
what_is_replaced
done_testing
