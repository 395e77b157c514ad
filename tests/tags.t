#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The tag of a file: its form, and which kernel file it means, with debug information of every kind.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"

root=''
body='int helper(int), use(int x); int use(int x) { return helper(x); }'

# tagged TEXT [OPTION...]: a file whose first lines are TEXT, which may have printf's escapes.
tagged()
{
	fresh
	printf '%b\n%s\n' "$1" "$body" >"$dir/a.c"
	shift
	resolve "$@"
}

# means TEXT FILE NAME: in a file that begins with TEXT, helper() is FILE's.
means()
{
	tagged "$1"
	is "$status:$(symbol helper | cut -d' ' -f4)" "0:$(address helper "$2")" "$3"
}

# refuses TEXT MESSAGE NAME: a file that begins with TEXT is refused.
refuses()
{
	tagged "$1"
	refused 1 "klpsyms: error: $2" "$3"
}

how_it_is_written()
{
	means '//KLPMAKE fs/proc/alpha.c' alpha.c "a tag"
	means '//KLPMAKE fs/proc/beta.c' beta.c "another tag"
	means '  \t//KLPMAKE fs/proc/alpha.c' alpha.c "blanks before a tag"
	means '// KLPMAKE \t fs/proc/alpha.c \t ' alpha.c "blanks in a tag and behind it"
	means '//KLPMAKE fs/proc/alpha.c\r' alpha.c "a line that ends in CR LF"
	means '/* a patch */\n\n// KLPMAKED by hand\n//KLPMAKE_ fs/proc/beta.c\n//KLPMAKE fs/proc/alpha.c' alpha.c \
		"a tag that is not in the first line, and comments that only look like one"
	means '//KLPMAKE proc/alpha.c' alpha.c "the end of a path"
	means '//KLPMAKE alpha.c' alpha.c "just the file's name"
	means '//KLPMAKE fs/proc/alpha.c \t [vmlinux] ' alpha.c "the object that the file is in"
	fresh
	printf '%s\n//KLPMAKE fs/proc/alpha.c' "$body" >"$dir/a.c"
	resolve
	exits 0 "a tag in a last line without a newline"

	refuses '//KLPMAKE fs/proc/alpha.c\n//KLPMAKE fs/proc/beta.c' \
		"a.c:2: a second //KLPMAKE tag, the first is in line 1: a file borrows the scope of one kernel file" \
		"two tags"
	refuses '//KLPMAKE fs/proc/alpha.c\n//KLPMAKE fs/proc/alpha.c' "a.c:2: a second //KLPMAKE tag" \
		"the same tag twice"
	refuses '\n//KLPMAKE /usr/src/linux/fs/proc/alpha.c' \
		"a.c:2: '/usr/src/linux/fs/proc/alpha.c' is not a path in a kernel tree: write it from the tree's root, like //KLPMAKE net/netlink/af_netlink.c" \
		"an absolute path"
	refuses '//KLPMAKE ../fs/proc/alpha.c' "a.c:1: '../fs/proc/alpha.c' is not a path" "a path out of the tree"
	refuses '//KLPMAKE fs/../proc/alpha.c' "a.c:1: 'fs/../proc/alpha.c' is not a path" "a path up the tree"
	refuses '//KLPMAKE fs/proc/..' "a.c:1: 'fs/proc/..' is not a path" "a path that ends in .."
	refuses '//KLPMAKE ./fs/proc/alpha.c' "a.c:1: './fs/proc/alpha.c' is not a path" "a path from ."
	refuses '//KLPMAKE fs//proc/alpha.c' "a.c:1: 'fs//proc/alpha.c' is not a path" "two slashes"
	refuses '//KLPMAKE fs/proc/' "a.c:1: 'fs/proc/' is not a path" "a directory"
	refuses '//KLPMAKE' "a.c:1: '' is not a path" "an empty tag"
	refuses '//KLPMAKE \t \r' "a.c:1: '' is not a path" "a tag of blanks"
	refuses '//KLPMAKE fs/proc/alpha.c fs/proc/beta.c' "a.c:1: 'fs/proc/alpha.c fs/proc/beta.c' is not a path" \
		"two paths in a tag"
	refuses '//KLPMAKE fs/proc/alpha.c [vmlinux' "a.c:1: 'fs/proc/alpha.c [vmlinux' is not a path" "half an object"
	refuses '//KLPMAKE fs/proc/alpha.c [vmlinux] [x]' "a.c:1: 'fs/proc/alpha.c [vmlinux] [x]' is not a path" "two objects"
	refuses '//KLPMAKE fs/proc/alpha.c[vmlinux]' "a.c:1: 'fs/proc/alpha.c[vmlinux]' is not a source file of this vmlinux" \
		"an object without a blank before it"
	refuses '//KLPMAKE fs/proc/alpha.c [gadget]' "a.c:1: this kernel has no object 'gadget'" "an object that is not there"
	for tag in '//KLPMAKE: fs/proc/alpha.c' '//klpmake fs/proc/alpha.c' '/* KLPMAKE fs/proc/alpha.c */' \
		'// Klpmake fs/proc/alpha.c' '/*KLPMAKE:fs/proc/alpha.c*/ ' '//klpmake=fs/proc/alpha.c\r' \
		'//KLPMAK fs/proc/alpha.c' '//KLMPAKE fs/proc/alpha.c' '//klpmakes: fs/proc/alpha.c' '//KPMAKE fs/proc/alpha.c' \
		'//KLPMAKEfs/proc/alpha.c' '///KLPMAKE fs/proc/alpha.c' '/** KLPMAKE : fs/proc/alpha.c */' \
		'//KLPMAKE_ fs/proc/alpha.c'; do
		refuses "$tag" "a.c:1: this is not a tag: did you mean '//KLPMAKE fs/proc/alpha.c'?" "'$tag'"
	done
	refuses '/*\n * KLPMAKE fs/proc/alpha.c\n */' "a.c:2: this is not a tag: did you mean '//KLPMAKE fs/proc/alpha.c'?" \
		'a line of a comment'
	for tag in '// see fs/proc/alpha.c' '// make fs/proc/alpha.c' '//fs/proc/alpha.c'; do
		refuses "$tag" "a.c:2: 'helper' is static" "'$tag' is a comment"
	done
	means '//klpmake fs/proc/beta.c\n//KLPMAKE fs/proc/alpha.c\n/* KLPMAKE fs/proc/beta.c */' alpha.c \
		"... is a comment beside a tag"
	means '// klpmake makes it\n/* KLPMAKE is a tool */\n//klpmake fs/proc/beta.c has another\n//KLPMAKE fs/proc/alpha.c' alpha.c \
		"comments about klpmake are none"
	refuses '// klpmake fs/proc/alpha.c has it' "a.c:2: 'helper' is static" "... neither where there is no tag"
	refuses '' "a.c:2: 'helper' is static in the kernel, and a.c has no //KLPMAKE tag" \
		"no tag where one is needed"
}

# An assembler file has a tag like any other.
assembler()
{
	fresh
	cat >"$dir/a.S" <<-'END'
		//KLPMAKE fs/proc/alpha.c
		.section .note.GNU-stack,"",@progbits
		.text
		.globl use
		use:	movl state(%rip), %eax
			ret
	END
	resolve
	becomes state d "$(address state alpha.c)" "$(place fs/proc/alpha.c 'static int state')" "a tag in a .S file"
	fresh
	printf '.section .note.GNU-stack,"",@progbits\n.text\n.globl use\nuse: movl state(%%rip), %%eax\nret\n' >"$dir/a.S"
	resolve
	refused 1 "a.S:4: 'state' is static in the kernel, and a.S has no //KLPMAKE tag" "a .S file without one"
}

which_file_it_means()
{
	refuses '//KLPMAKE fs/proc/alhpa.c' \
		"a.c:1: 'fs/proc/alhpa.c' is not a source file of this vmlinux, and there are no modules' debug files (not configured, or misspelt)" \
		"a misspelt path"
	has "$err" "files with near names: fs/proc/alpha.c" "... with the one that was meant"
	refuses '//KLPMAKE kernel/proc/alpha.c' "a.c:1: 'kernel/proc/alpha.c' is not a source file" \
		"a wrong directory"
	has "$err" "fs/proc/alpha.c" "... with the right one"
	refuses '//KLPMAKE pha.c' "a.c:1: 'pha.c' is not a source file" "the end of a file's name is not the file"
	refuses '//KLPMAKE roc/alpha.c' "a.c:1: 'roc/alpha.c' is not a source file" \
		"nor is the end of a directory's"
	refuses '//KLPMAKE fs/proc/alpha.h' "a.c:1: 'fs/proc/alpha.h' is not a source file" "a header"

	mkdir -p "$scratch/modules/kernel/drivers/gadget" "$scratch/modules/kernel/fs/proc"
	cp "$scratch/kernel/gadget.ko" "$scratch/modules/kernel/drivers/gadget/gadget.ko"
	tagged '//KLPMAKE drivers/gadget/common.c' --debug-modules "$scratch/modules"
	refused 1 "a.c:2: 'helper' is not in drivers/gadget/common.c (the file that a.c is tagged with), but static elsewhere" \
		"a file of a module is found there, and is another scope"
	tagged '//KLPMAKE fs/proc/delta.c' --debug-modules "$scratch/modules"
	refused 1 "a.c:1: 'fs/proc/delta.c' is not a source file of this vmlinux or of a module (" "a file of no module"
	tagged '//KLPMAKE fs/proc/delta.c' --debug-modules "$scratch/nowhere"
	refused 1 "a.c:1: 'fs/proc/delta.c' is not a source file" "no directory of modules"

	refuses '//KLPMAKE main.c' \
		"a.c:1: 'main.c' is the end of more than one path: write the whole path from the tree's root" \
		"a name that two files have"
	has "$err" $'\n  kernel/module/main.c' "... the one"
	has "$err" $'\n  init/main.c' "... the other"
	is "$(grep -c '^  ' <<<"$err")" 2 "... and no other"
	fresh
	c_file a.c alpha.c <<<"int only_here(int), use(int x); int use(int x) { return only_here(x); }"
	resolve
	is "$status:$(symbol only_here | awk '{ print $NF }')" "0:alpha.c:2" \
		"the path of a file from the root wins over a longer one that ends in it"
}

# made_as NAME FLAG...: with debug information of this kind the answers are the same; $root is what precedes the names of
# its files.
made_as()
{
	local name=$1
	shift
	k=$scratch/other
	rm -rf "$k"
	mini_vmlinux "$k" "$@" || {
		fail "$name: it can be built"
		return
	}
	fresh
	c_file a.c fs/proc/alpha.c <<-'END'
		extern int state, mixed;
		int helper(int), alpha_first(void), use(int x);
		int use(int x)
		{
			return state + mixed + helper(x) + alpha_first();
		}
	END
	c_file b.c kernel/gamma.c <<-'END'
		extern int LONG_NAME;
		int use_b(int);
		int use_b(int x)
		{
			return LONG_NAME + split_path(x);
		}
	END
	resolve
	local symbols got='' want='' s symbol file pattern
	for s in helper:alpha.c:int\ helper\( state:alpha.c:int\ state\ = mixed:alpha.c:int\ mixed\ = alpha_first:alpha.c:alpha_first\(; do
		IFS=: read -r symbol file pattern <<<"$s"
		got+="$(symbol "$symbol" | cut -d' ' -f3,4,6)"$'\n'
		want+="$(position "$symbol" "$(address "$symbol" "$file")") $(address "$symbol" "$file") $root$(place "fs/proc/$file" "$pattern")"$'\n'
	done
	symbols=$(symbol split_path | cut -d' ' -f3,4,6)
	is "$status:$err:$got$symbols" \
		"0::${want}0 $(address split_path) $root$(place kernel/gamma.c 'int split_path(')" "$name"
	k=$scratch/kernel
}

however_it_is_made()
{
	made_as "DWARF 4" -gdwarf-4
	made_as "DWARF 5" -gdwarf-5
	made_as "DWARF 4, strict" -gdwarf-4 -gstrict-dwarf
	made_as "compressed debug sections" -gz=zlib
	made_as "no .debug_aranges" --no-aranges
	made_as "compile units with absolute names" --absolute
	made_as "absolute names, DWARF 4, compressed, no .debug_aranges" --absolute -gdwarf-4 -gz=zlib --no-aranges
	made_as "compile units named from another directory" "-fdebug-prefix-map=$mini_src=/build/linux-9.9"
	made_as "absolute names in another directory" --absolute "-ffile-prefix-map=$mini_src=/build/linux-9.9"
	made_as "absolute names with nothing before them" --absolute "-ffile-prefix-map=$mini_src/="
	root=linux/ made_as "absolute names that become relative to somewhere else" --absolute "-ffile-prefix-map=$mini_src=../linux"
	made_as "functions split into hot and cold parts" -freorder-blocks-and-partition
	made_as "every function in a section of its own" -ffunction-sections -fdata-sections
}

# Files that other files include, in a kernel compiled with these flags.
included()
{
	local from=$scratch/included
	rm -rf "$from"
	mkdir -p "$from/sched" "$from/drivers" "$from/out"
	k=$from/kernel
	cat >"$from/sched/part.c" <<-'END'
		static __attribute__((noipa)) int part_step(int x) { return x + 1; }
		static int part_state = 3;
	END
	cat >"$from/sched/both.c" <<-'END'
		static __attribute__((noipa)) int both_step(int x) { return x + 2; }
	END
	cat >"$from/sched/build.c" <<-'END'
		#include "part.c"
		#include "both.c"
		#include "part.h"
		static int build_state = 4;
		int build(int x);
		int build(int x) { return part_step(x) + part_state++ + both_step(x) + build_state++ + PART; }
	END
	cat >"$from/sched/other.c" <<-'END'
		#include "both.c"
		#include "alone.c"
		int other(int x);
		int other(int x) { return both_step(x) + alone(x); }
	END
	echo 'static __attribute__((noipa)) int alone(int x) { return x + 5; } int ALONE(int x); int ALONE(int x) { return alone(x); }' >"$from/sched/alone.c"
	echo '#define PART 7' >"$from/sched/part.h"
	echo '#include "half.c"' >"$from/drivers/whole.c"
	echo 'static __attribute__((noipa)) int half_step(int x) { return x; } int half(int x); int half(int x) { return half_step(x); }' >"$from/drivers/half.c"
	(
		cd "$from" || exit
		mini_cc sched/build.c build.o "$@" && mini_cc sched/other.c other.o -DALONE=other_alone "$@" &&
			mini_cc sched/alone.c alone.o -DALONE=real_alone "$@" &&
			mini_cc drivers/whole.c out/whole.ko "$@" && k=$scratch/kernel &&
			relink "$from/kernel" build.o other.o alone.o
	)
}

# what_is_included NAME FLAG...
what_is_included()
{
	local how=$1
	shift
	included "$@" || {
		fail "$how: it can be built"
		return
	}
	fresh
	c_file a.c sched/part.c <<-'END'
		extern int part_state, build_state;
		int part_step(int), use(int x);
		int use(int x) { return part_step(x) + part_state + build_state; }
	END
	resolve
	is "$status:$err" "0:" "$how: a tag that names a file which another includes"
	becomes part_step t "$(address part_step build.c)" "sched/part.c:1" "$how: ... a static function of it"
	becomes part_state d "$(address part_state build.c)" "sched/part.c:2" "$how: ... a static variable"
	becomes build_state d "$(address build_state build.c)" "sched/build.c:4" "$how: ... and one of the file that includes it"
	has "$(<"$dir/syms")" "# sched/part.c is compiled in sched/build.c" "$how: the table says where it is"
	fresh
	c_file a.c sched/alone.c <<<'int alone(int), use(int x); int use(int x) { return alone(x); }'
	resolve
	is "$status:$(symbol alone | cut -d' ' -f4):$(grep -c 'is compiled in' "$dir/syms")" "0:$(address alone alone.c):0" \
		"$how: a file that is compiled by itself is meant, not what includes it, too"
	fresh
	c_file a.c sched/both.c <<<'int both_step(int), use(int x); int use(int x) { return both_step(x); }'
	resolve
	is "$status:$err" "1:klpsyms: error: a.c:1: 'sched/both.c' is included by more than one file: write the including file whose copy is meant into the tag
  sched/build.c
  sched/other.c" "$how: a file that two include"
	fresh
	c_file a.c sched/part.h <<<'int part_step(int), use(int x); int use(int x) { return part_step(x); }'
	resolve
	refused 1 "a.c:1: 'sched/part.h' is not a source file of this vmlinux" "$how: a header is no scope"
	fresh
	c_file a.c drivers/half.c <<<'int half_step(int), use(int x); int use(int x) { return half_step(x); }'
	resolve --object "$scratch/included/out/whole.ko"
	is "$status:$(symbol half_step | awk '{ print $1, $2, $6 }')" "0:whole half_step drivers/half.c:1" "$how: a file that one of a module includes"
	resolve
	refused 1 "a.c:1: 'drivers/half.c' is not a source file" "$how: ... is none without the module"
	k=$scratch/kernel
}

# The build directory may be inside the tree, with absolute names of files.
absolute_names()
{
	local tree=$scratch/tree
	mkdir -p "$tree/lib" "$tree/out/amd64"
	echo 'static __attribute__((noipa)) int tree_step(int x) { return x; } int tree(int x); int tree(int x) { return tree_step(x); }' >"$tree/lib/tree.c"
	printf '\t.text\n\t.type tree_asm, @function\ntree_asm:\n\tret\n\t.size tree_asm, .-tree_asm\n' >"$tree/lib/leaf.S"
	(cd "$tree/out/amd64" && mini_cc "$tree/lib/tree.c" tree.o && mini_cc "$tree/lib/leaf.S" leaf.o &&
		relink "$tree/kernel" tree.o leaf.o)
	k=$tree/kernel
	fresh
	c_file a.c lib/tree.c <<<'int tree_step(int), use(int x); int use(int x) { return tree_step(x); }'
	resolve
	becomes tree_step t "$(address tree_step tree.c)" "lib/tree.c:1" "names from the root, compiled below the tree"
	fresh
	c_file a.c lib/leaf.S <<<'int tree_asm(int), use(int x); int use(int x) { return tree_asm(x); }'
	resolve
	becomes tree_asm t "$(address tree_asm leaf.o)" "lib/leaf.S" "... the assembler's, too"
	k=$scratch/kernel
}

mini_vmlinux "$k" && mini_gadget "$k" && make_frame || exit
how_it_is_written
# Two more files: the path of one is the end of another's path; the other has the same name as another file.
mkdir -p "$scratch/more/init"
cat >"$scratch/more/alpha.c" <<'END'
int alpha_top(int x);
static __attribute__((noipa)) int only_here(int x)
{
	return x;
}
int alpha_top(int x)
{
	return only_here(x);
}
END
echo 'int init_main(int x); int init_main(int x) { return x; }' >"$scratch/more/init/main.c"
(cd "$scratch/more" && mini_cc alpha.c alpha.o && mini_cc init/main.c main.o &&
	relink "$scratch/kernel2" alpha.o main.o) || exit
k=$scratch/kernel2
assembler
which_file_it_means
k=$scratch/kernel
however_it_is_made
# --cache: a second run does not read the name of every unit, and does not trust a cache that does not fit.
cached()
{
	local cache=$scratch/units text="int helper(int x), use(int x); int use(int x) { return helper(x); }"
	fresh
	c_file a.c fs/proc/alpha.c <<<"$text"
	resolve
	cp "$dir/syms" "$scratch/plain.syms"
	for _ in first second; do
		run_klpsyms --cache "$cache"
		is "$status:$(cmp "$dir/syms" "$scratch/plain.syms" 2>&1)" "0:" "the $_ run with a cache says the same"
	done
	has "$(<"$cache")" "fs/proc/alpha.c" "... which holds the units"
	grep -v beta "$cache" >"$cache.short"
	run_klpsyms --cache "$cache.short"
	is "$status:$(cmp "$cache" "$cache.short" 2>&1)" "0:" "one that is not whole is made anew"
	sed '1s/ [0-9a-f]* / 00 /' "$cache" >"$cache.other"
	run_klpsyms --cache "$cache.other"
	is "$status:$(cmp "$cache" "$cache.other" 2>&1)" "0:" "and one of another vmlinux"
	sed 's/alpha\.c/omega.c/; s/beta\.c/alpha.c/' "$cache" >"$cache.wrong"
	run_klpsyms --cache "$cache.wrong"
	refused 1 "does not fit '$k/vmlinux': remove it" "a cache with other contents"
	run_klpsyms --cache "$scratch/nowhere/units"
	exits 0 "one that cannot be written is no error"
}

cached
what_is_included "DWARF 5" -gdwarf-5
what_is_included "DWARF 4" -gdwarf-4
what_is_included "compressed" -gz=zlib
absolute_names
done_testing
