#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# klpdiff on pairs of small files, each with a construct by which tools like it have gone wrong. The numbers are those of
# kpatch's issues (kp#N); T names the traps of the design, which were met while it was tried. klpdiff resolves
# each reference of what it cuts out a second time (diff/relink.h): what comes out here has been compared.
# Elsewhere: T1 witness.t and klpdiff.t; kp#225, #553 (values and sizes of data), #983 (untraceable functions), #1048
# (clones) klpdiff.t; T9 fix.t; lines (kp#112, #657, #1124, #1254) fix-lines.t; names of several files (kp#604,
# #676, #706) witness.t and fix.t; static calls of a module's tracepoints (kp#1272) and a module whose symbols do not say
# which file they are of (kp#1402) klpdiff-module.t.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpdiff.bash"

tree=$scratch/tree
path=kernel/pairs.c

write_file()
{
	mkdir -p "$tree/kernel"
	cat >"$tree/$path" <<-'END'
		#include "mini.h"
		long sink(long x);
		__cold void unlikely_end(int x);
		int __SCT__mini_call(int x);
		/* A static variable of a function that is inlined into two. */
		static __always_inline int inlined(int x)
		{
			static int count;
			return x + ++count;
		}
		int first(int x)
		{
			static int count;
			return inlined(x) + ++count;
		}
		int second(int x)
		{
			static int count;
			return inlined(x) - ++count;
		}
		/* A part that is never taken stands apart: outer.cold. */
		int outer(int x)
		{
			if (__builtin_expect(x > 1000, 0)) {
				unlikely_end(x);
				unlikely_end(2 * x);
				return (int)sink(x);
			}
			return x + 1;
		}
		/* Functions of one section: the assembler leaves no relocation between them. */
		static noinline noclone __section(".sched.text") int near(int x)
		{
			static int calls;
			return x + ++calls;
		}
		__section(".sched.text") int beside(int x)
		{
			return near(x) * 3;
		}
		/* Variables of one section, and a pointer to the end of the first. */
		static int many[3] __section(".data.shared") = {1, 2, 3};
		static int after __section(".data.shared") = 7;
		int sum(void)
		{
			int total = 0;
			for (int *p = many; p < many + 3; p++)
				total += (*p)++;
			return total + after++;
		}
		#define BRANCH() asm volatile("1: nop\n.pushsection __jump_table,\"aw\"\n.long 1b - ., 1b - .\n.quad shared_total - .\n.popsection")
		#define WARN() asm volatile("1: nop\n.pushsection __bug_table,\"aw\"\n.long 1b - ., 0\n.word 12, 0\n.popsection")
		int tabled(int x)
		{
			WARN();
			BRANCH();
			return x;
		}
		/* Counted from 1: code refers to a place before the variable. */
		static int counted[3] = {1, 2, 3};
		int from_one(int x)
		{
			int *from = (int *)((unsigned long)counted - 4);
			asm volatile("" : "+r"(from));
			return from[x]++;
		}
		int calls(int x)
		{
			return x;
		}
		/* As arch/x86/include/asm/paravirt_types.h: nothing pads the last entry. */
		#define PATCHED(type) asm volatile("771: nop\n772:\n.pushsection .parainstructions,\"a\"\n.balign 8\n" \
			".quad 771b\n.byte " #type "\n.byte 772b - 771b\n.popsection")
		int patched_first(int x)
		{
			PATCHED(17);
			return x + 1;
		}
		int patched_last(int x)
		{
			PATCHED(18);
			return x + 2;
		}
		/* As include/linux/export.h: what an export says to the kernel, and since Linux 6.4 to modpost. */
		#define EXPORT(name) asm(".pushsection __ksymtab_strings,\"aMS\",%progbits,1\n__kstrtab_" #name ": .asciz \"" #name "\"\n.popsection\n" \
			".pushsection ___ksymtab_gpl+" #name ",\"a\"\n__ksymtab_" #name ": .long " #name " - ., __kstrtab_" #name " - ., 0\n.popsection\n" \
			".pushsection .export_symbol,\"a\"\n__export_symbol_" #name ": .asciz \"GPL\"\n.asciz \"\"\n.balign 8\n.quad " #name "\n.popsection")
		EXPORT(calls);
		struct ops { int (*get)(int x); const char *name; };
		static noinline noclone int get(int x)
		{
			return x + 1;
		}
		static noinline noclone int put(int x)
		{
			return x - 1;
		}
		static const struct ops all[] = {{get, "get"}, {put, "put"}};
		int call(int x)
		{
			return all[x & 1].get(x);
		}
	END
}

compiled()
{
	(cd "$1" && mini_cc "$path" "$2" -ffunction-sections -fdata-sections -w)
}

# pair NAME REPLACED SED-EXPRESSION...: these functions are replaced, by what is in $scratch/cut.o.
pair()
{
	patched "${@:3}"
	is "$status:$err:$(sed -n 's/^replace \([^ ]*\) .*/\1/p' <<<"$out" | LC_ALL=C sort | paste -sd ' ')" "0::$2" "$1"
}

# pair_refused NAME MESSAGE SED-EXPRESSION...
pair_refused()
{
	patched "${@:3}"
	refused 1 "$2" "$1"
}

undefined()
{
	mini_nm -u "$scratch/cut.o" | sed 's/^ *U //' | LC_ALL=C sort | paste -sd ' '
}

defined()
{
	mini_nm --defined-only "$scratch/cut.o" | sed 's/^[0-9a-f]* //' | LC_ALL=C sort | paste -sd ' '
}

static_locals()
{
	pair "a new static variable of a name that others have (kp#535, #545, #698)" '' \
		's/return inlined(x) + ++count;/return inlined(x) + ++count; }\nint fresh(int x)\n{ static int count; return x - ++count;/'
	pair "... before theirs, so that all numbers move (kp#912, #1035)" '' \
		's/^int first(int x)/int fresh(int x)\n{\n\tstatic int count;\n\treturn x - ++count;\n}\n&/'
	is "$(undefined)" __fentry__ '... the new one is its own'
	pair "a static variable of an inlined function (kp#599, #1049)" second 's/return inlined(x) - ++count;/return inlined(x) - 2 * ++count;/'
	is "$(undefined)" '.klp.local:inlined:count .klp.local:second:count __fentry__' '... is that of the function which it is in'
	pair "one that goes away (kp#444)" first -e 's/return inlined(x) + ++count;/return inlined(x) + 1;/' -e '/^int first/,/^}/s/static int count;//'
}

cold()
{
	pair 'only the part that stands apart changes (kp#865, #1160)' outer 's/unlikely_end(2 \* x)/unlikely_end(3 * x)/'
	is "$(defined)" 'T livepatch_outer t livepatch_outer.cold' '... and goes with its function, under its name (T2)'
	pair 'only the function changes (kp#918)' outer '/^int outer/,/sched/s/return x + 1;/return x + 2;/'
	has "$(defined)" livepatch_outer.cold '... and its part goes with it'
}

sections()
{
	pair 'a function of a section that is not split (kp#265, T8)' beside 's/return near(x) \* 3;/return near(x) * 5;/'
	is "$(undefined)" '__fentry__ near' '... its branch to the neighbour becomes a reference'
	pair '... the neighbour' near 's/return x + ++calls;/return x + 2 * ++calls;/'
	is "$(undefined)" '.klp.local:near:calls __fentry__' '... alone'
	pair 'a pointer to the end of an array among others (T10, kp#553)' sum 's/return total + after++;/return total + 2 * after++;/'
	is "$(undefined)" '__fentry__ after many' '... is one to what lies there'
	pair 'an array that is counted from 1' from_one 's/return from\[x\]/return 2 * from[x]/'
	is "$(undefined)" '__fentry__ counted' '... is that array'
	is "$(readelf -rW "$scratch/cut.o" | grep -oE 'counted - 4$' | sort -u)" 'counted - 4' '... one element before it'
	pair '... a new one' from_one 's/^int from_one(int x)/static int fresh_array[5];\n&/; s/counted - 4/fresh_array - 4/'
	pair 'a static call (T3)' calls '/^int calls/,/^}/s/return x;/return __SCT__mini_call(x);/'
	is "$(undefined)" '__SCK__mini_call __SCT__mini_call __fentry__' '... comes with its key'
}

data()
{
	pair 'a new table of functions and texts (kp#580, #755)' call \
		-e 's/^int call(int x)/static const struct ops more[] = {{put, "more"}, {get, "most"}};\n&/' -e 's/return all\[x \& 1\].get(x);/return more[x \& 1].get(x) + (long)more[x \& 1].name;/'
	is "$(undefined)" '__fentry__ get put' '... refers to those of the kernel'
	pair_refused 'a constant table of the file that changes (kp#225, #558)' "'all' exists in the kernel, and its initial value changes" \
		's/{put, "put"}/{get, "put"}/'
}

# The compiler begins tables in the order in which it needs them.
orders()
{
	pair 'a new function that has another table first' '' 's/^int tabled(int x)/int fresh(int x)\n{\n\tBRANCH();\n\treturn x;\n}\n&/'
	pair '... and a function whose tables change' tabled '/^int tabled/,/^}/s/WARN();//'
}

# entries: of .parainstructions in the cut object, the code, type and length of each, and how the section is aligned.
entries()
{
	objcopy -O binary --only-section=.parainstructions --set-section-flags .parainstructions=alloc "$scratch/cut.o" "$scratch/entries"
	printf '%s %s %s' "$(LC_ALL=C readelf -rW "$scratch/cut.o" | awk '/^Relocation section/ { on = /\.parainstructions/ } on && /R_X86_64_64/ { print $1 + 0, $5 }' | xargs)" \
		"$(od -An -tu1 -j 8 -N 2 "$scratch/entries" | xargs)" \
		"$(LC_ALL=C readelf -SW "$scratch/cut.o" | awk '/ \.parainstructions / { print $NF }')"
}

unpadded()
{
	pair 'an entry that others follow (kp#852)' patched_first '/^int patched_first/,/^}/s/return x + 1;/return x + 11;/'
	is "$(entries)" '0 .text.patched_first 17 1 8' '... comes along'
	pair 'the last entry, which has no padding' patched_last '/^int patched_last/,/^}/s/return x + 2;/return x + 12;/'
	is "$(entries)" '0 .text.patched_last 18 1 8' '... comes along'
	pair 'both' 'patched_first patched_last' '/^int patched_/,/^}/s/return x + \([12]\);/return x + 1\1;/'
	is "$(entries)" '0 .text.patched_first 10 .text.patched_last 17 1 8' '... in their places'
}

# An export that is new is left out; those that there are change their places.
exports()
{
	patched \
		-e 's/^EXPORT(calls);/int fresh(int x);\nint fresh(int x)\n{\n\treturn x * 7;\n}\nEXPORT(fresh);\n&/' -e '/^int calls/,/^}/s/return x;/return x + 5;/'
	is "$status:$(sed -n 's/^replace \([^ ]*\) .*/\1/p' <<<"$out" | xargs)" 0:calls 'a new export in a file that has others (kp#1178, #1458)'
	has "$err" "'__export_symbol_fresh', in section '.export_symbol', is new: a livepatch cannot have that, and the patch leaves it out" '... is left out'
	is "$(defined)" 'T fresh T livepatch_calls' '... but the function is there, and global'
	is "$(LC_ALL=C readelf -SW "$scratch/cut.o" | grep -oE '[^ ]*(ksymtab|export_symbol)[^ ]*')" '' '... without what exports it'
}

# What objtool writes into the header of a section is no difference.
headers()
{
	patched ''
	mv "$scratch/new.o" "$scratch/same.o"
	"$scratch/elfedit" "$scratch/same.o" "$scratch/new.o" set-entsize .parainstructions 16
	compare -o "$scratch/cut.o"
	is "$status:$err:$(sed -n '/^replace /p' <<<"$out")" '0::' 'the size of entries in the header of a table (kp#1194)'
}

# Another file has the name of this one, and its static functions; a third one has no local symbols at all.
namesakes()
{
	patched -e '/int get(int x)/,/^}/s/return x + 1;/return x + 21;/'
	is "$status:$(sed -n 's/^replace \([^ ]*\) .*/\1/p' <<<"$out" | xargs)" 0:get 'a function that another file of that name has, too, where ftrace does not see it (kp#651, #1345)'
}

unknown()
{
	pair_refused 'a table that nobody knows (kp#107, #157, #1165, #1206)' "section '.mystery' says something about 'calls', and klpmake does not know that section" \
		'/^int calls/,/^}/s/return x;/asm(".pushsection .mystery, \\"a\\"; .quad 1f; .popsection; 1:"); return x + 1;/'
}

write_file
mini_vmlinux "$k" && make_frame && compiled "$tree" "$scratch/was.o" &&
	(cd "$tree" && mini_cc "$path" "$scratch/pairs.o") || exit
echo 'int __SCT__mini_call(int x) { return x; } int __SCK__mini_call; void unlikely_end(int x) { (void)x; }' >"$scratch/rest.c"
mkdir -p "$tree/lib" "$tree/mm"
echo 'static __attribute__((used, noinline, no_instrument_function)) int get(int x) { return x + 1; }' >"$tree/lib/pairs.c"
echo 'int no_locals(int x) { return x; }' >"$tree/mm/pairs.c"
(cd "$tree" && mini_cc lib/pairs.c "$scratch/namesake.o" -w && mini_cc mm/pairs.c "$scratch/empty.o" -w) &&
	mini_cc "$scratch/rest.c" "$scratch/rest.o" -w &&
	relink "$k" "$scratch/empty.o" "$scratch/namesake.o" "$scratch/pairs.o" "$scratch/rest.o" && make_elfedit || exit
static_locals
cold
sections
data
orders
unpadded
exports
headers
namesakes
unknown
done_testing
