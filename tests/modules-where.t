#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Patches to modules: where the files of modules are, which of several is meant, and what kallsympos says.

# shellcheck source=tests/modules.bash
source "$(dirname "${BASH_SOURCE[0]}")/modules.bash"

# run_found OPTION...: klpsyms on a patch of common.c, with the modules that the options name.
run_found()
{
	fresh
	frame '{.name = "gadget", .funcs = funcs_new_a}' new_a:gadget_step
	c_file a.c $common <<<'extern int state; int new_a(int x); int new_a(int x) { return x + state; }'
	decide "$@"
}

# found NAME OPTION...: it finds the module of common.c.
found()
{
	local name=$1
	shift
	run_found "$@"
	is "$status:$err:$(symbol state | cut -d' ' -f1-3)" "0::gadget state 2" "$name"
}

# A directory of modules with gadget's file under that name.
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
	has "$err" $'\n'"  in a tag, '$common [gadget]' is that of the first" "... with the way out"
	sed -i "s|^//KLPMAKE $common|& [gizmo]|" "$dir/a.c"
	frame '{.name = "gizmo", .funcs = funcs_new_a}' new_a:gadget_step
	decide --debug-modules "$scratch/debug"
	is "$status:$err:$(symbol state | cut -d' ' -f1-3)" "0::gizmo state 2" "... which names the module in the tag"
	sed -i "s|^//KLPMAKE .*|//KLPMAKE $alpha [gizmo]|" "$dir/a.c"
	decide --debug-modules "$scratch/debug"
	refused 1 "klpsyms: error: a.c:1: '$alpha' is not a source file of 'gizmo'" "a file of another object than that"
	rm "$scratch/debug/kernel/drivers/gizmo.ko"

	objcopy --remove-section=.note.gnu.build-id "$stripped" "$scratch/without.ko"
	ld -r --build-id=0x1234 -o "$scratch/other.ko" "$scratch/without.ko"
	one_module installed "$scratch/other.ko" gadget.ko
	run_found --modules "$scratch/installed" --debug-modules "$scratch/debug"
	refused 1 "'$scratch/debug/kernel/drivers/gadget/gadget.ko' and '$scratch/installed/kernel/drivers/gadget/gadget.ko' are not of one build: their build-ids differ or are not there" \
		"a debug file of another build"
	holds "... no table" test ! -e "$dir/syms"
	c_file b.c $gadget <<<'int gadget_step(int), use_b(int x); int use_b(int x) { return gadget_step(x); }'
	decide --modules "$scratch/installed" --debug-modules "$scratch/debug"
	refused 1 "are not of one build" "... and with a second file of that module"
	one_module installed "$scratch/without.ko" gadget.ko
	run_found --modules "$scratch/installed" --debug-modules "$scratch/debug"
	refused 1 "are not of one build" "no build-id"
	printf 'nonsense' >"$scratch/debug/kernel/drivers/gadget/gadget.ko"
	run_found --debug-modules "$scratch/debug"
	refused 1 "'$scratch/debug/kernel/drivers/gadget/gadget.ko'" "a file that is no module"
}

# asked NAME [PATH] [OPTION...]: asks kallsympos, for this kernel and its modules.
asked()
{
	run "$bin/kallsympos" --vmlinux "$k/vmlinux" "${modules[@]}" "$@"
}

where_symbols_are()
{
	local step=gadget_step file

	asked $step
	exits 0 "a module's symbols are found by their name alone"
	for file in $gadget $common; do
		has "$(tr -s ' ' <<<"$out")" " $(of_module gadget $step "${file##*/}") t gadget $(place "$file" ' gadget_step(') traceable" \
			"... each with its position, its place and the module"
	done
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
	has "$out" "not traceable: a namesake in init memory gives it another position while
         the module loads" \
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
	has "$out" "$(place "$gadget" ' gadget_step(')
     unknown whether traceable" \
		"... and nothing is claimed of a function"
	asked --json $step $gadget
	has "$out" '"traceable": null' "... nor in JSON"
	asked gadget_private $gadget
	has "$out" "  not a function" "... but what is known"
	asked $step
	exits 0 "... the same by the name alone"
	has "$err" "'$scratch/debug/kernel/drivers/gadget/gadget.ko' has no table of traced functions: what is traceable was not looked up" \
		"... and that is said"
}

# Two modules of one name, as after the update of a driver: which one is loaded?
which_of_two()
{
	local installed=$scratch/two/installed debug=$scratch/two/debug at=kernel/drivers/gadget/gadget.ko several
	rm -rf "$scratch/two"
	mkdir -p "$scratch/two"
	cp -r "$k/installed" "$installed"
	cp -r "$k/debug" "$debug"
	# The other one is of another build, with other positions, and must not be taken for it.
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

	# modules.dep decides.
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
	frame "$no_functions" && c_file a.c $widget <<<'int gadget_export(int), use(int x); int use(int x) { return gadget_export(x); }'
	decide "${two[@]}"
	refused 1 "$several" "... which matters also for a module that is found by its name"
	run_found "${two[@]}" --object "$k/gadget.ko"
	is "$status:$err:$(symbol state | cut -d' ' -f1-3)" "0::gadget state 2" "... the user says which"
}

made_for_another_kernel()
{
	make_elfedit || return
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

where_modules_are
where_symbols_are
which_of_two
made_for_another_kernel
done_testing
