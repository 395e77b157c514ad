#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154 # status, out and err are tap.bash's
#
# klpcheck recognises functions that were not changed, whatever they refer to, and notices the least change. And it
# compares the kernel with what its sources compile to.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/same.bash"

# Declarations that the functions of the file need.
prelude='extern int same_state, same_counts[4], same_percpu;
static int same_helper(int x);'

# copy [-s SED] NAME...: a patch with copies of these functions, edited by SED or not.
copy()
{
	local edit='' name
	if [[ $1 == -s ]]; then
		edit=$2
		shift 2
	fi
	{
		printf '%s\n' "${PRELUDE-$prelude}"
		for name; do
			function_text "$name"
		done
	} | sed -e "$edit" >"$scratch/text"
	make_patch "$@" <"$scratch/text"
	check -v "$dir/out/klp-x.ko"
}

# unchanged TEST_NAME NAME...: in a patch with copies of these functions, the last one is reported as unchanged, and
# nothing else is; when that is waived, it is a warning.
unchanged()
{
	local name=$1 old=${!#}
	shift
	copy "$@"
	refused 1 "klpcheck: error: '$dir/out/klp-x.ko': unchanged: '$old' is replaced with the same code: new_$old() has " \
		"$name: found"
	is "$(grep -c ': error: ' <<<"$err")" 1 "... and nothing else"
}

# changed TEST_NAME SED NAME: the edited copy of the function passes without any message.
changed()
{
	local name=$1 edit=$2
	shift 2
	copy -s "$edit" "$@"
	# Another pass examines the addresses that it hands out.
	is "$status:$(sed '/warning: .* is stored somewhere by/,/^  /d' <<<"$err")" 0: "$name"
	has "$out" 'checked      unchanged: 1 function, 0 known to be unchanged' '... and was compared'
}

of_every_kind()
{
	unchanged 'no reference' same_plain
	has "$err" '  to accept this, pass --allow=unchanged' '... and can be waived'
	check --allow unchanged "$dir/out/klp-x.ko"
	is "$status" 0 '... by that name'
	has "$err" "waived: '$dir/out/klp-x.ko': unchanged: 'same_plain'" '... and is told then'
	has "$out" 'checked      unchanged: 1 function, 1 known to be unchanged (waived)' '... in the report, too'
	changed 'another constant' 's/1234567/1234568/' same_plain
	unchanged 'calls of a global and of a static function' same_calls
	changed 'a call of another function' 's/same_helper(x + 1)/beta_total((void *)(long)x)/' same_calls
	unchanged 'data: static, global, per CPU' same_data
	changed 'another element' 's/counts\[2\]/counts[3]/' same_data
	PRELUDE="$prelude int own[4];" changed 'a variable of its own' 's/same_counts/own/' same_data
	unchanged 'an immediate value behind a distance' same_compare
	changed 'another one' 's/0x12345678/0x12345679/' same_compare
	changed 'the same one for another variable' 's/same_state =/same_counts[0] =/' same_compare
	unchanged 'a string' same_string
	changed 'another string' 's/"same /"some /' same_string
	changed 'a longer string' 's/%d\\n/%d\\n\\n/' same_string
	PRELUDE='static const int own[] = {3, 5, 8, 13};' own_table
	is "$status:$(grep -c 'is replaced with the same code' <<<"$err")" 1:1 'a table of constants that was copied with it: found'
	PRELUDE='static const int own[] = {3, 5, 8, 14};' own_table
	is "$status:$err" 0: 'another table'
	PRELUDE='static const int own[] = {3, 5, 8, 13, 21};' own_table
	is "$status:$err" 0: 'a longer table'
	PRELUDE='int own[] = {3, 5, 8, 13};' own_table
	is "$status:$err" 0: 'a table that can be written to'
	copy same_local
	refused 1 "klpcheck: error: '$dir/out/klp-x.ko': locals: 'new_same_local' (x.c:" 'a static variable of its own: doubled'
	has "$out" 'checked      unchanged: 1 function, 0 known to be unchanged' '... so that it is not the same code'
	unchanged 'a part of it that is hardly ever run' same_cold
	changed 'that part changed' 's/17/18/' same_cold
	changed 'that part says something else' 's/"cold"/"warm"/' same_cold
	PRELUDE='static noinline noclone int own(int x) { return (int)sink(x * 3); }' \
		changed 'the address of a function of its own' 's/same_helper/own/' same_address
	unchanged 'the address of a function' same_address
}

own_table()
{
	copy -s 's/same_limits/own/' same_const
}

# Functions that the patch defines itself, and calls.
helpers()
{
	local own='static noinline noclone int own(int x) { return (int)sink(x * 3); }'
	PRELUDE=$own
	copy -s 's/same_helper(/own(/' same_helped
	refused 1 "unchanged: 'same_helped' is replaced with the same code" 'a helper that was copied with it: found'
	PRELUDE=${own/3/4} changed 'that helper changed' 's/same_helper(/own(/' same_helped
	PRELUDE="static noinline noclone int own(int x) { return x ? own(x - 1) * 3 : (int)sink(x); }" \
		changed 'another helper, which calls itself' 's/same_helper(/own(/' same_helped
	PRELUDE='static int same_helper(int x);'
	copy -s 's/ \* 1234567/ * 1234567 + 1/' same_plain same_helper
	refused 1 "unchanged: 'same_helper' is replaced with the same code" 'one of two'
	lacks "$err" same_plain '... and not the other'
	unset PRELUDE
}

# Differences in tables instead of the code.
tables()
{
	unchanged 'a jump label' same_jump
	changed 'a jump label of another key' 's/same_key/other_key/' same_jump
	unchanged 'an alternative' same_alternative
	changed 'an alternative for another feature' 's/42/43/' same_alternative
	changed 'an alternative with other code' 's/"pause"/"lahf"/' same_alternative
	changed 'an alternative with more code' 's/"pause"/"pause; nop"/' same_alternative
	changed 'no alternative' 's/ALTERNATIVE.*/asm volatile("nop");/' same_alternative
	unchanged 'a warning on another line' same_warning
	changed 'a warning that does more' 's/WARNING(1)/WARNING(3)/' same_warning
	changed 'no warning, but the same instruction' 's/WARNING(1)/asm volatile("ud2")/' same_warning
	unchanged 'an instruction that may fault' same_fault
	changed 'one that is handled in another way' 's/FAULTS(1)/FAULTS(2)/' same_fault
	changed 'one that is not handled' 's/FAULTS(1)/asm volatile("nop")/' same_fault
	kernel=$scratch/formless
	holds 'a kernel whose debug information has not the form of tables' same_kernel "$kernel" -g0
	TAG=kernel/gamma.c PRELUDE='' copy same_jump
	is "$status" 0 '... there nothing is said of a jump label'
	has "$out" "not checked  unchanged: 'same_jump': the form of '.altinstructions' is not in the kernel's debug information" \
		'... but that it was not looked at'
	kernel=$scratch/kernel-same
}

# A compiler that knows of nothing but calls of a function leaves its ENDBR out.
entry_marks()
{
	kernel=$scratch/marked
	holds 'a kernel with marks where indirect branches may lead' same_kernel "$kernel" -fcf-protection=branch
	is "$(first_bytes same_plain) $(first_bytes same_direct)" 'f30f1efa e8' '... some functions have none'
	MINI_CFLAGS='-fcf-protection=branch' unchanged 'the new one of such a function has it' same_direct
	MINI_CFLAGS='-fcf-protection=branch' unchanged 'both have it' same_plain
	MINI_CFLAGS='-fcf-protection=branch' changed 'it is no change, others are' 's/x \* 9/x * 5/' same_direct
	kernel=$scratch/kernel-same
}

first_bytes()
{
	LC_ALL=C objdump -d --disassemble="$1" "$kernel/vmlinux" |
		sed -n 's/^ *[0-9a-f]*:\t\([0-9a-f ]*\)\t.*/\1/p' | sed '1!d; s/ //g; s/^e8.*/e8/'
}

# With one wrong field in a module with an unchanged function, klpcheck neither crashes nor says that it is the same.
damaged()
{
	local edit wanted words
	make_elfedit || return
	copy same_string same_jump
	is "$(grep -c 'is replaced with the same code' <<<"$err")" 2 'two functions that are not changed'
	while read -r wanted edit; do
		eval "words=($edit)"
		"$scratch/elfedit" "$dir/out/klp-x.ko" "$scratch/damaged.ko" "${words[@]}" || fail "$edit"
		check -v "$scratch/damaged.ko"
		holds "$edit: no crash" test "$status" -le 1
		is "$(sed -n "s/.*: '\(.*\)' is replaced with the same code.*/\1/p" <<<"$err")" "${wanted#-}" '... what is still the same'
	done <<-'END'
		same_jump replace .rodata.str1.1 'same %d' 'some %d'
		same_jump set-flags .rodata.str1.1 2
		same_jump set-entsize .rodata.str1.1 0
		same_jump set-entsize .rodata.str1.1 0x10000000000
		- set-size .rodata.str1.1 4
		same_jump set-reloc-symbol .rela.text 2 sink
		same_jump set-reloc-type .rela.text 1 1
		same_jump poke .text 6 ff
		same_string set-reloc-symbol .klp.rela.vmlinux.__jump_table 0 sink
		same_string set-reloc-offset .rela__jump_table 0 1
		- set-size __jump_table 15
		same_string rename-section __jump_table __jump_tablf
	END
	PRELUDE='static const int own[] = {3, 5, 8, 13};' own_table
	"$scratch/elfedit" "$dir/out/klp-x.ko" "$scratch/damaged.ko" set-symbol-size own 0x10000000000
	check "$scratch/damaged.ko"
	lacks "$err" 'is replaced with the same code' 'a table that would be larger than the file'
}

baseline()
{
	copy -s 's/1234567/1234568/' same_plain same_string same_jump
	check --sources "$dir/out/klp-x.ko"
	is "$out" same/subject.c 'the source of what is replaced, once'
	check --baseline "$kernel/obj" "$dir/out/klp-x.ko"
	is "$status:$err" 0: 'what it compiles to is the kernel'
	is "$(grep -o '^[^,]*' <<<"$out")" "$(baseline_lines 'equal   ' same_plain same_string same_jump)" \
		'... function by function'
	has "$(grep -c ' [1-9][0-9]* references$' <<<"$out")" 2 '... with what they refer to'
	sed 's/1234567/1234568/' "$mini_src/same/subject.c" >"$scratch/subject.c"
	compile_again "$scratch/subject.c"
	check --baseline "$scratch/again" "$dir/out/klp-x.ko"
	refused 1 "klpcheck: error: '$dir/out/klp-x.ko': 1 of 3 functions are not what their sources compile to here" 'another source'
	has "$out" "differs  same_plain same/subject.c:$(line_of 'int same_plain' 2), at 0x" '... of which one function is another'
	has "$out" ", same/subject.c:$(line_of 'x * 1234567'): other bytes" '... at this line'
	has "$out" '
  compiled 88 d6 12 00' '... with these bytes'
	has "$out" '
  kernel   87 d6 12 00' '... instead of those'
	parts
	compile_again "$mini_src/same/subject.c" -O0
	check --baseline "$scratch/again" "$dir/out/klp-x.ko"
	exits 1 'other flags'
	has "$out" 'differs  same_string' '... are seen'
	sed 's/"same /"some /' "$mini_src/same/subject.c" >"$scratch/subject.c"
	compile_again "$scratch/subject.c"
	check --baseline "$scratch/again" --json "$dir/out/klp-x.ko"
	is "$(perl -MJSON::PP -0777 -ne '$d = decode_json($_); print join " ", $d->{ok} ? 1 : 0,
		map { "$_->{function}:$_->{verdict}:$_->{source}" } @{$d->{functions}}' <<<"$out")" \
		'0 same_plain:equal:same/subject.c same_string:differs:same/subject.c same_jump:equal:same/subject.c' \
		'another string, as JSON'
	has "$out" "it refers to something in '.rodata.str1.1', the kernel's to something in '.rodata'" '... and which'
	sed 's/^noinline int same_string/static &/; s/^int same_string.*//' "$mini_src/same/subject.c" |
		sed 's/JUMP_LABEL(/JUMP_LABEL_RAW(/' >"$scratch/subject.c"
	compile_again "$scratch/subject.c"
	check --baseline "$scratch/again" "$dir/out/klp-x.ko"
	has "$out" "unknown  same_string same/subject.c:$(line_of 'int same_string' 2): '$scratch/again/same/subject.o' has no such function" \
		'a function that is not there'
	has "$out" 'equal    same_jump' 'a jump label as the compiler leaves it is one'
	rm "$scratch/again/same/subject.o"
	check --baseline "$scratch/again" "$dir/out/klp-x.ko"
	refused 1 "'$scratch/again/same/subject.o': No such file" 'an object file that is not there'
	cp "$kernel/vmlinux" "$scratch/again/same/subject.o"
	check --baseline "$scratch/again" "$dir/out/klp-x.ko"
	refused 1 "'$scratch/again/same/subject.o' is not an object file for this kernel" 'a file that is not an object file'
}

# outside: a place that is in no variable, but at one distance from its neighbours.
outside()
{
	local flag
	PRELUDE='extern int same_before[2], same_counted[3];' copy -s 's/ - 4);/ - 12);/' same_outside
	for flag in -fno-data-sections -fdata-sections; do
		compile_again "$mini_src/same/subject.c" "$flag"
		check --baseline "$scratch/again" "$dir/out/klp-x.ko"
		is "$status:$err" 0: "an array that is counted from 1 ($flag)"
		sed 's/counted - 4);/counted - 8);/' "$mini_src/same/subject.c" >"$scratch/subject.c"
		compile_again "$scratch/subject.c" "$flag"
		check --baseline "$scratch/again" "$dir/out/klp-x.ko"
		refused 1 '1 of 1 functions are not what their sources compile to here' '... and one counted from 2'
		sed 's/same_counted - 4);/same_before - 4);/' "$mini_src/same/subject.c" >"$scratch/subject.c"
		compile_again "$scratch/subject.c" "$flag"
		check --baseline "$scratch/again" "$dir/out/klp-x.ko"
		refused 1 '1 of 1 functions are not what their sources compile to here' '... and another array'
	done
}

# parts: code of a function may be in functions with other names.
parts()
{
	local name
	PRELUDE='static int __do_sys_same(int x);' \
		copy -s 's/same_whole_part(x)/(int)sink(x)/; s/_sys_same(x);/_sys_same(x + 1);/' __x64_sys_same same_whole
	compile_again "$mini_src/same/subject.c"
	check --baseline "$scratch/again" "$dir/out/klp-x.ko"
	is "$status:$err" 0: 'a system call and a function that was split are what they compile to'
	for name in 7654321:__do_sys_same 7654323:same_whole.part.0; do
		sed "s/${name%:*}/7654329/" "$mini_src/same/subject.c" >"$scratch/subject.c"
		compile_again "$scratch/subject.c"
		check --baseline "$scratch/again" "$dir/out/klp-x.ko"
		refused 1 '1 of 2 functions are not what their sources compile to here' "another source of '${name#*:}'"
		has "$out" "in '${name#*:}', other bytes" '... is seen'
	done
	sed "s/same_whole\.part\.0/same_whole.part.1/" "$mini_src/same/subject.c" >"$scratch/subject.c"
	compile_again "$scratch/subject.c"
	check --baseline "$scratch/again" "$dir/out/klp-x.ko"
	has "$out" "differs  same_whole" 'a part that the kernel has not'
	copy -s 's/1234567/1234568/' same_plain same_string same_jump
}

# baseline_lines VERDICT FUNCTION...
baseline_lines()
{
	local verdict=$1 name
	shift
	for name; do
		printf '%s %s same/subject.c:%s\n' "$verdict" "$name" "$(line_of "int $name" 2)"
	done
}

# line_of TEXT [NTH]
line_of()
{
	grep -nF "$1" "$mini_src/same/subject.c" | sed -n "${2:-1}s/:.*//p"
}

compile_again()
{
	mkdir -p "$scratch/src/same"
	cp "$1" "$scratch/src/same/subject.c"
	(cd "$scratch/src" && mini_cc same/subject.c "$scratch/again/same/subject.o" -w -I"$mini_src" "${@:2}")
}

# Functions of a module, whose code has relocations like the patch's. Its debug file is the installed file.
modules()
{
	PRELUDE='extern int gadget_private; static int gadget_step(int x), gadget_odd(int x), gadget_late(int x);
int gadget_common(int x), gadget_twin(int x);
static const int gadget_numbers[] = {3, 1, 4, 1, 5};'
	kernel=$k
	holds 'a module' mini_gadget "$k"
	TAG=drivers/gadget/gadget.c OBJECT='"gadget"' make_patch gadget_export < <(gadget_text s/gadget_table/gadget_numbers/)
	check "$dir/out/klp-x.ko"
	refused 1 "unchanged: 'gadget_export' is replaced with the same code: new_gadget_export() has " \
		'a function of a module that is not changed: found'
	TAG=drivers/gadget/gadget.c OBJECT='"gadget"' make_patch gadget_export < <(gadget_text 's/gadget_table/gadget_numbers/; s/gadget_twin(x)/gadget_late(x)/')
	check -v "$dir/out/klp-x.ko"
	has "$out" 'checked      unchanged: 1 function, 0 known to be unchanged' 'one that calls another function of the module'
	mkdir -p "$scratch/module/drivers/gadget"
	cp "$k/gadget.o" "$scratch/module/drivers/gadget"
	check --baseline "$scratch/module" "$dir/out/klp-x.ko"
	is "$status:${out%%, *}" "0:equal    gadget_export drivers/gadget/gadget.c:$(grep -n '^int gadget_export(' \
		"$mini_src/drivers/gadget/gadget.c" | cut -d: -f1)" 'what its source compiles to'
}

# gadget_text SED
gadget_text()
{
	printf '%s\n' "$PRELUDE"
	sed -n '/^int gadget_export(/,/^}/p' "$mini_src/drivers/gadget/gadget.c" | sed "s/gadget_export/new_&/; $1"
}

k=$scratch/kernel
kernel=$scratch/kernel-same
holds 'a miniature kernel' mini_vmlinux "$k"
holds '... with functions to be copied' same_kernel "$kernel"
cp "$k"/obj "$kernel" -r
of_every_kind
helpers
tables
entry_marks
damaged
baseline
outside
modules
done_testing
