#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # status, out and err are tap.bash's
# shellcheck disable=SC2016 # perl's variables, not the shell's
# Does a patch do anything? klpcheck finds the code of replaced functions that still runs: inlined copies, clones,
# functions from headers, functions with shared code, copies in modules.

# shellcheck source=tests/doubt.bash
source "$(dirname "${BASH_SOURCE[0]}")/doubt.bash"

inlined_copies()
{
	doubted inlined "'copied' ($(at copies.c 'int copied(' 2)) was also inlined into 2 functions that the patch does not \
replace, where the old code runs on
  copied_once at $(at copies.c 'sink(copied(x))')
  copied_twice at $(at copies.c 'copied(x) - 9')
  copied_twice at $(at copies.c 'copied(x + 1)')
  replace them too" 'inlined into two functions' copied
	doubted inlined "'copied' ($(at copies.c 'int copied(' 2)) was also inlined into 1 function that the patch does not \
replace, where the old code runs on
  copied_twice at $(at copies.c 'copied(x) - 9')
  copied_twice at $(at copies.c 'copied(x + 1)')
  replace it too" 'one of two covered' copied copied_once
	has "$out" "checked      inlined: 2 functions, 4 copies in 1 unit, 2 uncovered (waived)" \
		'... how much was looked at'
	doubted inlined "'alone' ($(at copies.c 'int alone(' 2)) was also inlined into 1 function that the patch does not \
replace, where the old code runs on
  copied_notrace at $(at copies.c 'sink(alone(x))'), but it cannot be patched: ftrace has no call site in it" \
		'inlined into one that cannot be patched' alone
	trusted 'all functions with a copy are replaced' copied copied_once copied_twice
	has "$out" "checked      inlined: 3 functions, 4 copies in 1 unit, 0 uncovered" '... which is reported'
	has "$out" "    copied: copied_twice at $(at copies.c 'copied(x) - 9'), covered" '... for each copy'
	has "$out" "    copied: copied_init at $(at copies.c 'sink(copied(x))' 2), in init memory" '... one is in init memory'
	trusted 'a function without copies' single
	has "$out" "checked      inlined: 1 function, 0 copies in 1 unit, 0 uncovered" '... which is reported'
}

clones()
{
	doubted clones "'cloned' ($(at copies.c 'int cloned(' 2)) has a clone 'cloned.constprop.0', which the patch does not \
replace: the old code runs on in it
  cloned_caller calls it
  cloned_other calls it
  replace its callers too" 'a clone with two callers' cloned
	doubted clones "'cloned' ($(at copies.c 'int cloned(' 2)) has a clone 'cloned.constprop.0', which the patch does not \
replace: the old code runs on in it
  cloned_other calls it
  replace its callers too" 'a clone with one caller left' cloned cloned_caller
	doubted clones "'nearby' ($(at near.c 'int nearby(' 2)) has a clone 'nearby.constprop.0', which the patch does not \
replace: the old code runs on in it
  nearby_caller calls it
  nearby_other calls it" 'a clone that is near' nearby
	trusted 'a clone whose callers are all replaced' cloned cloned_caller cloned_other
	has "$out" "checked      clones: 3 functions, 1 clone, 0 uncovered" '... which is reported'
	trusted 'a near one' nearby nearby_caller nearby_other
	patch partly parted
	check partly
	refused 1 "clones: 'parted' ($(at copies.c 'int parted(' 2)) has a clone 'parted.part.0'" 'the rest of a split function'
	has "$err" "inlined: 'parted' ($(at copies.c 'int parted(' 2)) was also inlined into 1 function" '... and its head'
	trusted 'all that a split function went into' parted parted_caller
	patch right parted.part.0 parted parted_caller
	check right --allow prototypes
	is "$status:$(grep -c 'error: ' <<<"$err")" 0:0 'a clone itself, by name, whose arguments the author knows'
	trusted 'a function with a cold part' split_path gamma_use
}

headers()
{
	patch header header_step,1
	check header
	refused 1 "clones: 'header_step' ($(at header.h 'int header_step(')) is there once more, as 'header_step' at 0x" \
		'a header function in two units'
	has "$err" "doubt/twin.c has a copy of its own
  replace that one too, in a file of the patch that is tagged with doubt/twin.c" '... and what to do'
	patch header header_step,1 header_step,2
	check header
	refused 1 "inlined: 'header_step' ($(at header.h 'int header_step(')) was also inlined into 2 functions that the patch does \
not replace, where the old code runs on
  header_here at $(at copies.c 'header_step(x) +')
  header_there at $(at twin.c 'header_step(x) -')" 'an inlined copy in any unit'
	trusted 'all of a header function' header_step,1 header_step,2 header_here header_there
	has "$out" "checked      clones: 4 functions, 2 clones, 0 uncovered" '... which is reported'
	trusted "another header's function of that name, in that line" header_step,3 header_elsewhere
	has "$out" "checked      clones: 2 functions, 0 clones, 0 uncovered" '... which has none of these copies'
	trusted "namesakes of two files" helper,1
}

# Copies of a C file's function: in another unit that includes the file, and in a file that is compiled twice
# (tests/mini/mm/twice.c).
compiled_twice()
{
	local step
	step=$(grep -n 'int twice_step(' "$mini_src/mm/twice.c")
	doubted clones "'twice_step' (mm/twice.c:${step%%:*}) is there once more, as 'twice_step' at 0x" \
		'one of two functions of a file that is compiled twice' twice_step,1 twice_run_a
	has "$err" "mm/twice.c has a copy of its own
  replace that one too, by its old_sympos" '... what to do'
	trusted 'both' twice_step,1 twice_step,2 twice_run_a twice_run_b
	doubted clones "'included_step' (doubt/included.c:$(grep -n 'int included_step(' "$doubt/included.c" | cut -d: -f1)) is there once more" \
		'a function of a file that another one includes, where it is its own unit' included_step,1
	has "$err" "replace that one too, in a file of the patch that is tagged with doubt/includes.c" '... what to do'
	doubted clones "'included_step' (doubt/included.c:$(grep -n 'int included_step(' "$doubt/included.c" | cut -d: -f1)) is there once more" \
		'... and where it is included' included_step,2
	has "$err" "replace that one too, in a file of the patch that is tagged with doubt/included.c" '... what to do'
	trusted 'both, too' included_step,1 included_step,2
}

# Several names for the same code.
folded()
{
	local end=' in this kernel (equal code, or another name for it): the new function is called instead of both'
	doubted folded "'folded_one' is one function with 'folded_two'$end
  write it so that it is right for all of them, or patch the callers of 'folded_one'" 'functions of equal code' folded_one
	has "$out" "checked      folded: 1 function, 1 other name of the same code, 1 uncovered" '... which is reported'
	doubted folded "'folded_two' is one function with 'folded_one'$end" '... the other way round' folded_two
	doubted folded "'named_one' is one function with 'named_two'$end" 'a function with two names' named_one
	trusted 'both, with one new function' named_one named_two
	trusted 'a function of one name' folded_not
	trusted 'names of one system call' __x64_sys_alias
	patch wrong folded_one
	sed -e 's/nothing(void)/other(void)/' -e 's/\.old_name = "folded_one", .new_func = nothing/.old_name = "folded_one", .new_func = other/' \
		-e '/^static struct klp_func funcs/i static int nothing(void)\n{\n\treturn 1;\n}' \
		-e 's/^\t{}$/\t{.old_name = "folded_two", .new_func = nothing},\n\t{}/' "$scratch/wrong.c" >"$scratch/two.c"
	mini_module "$kernel" "$scratch/two.ko" "$scratch/two.c" || return
	check two
	refused 1 "folded: functions 'folded_one' and 'folded_two' are one in this kernel: of 'other' and 'nothing' only the last is called" \
		'both, with two new functions'
	fresh
	c_file a.c doubt/folded.c <<-'END'
		int folded_one(int), folded_two(int), use(int x);
		int use(int x) { return folded_one(x) + folded_two(x); }
	END
	local whole=$k
	k=$kernel
	resolve
	k=$whole
	has "$(symbol folded_one)" 'vmlinux folded_one 0' 'klpsyms: a function that shares its code'
	has "$(symbol folded_two)" 'vmlinux folded_two 0' '... and the one that it shares it with, of which debug information has no address'
}

module_copies()
{
	(cd "$mini_src" && mini_module "$kernel" "$kernel/gizmo.ko" doubt/gizmo.c) || return
	OBJECT=gizmo doubted inlined "'gizmo_step' ($(at gizmo.c 'int gizmo_step(' 2)) was also inlined into 1 function that the patch \
does not replace, where the old code runs on
  gizmo_run at $(at gizmo.c 'sink(gizmo_step(x))')" 'an inlined copy in a module' gizmo_step gizmo_parted gizmo_parted_caller
	check wrong -v --allow=inlined
	has "$out" "    gizmo_step: init_module at $(at gizmo.c 'gizmo_step((int)')" '... one is in the init function'
	has "$out" ", in init memory" '... which cannot be patched, and runs once'
	OBJECT=gizmo patch wrong gizmo_parted
	check wrong
	refused 1 "clones: 'gizmo_parted' ($(at gizmo.c 'int gizmo_parted(' 2)) has a clone 'gizmo_parted.part.0', which the patch does \
not replace: the old code runs on in it
  gizmo_parted_caller calls it" 'a clone in a module'
	OBJECT=gizmo trusted 'all that it went into' gizmo_parted gizmo_parted_caller
	strip -g -o "$scratch/gizmo.ko" "$kernel/gizmo.ko"
	mkdir -p "$scratch/installed/kernel"
	mv "$scratch/gizmo.ko" "$scratch/installed/kernel/gizmo.ko"
	OBJECT=gizmo patch wrong gizmo_parted
	check wrong --modules "$scratch/installed"
	refused 1 "  gizmo_parted_caller calls it" '... its code and its debug information in two files'
	run "$bin/klpcheck" --vmlinux "$kernel/vmlinux" --modules "$scratch/installed" "$scratch/wrong.ko"
	is "$status" 0 'without debug information of the module'
	for check in inlined clones noreturn; do
		has "$out" "not checked  $check: 'gizmo_parted': there is no debug information of 'gizmo'" \
			"... that $check could not run is said"
	done
}

# With link-time optimisation, a file may have inlined functions of any other.
link_time_optimisation()
{
	local name file objects=()
	kernel=$scratch/lto
	for name in copies cross; do
		(cd "$mini_src" && mini_cc "doubt/$name.c" "$kernel/$name.o" -flto) || return
		objects+=("$kernel/$name.o")
	done
	# gcc passes names of temporary files to make, which does not take blanks in them.
	(cd "$mini_src" && TMPDIR=/tmp "${CC:-gcc}" "${mini_cflags[@]}" -flto=2 -flto-partition=1to1 -r -nostdlib \
		-flinker-output=nolto-rel \
		-o "$kernel/both.o" "${objects[@]}") || return
	for file in "$scratch"/doubtful/doubt/*.o; do
		[[ $file == */copies.o ]] || objects+=("$file")
	done
	relink "$kernel" "$kernel/both.o" "${objects[@]:2}"
	doubted inlined "'copied' ($(at copies.c 'int copied(' 2)) was also inlined into 1 function that the patch \
does not replace, where the old code runs on
  copied_across at $(at cross.c 'sink(copied(x))')" 'inlined into a function of another file' \
		copied copied_once copied_twice
	trusted 'that is replaced, too' copied copied_once copied_twice copied_across
	kernel=$scratch/doubtful
}

inlined_copies
clones
headers
compiled_twice
folded
module_copies
link_time_optimisation
is "$right" 16 "all right patches pass, in this number"
done_testing
