#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Modules with one field changed, many of them: klpcheck passes none of those that the kernel would refuse,
# crash on or do nothing with, but for what only the author can know. doc/mutations.md has the figures.
# MUTATIONS_SEED and MUTATIONS_EACH make others, or more.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/check.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

seed=${MUTATIONS_SEED:-20260101}
each=${MUTATIONS_EACH:-10}

# Classes of which a mutation may pass: a pattern for KIND:WHERE, then why. doc/mutations.md says more.
may_pass=(
	# Nothing reads the field, or it makes no difference to this kernel.
	'*:note' 'the kernel shows notes, it does not use them'
	'symbol-*:unused' 'no relocation refers to the symbol'
	'symbol-name:*' 'the loader has no use for the names of what the module defines'
	'symbol-info:*' 'it does not ask for type and binding of what is defined'
	'symbol-size:*' 'nor for sizes'
	'symbol-value*:undefined' 'simplify_symbols() writes the value'
	'symbol-value*:klp' 'klp_resolve_symbols() writes the value'
	'section-name:*' 'the loader reads sections that it knows by name, and loads all others'
	'section-type:*' 'move_module() copies whatever is not SHT_NOBITS'
	'section-align-less:*' 'x86 reads and writes at any address'
	'section-offset:bss' 'it has no bytes'
	'section-larger:*' 'what follows is padding'
	'section-smaller:bss' 'what it ends with may be padding'
	'byte:__versions' 'behind the end of a name'
	'byte:strtab' 'names of sections that the loader does not know, and of what the module defines'
	'byte:.modinfo' 'a key or a text that the loader does not look at'
	'byte:data' 'a constant, padding, and what only a full kernel names as its own in the structures'
	# What the author means.
	'byte:rodata' 'another constant'
	'byte:strings' 'another text'
	'byte:*code' 'another instruction of that length, or a constant in one'
	'byte:.altinstr_replacement' 'likewise'
	'byte:__param' 'what an entry says beside its addresses: permissions'
	'byte:__dyndbg' '... a line, flags'
	'byte:__bug_table' '... a line, flags'
	'byte:__ex_table' '... what is done about a fault'
	'byte:.altinstructions' '... for which processors'
	'byte:__jump_table' '... which way it goes'
	'reloc-addend*:*code' 'a place near what it names: compilers count from there, and access it where nothing comes by'
	'reloc-addend:*data' 'another place in the same variable or section'
	'reloc-symbol:*code' 'another symbol that is there'
	'reloc-symbol:*data' 'likewise'
	'reloc-*:__param' 'another name, variable or set of functions; the argument is in a union that has no name in debug information'
	'reloc-addend:__dyndbg' 'another text'
	'reloc-symbol:__dyndbg' 'likewise'
	'reloc-addend:__bug_table' 'likewise, or the trap beside it'
	'reloc-symbol:__bug_table' 'likewise'
	'reloc-addend:*__jump_table' 'another place in the key, or the other way'
	'reloc-symbol:*__jump_table' 'another key'
	'reloc-addend:__ex_table' 'another instruction of the function'
	'reloc-addend:.altinstructions' 'likewise'
	'reloc-addend:.smp_locks' 'likewise'
	'reloc-addend:.orc_unwind_ip' 'another place in the code: it is about alternatives as well'
	'reloc-symbol:.orc_unwind_ip' 'likewise'
	'symbol-value:object' 'the label of a text: another text'
	'symbol-elsewhere:object' 'likewise, in another section of texts'
	# What is not written anywhere, or not looked at.
	'section-smaller:rela' 'how many pointers data had'
	'section-smaller:klp' 'likewise'
	'byte:.orc_unwind' 'what the unwinder is told'
)

# judge RESULTS: what should not be, on stdout.
judge()
{
	local verdict class what i known
	while IFS=$'\t' read -r verdict class what; do
		[[ $verdict != refused ]] || continue
		known=
		for ((i = 0; i < ${#may_pass[@]}; i += 2)); do
			# shellcheck disable=SC2053 # a pattern
			[[ $verdict != passed || $class != ${may_pass[i]} ]] || known=yes
		done
		[[ $known ]] || printf '%s: %s: %s\n' "$verdict" "$class" "$what"
	done <"$1"
}

# mutate MODULE: all of its mutations, asked of klpcheck.
mutate()
{
	"$scratch/mutate" "$seed" "$each" "$scratch/mutated.ko" "$1" timeout 60 "$bin/klpcheck" -q \
		--vmlinux "$scratch/described/vmlinux" --symvers "$k/Module.symvers" "${check_modules[@]}" \
		>"$scratch/results"
	diag "seed $seed, '${1##*/}': $(grep -c '^refused' "$scratch/results") refused, $(grep -c '^passed' "$scratch/results") passed"
}

check_setup || exit
holds 'the generator is compiled' "${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -o "$scratch/mutate" \
	"$top/tests/mutate.c" "$top/tests/mutations.c"
(cd "$mini_src" && mini_cc same/apply.c "$k/obj/same/apply.o" -I.) && relink "$scratch/described" || exit
# shellcheck disable=SC2034 # mini.bash's
mini_flags=("-I$mini_src")
MINI_CFLAGS=-w mini_module "$k" "$scratch/listed.ko" "$mini_src/listed.c"
mini_flags=()

for module in "$scratch/listed.ko" "$good"; do
	run "$bin/klpcheck" --vmlinux "$scratch/described/vmlinux" --symvers "$k/Module.symvers" \
		"${check_modules[@]}" "$module"
	is "$status:$err" 0: "'${module##*/}' is fine as it is"
	lacks "$out" 'not checked  table' '... and all its tables are known'
	mutate "$module"
	holds '... and there are mutations' test "$(wc -l <"$scratch/results")" -gt $((20 * each))
	is "$(judge "$scratch/results")" '' '... none passes that the kernel would refuse or crash on'
	cp "$scratch/results" "$scratch/${module##*/}.first"
	if [[ $module != "$good" ]]; then
		mutate "$module"
		holds '... the same seed makes the same' cmp "$scratch/results" "$scratch/${module##*/}.first"
	fi
done

done_testing
