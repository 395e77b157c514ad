#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What klpmake adds to the compiler's messages about names that are not declared, and about everything that a copy of an
# inlined function needs: on the miniature kernel.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$(dirname "${BASH_SOURCE[0]}")/mini.bash"
source "$(dirname "${BASH_SOURCE[0]}")/klpsyms.bash"
home=$top
# shellcheck source=scripts/lib/common.bash
source "$top/scripts/lib/common.bash"
# shellcheck source=scripts/lib/target.bash
source "$top/scripts/lib/target.bash"
# shellcheck source=scripts/lib/explain.bash
source "$top/scripts/lib/explain.bash"

nest=explain/nest.c

# The miniature kernel with nest.c in it.
make_kernel()
{
	mini_vmlinux "$k" && (cd "$mini_src" && mini_cc $nest "$scratch/nest.o" &&
		mini_cc explain/guarded.c "$scratch/guarded.o") && relink "$scratch/nested" "$scratch"/{nest,guarded}.o && k=$scratch/nested
}

# ask KIND NAME...: asks about these names in a file a.c with nest.c's tag; $out has the text.
ask()
{
	local kind=$1 name
	shift
	for name; do
		printf 'a.c\t%s\t%s\n' "$kind" "$name"
	done >"$dir/names"
	cd "$dir" || exit
	run "$bin/klpsyms" --vmlinux "$k/vmlinux" --explain names --headers "$scratch/nowhere" --headers "$mini_src"
	cd "$OLDPWD" || exit
	out=$(cut -f 4- <<<"$out")
}

# says KIND NAME TEXT TEST_NAME: the answer is exactly TEXT.
says()
{
	ask "$1" "$2"
	is "$status:$err:$out" "0::$3" "$4"
}

tagged()
{
	fresh
	c_file a.c "${1-$nest}" <<<'int use(int x); int use(int x) { return x; }'
}

# A file with two units, of which the second one has more names.
twice_compiled()
{
	tagged mm/twice.c
	says name twice_extra '  declare it: extern int twice_extra;' 'what only the second unit of a file has'
	says name twice_run_b '  declare it: int twice_run_b(int x);' '... a function'
	says name twice_step '  declare it: static int twice_step(int x);' '... and what both have'
}

declarations()
{
	tagged
	says name nest_visit "  declare it: static int nest_visit(struct nest *n, int (*visit)(struct nest *,
      void *));
    struct nest: copy it from $(place explain/nest.h 'struct nest {')
    struct nest_level: copy it from $(place explain/nest.h 'struct nest_level {')
    enum nest_kind: copy it from $(place explain/nest.h 'enum nest_kind {')" \
		"a static function: its prototype, and the types of it that no header has"
	says name nest_count "  declare it: extern int nest_count;" "a static variable"
	says name nest_seen "  declare it: extern int nest_seen[4];" "... an array"
	says name nest_percpu "  declare it: DECLARE_PER_CPU(int, nest_percpu);" "... a per-CPU variable"
	says name nest_setup "  it is in init memory, which the kernel frees after boot" "what is gone after boot"
	says name beta_total "  #include <mini.h>" "what a header declares"
	says name nest_height "  copy it from $(place explain/nest.h 'int nest_height(') (inlined everywhere)" \
		"an inline function of a private header"
	says name nest_scalar "  copy it from $(place $nest 'int nest_scalar(') (the compiler left a clone only)
    headers: <mini.h>" "a function of which there is a clone"
}

tracepoints()
{
	tagged
	says name trace_nest_hit "  write KLP_TRACE(nest_hit, ...) of <klpmake.h>, and declare: extern struct
      tracepoint __tracepoint_nest_hit; int __traceiter_nest_hit(void *data,
      const struct nest *n);" "a tracepoint of a private header: the macro that does without it"
	says name trace_nest_hit_enabled "  write KLP_TRACE_ENABLED(nest_hit) of <klpmake.h>, and declare: extern struct
      tracepoint __tracepoint_nest_hit;" "... whether it is on"
	says name nest_trace "  copy it from $(place $nest 'void nest_trace(') (inlined everywhere)
    trace_nest_hit: write KLP_TRACE(nest_hit, ...) of <klpmake.h>, and declare:
        extern struct tracepoint __tracepoint_nest_hit; int
        __traceiter_nest_hit(void *data, const struct nest *n);" "... in a copy"
}

types_and_constants()
{
	tagged
	says type nest_level "  copy it from $(place explain/nest.h 'struct nest_level {') (no header for modules has it)" \
		"a structure of a private header"
	says type nest "  copy it from $(place explain/nest.h 'struct nest {') (no header for modules has it)
    struct nest_level: copy it from $(place explain/nest.h 'struct nest_level {')
    enum nest_kind: copy it from $(place explain/nest.h 'enum nest_kind {')" \
		"... one with others in it, but not with what it points to, nor what headers have"
	says type nest_time "  copy it from $(place $nest 'nest_time;') (no header for modules has it)" "a typedef"
	says type record "  #include <mini.h>" "a structure of a header"
	says name NEST_DEEP "  copy it from $(place explain/nest.h 'enum nest_kind {') (no header for modules has it)" \
		"a constant of an enumeration"
}

members()
{
	tagged
	ask member nest.kind record.colour
	is "$status:$err:$out" "0::  the kernel's has it, at $(place explain/nest.h 'struct nest {'): is this a copy of another version,
      or of another configuration?
  nor has the kernel's, at $(place include/mini.h 'struct record {'): the code is from another version" \
		"members that the kernel's structure has, and has not"
}

elsewhere()
{
	tagged
	says name alpha_shared "  declare it: extern int alpha_shared;" "a global variable of another file"
	says name alpha_again "  declare it: int alpha_again(const struct record *r);" "a global function of another file"
	says name alpha_mixed "  it is static in another file ($(place fs/proc/alpha.c 'int alpha_mixed(')): put what needs it into a
      file with that tag" "a static of another file"
	says name NEST_MACRO "  it is not in $nest, nor elsewhere in this kernel's debug information:
      a macro, whose #define has to be copied, or misspelt" "a macro"
	tagged ''
	says name alpha_again "  declare it: int alpha_again(const struct record *r);" "in a file without a tag"
	says name NEST_MACRO "  this kernel's debug information does not have it: a macro, whose #define has
      to be copied, or misspelt" "... a macro"
	tagged nest/no.c
	ask name nest_count
	refused 1 "klpsyms: error: a.c:1: 'nest/no.c' is not a source file of this vmlinux" "a wrong tag, before anything else is said"
}

hidden_headers()
{
	tagged
	says name guarded "  <guarded.h> keeps it from modules (#ifndef MODULE): declare it before the
      #include that uses it: int guarded(int);" "what a header declares for others than modules"
	says name guarded_too "  <guarded.h> keeps it from modules (#ifndef MODULE): declare it before the
      #include that uses it: int guarded_too(int);" "... behind #ifndef"
	says name guarded_not "  #include <guarded.h>" "what the same header declares for all"
}

layers()
{
	tagged
	says name nest_outer "  copy it from $(place $nest 'int nest_outer(') (inlined everywhere)
    headers: <mini.h> <guarded.h>
    extern int nest_seen[4];
    extern struct nest *nest_top;
    static int nest_visit(struct nest *n, int (*visit)(struct nest *, void *));
    nest_scalar: copy it from $(place $nest 'int nest_scalar(')
    nest_inner: copy it from $(place $nest 'int nest_inner(')
    nest_height: copy it from $(place explain/nest.h 'int nest_height(')" \
		"all that a copy needs, through the helpers in it"
	fresh
	c_file a.c $nest <<-'END'
		struct nest;
		static int nest_outer(struct nest *n, long when), nest_visit(struct nest *n, void *visit);
		int use(struct nest *n);
		int use(struct nest *n) { return nest_outer(n, 1) + nest_visit(n, 0); }
	END
	resolve --release 9.9.0-mini
	refused 1 "klpsyms: error: a.c:4: 'nest_outer' is inlined everywhere in $nest and has no code of its own: copy the function from $(place $nest 'int nest_outer(')
  what a copy of it needs, but for macros:
    headers: <mini.h> <guarded.h>
    named in the patch already: nest_visit
    extern int nest_seen[4];
    extern struct nest *nest_top;
    nest_scalar: copy it from $(place $nest 'int nest_scalar(')
    nest_inner: copy it from $(place $nest 'int nest_inner(')
    nest_height: copy it from $(place explain/nest.h 'int nest_height(')" \
		"a helper that is declared: with the same text"
}

# compilers COMPILER FLAG...: the names are found in this compiler's messages.
compilers()
{
	fresh
	cat >"$dir/hidden.h" <<-'END'
		static inline int from_header(void) { return in_header(); }
	END
	cat >"$dir/a.c" <<-'END'
		#include "hidden.h"
		struct known { int member; };
		int use(struct known *k);
		int use(struct known *k)
		{
			return called(1) +
			       qzqzqz +
			       qzqzqz + k->missing + ((struct shut *)k)->x;
		}
		int twice(struct unseen *u);
		int twice(struct unseen *u) { return called(2); }
		some_t typed;
		int holds(void);
		int holds(void) { struct empty e; return sizeof(e); }
	END
	(cd "$dir" && LC_ALL=C.UTF-8 "$@" -c a.c -o a.o) 2>"$dir/log"
	is "$(explain_awk names '' "$dir/log" | LC_ALL=C sort | tr '\t' ' ')" "a.c member known.missing
a.c name called
a.c name in_header
a.c name qzqzqz
a.c type empty
a.c type shut
a.c type some_t
a.c type unseen" "the names that $1 did not know, each once, and for the file that includes a header"
	printf 'a.c\tname\tqzqzqz\t  first\na.c\tname\tqzqzqz\t    second\n' >"$dir/answers"
	is "$(explain_awk messages "$dir/answers" "$dir/log" | grep -B 1 -A 2 '^  first$' | sed -n '1s/^[ |]*^~*$/excerpt/p; 2,3p')" \
		"excerpt
  first
    second" "... and what is said of one comes below what it shows of the source"
	is "$(explain_awk messages "$dir/answers" "$dir/log" | grep -vx '  first\|    second')" "$(<"$dir/log")" \
		"... all else being as it was"
}

search_path()
{
	local kdir=$scratch/kdir
	mkdir -p "$kdir/source" "$scratch/common"
	# shellcheck disable=SC2016 # make's words
	printf '%s\n' 'include $(dir $(realpath $(lastword $(MAKEFILE_LIST))))../common/Makefile' >"$kdir/Makefile"
	is "$(explain_headers "$kdir")" "$kdir
$kdir/source
$kdir/../common" "headers that all kernels of a distribution share"
	printf 'include %s/common/Makefile\n' "$scratch" >"$kdir/Makefile"
	has "$(explain_headers "$kdir")" "$scratch/common" "... by their whole path"
	# shellcheck disable=SC2016 # make's words
	printf '%s\n' 'include $(fetched_src)/common/Makefile' >"$kdir/Makefile"
	has "$(explain_headers "$kdir")" "$scratch/common" "... in a kernel that was fetched"
	printf 'include %s/none/Makefile\n' "$scratch" >"$kdir/Makefile"
	is "$(explain_headers "$kdir")" "$kdir
$kdir/source" "... and not what is not there"
}

odd_input()
{
	tagged
	printf 'a.c\tname\n' >"$dir/names"
	cd "$dir" || exit
	run "$bin/klpsyms" --vmlinux "$k/vmlinux" --explain names
	refused 1 "'names': a line in it is not SOURCE, KIND and NAME" "a list in another format"
	run "$bin/klpsyms" --vmlinux "$k/vmlinux" --explain nothing
	refused 1 "'nothing'" "a list that is not there"
	run "$bin/klpsyms" --explain names
	refused 2 "--explain needs --vmlinux" "no kernel"
	cd "$OLDPWD" || exit
}

make_frame && make_kernel || exit
declarations
tracepoints
types_and_constants
members
twice_compiled
elsewhere
hidden_headers
layers
compilers gcc
if command -v clang >/dev/null; then
	compilers clang
else
	skip "the names that clang did not know" "no clang"
fi
search_path
odd_input
done_testing
