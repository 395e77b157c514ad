#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# <klpmake.h>: what a tag cannot say. Each macro names one symbol or is refused.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# shellcheck source=tests/mini.bash
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
# shellcheck source=tests/klpsyms.bash
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

mini_vmlinux "$k" && make_frame || exit 1
header="#include \"$top/src/include/klpmake.h\""

# uses TAG TEXT: a file with the macros, that tag and text.
uses()
{
	fresh
	c_file a.c "$1" <<<"$header
$2"
	resolve "${@:3}"
}

uses fs/proc/alpha.c 'extern int one KLP_STATIC_LOCAL(alpha_first, counter);
extern int two KLP_STATIC_LOCAL(alpha_second, counter);
int use(void); int use(void) { return one + two; }'
exits 0 "static variables of two functions, of one name"
one=$(symbol .klp.local:alpha_first:counter)
two=$(symbol .klp.local:alpha_second:counter)
# alpha_first's starts with 0 and so is in .bss, alpha_second's starts with 100 and is in .data.
is "$(awk '{ print $1, $5 }' <<<"$one")" "vmlinux b" "the first function's"
is "$(awk '{ print $1, $5 }' <<<"$two")" "vmlinux d" "the second function's"
for line in "$one" "$two"; do
	read -r _ name position addr _ <<<"$line"
	is "$position" "$(position "$name" "$addr")" "$name has the kernel's position"
done

uses fs/proc/beta.c 'extern int one KLP_STATIC_LOCAL(alpha_first, counter);
int use(void); int use(void) { return one; }'
refused 1 "fs/proc/beta.c has no static variable 'counter' in a function 'alpha_first'" \
	"a function of another file"
uses fs/proc/alpha.c 'extern int one KLP_STATIC_LOCAL(alpha_first, count);
int use(void); int use(void) { return one; }'
refused 1 "fs/proc/alpha.c has no static variable 'count' in a function 'alpha_first'" "a misspelt variable"
uses fs/proc/alpha.c 'extern int one KLP_STATIC_LOCAL(alpha_setup, setups);
int use(void); int use(void) { return one; }'
refused 1 "is in init memory, which the kernel frees after boot" "a static variable in init memory"

# Two variables of one name in different blocks of one function, which tests/mini/fs/proc/alpha.c does not have.
# shellcheck disable=SC2317 # by holds, below
blocks_kernel()
{
	mkdir -p "$scratch/blocks/fs"
	cat >"$scratch/blocks/fs/blocks.c" <<-'END'
		int blocks(int x);
		int blocks(int x)
		{
			if (x > 5) {
				static int seen = 100;
				return ++seen;
			} else {
				static int seen = 200;
				return --seen;
			}
		}
		int one_line(int x);
		int one_line(int x)
		{
			if (x) { static int seen = 1; return ++seen; } else { static int seen = 2; return --seen; }
		}
	END
	(cd "$scratch/blocks" && mini_cc fs/blocks.c blocks.o) && relink "$scratch/blocks" "$scratch/blocks/blocks.o" &&
		cp "$k/Module.symvers" "$scratch/blocks"
}
holds "a kernel with two static variables of one name in a function" blocks_kernel
small=$k
k=$scratch/blocks
uses fs/blocks.c 'extern int one KLP_STATIC_LOCAL(blocks, seen);
int use(void); int use(void) { return one; }'
refused 1 "a.c:4: fs/blocks.c has more than one static variable 'seen' in a function 'blocks': name the one that is meant by the line of its declaration
  KLP_STATIC_LOCAL_AT(blocks, seen, 5)
  KLP_STATIC_LOCAL_AT(blocks, seen, 8)" "two blocks have one"
uses fs/blocks.c 'extern int one KLP_STATIC_LOCAL_AT(blocks, seen, 8);
extern int two KLP_STATIC_LOCAL_AT(blocks, seen, 5);
int use(void); int use(void) { return one * two; }'
exits 0 "each by its line"
# The initial value tells which one it is.
begins_with()
{
	local addr
	addr=$(symbol "$1" | awk '{ print $4 }')
	objdump -s --start-address="0x$addr" --stop-address="$(printf '0x%x' $((0x$addr + 4)))" "$k/vmlinux" |
		awk '/^ f/ { print $2 }'
}
is "$(begins_with .klp.local:blocks:seen:8)" c8000000 "... the second block's"
is "$(begins_with .klp.local:blocks:seen:5)" 64000000 "... the first one's"
uses fs/blocks.c 'extern int one KLP_STATIC_LOCAL_AT(blocks, seen, 6);
int use(void); int use(void) { return one; }'
refused 1 "fs/blocks.c has no static variable 'seen' in a function 'blocks'" "a line without one"
uses fs/blocks.c 'extern int one KLP_STATIC_LOCAL_AT(one_line, seen, 15);
int use(void); int use(void) { return one; }'
refused 1 "fs/blocks.c has more than one static variable 'seen' in a function 'one_line', all in that line: nothing says which one is meant" \
	"two in one line"
uses fs/blocks.c 'extern int one KLP_STATIC_LOCAL_AT(blocks, seen, eight);
int use(void); int use(void) { return one; }'
refused 1 "is not a name that a macro of <klpmake.h> makes" "a line that is no number"
k=$small
# shellcheck disable=SC2317 # by holds, below
deep_kernel()
{
	mkdir -p "$scratch/deep/fs"
	{
		printf 'int deep(int x);\nint deep(int x)\n{\n'
		printf '{ static int inner __attribute__((used)); %.0s' {1..1500}
		printf '}%.0s' {1..1500}
		printf '\nreturn x;\n}\n'
	} >"$scratch/deep/fs/deep.c"
	(cd "$scratch/deep" && mini_cc fs/deep.c deep.o -O0 -w) && relink "$scratch/deep" "$scratch/deep/deep.o"
}

holds "a kernel with blocks nested deeper than any compiler's" deep_kernel
k=$scratch/deep uses fs/deep.c 'extern int one KLP_STATIC_LOCAL(deep, outer);
int use(void); int use(void) { return one; }'
refused 1 "'$scratch/deep/vmlinux': damaged debug information: blocks are nested too deep" "... without being followed to the end"
uses '' 'extern int one KLP_STATIC_LOCAL(alpha_first, counter);
int use(void); int use(void) { return one; }'
refused 1 "has no //KLPMAKE tag that says in which file" "no tag"

uses fs/proc/alpha.c 'int other(int x) KLP_SYMBOL_OF(vmlinux, "fs/proc/beta.c", helper);
int helper(int x), use(void); int use(void) { return helper(1) + other(2); }'
exits 0 "a static of another file beside the tagged one's of that name"
is "$(symbol helper)" "vmlinux helper $(position helper "$(address helper alpha.c)") $(address helper alpha.c) t $(place fs/proc/alpha.c 'int helper(')" \
	"the tagged file's"
is "$(symbol .klp.file:vmlinux:fs/proc/beta.c:helper)" \
	"vmlinux helper $(position helper "$(address helper beta.c)") $(address helper beta.c) t $(place fs/proc/beta.c 'int helper(')" \
	"the other file's"
uses fs/proc/alpha.c 'int other(int x) KLP_SYMBOL_OF(vmlinux, "fs/proc/beta.c", helper);
extern int state;
int use(void); int use(void) { return other(2) + state; }'
is "$(symbol state)" "vmlinux state $(position state "$(address state alpha.c)") $(address state alpha.c) d $(place fs/proc/alpha.c 'int state =')" \
	"what comes after it is the tagged file's again"
uses fs/proc/alpha.c 'int other(int x) KLP_SYMBOL_OF(vmlinux, "fs/proc/betta.c", helper);
int use(void); int use(void) { return other(2); }'
refused 1 "a.c:4: 'fs/proc/betta.c' is not a source file of this vmlinux" "a misspelt file"

uses '' 'int second(int x) KLP_SYMBOL(vmlinux, helper, 2);
int suse(int x) KLP_RELOC_SYMBOL_POS(vmlinux, vmlinux, helper, 1);
int use(void); int use(void) { return second(1) + suse(1); }'
exits 0 "symbols by position need no tag"
is "$(symbol .klp.symbol:vmlinux:helper:2 | awk '{ print $2, $3 }')" "helper 2" "... the second"
is "$(symbol .klp.sym.rela.vmlinux.vmlinux.helper,1 | awk '{ print $2, $3 }')" "helper 1" "... SUSE's way"
uses '' 'int third(int x) KLP_SYMBOL(vmlinux, helper, 3);
int use(void); int use(void) { return third(1); }'
refused 1 "'vmlinux' has 2 symbols 'helper', and position 3 is none of them" "a position too high"
has "$err" "position 2: 0x" "... with those there are"
uses '' 'int early(int x) KLP_SYMBOL(vmlinux, alpha_setup, 1);
int use(void); int use(void) { return early(1); }'
refused 1 "'alpha_setup' is in init memory, which the kernel frees after boot" "a position in init memory"
uses '' 'int any(int x) KLP_RELOC_SYMBOL(vmlinux, vmlinux, helper);
int use(void); int use(void) { return any(1); }'
refused 1 "'vmlinux' has 2 symbols 'helper', and position 0 means the only one" "SUSE's way, ambiguous"
uses '' 'int any(int x) KLP_SYMBOL(nowhere, helper, 1);
int use(void); int use(void) { return any(1); }'
refused 1 "'helper' is declared as a symbol of 'nowhere', but no file was found for that module" "an object that is not there"
uses '' 'int any(int x) KLP_SYMBOL(dm-mod, helper, 1);
int use(void); int use(void) { return any(1); }'
refused 1 "but no loaded module has that name: write dm_mod" "a file's name for an object's"
uses '' 'int any(int x) __asm__("\".klp.symbol:vmlinux:helper\"");
int use(void); int use(void) { return any(1); }'
refused 1 "is not a name that a macro of <klpmake.h> makes" "half a macro"

done_testing
