#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Patches to modules: which symbol of which module is meant, and how they end up in the livepatch.

# shellcheck source=tests/modules.bash
source "$(dirname "${BASH_SOURCE[0]}")/modules.bash"

# need_each_other NAME OTHER: a module that needs the other one.
need_each_other()
{
	mkdir -p "$scratch/$1"
	cat >"$scratch/$1/$1.c" <<-END
		#include "mini.h"
		int $2_export(int x);
		int $1_export(int x);
		int $1_export(int x) { return $2_export(x); }
		EXPORT_SYMBOL_GPL($1_export);
		MODULE_LICENSE("GPL");
	END
	mini_module "$k" "$k/$1.ko" "$scratch/$1/$1.c" || return
	mini_symvers "$k/$1.o" "drivers/$1/$1" >>"$k/Module.symvers"
	cp "$k/$1.ko" "$k/debug/kernel/drivers"
	objcopy --strip-debug "$k/$1.ko" "$k/installed/kernel/drivers/$1.ko"
}

# whole: makes the module as klpmake does, as $made.
whole()
{
	local object old new
	rm -f "$made"
	decide "${modules[@]}"
	while [[ $status == 0 ]] && read -r object old new; do
		objcopy --redefine-sym "$old=$new" "$dir/$object"
	done <"$dir/renames"
	[[ ! -s $dir/renames ]] || decide "${modules[@]}"
	[[ $status != 0 ]] || run "$bin/klplink" --table "$dir/syms" -o "$made" "$dir/klp-x.ko"
}

# is_of LINK_NAME OBJECT TYPE PLACE TEST_NAME [FILE]: the table says that LINK_NAME is OBJECT's symbol: FILE's static one,
# or without FILE the global one.
is_of()
{
	local name=${1%%.klpmake.*}
	is "$(symbol "$1")" "$2 $name $(of_module "${2#*/}" "$name" "${6-}") $3 $4" "$5"
}

# klp_entries: "SECTION: SYMBOL..." for the livepatch relocations of $made.
klp_entries()
{
	LC_ALL=C readelf -rW "$made" | awk '
		/^Relocation section/ { gsub("\047", "", $3); name = $3; next }
		/^[0-9a-f]/ && index(name, ".klp.rela.") == 1 { print name ": " $5 }' | LC_ALL=C sort -u |
		awk '{ line[$1] = line[$1] " " $2 } END { for (n in line) print n line[n] }' | LC_ALL=C sort
}

# offsets FILE SECTION...: the offsets that these relocation sections relocate.
offsets()
{
	local file=$1 section
	shift
	for section; do
		LC_ALL=C readelf -rW "$file" | awk -v name="'$section'" '
			/^Relocation section/ { on = $3 == name; next }
			on && /^[0-9a-f]/ { print $1, $3 }'
	done | LC_ALL=C sort
}

# in_order FILE: its named symbols, with their places.
in_order()
{
	LC_ALL=C readelf -sW "$1" | awk '$4 ~ /FUNC|OBJECT|NOTYPE/ && $7 != "UND" { print $8, $2, $5 }'
}

what_can_be_reached()
{
	is "$(in_order "$k/installed/kernel/drivers/gadget/gadget.ko")" "$(in_order "$k/gadget.ko")" \
		"stripping leaves the order of symbols alone"
	fresh
	frame "$no_functions"
	c_file a.c $gadget <<-'END'
		extern int state, gadget_private, gadget_table[], gadget_spot;
		int gadget_step(int), gadget_odd(int), gadget_twin(int), gadget_late(int), gadget_common(int);
		int gadget_export(int), gadget_exit(int), use(int x);
		int use(int x)
		{
			return state + gadget_private + gadget_table[x] + gadget_spot + gadget_step(x) + gadget_exit(x) +
			       gadget_odd(x) + gadget_twin(x) + gadget_late(x) + gadget_export(x) +
			       gadget_common(x) + arch_hook(x) + (int)sink(x);
		}
	END
	whole
	exits 0 "what a module has can be reached"
	is "$err" "" "nothing is printed"
	is_of gadget_step gadget t "$(place $gadget 'gadget_step(')" "a static function" gadget.c
	is_of gadget_exit gadget t "$(place $gadget 'gadget_exit(')" "an exit function, which stays" gadget.c
	is_of state gadget d "$(place $gadget 'int state =')" "static data" gadget.c
	is_of gadget_table gadget r "$(place $gadget 'gadget_table[]')" "a static table" gadget.c
	is_of gadget_spot gadget d "$(place $gadget 'gadget_spot __')" \
		"one of two at the beginning of their sections" gadget.c
	is_of gadget_private gadget B "$(place $gadget 'int gadget_private')" "global data"
	is_of gadget_common gadget T - "a global function of another file of the module"
	is_of gadget_export gadget T "$(place $gadget 'int gadget_export(')" "an export of the module itself"
	is_of gadget_twin gadget T "$(place $gadget 'noclone int gadget_twin(')" \
		"a global that has a static namesake, which the table has first"
	is_of gadget_odd gadget t "$(place $gadget 'gadget_odd(')" \
		"a static one of two in different sections: the table's order counts, not that of addresses" \
		gadget.c
	is_of gadget_late gadget t "$(place $gadget 'gadget_late(')" \
		"a namesake in init memory behind it makes no difference" gadget.c
	is "$(of_module gadget gadget_twin) $(of_module gadget gadget_odd gadget.c) $(of_module gadget gadget_late gadget.c)" \
		"2 0000000000000030 1 0000000000000000 1 0000000000000020" "... these being their positions"
	becomes arch_hook T "$(address arch_hook)" - "a global of vmlinux is vmlinux's"
	is "$(symbol sink)" "" "an export of vmlinux is imported"
	is "$(klp_entries)" ".klp.rela.gadget..text: .klp.sym.gadget.gadget_common,0 .klp.sym.gadget.gadget_exit,0 \
.klp.sym.gadget.gadget_export,0 .klp.sym.gadget.gadget_late,1 .klp.sym.gadget.gadget_odd,1 \
.klp.sym.gadget.gadget_private,0 .klp.sym.gadget.gadget_spot,1 .klp.sym.gadget.gadget_step,1 \
.klp.sym.gadget.gadget_table,0 .klp.sym.gadget.gadget_twin,2 .klp.sym.gadget.state,1
.klp.rela.vmlinux..text: .klp.sym.vmlinux.arch_hook,0" "the relocations are split by object"

	fresh
	frame "$no_functions"
	c_file b.c $common <<-'END'
		extern int state, gadget_spot;
		int gadget_step(int), gadget_odd(int), gadget_twin(int), use(int x);
		int use(int x)
		{
			return state + gadget_spot + gadget_step(x) + gadget_odd(x) + gadget_twin(x);
		}
	END
	decide "${modules[@]}"
	is_of gadget_step gadget t "$(place $common 'gadget_step(')" "the other file's static function" common.c
	is_of state gadget d "$(place $common 'int state =')" "the other file's static data" common.c
	is_of gadget_spot gadget d "$(place $common 'gadget_spot __')" \
		"the other at the beginning of its section" common.c
	is_of gadget_odd gadget t "$(place $common 'gadget_odd(')" "the other of two sections" common.c
	is_of gadget_twin gadget t "$(place $common 'gadget_twin(')" \
		"a static one that has a global namesake, which has the lower address" common.c
	is "$(of_module gadget gadget_odd common.c) $(of_module gadget gadget_twin common.c)" \
		"2 00000000000000b0 1 00000000000000c0" "... these being their positions"
}

exports()
{
	fresh
	frame '{.name = "widget", .funcs = none}'
	c_file a.c $widget <<-'END'
		extern int state;
		int gadget_export(int), widget_export(int), helper(int), gadget_private_use(int x);
		int gadget_private_use(int x)
		{
			return gadget_export(x) + widget_export(x) + helper(x) + state;
		}
	END
	whole
	exits 0 "exports of modules"
	is_of gadget_export widget/gadget T - "of a module that the tagged one depends on"
	is_of widget_export widget T "$(place $widget 'int widget_export(int x)')" "of the tagged one"
	is "$(klp_entries)" ".klp.rela.widget..text: .klp.sym.gadget.gadget_export,0 .klp.sym.widget.helper,0 \
.klp.sym.widget.state,0 .klp.sym.widget.widget_export,0" \
		"all of them wait for the patched module, under the names of their own"
	is "$(grep '^depends' "$dir/syms")" "depends klp-x.ko -" "no dependency is left, says the table"
	is "$(depends)" depends= "and the module"

	fresh
	frame '{.name = "widget", .funcs = none}'
	c_file a.c $widget <<<'int gadget_export(int), use_a(int x); int use_a(int x) { return gadget_export(x); }'
	c_file b.c $alpha <<<'int gadget_export(int), use_b(int x); int use_b(int x) { return gadget_export(x); }'
	whole
	exits 0 "an export that is used for a module and for vmlinux"
	is_of gadget_export.klpmake.widget.gadget.0 widget/gadget T - "the module's use waits for it"
	is "$(symbol gadget_export)" "" "vmlinux's is an import"
	is "$(depends)" "depends=gadget" "on which the patch still depends, and on nothing else"
	is "$(klp_entries)" ".klp.rela.widget..text: .klp.sym.gadget.gadget_export,0" "the relocations of both"

	fresh
	frame '{.funcs = none}'
	c_file b.c $alpha <<<'int gadget_export(int), use_b(int x); int use_b(int x) { return gadget_export(x); }'
	whole
	is "$(symbol gadget_export):$(depends)" ":depends=gadget,widget" \
		"where nothing but vmlinux is patched depends= is left alone"

	refuses $gadget widget_export "'widget_export' is exported by the module 'widget', on which 'gadget' does not depend: it may not be there when 'gadget' is" \
		"an export of a module that need not be there with the patched one"

	fresh
	frame '{.name = "gizmo", .funcs = none}'
	c_file a.c gizmo/gizmo.c <<<'int gadget_export(int), use(int x); int use(int x) { return gadget_export(x); }'
	decide "${modules[@]}"
	is_of gadget_export gizmo/gadget T - "of a module that the one between needs"
	# As kbuild has compiled it since Linux 6.13, in its own directory.
	(cd "$scratch/gizmo" && mini_module "$k" "$scratch/gizmo.ko" ./gizmo.c && cp "$scratch/gizmo.ko" "$k/debug/kernel/drivers/gizmo" &&
		objcopy --strip-debug "$scratch/gizmo.ko" "$k/installed/kernel/drivers/gizmo/gizmo.ko") || return
	decide "${modules[@]}"
	is_of gadget_export gizmo/gadget T - "... which is compiled in its own directory"
	c_file a.c other/gizmo.c <<<'int gadget_export(int), use(int x); int use(int x) { return gadget_export(x); }'
	decide "${modules[@]}"
	refused 1 "a.c:1: 'other/gizmo.c' is not a source file of this vmlinux or of a module" "... and that in another one is none"
	frame '{.name = "gizmo", .funcs = none}, {.funcs = none}'
	c_file a.c gizmo/gizmo.c <<<'int alpha_show(int), use_a(int x); int use_a(int x) { return alpha_show(x); }'
	c_file b.c $alpha <<<'int alpha_again(void *), use_b(void *x); int use_b(void *x) { return alpha_again(x); }'
	whole
	is_of alpha_show gizmo T gizmo.c:4 "a global of the tagged module wins over vmlinux's export of the name"
	becomes alpha_again T "$(address alpha_again)" "$(place $alpha 'int alpha_again(')" \
		"a global of vmlinux, for code of vmlinux, over a module's export"
	is "$(depends)" depends= "... the patch does not depend on that module"
	refuses $widget gizmo_export "'gizmo_export' is exported by the module 'gizmo', on which 'widget' does not depend" \
		"... the other way round it need not be there"
	need_each_other left right && need_each_other right left
	refuses left/left.c gizmo_export "'gizmo_export' is exported by the module 'gizmo', on which 'left' does not depend" \
		"modules that need each other do not lead to it"
}

# Three objects, with all code in one .text and all data in one .data.
one_patch_for_three()
{
	local before
	fresh
	frame '{.funcs = funcs_new_a}, {.name = "gadget", .funcs = funcs_new_b}, {.name = "widget", .funcs = funcs_new_c}' \
		new_a:alpha_first new_b:gadget_odd new_c:helper
	c_file a.c $alpha <<-'END'
		extern int state;
		int helper(int), new_a(int x), *pointer_a = &state;
		int new_a(int x) { return helper(x) + state; }
	END
	c_file b.c $gadget <<-'END'
		extern int state;
		int gadget_step(int), new_b(int x), *pointer_b = &state;
		int new_b(int x) { return gadget_step(x) + state; }
	END
	c_file c.c $widget <<-'END'
		extern int state;
		int helper(int), gadget_export(int), new_c(int x), *pointer_c = &state;
		int new_c(int x) { return helper(x) + state + gadget_export(x) + arch_hook(x); }
	END
	whole
	exits 0 "one patch for vmlinux and two modules"
	local h s
	h=$(position helper "$(address helper alpha.c)") s=$(position state "$(address state alpha.c)")
	is "$(klp_entries)" ".klp.rela.gadget..data: .klp.sym.gadget.state,1
.klp.rela.gadget..text: .klp.sym.gadget.gadget_step,1 .klp.sym.gadget.state,1
.klp.rela.vmlinux..data: .klp.sym.vmlinux.state,$s
.klp.rela.vmlinux..text: .klp.sym.vmlinux.arch_hook,0 .klp.sym.vmlinux.helper,$h .klp.sym.vmlinux.state,$s
.klp.rela.widget..data: .klp.sym.widget.state,0
.klp.rela.widget..text: .klp.sym.gadget.gadget_export,0 .klp.sym.widget.helper,0 .klp.sym.widget.state,0" \
		"each object's relocations, whatever names they share"
	is "$(LC_ALL=C readelf -SW "$made" | sed 's/^ *\[ *//; s/\]//' | awk '
		{ name[$1] = $2 }
		$2 ~ /^\.klp\.rela\./ { print $2, name[$(NF - 1)] ? name[$(NF - 1)] : "later", $(NF - 3) }' | LC_ALL=C sort)" \
		"$(printf '.klp.rela.%s AIo\n' 'gadget..data .data' 'gadget..text .text' 'vmlinux..data .data' \
			'vmlinux..text .text' 'widget..data .data' 'widget..text .text')" "all for the same two sections"
	for before in .text .data; do
		is "$(offsets "$made" ".rela$before" ".klp.rela.vmlinux.$before" ".klp.rela.gadget.$before" ".klp.rela.widget.$before")" \
			"$(offsets "$dir/klp-x.ko" ".rela$before")" "nothing of $before is lost or done twice"
	done
	is "$(grep '^sympos' "$dir/syms" | cut -d' ' -f5-)" "1 gadget_odd" \
		"the position of the one replaced function that is ambiguous in its object"
}

renames()
{
	fresh
	frame "$no_functions"
	c_file a.c $gadget <<<'int gadget_step(int), use_a(int x); int use_a(int x) { return gadget_step(x); }'
	c_file b.c $common <<<'int gadget_step(int), use_b(int x); int use_b(int x) { return gadget_step(x); }'
	decide "${modules[@]}"
	is "$(LC_ALL=C sort "$dir/renames")" "a.o gadget_step gadget_step.klpmake.gadget.1
b.o gadget_step gadget_step.klpmake.gadget.2" "one name, two statics of a module: kept apart"

	fresh
	frame "$no_functions"
	c_file a.c $alpha <<<'int helper(int), use_a(int x); int use_a(int x) { return helper(x); }'
	c_file b.c $widget <<<'int helper(int), use_b(int x); int use_b(int x) { return helper(x); }'
	decide "${modules[@]}"
	is "$(LC_ALL=C sort "$dir/renames")" \
		"a.o helper helper.klpmake.vmlinux.$(position helper "$(address helper alpha.c)")
b.o helper helper.klpmake.widget.0" "one name, a static of vmlinux and one of a module"

	fresh
	frame "$no_functions"
	c_file a.c $gadget <<<'int gadget_export(int), use_a(int x); int use_a(int x) { return gadget_export(x); }'
	c_file b.c $widget <<<'int gadget_export(int), use_b(int x); int use_b(int x) { return gadget_export(x); }'
	decide "${modules[@]}"
	is "$(LC_ALL=C sort "$dir/renames")" "a.o gadget_export gadget_export.klpmake.gadget.0
b.o gadget_export gadget_export.klpmake.widget.gadget.0" "one symbol that is used for two modules"

	fresh
	frame "$no_functions"
	c_file a.c $alpha <<<'int use_a(int x); int use_a(int x) { return arch_hook(x); }'
	c_file b.c $gadget <<<'int use_b(int x); int use_b(int x) { return arch_hook(x); }'
	decide "${modules[@]}"
	is "$(cat "$dir/renames"):$(symbol arch_hook | cut -d' ' -f1)" ":vmlinux" \
		"a global of vmlinux is one symbol for all of them"
}

data_of_its_own()
{
	fresh
	frame "$no_functions" && c_file a.c $common <<<'int gadget_private, use(void); int use(void) { return ++gadget_private; }'
	decide "${modules[@]}"
	refused 1 "a.c:3: 'gadget_private' is a variable of gadget, and this defines another of that name" \
		"a variable that is defined where the module's was meant"
}

what_can_be_reached
exports
one_patch_for_three
renames
data_of_its_own
done_testing
