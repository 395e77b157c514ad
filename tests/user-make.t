#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154
#
# Making patches for programs: what they are made of, what is refused and with which words, what the check of a finished
# patch finds, and how damaged files are read. Nothing is applied here.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$top/tests/klpuser.bash"

export KLPMAKE_BIN=$bin LD_LIBRARY_PATH=$scratch

library pool <<'END'
__thread long pool_mine = 1;
long pool_next(long x)
{
	return x + pool_mine;
}
END
program server -L"$scratch" -lpool <<'END'
long pool_next(long x);
struct job {
	long id, size;
};
static long count;
static const char *names[] = {"zero", "one", "two"};
static struct job last;
struct pair {
	int low, high;
};
static struct box {
	struct pair pair;
	long more;
} box;
__attribute__((noinline)) static long leaf(long x)
{
	return x * 3;
}
static inline long inlined(long x)
{
	return x * 5 + count;
}
static long stat;
__attribute__((noinline, noclone)) static long many(long a, long b, long c, long d, long e, long f, long g)
{
	return a ^ b ^ c ^ d ^ e ^ f ^ g;
}
__attribute__((noinline)) static long work(struct job *job)
{
	last = *job;
	count++;
	if (job->id > 2)
		names[1] = "many";
	box.pair.low++;
	box.more += box.pair.low;
	return pool_next(job->size) + leaf(job->id) + inlined(job->size) + many(1, 2, 3, 4, 5, count, job->id);
}
long answer(long x)
{
	struct job job = {x, x};

	return work(&job) + inlined(x) + (names[0][0] == 'z') + last.id;
}
END

# one TEXT [OLD [NEW]]: a patch of the server whose file has that text behind its tag.
one()
{
	patch "fix" server "${2-work}" "${3-new_work}" <<END
//KLPMAKE server.c
#include <klpmake-user.h>
struct job {
	long id, size;
};
$1
END
}

# refuses MESSAGE NAME: making it is refused with these words, and nothing is left.
refuses()
{
	make_patch --library-dir "$scratch" "${@:3}"
	refused 1 "$1" "$2"
	is "$(cd "$dir" && echo *)" 'Makefile fix.c' '... and nothing is left'
}

one 'extern long count;
extern const char *names[];
long pool_next(long x);
static long new_work(struct job *job)
{
	return ++count + names[0][0] + pool_next(job->id);
}'
make_patch --library-dir "$scratch"
is "$status:$out:$err" "0:$dir/fix.klpu:" 'a patch is made'
is "$(cut -d' ' -f1-4 "$dir/_klpmake.syms" | sed 's/ [0-9a-f]\{40\}.*/ ID/')" '# klpmake table of
# target server, build-id
patch fix 0
target program server ID
function new_work work server
symbol count object server
symbol names object server
symbol pool_next slot server' 'the table of symbols says what each name is'
sums=$(cd "$dir" && sha256sum fix.klpu _klpmake.syms)
make_patch --library-dir "$scratch"
is "$(cd "$dir" && sha256sum fix.klpu _klpmake.syms)" "$sums" 'the same input gives the same bytes'
run "$top/klpmake" user check --library-dir "$scratch" -v "$dir/fix.klpu"
is "$status:$err:${out//[0-9]/N}" '0::code: N functions, N parts
fixups: N words
entry: N functions
unwind: N functions
ipa: N functions, N with a guard
inlined: N functions
clones: N functions
folded: N functions
types: N declarations and types
coroutine: N files' 'and it is found to be right'
holds 'readelf takes it' readelf -Wa "$dir/fix.klpu"
good=$scratch/good.klpu
cp "$dir/fix.klpu" "$good"

# What cannot be a patch.
body='static long new_work(struct job *job)
{
	return job->id;
}'
one "$body" nowhere
refuses "'nowhere' is neither in server.c nor a global symbol of this program" 'a function that is not there'
one "$body" inlined
refuses "'inlined' is inlined everywhere in server.c and has no code of its own" 'a function that is inlined'
one "$body" count
refuses "'count' cannot be replaced: it is not a function" 'a variable in place of a function'
one "extern long stat;
${body/job->id/job->id + stat}"
refuses "'stat' was optimised away in server.c" 'a variable that is gone, and a function of the C library with its name'
one "extern long labs;
static long new_work(struct job *job)
{
	return labs;
}"
refuses "'labs' is declared as a variable here, but that of 'libc.so.6' is a function" 'a name of another kind'
one "static __thread long own;
${body/return/own++; return own +}"
refuses "'own' is a thread-local variable of the patch, and the threads that run have no room for it" 'thread-local data of its own'
one "__attribute__((constructor)) static void start(void)
{
	__asm__ volatile(\"\");
}
$body"
refuses 'nobody would call its constructors' 'a constructor'
one "extern long count __attribute__((visibility(\"hidden\")));
${body/job->id/count}"
refuses "fix.c:6: 'count' is declared hidden, so that code has the distance to it" 'hidden data'
one "typedef long work_fn(struct job *);
static long new_work(struct job *job);
work_fn *volatile table[] = {new_work};
$body"
refuses "the patch takes the address of 'new_work', which replaces 'work', and it is static: leave out its 'static'" 'the address of a static new function'
one "extern __thread long pool_mine;
${body/job->id/pool_mine}"
refuses "'pool_mine' is a thread-local variable of 'libpool.so.1'" 'thread-local data of a library that is not patched'
one 'static long new_many(long a, long b, long c, long d, long e, long f, long g)
{
	return a + g + b + c + d + e + f;
}' many new_many
refuses "callers of 'many' may rely on registers that its code does not change, as the compiler saw all of it, and the new function cannot be kept from changing them: it has arguments on the stack" 'a guard that would lose arguments'
one "$body"
sed -i 's/^KLP_PATCH.*/;/' "$dir/fix.c"
refuses "'fix' has 0 struct klp_patch" 'nothing says what is replaced'
one "$body"
sed -i 's/^\/\/KLPMAKE server.c/\/\/KLPMAKE serve.c/' "$dir/fix.c"
refuses "'serve.c' is not a source file of 'server', nor of a library that it needs whose debug information is here" 'a tag of nothing'
one "$body"
sed -i 's/^\/\/KLPMAKE server.c/& [libother.so]/' "$dir/fix.c"
refuses "'server.c' is not a source file of 'libother.so', nor of a library that it needs whose debug information is here" 'a tag of another object'
one "$body"
sed -i 's/objs\[\] = {{/&.name = "libnowhere.so.1", /' "$dir/fix.c"
refuses "it patches 'libnowhere.so.1', which is not a library that" 'a library that is not needed'
one "$body"
printf 'target := ../nothing\nobj-u := fix.o\n' >"$dir/Makefile"
refuses "no such program or library: write its path into the Makefile, or give --target" 'a target that is not there'
one "$body"
cp "$scratch/server" "$scratch/foreign"
printf '\xb7' | dd of="$scratch/foreign" bs=1 seek=18 conv=notrunc status=none
refuses "'$scratch/foreign': a program of aarch64, and klpmake patches those of x86_64 only" 'another architecture' --target "$scratch/foreign"
objcopy -R .note.gnu.build-id "$scratch/server" "$scratch/nameless" 2>/dev/null
refuses "'$scratch/nameless': it has no build-id" 'a program without build-id' --target "$scratch/nameless"
one "$body"
mv "$scratch/server.debug" "$scratch/away"
refuses "no debug information of this build (build-id " 'no debug information'
is "$(grep -c 'give it with --debug FILE\|or give it with --debug' <<<"$err")" 1 '... and how to get it is said'
make_patch --library-dir "$scratch" --debug "$scratch/away"
exits 0 '--debug names it'
mv "$scratch/away" "$scratch/server.debug"

# Words are looked up by their places. Two hundred thousand, each compared with each, would take minutes; which of both it
# is does not depend on the machine.
one "extern const char *names[];
const char **volatile table[] = {[0 ... 199999] = names};
${body/job->id/table[job->id] == names}"
run bash -c 'ulimit -t 20 && exec "$@"' - "$top/klpmake" user --library-dir "$scratch" "$dir"
exits 0 'a patch with many words'
run "$top/klpmake" user check --library-dir "$scratch" -v "$dir/fix.klpu"
has "$out" 'fixups: 200002 words' 'all of which are looked at'

# Doubts, which can be waived.
one 'static long new_leaf(long x)
{
	return x * 4;
}' leaf new_leaf
refuses "ipa: the compiler saw all that 'leaf' does, and its callers may rely on it (which memory it leaves alone, which results it has): " 'callers that may know the old code'
make_patch --library-dir "$scratch" --allow=ipa
exits 0 '... is waived'
has "$(readelf -Ws "$dir/fix.klpu")" 'new_leaf.klpmake.guard' 'a function whose callers may rely on its registers has a guard'
has "$(readelf -p .klp.names "$dir/fix.klpu")" ' ipa' 'the patch says what was waived'
lacks "$(readelf -Ws "$good")" 'klpmake.guard' 'and one that calls another file has none'
two='typedef long long two __attribute__((vector_size(16)));'
program vector <<END
$two
static long count;
__attribute__((noinline, noclone)) static two twice(two x)
{
	return x + x;
}
long answer(long x)
{
	two both = twice((two){x, ++count});

	return both[0] + both[1];
}
END
one "$two
static two new_twice(two x)
{
	return x + x + x;
}" twice new_twice
sed -i 's/^\/\/KLPMAKE server.c/\/\/KLPMAKE vector.c/' "$dir/fix.c"
make_patch --target "$scratch/vector" --allow=ipa
exits 0 'a function with a vector as its result'
guard=$(objdump -d --disassemble=new_twice.klpmake.guard "$dir/fix.klpu")
has "$guard" '0x10(%rsp),%xmm1' 'its guard restores what has no result'
lacks "$guard" ' (%rsp),%xmm0' '... and leaves the result alone'
one "$body"
sed -i 's/long id, size/int id; long size/' "$dir/fix.c"
refuses "types: fix.c:3: type 'job' is not as the target has it (server.c:" 'a structure of another layout'
one "extern int count;
${body/job->id/count}"
refuses "types: fix.c:6: 'count' is not as the target has it (server.c:" 'a variable of another size'
box='struct pair {
	int low, high;
};
extern struct box {
	struct pair pair;
	long more;
} box;'
one "$box
${body/job->id/box.pair.low}"
make_patch --library-dir "$scratch"
exits 0 'a structure within another'
one "${box/low, high/high, low}
${body/job->id/box.pair.low}"
refuses "types: fix.c:6: type 'pair' is not as the target has it (server.c:" 'a structure of another layout within one that has its size'

program doubts <<'END'
#include <ucontext.h>
long (*volatile chosen)(long);
static inline long small(long x)
{
	return x * 7 + 1;
}
__attribute__((noinline)) static long twin(long x)
{
	return x / 3 + atol("1");
}
__attribute__((noinline)) static long other_twin(long x)
{
	return x / 3 + atol("1");
}
__attribute__((noinline, noclone)) static long loops(long x)
{
	__asm__ volatile("1: dec %0; jnz 1b" : "+r"(x));
	return x + atol("1");
}
static void switches(void)
{
	ucontext_t c;

	makecontext(&c, (void (*)(void))abort, 0);
}
long answer(long x)
{
	if (x == 123456)
		switches();
	if (x == 5)
		chosen = small;
	return small(x) + twin(x) + other_twin(x + 1) + loops(x + 1) + (chosen ? chosen(x) : 0);
}
END

# doubt FUNCTION MESSAGE NAME
doubt()
{
	patch doubt doubts "$1" new_one <<'END'
//KLPMAKE doubts.c
#include <klpmake-user.h>
static long new_one(long x)
{
	return x;
}
END
	make_patch --allow=coroutine
	refused 1 "$2" "$3"
}

doubt small "inlined: 'small' was also inlined into 1 function that the patch does not replace, where the old code runs on" 'a copy that was inlined'
has "$err" '  answer at doubts.c:' '... and where'
doubt twin "folded: 'twin' and 'other_twin' have the same code in 'doubts': the patch replaces them all" 'a function that shares its code'
doubt loops "which the jump at the beginning of 'loops' overwrites: replace its callers" 'a loop that begins where the jump will be'
make_patch
refused 1 "coroutine: 'doubts' uses makecontext()" 'a program with coroutines'

# Damaged patches: one field each. field SECTION OFFSET FORMAT VALUE: of a good one, as perl's pack() writes it.
field()
{
	local at
	at=$(readelf -WS "$good" | sed -nE "s/.* \\$1 +[A-Z]+ +[0-9a-f]+ ([0-9a-f]+) .*/\1/p")
	cp "$good" "$scratch/bad.klpu"
	perl -e 'open(F, "+<", $ARGV[0]) and seek(F, $ARGV[1], 0) and print F pack($ARGV[2], $ARGV[3])' \
		"$scratch/bad.klpu" $((16#$at + $2)) "$3" "$4"
}

# damaged SECTION OFFSET FORMAT VALUE MESSAGE
damaged()
{
	field "$@"
	run "$bin/klpuser" check --target "$scratch/server" --library-dir "$scratch" "$scratch/bad.klpu"
	refused 1 "klpuser: error: '$scratch/bad.klpu': $5" "$1 + $2 = $4: $5"
}

note=20
damaged .note.klpmake 8 L 2 "section '.note.klpmake' has no note of klpmake"
damaged .note.klpmake $note L 2 'it is of format 2, and this klpmake reads format 1'
damaged .note.klpmake $((note + 4)) L 9 'it needs a newer klpmake: its patch is of kind 9'
damaged .note.klpmake $((note + 8)) L 0 'the patch has no name'
damaged .note.klpmake $((note + 16)) L 99999 'the patch does not say which klpmake made it'
damaged .note.klpmake $((note + 20)) L 99999 'the list of waived checks is not a name'
damaged .note.klpmake $((note + 24)) L 2 "section '.note.klpmake' has"
damaged .note.klpmake $((note + 28)) L 65 "the patch's own id is damaged"
target=$((note + 96))
damaged .note.klpmake $target L 2 'target 0 is neither a program nor a library'
damaged .note.klpmake $((target + 4)) L 0 'target 0 has no name'
damaged .note.klpmake $((target + 8)) L 0 "target 'server': its build-id is damaged"
damaged .note.klpmake $((target + 12)) L 1 'target 0 is not sane'
damaged .note.klpmake $((target + 16)) C 1 'it is for another build of '
damaged .klp.funcs 0 Q 18446744073709551615 "function 'work': there is no room at its entry"
damaged .klp.funcs 0 Q 64 "function 'work': its code does not begin with its entry"
damaged .klp.funcs 8 Q 0 "function 'work': the new one is not in the image's code"
damaged .klp.funcs 16 Q 65536 "function 'work': the new one is not in the image's code"
damaged .klp.funcs 24 L 1 "function 'work' is of target 1, which is not there"
damaged .klp.funcs 28 L 0 'function 0 has no name'
damaged .klp.funcs 32 L 4096 "function 'work': there is no room at its entry"
damaged .klp.funcs 36 L 0 "function 'work': there is no room at its entry"
damaged .klp.funcs 40 L 9 "function 'work': its code is outside of the table"
damaged .klp.funcs 44 L 0 "function 'work': its code is outside of the table"
damaged .klp.funcs 48 L 17 "function 'work': its first bytes are not known"
damaged .klp.ranges 8 Q 0 "function 'work': part 0 of its code is damaged"
damaged .klp.fixups 0 Q 8 "word 0 is not in the image's data"
damaged .klp.fixups 56 Q 0 'word 1 overlaps another one, or is not in order'
damaged .klp.fixups 32 L 99 'word 0 is of kind 99, which is not known'
damaged .klp.fixups 36 L 7 'word 0 ('
damaged .klp.fixups 40 L 99999 'word 0 ('
damaged .klp.fixups 48 L 9 'word 0 ('
damaged .klp.names 0 C 65 "section '.klp.names' does not begin and end with a NUL"

# What only the target shows.
damaged .klp.fixups 8 Q 64 "the word at 0x"
damaged .klp.funcs 28 L 2 "no function 'ix' of 'server' begins at"
damaged .klp.funcs 56 C 1 "'work' of '$scratch/server' begins with other bytes than the patch says"
damaged .klp.funcs 36 L 6000 "the room for the jump of 'work' has the beginning of '"
damaged .klp.ranges 8 Q 16777216 "part 0 of 'work' is not code of '$scratch/server'"

# Bytes at random, with a fixed seed: whatever they are, they are refused or make no difference.
crashed=0
for ((i = 0; i < 60; i++)); do
	perl -e 'srand($ARGV[2]); open(F, "<", $ARGV[0]); local $/; my $text = <F>; my $from = index($text, "klpmake\0") - 12;
		substr($text, $from + int(rand(length($text) - $from)), 1) = chr(int(rand(256))) for 1 .. 3;
		open(F, ">", $ARGV[1]) and print F $text' "$good" "$scratch/bad.klpu" "$i"
	run "$bin/klpuser" check --target "$scratch/server" --library-dir "$scratch" "$scratch/bad.klpu"
	((status < 2)) || {
		crashed=1
		diag "seed $i: status $status: $err"
	}
done
is "$crashed" 0 'no damaged patch makes the check crash'
done_testing
