#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016,SC2012 # $ is for sed; the names are known
#
# 'klpmake new DIRECTORY FILE:FUNCTION...' on the miniature kernel: what klpdecl writes for types, variables and functions of
# every odd kind, which klpcheck then compares with the kernel's; what is refused, and with what advice; the templates.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
. "$top/tests/mini.bash"
# shellcheck source=tests/kdir.bash
. "$top/tests/kdir.bash"
# shellcheck source=tests/klpsyms.bash
. "$top/tests/klpsyms.bash"
k=$scratch/kernel

[[ -x $bin/klpdecl ]] || skip_all 'klpdecl is not built'
kdir_setup
mini_gadget "$k" || exit 1
mkdir -p "$scratch/modules"
cp "$k/gadget.ko" "$scratch/modules"
(cd "$mini_src" && mini_cc draft/odd.c "$scratch/odd.o") && relink "$scratch/odd" "$scratch/odd.o" &&
	cp "$scratch/odd/"{vmlinux,System.map} "$k" || exit 1
mkdir "$scratch/here"
cd "$scratch/here" || exit

# decl WORD...: klpdecl.
decl()
{
	run "$bin/klpdecl" --vmlinux "$k/vmlinux" --headers "$mini_src" --debug-modules "$scratch/modules" "$@"
}

# key KEY: what klpdecl has written with that key.
key()
{
	sed -n "s/^$1\t//p" <<<"$out"
}

# declines QUESTION TEXT TEST_NAME: TEXT is all that it says.
declines()
{
	decl "$1"
	is "$status:$out:$err" "1::klpdecl: error: $2" "$3"
}

# like TEXT REGEX TEST_NAME
like()
{
	if [[ $1 =~ $2 ]]; then pass "$3"; else is "$1" "$2" "$3"; fi
}

# new [OPTION...] DIRECTORY QUESTION...
new()
{
	run timeout 120 "$top/klpmake" new -k "$mini_release" --kdir "$k" --vmlinux "$k/vmlinux" --symbols "$k/System.map" \
		--module "$k/gadget.ko" "$@"
}

# builds DIRECTORY NAME: klpmake makes the module of it.
builds()
{
	make_it --module "$k/gadget.ko" "$1"
	is "$status:$(grep -v 'warning: ' <<<"$err")" 0: "$2"
}

odd_kinds()
{
	decl draft/odd.c:odd_use
	exits 0 'a function that uses types of every odd kind'
	is "$(key 'include')" '#include <mini.h>' '... headers'
	is "$(key '\(shared-\)\?type')" "$(<"$top/tests/mini/draft/odd.types")" '... types of a private header'
	is "$(key 'declare')" "$(<"$top/tests/mini/draft/odd.declarations")" '... declarations'
	is "$(key 'remark')" "/* odd_inline: copy it from $(place draft/odd.c 'int odd_inline(') (inlined everywhere) */" '... what has to be copied'
	is "$(key prototype):$(key result)" 'struct odd_packed livepatch_odd_use(struct odd *odd, bool (*asks)(enum odd_state), unsigned long x):(struct odd_packed){ }' '... the prototype'
	is "$(key place):$(key replace)" "draft/odd.c:$(grep -n 'odd_use(' "$mini_src/draft/odd.c" | sed -n 2p | cut -d: -f1):odd_use	livepatch_odd_use	0" \
		'... the function'
	decl draft/odd.c:odd_print draft/odd.c:odd_choose draft/odd.c:odd_ask
	is "$(key prototype)" 'int livepatch_odd_print(struct odd *odd, const char *fmt, ...)
int (*livepatch_odd_choose(int (*with)(void)))(int, long)
int livepatch_odd_ask(struct odd *odd)' 'variadic; one that returns a pointer to a function'
	is "$(key result)" $'0\nNULL\n0' '... what they return'
	new odd draft/odd.c:odd_use draft/odd.c:odd_choose
	is "$status:$err" 0: 'a patch directory of it'
	builds odd '... klpmake makes the module, and klpcheck finds every type, variable and prototype right'
	has "$out" 'prototypes, data, layout' '... which it has compared'
}

functions()
{
	new plain fs/proc/alpha.c:alpha_show
	is "$status:$out" "0:'$PWD/plain' has main.c and Makefile of the template 'function': write what is marked TODO; 'klpmake $PWD/plain' makes the module" \
		'a function of vmlinux'
	is "$(ls plain | paste -sd ' '):$(<plain/Makefile)" 'Makefile main.c:# SPDX-License-Identifier: GPL-2.0
obj-m := klp-plain.o
klp-plain-y := main.o' '... a directory'
	builds plain '... makes a module as it is'
	has "$(strings plain/klp-plain.ko)" 'alpha_show() has no body yet' '... that refuses to be loaded'
	sed -i 's,^\t/\* TODO: copy the body.*,\treturn helper(x) + alpha_first() + alpha_second() + alpha_shared + knob;,; /KLP_UNWRITTEN/,+1d' plain/main.c
	builds plain '... and with a body'
	is "$(grep -cE '(alpha_first|helper|knob|alpha_shared)' plain/_klpmake.syms)" 4 '... that uses what was declared'
	new gadget drivers/gadget/gadget.c:gadget_export
	exits 0 'a function of a module'
	has "$(<gadget/main.c)" $'\t\t.name = "gadget",\n' '... its object'
	has "$(<gadget/main.c)" '//KLPMAKE drivers/gadget/gadget.c' '... its file'
	has "$out" "template 'module'" '... its template'
	builds gadget '... makes a module'
	decl proc/alpha.c:helper
	is "$(key file)" fs/proc/alpha.c 'the end of a path'
	decl fs/proc/alpha.c:helper fs/proc/alpha.c:alpha_mixed
	is "$(key file):$(key declare)" $'fs/proc/alpha.c:extern int state;\nextern int mixed;' 'two functions of one file'
	decl mm/twice.c:twice_step,2
	is "$(key replace)" $'twice_step\tlivepatch_twice_step_2\t2' 'a position, where a file is compiled twice'
	new twice mm/twice.c:twice_step,2
	has "$(<twice/main.c)" '.old_sympos = 2,' '... goes into the patch'
	make_it --allow=clones twice
	exits 0 '... which is made'
}

several_files()
{
	new several fs/proc/alpha.c:helper draft/odd.c:odd_pack drivers/gadget/common.c:gadget_common
	exits 0 'several files'
	is "$(ls several | paste -sd ' ')" 'Makefile alpha.c common.c klp-several.h main.c odd.c' '... each has one of its own'
	is "$(sed -n '/^int\|^struct [a-z_]* [a-z_*]*(/p' several/klp-several.h)" 'int livepatch_helper(int x);
struct odd_packed livepatch_odd_pack(union odd_value value, enum odd_state state);
int livepatch_gadget_common(int x);' '... a header declares the functions'
	is "$(grep -c '\.funcs = ' several/main.c):$(grep -c '\.old_name = ' several/main.c)" 2:3 '... main.c describes the patch, by objects'
	builds several '... and a module is made of them'
	new -q names kernel/module/main.c:clear_relocate_add fs/proc/alpha.c:helper
	is "$(ls names | paste -sd ' ')" 'Makefile alpha.c kernel-module-main.c klp-names.h main.c' '... also where one is called main.c'
	new -q clash fs/proc/alpha.c:helper draft/odd.c:odd_pack --template callbacks
	is "$status:$err" "1:klpmake new: error: the template 'callbacks' is for functions of one file of the kernel: use --template files, and take from the other what the patch needs" 'a template for one file'
	is "$(ls -d clash 2>/dev/null)" '' '... leaves nothing'
}

system_calls()
{
	local name
	for name in __do_sys_gamma __se_sys_gamma __x64_sys_gamma; do
		decl "kernel/gamma.c:$name"
		is "$(key prototype)" '__SYSCALL_DEFINEx(1, _livepatch_gamma, long, x)' "a system call by $name()"
		is "$(key replace | LC_ALL=C sort)" $'__ia32_sys_gamma\t__ia32_sys_livepatch_gamma\t0\n__x64_sys_gamma\t__x64_sys_livepatch_gamma\t0' '... its entries'
	done
	new call kernel/gamma.c:__do_sys_gamma
	has "$out" "template 'syscall'" '... has a template'
	lacks "$(<call/main.c)" 'static __SYSCALL' '... and is not static'
}

refusals()
{
	declines fs/proc/alpha.c:alpha_scalar "fs/proc/alpha.c:alpha_scalar: 'alpha_scalar' exists in fs/proc/alpha.c only as 'alpha_scalar.isra.0', whose arguments the compiler may have changed: patch its callers; it is defined at $(place fs/proc/alpha.c 'int alpha_scalar(')
  alpha_show calls it
  alpha_again calls it" 'a clone only: its callers'
	declines fs/proc/alpha.c:alpha_inlined "fs/proc/alpha.c:alpha_inlined: 'alpha_inlined' is inlined everywhere in fs/proc/alpha.c and has no code of its own: patch the functions that it went into; it is defined at $(place fs/proc/alpha.c 'int alpha_inlined(')
  alpha_show at $(place fs/proc/alpha.c 'return helper(x) + alpha_mixed(x) + alpha_inlined(x)')
  alpha_again at $(place fs/proc/alpha.c 'alpha_inlined(r->id);')" 'inlined everywhere: where'
	declines draft/odd.c:odd_quiet "draft/odd.c:odd_quiet: 'odd_quiet' cannot be replaced: ftrace has no call site in it (notrace, noinstr or built without tracing)
  replace what calls it, up to the first that can be replaced:
  odd_use calls it" 'not traceable: its callers'
	declines fs/proc/alpha.c:helpr "fs/proc/alpha.c:helpr: 'helpr' is neither in fs/proc/alpha.c nor a global symbol of this kernel
  near names: helper" 'misspelt: near names'
	declines fs/proc/alpha.c:knob "fs/proc/alpha.c:knob: 'knob' cannot be replaced: not a function" 'a variable'
	declines fs/proc/alpha.c:alpha_setup "fs/proc/alpha.c:alpha_setup: 'alpha_setup' is in init memory, which the kernel frees after boot: it is gone when a livepatch is loaded, so do without it" 'init memory'
	decl lib/strings.c:helper
	like "$err" "^klpdecl: error: lib/strings.c:helper: 'helper' is not in lib/strings.c: name the file that defines it
  position 1: 0x[0-9a-f]* t fs/proc/beta.c:[0-9]*
  position 2: 0x[0-9a-f]* t fs/proc/alpha.c:[0-9]*$" 'of other files: these'
	decl mm/twice.c:twice_step
	like "$err" "^klpdecl: error: mm/twice.c:twice_step: 'twice_step' has more than one definition in mm/twice.c, which is compiled 2 times: write the position of the right one behind it, like mm/twice.c:twice_step,1
  position 1: 0x[0-9a-f]* t mm/twice.c:" 'a file that is compiled twice'
	decl lib/weak.c:arch_hook
	like "$err" "^klpdecl: error: lib/weak.c:arch_hook: the 'arch_hook' of lib/weak.c is weak, and the kernel has the one that overrides it: name the file that defines that
  position 1: 0x[0-9a-f]* T kernel/gamma.c:" 'a weak function'
	decl draft/odd.c:odd_both
	is "$status:$err:$(key replace)" "0:klpdecl: warning: draft/odd.c:odd_both: 'odd_both' was also inlined into functions that do not reach the new one: name these as well
  odd_ask at $(place draft/odd.c 'return odd_use(odd, NULL, 1).tag'):odd_both	livepatch_odd_both	0" 'a function with copies: a warning'
	decl fs/proc/nothing.c:f
	has "$err" "klpdecl: error: fs/proc/nothing.c:f: 'fs/proc/nothing.c' is not a source file of this vmlinux or of a module (not configured, or misspelt)" 'a file that is not there'
	decl fs/proc/alpha.c:nothing fs/proc/beta.c:neither
	is "$(grep -c error: <<<"$err")" 2 'all of several are reported'
	decl fs/proc/alpha.c:helper,9
	has "$err" "fs/proc/alpha.c:helper,9: old_sympos 9 of 'helper': this kernel has only 2 of that name" 'a position that is not there'
	decl fs/proc/alpha.c:helper fs/proc/alpha.c:helper
	has "$err" 'fs/proc/alpha.c:helper: the function is there twice' 'twice'
}

hostile_words()
{
	local word
	for word in fs/proc/alpha.c '../fs/proc/alpha.c:helper' 'fs/../alpha.c:helper' '/fs/proc/alpha.c:helper' 'alpha.h:helper' \
		'alpha.c:hel per' 'alpha.c:' ':helper' 'a*/.c:helper' $'al\npha.c:helper' 'alpha.c:helper,' 'alpha.c:helper,0' \
		'alpha.c:helper,1x' 'alpha.c:h"' 'a b.c:helper'; do
		decl -- "$word"
		like "$status:$out:$err" "^1::klpdecl: error: .*' is not FILE:FUNCTION: write the path from the kernel tree's root, like fs/filesystems.c:fs_index$" "${word@Q} is refused"
	done
	mkdir full
	touch full/x
	new -q full fs/proc/alpha.c:helper
	is "$status:$err:$(ls full)" "1:klpmake new: error: 'full' is not empty: what is in it stays as it is:x" 'a directory that is not empty'
	new -q full/x fs/proc/alpha.c:helper
	is "$status:$err" "1:klpmake new: error: 'full/x' is not a directory" 'a file'
	new -q none fs/proc/alpha.c:nothing
	is "$status:$(ls -d none 2>/dev/null)" 1: 'nothing is made of what is refused'
	new fs/proc/alpha.c:helper
	is "$status:$(head -n 1 <<<"$err")" '2:klpmake new: error: which directory? name it before the files and functions, or behind the patches' 'no directory'
	new some fs/proc/alpha.c:helper other
	is "$status:$(head -n 1 <<<"$err")" "2:klpmake new: error: one of 'some' and 'other' can be the directory; what is the other? Patches are called FIX.patch, kernel files path/FILE.c, functions path/FILE.c:FUNCTION" 'another word'
	new some fs/proc/alpha.c:helper --template ../x
	is "$status:$(head -n 1 <<<"$err")" "2:klpmake new: error: there is no template '../x' (callbacks, files, function, module, shadow, states, syscall)" 'a template that is not there'
	new -q 'odd $(touch x) "name' fs/proc/alpha.c:helper
	is "$status:$(grep -c 'klp-odd---touch-x---name.o' "odd \$(touch x) \"name/Makefile")" 0:1 'a directory with an odd name'
	is "$(ls -d x 2>/dev/null)$(ls -A "$TMPDIR")" '' '... and nothing is left elsewhere'
}

odd_kinds
functions
several_files
system_calls
refusals
hostile_words
done_testing
