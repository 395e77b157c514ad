#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Patches to modules: which symbol of which module is meant, and how they end up in the livepatch.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

alpha=fs/proc/alpha.c
gadget=drivers/gadget/gadget.c
common=drivers/gadget/common.c
widget=drivers/widget/widget.c
made=$scratch/made/klp-x.ko
modules=()

# The modules as a distribution has them: installed without debug information, which lies elsewhere.
make_modules()
{
	local name at
	mkdir "$scratch/gizmo"
	cat >"$scratch/gizmo/gizmo.c" <<-'END'
		/* It needs gadget by way of widget, and has two names of vmlinux's, the other way about. */
		#include "mini.h"
		int alpha_show(int x);
		int alpha_show(int x) { return x; }
		int alpha_again(int x);
		int alpha_again(int x) { return x; }
		EXPORT_SYMBOL_GPL(alpha_again);
		int widget_export(int x);
		int gizmo_export(int x);
		int gizmo_export(int x) { return widget_export(x); }
		EXPORT_SYMBOL_GPL(gizmo_export);
		MODULE_LICENSE("GPL");
	END
	mini_module "$k" "$k/gizmo.ko" "$scratch/gizmo/gizmo.c" || return
	mini_symvers "$k/gizmo.o" drivers/gizmo/gizmo >>"$k/Module.symvers"
	for name in gadget widget gizmo; do
		at=kernel/drivers/$name
		mkdir -p "$k/installed/$at" "$k/debug/$at"
		cp "$k/$name.ko" "$k/debug/$at"
		objcopy --strip-debug "$k/$name.ko" "$k/installed/$at/$name.ko" || return
	done
	modules=(--modules "$k/installed" --debug-modules "$k/debug")
}

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

# frame OBJECTS: the description of the patch, in a file without a tag. OBJECTS is C; funcs_NEW, for
# each 'NEW:OLD' that follows, replaces OLD by NEW().
frame()
{
	local described=$1 pair
	shift
	template frame.c <<-END
		$(for pair; do
			printf 'int %s(int); static struct klp_func funcs_%s[] = {{.old_name = "%s", .new_func = %s}, {}};\n' \
				"${pair%:*}" "${pair%:*}" "${pair#*:}" "${pair%:*}"
		done)
		static struct klp_func none[] = {{}};
		static struct klp_object objects[] = {$described, {.funcs = none}, {}};
		static struct klp_patch patch = {.mod = THIS_MODULE, .objs = objects};
		static int __init frame_init(void) { return klp_enable_patch(&patch); }
		module_init(frame_init);
		MODULE_LICENSE("GPL");
	END
}

no_functions='{.name = "gadget", .funcs = none}'

# decide [OPTION...]: what is in $dir through klpsyms; depends= is what modpost would have written.
decide()
{
	compile
	(cd "$dir" && ld -r -o klp-x.ko "${objects[@]}" "$scratch/depends.o")
	rm -f "$dir/syms" "$dir/renames"
	cd "$dir" || exit
	run env "PATH=${klpsyms_path-$PATH}" "$bin/klpsyms" --vmlinux "$k/vmlinux" \
		--symvers "$k/Module.symvers" --symbols "$k/System.map" --renames renames -o syms "$@" \
		--module klp-x.ko "${objects[@]}"
	cd "$OLDPWD" || exit
}

# whole: all of it as klpmake does it, down to $made.
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

# of_module MODULE NAME [FILE]: "POSITION ADDRESS" of its global symbol, or of FILE's static one, counted
# in the order of the symbol table. (Stripping has taken the names of files out of what is loaded.)
of_module()
{
	LC_ALL=C readelf -sW "$k/$1.ko" | awk -v name="$2" -v file="${3-}" '
		$4 == "FILE" { current = $8 }
		$8 == name && $7 != "UND" {
			n++
			if (file == "" ? $5 != "LOCAL" : $5 == "LOCAL" && current == file) {
				at = n
				value = $2
			}
		}
		END { print n == 1 ? 0 : at, value }'
}

# trimmed MODULE NAME FILE: the offset of such a symbol in its section, without zeros before it.
trimmed()
{
	printf '%x\n' "0x$(of_module "$@" | cut -d' ' -f2)"
}

# is_of LINK_NAME OBJECT TYPE PLACE TEST_NAME [FILE]: the table says that LINK_NAME is OBJECT's symbol,
# FILE's static or else the global one.
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

# offsets FILE SECTION...: the places that these relocation sections relocate.
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

depends()
{
	objcopy -O binary --only-section=.modinfo --set-section-flags .modinfo=alloc "$made" "$scratch/modinfo"
	tr '\0' '\n' <"$scratch/modinfo" | grep '^depends='
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
	template a.c $gadget <<-'END'
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
	is "$err" "" "without a word"
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
	template b.c $common <<-'END'
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

# refuses TAG NAME MESSAGE TEST_NAME: a file of a module that uses a function NAME.
refuses()
{
	fresh
	frame "$no_functions"
	template a.c "$1" <<<"int $2(int), use(int x); int use(int x) { return $2(x); }"
	decide "${modules[@]}"
	refused 1 "klpsyms: error: a.c:3: $3" "$4"
	holds "... and there is no table" test ! -e "$dir/syms"
}

what_is_refused()
{
	local two_positions="has another position in 'gadget' while that loads than when it is up, because of a namesake in its init memory: no livepatch can name it"
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

exports()
{
	fresh
	frame '{.name = "widget", .funcs = none}'
	template a.c $widget <<-'END'
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
	template a.c $widget <<<'int gadget_export(int), use_a(int x); int use_a(int x) { return gadget_export(x); }'
	template b.c $alpha <<<'int gadget_export(int), use_b(int x); int use_b(int x) { return gadget_export(x); }'
	whole
	exits 0 "an export that is used for a module and for vmlinux"
	is_of gadget_export.klpmake.widget.gadget.0 widget/gadget T - "the module's use waits for it"
	is "$(symbol gadget_export)" "" "vmlinux's is an import"
	is "$(depends)" "depends=gadget" "on which the patch still depends, and on nothing else"
	is "$(klp_entries)" ".klp.rela.widget..text: .klp.sym.gadget.gadget_export,0" "the relocations of both"

	fresh
	frame '{.funcs = none}'
	template b.c $alpha <<<'int gadget_export(int), use_b(int x); int use_b(int x) { return gadget_export(x); }'
	whole
	is "$(symbol gadget_export):$(depends)" ":depends=gadget,widget" \
		"where nothing but vmlinux is patched depends= is left alone"

	refuses $gadget widget_export "'widget_export' is exported by the module 'widget', on which 'gadget' does not depend: it may not be there when 'gadget' is" \
		"an export of a module that need not be there with the patched one"

	fresh
	frame '{.name = "gizmo", .funcs = none}'
	template a.c gizmo/gizmo.c <<<'int gadget_export(int), use(int x); int use(int x) { return gadget_export(x); }'
	decide "${modules[@]}"
	is_of gadget_export gizmo/gadget T - "of a module that the one between needs"
	frame '{.name = "gizmo", .funcs = none}, {.funcs = none}'
	template a.c gizmo/gizmo.c <<<'int alpha_show(int), use_a(int x); int use_a(int x) { return alpha_show(x); }'
	template b.c $alpha <<<'int alpha_again(void *), use_b(void *x); int use_b(void *x) { return alpha_again(x); }'
	whole
	is_of alpha_show gizmo T "$scratch/gizmo/gizmo.c:4" "a global of the tagged module wins over vmlinux's export of the name"
	becomes alpha_again T "$(address alpha_again)" "$(place $alpha 'int alpha_again(')" \
		"a global of vmlinux, for code of vmlinux, over a module's export"
	is "$(depends)" depends= "... the patch does not depend on that module"
	refuses $widget gizmo_export "'gizmo_export' is exported by the module 'gizmo', on which 'widget' does not depend" \
		"... the other way round it need not be there"
	need_each_other left right && need_each_other right left
	refuses left/left.c gizmo_export "'gizmo_export' is exported by the module 'gizmo', on which 'left' does not depend" \
		"modules that need each other do not lead to it"
}

# Three objects, all of whose code ends up in one .text and whose data in one .data.
one_patch_for_three()
{
	local before
	fresh
	frame '{.funcs = funcs_new_a}, {.name = "gadget", .funcs = funcs_new_b}, {.name = "widget", .funcs = funcs_new_c}' \
		new_a:alpha_first new_b:gadget_odd new_c:helper
	template a.c $alpha <<-'END'
		extern int state;
		int helper(int), new_a(int x), *pointer_a = &state;
		int new_a(int x) { return helper(x) + state; }
	END
	template b.c $gadget <<-'END'
		extern int state;
		int gadget_step(int), new_b(int x), *pointer_b = &state;
		int new_b(int x) { return gadget_step(x) + state; }
	END
	template c.c $widget <<-'END'
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
	template a.c $gadget <<<'int gadget_step(int), use_a(int x); int use_a(int x) { return gadget_step(x); }'
	template b.c $common <<<'int gadget_step(int), use_b(int x); int use_b(int x) { return gadget_step(x); }'
	decide "${modules[@]}"
	is "$(LC_ALL=C sort "$dir/renames")" "a.o gadget_step gadget_step.klpmake.gadget.1
b.o gadget_step gadget_step.klpmake.gadget.2" "one name, two statics of a module: kept apart"

	fresh
	frame "$no_functions"
	template a.c $alpha <<<'int helper(int), use_a(int x); int use_a(int x) { return helper(x); }'
	template b.c $widget <<<'int helper(int), use_b(int x); int use_b(int x) { return helper(x); }'
	decide "${modules[@]}"
	is "$(LC_ALL=C sort "$dir/renames")" \
		"a.o helper helper.klpmake.vmlinux.$(position helper "$(address helper alpha.c)")
b.o helper helper.klpmake.widget.0" "one name, a static of vmlinux and one of a module"

	fresh
	frame "$no_functions"
	template a.c $gadget <<<'int gadget_export(int), use_a(int x); int use_a(int x) { return gadget_export(x); }'
	template b.c $widget <<<'int gadget_export(int), use_b(int x); int use_b(int x) { return gadget_export(x); }'
	decide "${modules[@]}"
	is "$(LC_ALL=C sort "$dir/renames")" "a.o gadget_export gadget_export.klpmake.gadget.0
b.o gadget_export gadget_export.klpmake.widget.gadget.0" "one symbol that is used for two modules"

	fresh
	frame "$no_functions"
	template a.c $alpha <<<'int use_a(int x); int use_a(int x) { return arch_hook(x); }'
	template b.c $gadget <<<'int use_b(int x); int use_b(int x) { return arch_hook(x); }'
	decide "${modules[@]}"
	is "$(cat "$dir/renames"):$(symbol arch_hook | cut -d' ' -f1)" ":vmlinux" \
		"a global of vmlinux is one symbol for all of them"
}

# replaced NAME OBJECT OLD: a patch whose new function, in a file with the tag $gadget, replaces OLD.
replaced()
{
	fresh
	frame "{$1 .funcs = funcs_new_a}" "new_a:$2"
	template a.c $gadget <<<'int new_a(int x); int new_a(int x) { return x; }'
	decide "${modules[@]}" "${@:3}"
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
	refused 1 "a.c: 'gadget_step' is not in 'vmlinux' but in 'gadget', like all of $gadget: its struct klp_object needs .name = \"gadget\"" \
		"an object without a name is vmlinux"
	replaced '.name = "widget",' gadget_step
	refused 1 "'gadget_step' is not in 'widget' but in 'gadget', like all of $gadget: its struct klp_object needs .name = \"gadget\"" \
		"the name of another module"
	replaced '.name = "sprocket",' gadget_step
	refused 1 "klp-x.ko: it patches the module 'sprocket', of which no file is there: give --module FILE, or install its debug file" \
		"a module that is not there"
	replaced '.name = (char *)_printk,' gadget_step
	refused 1 "is not the address of something in the module, but R_X86_64_64 of '_printk'" \
		"a name that is not in the patch"
	replaced '.name = "gadget",' gadget_phase
	refused 1 "'gadget_phase' is in init memory" "an init function"
	replaced '.name = "gadget",' gadget_inlined
	refused 1 "'gadget_inlined' is neither in $gadget nor a global symbol" "a function that is not there"

	fresh
	frame '{.name = "gadget", .funcs = funcs_new_a}' new_a:alpha_first
	template a.c $alpha <<<'int new_a(int x); int new_a(int x) { return x; }'
	decide "${modules[@]}"
	refused 1 "'alpha_first' is not in 'gadget' but in 'vmlinux', like all of $alpha: its struct klp_object needs no .name" \
		"a function of vmlinux in a module's object"

	fresh
	frame '{.name = "gadget", .funcs = funcs_new_a}' new_a:gadget_step
	template a.c <<<'int new_a(int x); int new_a(int x) { return x; }'
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

# run_found OPTION...: a patch of common.c, with the modules that the options name.
run_found()
{
	fresh
	frame '{.name = "gadget", .funcs = funcs_new_a}' new_a:gadget_step
	template a.c $common <<<'extern int state; int new_a(int x); int new_a(int x) { return x + state; }'
	decide "$@"
}

# found NAME OPTION...: the module of common.c is found.
found()
{
	local name=$1
	shift
	run_found "$@"
	is "$status:$err:$(symbol state | cut -d' ' -f1-3)" "0::gadget state 2" "$name"
}

# A directory of modules that has gadget's file under that name.
one_module()
{
	local dir=$scratch/$1
	rm -rf "$dir"
	mkdir -p "$dir/kernel/drivers/gadget"
	cp "$2" "$dir/kernel/drivers/gadget/$3"
}

where_modules_are()
{
	local stripped=$k/installed/kernel/drivers/gadget/gadget.ko kind
	found "a module beside the kernel's tree" --object "$k/gadget.ko"
	found "... that is installed, too" --object "$k/gadget.ko" --modules "$k/installed"
	found "... and of which there is a debug file" --object "$k/gadget.ko" "${modules[@]}"
	found "a debug file, where nothing is installed" --debug-modules "$k/debug"

	mkdir -p "$scratch/elsewhere/kernel/misc/x"
	cp "$k/gadget.ko" "$scratch/elsewhere/kernel/misc/x"
	found "a module in another directory than its source" --modules "$k/installed" \
		--debug-modules "$scratch/elsewhere"

	xz -k "$stripped" && zstd -q "$stripped" && gzip -k "$stripped"
	for kind in xz zst gz; do
		one_module packed "$stripped.$kind" "gadget.ko.$kind"
		found "installed as .ko.$kind" --modules "$scratch/packed" --debug-modules "$k/debug"
	done
	rm "$stripped".*
	objcopy --only-keep-debug "$k/gadget.ko" "$scratch/gadget.debug"
	one_module debug "$scratch/gadget.debug" gadget.ko.debug
	found "a debug file with nothing but debug information" --modules "$k/installed" --debug-modules "$scratch/debug"
	xz -k "$k/gadget.ko" && zstd -q "$k/gadget.ko" && gzip -k "$k/gadget.ko"
	for kind in xz zst gz; do
		one_module debug "$k/gadget.ko.$kind" "gadget.ko.$kind"
		found "debug information in .ko.$kind" --modules "$k/installed" --debug-modules "$scratch/debug"
	done
	one_module debug "$k/gadget.ko.xz" gadget.ko.xz
	klpsyms_path=$scratch/empty run_found --debug-modules "$scratch/debug"
	refused 1 "klpsyms: error: '$scratch/debug/kernel/drivers/gadget/gadget.ko.xz': 'xz' could not unpack it: is it installed?" \
		"no program to unpack with"
	head -c 100 "$k/gadget.ko.xz" >"$scratch/debug/kernel/drivers/gadget/gadget.ko.xz"
	run_found --debug-modules "$scratch/debug"
	refused 1 "'xz' could not unpack it" "half a packed file"
	rm "$k"/gadget.ko.*

	one_module debug "$k/gadget.ko" gadget.ko
	cp "$k/gadget.ko" "$scratch/debug/kernel/drivers/gizmo.ko"
	run_found --debug-modules "$scratch/debug"
	refused 1 "'$common' is compiled into more than one module: '$scratch/debug/kernel/drivers/gadget/gadget.ko', '$scratch/debug/kernel/drivers/gizmo.ko'" \
		"a file of two modules"
	rm "$scratch/debug/kernel/drivers/gizmo.ko"

	objcopy --remove-section=.note.gnu.build-id "$stripped" "$scratch/without.ko"
	ld -r --build-id=0x1234 -o "$scratch/other.ko" "$scratch/without.ko"
	one_module installed "$scratch/other.ko" gadget.ko
	run_found --modules "$scratch/installed" --debug-modules "$scratch/debug"
	refused 1 "'$scratch/debug/kernel/drivers/gadget/gadget.ko' and '$scratch/installed/kernel/drivers/gadget/gadget.ko' are not of one build: their build-ids differ or are not there" \
		"a debug file of another build"
	holds "... no table" test ! -e "$dir/syms"
	template b.c $gadget <<<'int gadget_step(int), use_b(int x); int use_b(int x) { return gadget_step(x); }'
	decide --modules "$scratch/installed" --debug-modules "$scratch/debug"
	refused 1 "are not of one build" "... and with a second file of that module"
	one_module installed "$scratch/without.ko" gadget.ko
	run_found --modules "$scratch/installed" --debug-modules "$scratch/debug"
	refused 1 "are not of one build" "no build-id"
	printf 'nonsense' >"$scratch/debug/kernel/drivers/gadget/gadget.ko"
	run_found --debug-modules "$scratch/debug"
	refused 1 "'$scratch/debug/kernel/drivers/gadget/gadget.ko'" "a file that is no module"
}

# asked NAME [PATH] [OPTION...]: kallsympos on this kernel and its modules.
asked()
{
	run "$bin/kallsympos" --vmlinux "$k/vmlinux" "${modules[@]}" "$@"
}

where_symbols_are()
{
	local step=gadget_step file

	asked $step
	refused 1 "kallsympos: error: '$step': no such symbol in this vmlinux" "a module's symbol alone is not found"
	has "$err" "  a module's symbols are found by its source file: name that, too" "... and it is said how"
	for file in $gadget $common; do
		asked $step "$file"
		exits 0 "with its file it is"
		is "$(tr -s ' ' <<<"$out")" " $(of_module gadget $step "${file##*/}") t gadget $(place "$file" ' gadget_step(') traceable" \
			"... with its position, its place and the module"
	done
	asked --json $step $common
	has "$out" '"object": "gadget"' "JSON names the module, too"
	asked state $alpha
	has "$out" "  vmlinux  $(place $alpha 'static int state')" "vmlinux is where its own files are looked for"
	asked gadget_inlined $gadget
	refused 1 "'gadget_inlined': no such symbol in the module gadget in $gadget" "a name that the module has not"
	asked $step drivers/nothing.c
	refused 1 "'$step': no such symbol in this vmlinux in drivers/nothing.c" "a file that nothing is made of"
	asked gadget_phase $common
	has "$out" "not traceable: a namesake in init memory gives it another position while the module loads" \
		"a function that no livepatch can name"
	asked gadget_boot $common
	has "$out" "not traceable: in init memory" "a function that is gone once the module is up"
	objcopy --remove-relocations=__mcount_loc "$k/gadget.ko" "$scratch/untold.ko"
	one_module debug "$scratch/untold.ko" gadget.ko
	modules=(--debug-modules "$scratch/debug")
	asked $step $gadget
	exits 0 "a module without what is in its table of traced functions"
	has "$err" "'$scratch/debug/kernel/drivers/gadget/gadget.ko' has no table of traced functions: what is traceable was not looked up" \
		"... and that is said"
}

data_of_its_own()
{
	fresh
	frame "$no_functions" && template a.c $common <<<'int gadget_private, use(void); int use(void) { return ++gadget_private; }'
	decide "${modules[@]}"
	refused 1 "a.c:3: 'gadget_private' is a variable of gadget, and this defines another of that name" \
		"a variable that is defined where the module's was meant"
}

# Two modules of a name, as with a driver that was updated: which is loaded?
which_of_two()
{
	local installed=$scratch/two/installed debug=$scratch/two/debug at=kernel/drivers/gadget/gadget.ko several
	rm -rf "$scratch/two"
	mkdir -p "$scratch/two"
	cp -r "$k/installed" "$installed"
	cp -r "$k/debug" "$debug"
	# Of another build, and with other positions: nobody must take one for the other.
	(cd "$mini_src" && mini_module "$k" "$scratch/two/gadget.ko" drivers/gadget/common.c drivers/gadget/gadget.c)
	is "$(of_module gadget state common.c | cut -d' ' -f1):$(LC_ALL=C readelf -sW "$scratch/two/gadget.ko" | awk '$4 == "FILE" { f = $8 } $8 == "state" { n++; if (f == "common.c") print n }')" \
		"2:1" "(a module whose positions are others)"
	two=(--modules "$installed" --debug-modules "$debug")

	mkdir -p "$installed/updates" "$debug/updates"
	cp "$scratch/two/gadget.ko" "$debug/updates"
	objcopy --strip-debug "$scratch/two/gadget.ko" "$installed/updates/gadget.ko"
	run_found "${two[@]}"
	refused 1 "klpsyms: error: '$common' is a file of '$debug/$at', but '$debug/updates/gadget.ko' is loaded in its place: tag with a file of that one, or name the right one with --module" \
		"the one in 'updates' is loaded, not the one beside its source"
	run_found "${two[@]}" --object "$scratch/two/gadget.ko"
	is "$status:$err:$(symbol state | cut -d' ' -f1-3)" "0::gadget state 1" "... named by the user it is taken"
	run_found --modules "$installed" --debug-modules "$k/debug"
	refused 1 "'$k/debug/$at' and '$installed/updates/gadget.ko' are not of one build" "... without a debug file of it"

	# modules.dep has the last word.
	printf 'kernel/drivers/other.ko.xz:\n%s.xz: kernel/drivers/other.ko.xz updates/x.ko\n' "$at" >"$installed/modules.dep"
	found "modules.dep says that it is the other one" "${two[@]}"
	mkdir -p "$installed/extra" "$debug/extra"
	mv "$installed/updates/gadget.ko" "$installed/extra"
	mv "$debug/updates/gadget.ko" "$debug/extra"
	found "... wherever the rest lies" "${two[@]}"
	printf 'extra/gadget.ko: %s\n' "$at" >"$installed/modules.dep"
	run_found "${two[@]}"
	refused 1 "but '$debug/extra/gadget.ko' is loaded in its place" "modules.dep says that it is the one in 'extra'"

	several="'$debug' has 2 modules 'gadget', and nothing says which of them is loaded: name its file with --module
  $debug/extra/gadget.ko
  $debug/$at"
	printf 'kernel/drivers/other.ko:\n' >"$installed/modules.dep"
	run_found "${two[@]}"
	refused 1 "klpsyms: error: $several" "modules.dep does not know it"
	rm "$installed/modules.dep"
	run_found "${two[@]}"
	refused 1 "$several" "there is no modules.dep"
	fresh
	frame "$no_functions" && template a.c $widget <<<'int gadget_export(int), use(int x); int use(int x) { return gadget_export(x); }'
	decide "${two[@]}"
	refused 1 "$several" "... which matters also for a module that is found by its name"
	run_found "${two[@]}" --object "$k/gadget.ko"
	is "$status:$err:$(symbol state | cut -d' ' -f1-3)" "0::gadget state 2" "... the user says which"
}

made_for_another_kernel()
{
	"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -o "$scratch/elfedit" "$top/tests/elfedit.c" || return
	mkdir "$scratch/foreign"
	"$scratch/elfedit" "$k/gadget.ko" "$scratch/foreign/gadget.ko" replace .modinfo preempt volunta
	run_found --object "$scratch/foreign/gadget.ko"
	refused 1 "klpsyms: error: '$scratch/foreign/gadget.ko' was made for another kernel
  the module has '9.9.0-mini SMP volunta mod_unload modversions '
  the kernel has '9.9.0-mini SMP preempt mod_unload modversions '
  name the one that was made for this kernel" "a module of another configuration"
	"$scratch/elfedit" "$k/gadget.ko" "$scratch/foreign/gadget.ko" replace .modinfo vermagic=9.9.0 vermagic=9.9.1
	run_found --object "$scratch/foreign/gadget.ko"
	is "$status:$err" "0:klpsyms: warning: '$scratch/foreign/gadget.ko' was made for the kernel 9.9.1-mini: see to it that 9.9.0-mini loads just this file" \
		"one of another release, with symbol versions: the kernel may take it"
	"$scratch/elfedit" "$k/gadget.ko" "$scratch/foreign/gadget.ko" replace .modinfo vermagic=9.9.0 vermagic=9.9.1 \
		rename-section __versions .versions
	run_found --object "$scratch/foreign/gadget.ko"
	refused 1 "'$scratch/foreign/gadget.ko' was made for another kernel" "... without them it does not"
	"$scratch/elfedit" "$k/gadget.ko" "$scratch/foreign/gadget.ko" replace .modinfo vermagic= vermagik=
	found "one that does not say, as split debug files do not" --object "$scratch/foreign/gadget.ko"
}

mini_vmlinux "$k" && mini_gadget "$k" && mini_widget "$k" && make_modules || exit
mkdir "$scratch/made"
cat >"$scratch/depends.c" <<'END'
#include "mini.h"
MODULE_INFO(depends, "gadget,widget");
__attribute__((section(".gnu.linkonce.this_module"))) struct module __this_module;
END
mini_cc "$scratch/depends.c" "$scratch/depends.o" || exit
what_can_be_reached
what_is_refused
exports
one_patch_for_three
renames
what_is_replaced
where_modules_are
data_of_its_own
where_symbols_are
which_of_two
made_for_another_kernel
done_testing
