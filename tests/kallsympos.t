#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kallsympos: every candidate of a name in the kernel's order, and what became of names that have
# no symbol.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/klpsyms.bash
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
k=$scratch/k5

mini_vmlinux "$scratch/k5" || exit 1
mini_vmlinux "$scratch/k4" -gdwarf-4 || exit 1
mini_vmlinux "$scratch/bare" --no-aranges || exit 1
mini_vmlinux "$scratch/gz" -gz=zlib --absolute || exit 1

pos()
{
	local kernel=$1
	shift
	run "$bin/kallsympos" --vmlinux "$scratch/$kernel/vmlinux" "$@"
}

# line_of FILE PATTERN: "FILE:LINE" of its first line that matches.
line_of()
{
	printf '%s:%s' "$1" "$(grep -nm1 -E "$2" "$mini_src/$1" | cut -d: -f1)"
}

# ranks NAME: "POSITION ADDRESS TYPE" of each symbol of the name as the kernel counts them, by address.
ranks()
{
	LC_ALL=C sort -k1,1 "$scratch/k5/System.map" | awk -v n="$1" '$3 == n { print ++i, $1, $2 }'
}

for kernel in k5 k4 bare gz; do
	pos "$kernel" helper
	exits 0 "$kernel: two static functions of one name"
	has "$out" "$(line_of fs/proc/alpha.c '^static.* helper\(')  traceable" "$kernel: ... one in alpha.c"
	has "$out" "$(line_of fs/proc/beta.c '^static.* helper\(')  traceable" "$kernel: ... one in beta.c"
	pos "$kernel" alpha_percpu_first
	is "$out" "  1  0000000000000000  D  vmlinux  $(line_of fs/proc/alpha.c '^int alpha_percpu_first')  not a function" \
		"$kernel: the per-CPU variable at address 0"
	for name in __per_cpu_start _sdata; do
		pos "$kernel" "$name"
		is "${out##*vmlinux}" "  ?  not a function" "$kernel: '$name' is the linker's, not of the file whose data lie there"
	done
	pos "$kernel" alpha_inlined
	exits 1 "$kernel: a function that is only inlined is not a symbol"
	is "$out" "  -  no symbol         -  vmlinux  $(line_of fs/proc/alpha.c 'alpha_inlined\(')  inlined into 2 functions
     alpha_show at $(line_of fs/proc/alpha.c ' alpha_inlined\(x\)')
     alpha_again at $(line_of fs/proc/alpha.c ' alpha_inlined\(r->id\)')" \
		"$kernel: ... its definition is shown, and where it went"
done

# The files that it was compiled from, by what they have.
pos k5 --sources
exits 0 'all source files'
is "$(grep -vc '^vmlinux ' <<<"$out"):$(grep -c ' mm/twice.c$' <<<"$out"):$(LC_ALL=C sort -c <<<"$out" 2>&1)" 0:1: '... each once, with its object, sorted'
for kernel in k5 k4 gz; do
	pos "$kernel" --sources alpha_inlined
	has "$out" 'vmlinux fs/proc/alpha.c' "$kernel: those that mention a name, which is only inlined"
	lacks "$out" 'fs/proc/beta.c' "$kernel: ... and not those that do not"
	pos "$kernel" --sources --with include/mini.h alpha_inlined beta_total
	has "$out" "$(printf 'vmlinux fs/proc/%s.c\n' alpha beta)" "$kernel: ... one of two, and have something of a header"
	pos "$kernel" --sources --with none.h alpha_inlined
	is "$status:$out:$err" 0:: "$kernel: ... of a header that nobody has"
done

# The linker stores a short name as the end of a longer one; here there are many longer ones.
{
	printf 'int %s_the_end;\n' {a..z}{0..9}
	printf 'static inline __attribute__((always_inline)) int _the_end(int x) { return x * 3; }\n'
	printf 'int ends(int); int ends(int x) { return _the_end(x); }\n'
} >"$scratch/ends.c"
(cd "$scratch" && mini_cc ends.c ends.o) && relink "$scratch/ends" "$scratch/ends.o" || exit 1
pos ends _the_end
has "$out" "ends.c:261  inlined into 1 function" "a name with which many others end"

# Modules: a static of one, a helper that one has inlined, and a header's function that vmlinux has as well.
mkdir -p "$scratch/debug/kernel" "$scratch/explain"
cp "$mini_src/explain/nest.h" "$scratch/explain"
printf '#include "explain/nest.h"\nint other(struct nest *n);\nint other(struct nest *n)\n{\n\treturn nest_height(n);\n}\n' >"$scratch/other.c"
(cd "$mini_src" && mini_cc explain/nest.c "$scratch/nest.o" && mini_cc explain/guarded.c "$scratch/guarded.o" &&
	cd "$scratch" && relink "$scratch/nested" nest.o guarded.o &&
	MINI_CFLAGS=-I. mini_module "$scratch/nested" "$scratch/debug/kernel/other.ko" other.c &&
	cd "$mini_src" && MINI_CFLAGS=-UMODULE mini_module "$k" "$scratch/debug/kernel/nest.ko" explain/nest.c explain/guarded.c) || exit 1
height=$(line_of explain/nest.h 'int nest_height\(')
pos nested --debug-modules "$scratch/debug" nest_height
is "$out" "  -  no symbol         -  vmlinux  $height  inlined into 1 function
     nest_show at $(line_of explain/nest.c 'nest_height\(n\)')
  -  no symbol         -  nest  $height  inlined into 1 function
     nest_show at $(line_of explain/nest.c 'nest_height\(n\)')
  -  no symbol         -  other  $height  inlined into 1 function
     other at other.c:5" "a header's function: where it went in vmlinux and in modules"
pos k5 --debug-modules "$scratch/debug" nest_height include/nest.h
exits 1 "... not asked for of another header"
lacks "$out" nest_show "... it is not shown"
pos k5 --debug-modules "$scratch/debug" nest_outer
is "$status:$err:$out" "1::  -  no symbol         -  nest  $(line_of explain/nest.c 'int nest_outer\(')  inlined into 1 function
     nest_show at $(line_of explain/nest.c 'nest_outer\(n,')" "a helper that a module has inlined, without its file"
pos k5 --debug-modules "$scratch/debug" nest_visit
is "$status:$err:$(awk '{ print $1, $3, $4, $5, $6 }' <<<"$out")" \
	"0::1 t nest $(line_of explain/nest.c 'int nest_visit\(') traceable" "a static of a module, without its file"
pos k5 --debug-modules "$scratch/debug" nest_visti
exits 1 "a name that no module has"
pos k5 --debug-modules "$scratch/debug" --json nest_outer
is "$(perl -MJSON::PP -0777 -ne 'print join("|", map { ($_->{object}, @{$_->{inlined}}) } @{decode_json($_)->{symbols}})' <<<"$out")" \
	"nest|nest_show at $(line_of explain/nest.c 'nest_outer\(n,')" "JSON: where it went"

for name in helper state registered mixed knob twice_step arch_hook asm_local asm_data; do
	pos k5 "$name"
	is "$(awk '/^ ? ?[0-9]/ { print $1, $2, $3 }' <<<"$out")" "$(ranks "$name")" "positions of '$name' are the kernel's"
done

pos k5 state
has "$out" "$(line_of fs/proc/alpha.c 'static int state')  not a function" "data has its line, and is not traceable"
pos k5 split_path
has "$out" "traceable" "a split function is found by the first of its ranges"
pos k5 helper fs/proc/beta.c
is "$(wc -l <<<"$out") $(awk '{ print $1 }' <<<"$out")" "1 $(ranks helper | awk -v a="$(awk '{ print $2 }' <<<"$out")" '$2 == a { print $1 }')" \
	"a path keeps one, with its position among all"
pos k5 helper beta.c
exits 0 "the end of a path will do"
pos k5 helper eta.c
exits 1 "... but only whole components"
has "$err" "'helper': no such symbol in this vmlinux in eta.c" "... and says so"

pos k5 alpha_constant
exits 1 "a function that is only there as a clone"
has "$out" "clones that the compiler made: alpha_constant.constprop.0" "... its clone is named"
pos k5 alpha_inlind
exits 1 "a misspelt name"
has "$err" "error: 'alpha_inlind': no such symbol in this vmlinux" "... is refused"
pos k5 arch_hok
has "$err" "near names: arch_hook" "near names are suggested"

pos k5 --json helper
exits 0 "JSON"
# shellcheck disable=SC2016 # perl's variables
is "$(perl -MJSON::PP -0777 -ne '
	my $all = decode_json($_)->{symbols};
	print join("\n", map { join(" ", $_->{position}, $_->{address}, $_->{type}) } @$all), "\n";
	for my $key (qw(name object file line traceable note)) {
		exists $all->[0]{$key} or print "no $key\n";
	}' <<<"$out")" "$(ranks helper)" "... an array in the kernel's order, with all fields"
pos k5 --json alpha_inlined
exits 1 "JSON of what is only inlined"
has "$out" '"position": null' "... has no position"
pos k5 --json nosuchthing
is "$(perl -MJSON::PP -0777 -ne 'my $d = decode_json($_); print join(" ", sort keys %$d), " $d->{schema} ", scalar @{$d->{symbols}}' <<<"$out")" \
	'schema symbols 1 0' "JSON of nothing has no symbols, and says what form it has"

pos k5
exits 2 "no name is wrong usage"
pos k5 a b c
exits 2 "so are three"
run "$bin/kallsympos" helper
refused 2 "--vmlinux is needed" "and no vmlinux"
pos k5 --symbols "$scratch/k5/kallsyms" helper
exits 0 "a kallsyms moved by KASLR is a good witness"
grep -v ' helper$' "$scratch/k5/System.map" >"$scratch/less"
pos k5 --symbols "$scratch/less" helper
refused 1 "differ in how often they have 'helper'" "a witness that differs"

# Two variables have one address, because the first has size 0.
printf 'static struct {} key; void *a(void); void *a(void) { return &key; }\n' >"$scratch/key.c"
printf '\nstatic int lock; int *b(void); int *b(void) { return &lock; }\n' >"$scratch/lock.c"
(cd "$scratch" && "${CC:-gcc}" -g -O1 -nostdlib -static -Wl,-e,0 -o shared key.c lock.c)
run "$bin/kallsympos" --vmlinux "$scratch/shared" lock
has "$out" '  vmlinux  lock.c:2  ' 'a variable where another one lies that takes no memory'
run "$bin/kallsympos" --vmlinux "$scratch/shared" key
has "$out" '  vmlinux  key.c:1  ' '... and that one'

run "$top/kallsympos" --help
exits 0 "the command has a help"
run "$top/kallsympos" --nosuch x
refused 2 "unknown option '--nosuch'" "an unknown option of klpmake"
run env KLPMAKE_VMLINUX="$scratch/k5/vmlinux" KLPMAKE_ROOT="$scratch/k5" KLPMAKE_CACHE="$scratch" \
	"$top/kallsympos" -k 9.9.0-mini helper
exits 0 "and finds its kernel by KLPMAKE_VMLINUX"

# tables NAME...: assembler source of the kernel's own list of symbols with these names. Each byte stands for itself.
tables()
{
	perl -e '
		sub bytes { "\t.byte " . join(",", @_) . "\n" }
		sub shown { $_[0] > 32 && $_[0] < 127 }
		print ".section .note.GNU-stack,\"\",\@progbits\n.section .rodata\n.globl kallsyms_num_syms, kallsyms_names, " .
			"kallsyms_token_table, kallsyms_token_index\n.balign 8\nkallsyms_num_syms: .long " . @ARGV . "\nkallsyms_names:\n";
		print bytes(length, unpack("C*", $_)) for map { "D$_" } @ARGV;
		print "kallsyms_token_table:\n";
		print bytes(shown($_) ? ($_, 0) : 0) for 0 .. 255;
		print "kallsyms_token_index:\n\t.set at, 0\n";
		print "\t.short at\n\t.set at, at + " . (shown($_) ? 2 : 1) . "\n" for 0 .. 255;' "$@" >"$scratch/tables.S"
}

# Only some kernels filter kallsyms: their own list of symbols tells.
own_tables()
{
	tables beta_total alpha_show
	mini_cc "$scratch/tables.S" "$scratch/tables.o" && relink "$scratch/without" "$scratch/tables.o" || return
	pos without kallsyms_names
	refused 1 "'kallsyms_names': no such symbol in this vmlinux" 'a table of kallsyms that is not in it'
	tables beta_total kallsyms_names alpha_show
	mini_cc "$scratch/tables.S" "$scratch/tables.o" && relink "$scratch/with" "$scratch/tables.o" || return
	pos with --symbols "$scratch/with/System.map" kallsyms_names
	has "$out" "$(awk '$3 == "kallsyms_names" { print $1 }' "$scratch/with/System.map")" '... and one that is'
	exits 0 '... which the witness has as well'
}
own_tables
done_testing
