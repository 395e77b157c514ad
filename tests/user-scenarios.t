#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The scenarios of the tests of libcare and libpulp, by their names, written anew: a program that runs is patched by its PID
# and by --all, both are taken back, and it is patched when it starts. tests/user/scenarios.c has a function for each.

# shellcheck source=tests/tap.bash
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
# What makes patches; the conversations are those of user.bash, with several programs.
# shellcheck source=tests/klpuser.bash
source "$top/tests/klpuser.bash"
# shellcheck source=tests/user.bash
source "$top/tests/user.bash"
user_needs
export KLPMAKE_BIN=$bin LD_LIBRARY_PATH=$scratch

user_compile libscenarios.so.1 -shared -fPIC -fcf-protection=full -Wl,-soname,libscenarios.so.1 "$user/scenarios_lib.c"
ln -s libscenarios.so.1 "$scratch/libscenarios.so"
user_compile libfar.so.1 -shared -fPIC -Wl,-soname,libfar.so.1 "$user/scenarios_far.c"
user_compile libtextrel.so.1 -shared -fno-pic -mcmodel=large -DNAME=far_textrel -Wl,-soname,libtextrel.so.1,-z,notext "$user/scenarios_far.c" 2>/dev/null
# Bound at once: where the word of an IFUNC is not bound yet, nobody holds what was chosen.
user_compile scenarios "$user/scenarios.c" -L"$scratch" -lscenarios -Wl,-z,now
user_compile coro "$user/scenarios_coro.c"
user_compile libcoro.so.1 -shared -fPIC -DLIBRARY -Wl,-soname,libcoro.so.1 "$user/scenarios_coro.c"
user_compile coro_listed -DLISTED "$user/scenarios_coro.c" "$scratch/libcoro.so.1"
for file in libscenarios.so.1 libfar.so.1 libtextrel.so.1 scenarios coro libcoro.so.1 coro_listed; do
	(cd "$scratch" && strip_binary "$file")
done
has "$(readelf -d "$scratch/libtextrel.so.1")" TEXTREL 'a library has text relocations'

# The patches. Those of one line return 2 where the old function returns 1.

# of NAME [LIBRARY]: $dir, a patch of the scenario NAME, whose function is OLD; standard input has new().
of()
{
	local name=$1 old=$2 library=${3-} file=scenarios.c
	[[ -z $library ]] || file=scenarios_lib.c
	{ printf '//KLPMAKE %s\n#define _GNU_SOURCE\n#include <klpmake-user.h>\n' "$file" && cat; } |
		patch "$name" scenarios "$old" new "$library"
	dir=$scratch/patch-$name
}

plain='static long new(void) { return 2; }'
for name in simplest fail_busy_single fail_busy_single_top fail_threading frame_finish redzone pagecross memory_protection; do
	of "$name" "$name" <<<"$plain"
done
of chroot in_chroot <<<"$plain"
of patchlevel patchlevel <<<"$plain"
cp -r "$dir" "$scratch/patch-patchlevel-2"
sed -i 's/return 2/return 3/; s/{.objs/{.version = 2, .objs/' "$scratch/patch-patchlevel-2/patchlevel.c"
for name in shared endbr64 blocked; do
	of "$name" "lib_$name" libscenarios.so.1 <<<"$plain"
done
of both both <<'END'
long lib_both(void);
static long new(void) { return lib_both() * 10 - 18; }
END
cat >"$dir/lib.c" <<'END'
//KLPMAKE scenarios_lib.c
#include <klpmake-user.h>
long new_lib(void) { return 2; }
END
printf 'both-y := both.o lib.o\n' >>"$dir/Makefile"
sed -i 's/objs\[\] = {{/objs[] = {{.name = "libscenarios.so.1", .funcs = lib_funcs}, {/; s/^static struct klp_object/long new_lib(void);\nstatic struct klp_func lib_funcs[] = {{.old_name = "lib_both", .new_func = new_lib}, {}};\n&/' "$dir/both.c"
of new_func new_func <<'END'
__attribute__((noinline)) static long one(long x) { __asm__ volatile(""); return x + 1; }
static long new(void) { return one(1); }
END
of ref_glibc ref_glibc <<'END'
#include <stdlib.h>
static long new(void) { return (long)strtoull("2", NULL, 0); }
END
of ref_glibc_data ref_glibc_data <<'END'
#include <errno.h>
#include <string.h>
static long new(void) { return strcmp(program_invocation_short_name, "scenarios") ? 3 : 2; }
END
of ref_orig_single ref_orig_single <<'END'
extern volatile long orig_count;
long orig_helper(long x);
static long new(void) { return orig_helper(1) + orig_count; }
END
of ref_orig_threads in_thread <<'END'
extern volatile long orig_count;
long orig_helper(long x);
static long new(void) { return orig_helper(1) + orig_count; }
END
of ref_rodata ref_rodata <<'END'
extern const int constants[3];
extern volatile int zero;
static long new(void) { return constants[1 + zero]; }
END
of shared_ref_glibc lib_ref_glibc libscenarios.so.1 <<'END'
#include <stdlib.h>
static long new(void) { return (long)strtoull("2", NULL, 0); }
END
of ifunc ifunc <<'END'
long lib_pick(void);
static long new(void) { return lib_pick(); }
END
of tls_simple tls_simple <<'END'
extern __thread volatile long local;
static long new(void) { return local + 1; }
END
of tls_shared lib_tls libscenarios.so.1 <<'END'
extern __thread volatile long lib_local;
static long new(void) { return lib_local + 1; }
END
of fail_busy_threads fail_busy_threads <<'END'
#include <semaphore.h>
extern sem_t entered;
static long new(void) { sem_post(&entered); return 2; }
END
of fail_unpatch fail_unpatch <<'END'
void say(const char *text);
int next_line(void);
static long new(void) { say("in\n"); next_line(); return 2; }
END
of syscall_restart syscall_restart <<'END'
extern long ended;
static long new(void) { return 2 + ended; }
END
of recursion recursive <<'END'
long new(long n) { return n < 2 ? 2 : new(n - 1) - new(n - 2) + 2; }
END
of hidden lib_hidden libscenarios.so.1 <<'END'
__attribute__((visibility("hidden"))) long lib_helper(long x);
static long new(void) { return lib_helper(2); }
END
of cancel cancelled <<'END'
#include <semaphore.h>
#include <unistd.h>
extern sem_t entered;
extern long result;
static long new(void) { result = 2; sem_post(&entered); pause(); return 0; }
END
of deadlock deadlock <<'END'
#include <stdlib.h>
static long new(void) { free(malloc(200)); return 2; }
END
for name in dlopen textrel; do
	library=libfar.so.1
	[[ $name == dlopen ]] || library=libtextrel.so.1
	patch "$name" "$library" "far_$name" new <<'END'
//KLPMAKE scenarios_far.c
#include <klpmake-user.h>
long far_helper(long x);
static long new(long x) { return far_helper(x) + 2; }
END
done
patch fail_coro coro in_coro new <<'END'
//KLPMAKE scenarios_coro.c
#include <klpmake-user.h>
static long new(void) { return 2; }
END
patch fail_coro_listed coro_listed in_coro new <<'END'
//KLPMAKE scenarios_coro.c
#include <klpmake-user.h>
static long new(void) { return 2; }
END
# ld makes no text relocation of what -fPIC has compiled.
patch textrel_own scenarios simplest new <<'END'
//KLPMAKE scenarios.c
#include <klpmake-user.h>
extern volatile long orig_count;
static long new(void)
{
	long *p;
	__asm__("movabs $orig_count, %0" : "=r"(p));
	return *p + 1;
}
END

# make_one DIR: its log is beside it.
make_one()
{
	local allow=()
	[[ $1 != *-recursion ]] || allow=(--allow ipa)
	"$top/klpmake" user --library-dir "$scratch" "${allow[@]}" "$1" >"$1.log" 2>&1
}
running=0
for dir in "$scratch"/patch-*/; do
	make_one "${dir%/}" &
	((++running % $(nproc))) || wait
done
wait
for dir in "$scratch"/patch-*/; do
	name=${dir#"$scratch"/patch-}
	name=${name%/}
	case $name in
	fail_coro*) wanted="uses swapcontext(): a coroutine that waits may be in a function that is replaced" ;;
	textrel_own) wanted='textrel' ;;
	*) wanted='' ;;
	esac
	log=$(<"${dir%/}.log")
	if [[ -n $wanted ]]; then
		has "$log" "$wanted" "$name: refused when it is made"
	elif [[ ! -e ${dir}${name%-2}.klpu ]]; then
		fail "$name: made"
		diag "$log"
	fi
done
for name in fail_coro fail_coro_listed; do
	run "$top/klpmake" user --library-dir "$scratch" --allow coroutine "$scratch/patch-$name"
	exits 0 "$name: made by who says that no coroutine waits in there"
done

# The program has an answer for each name: 1, and 2 where it is patched.

# host: starts the program as s.
host()
{
	begin s "$scratch/scenarios"
	pid=${user_pid[s]}
}

# klpu NAME: sets REPLY.
klpu()
{
	REPLY=$scratch/patch-$1/${1%-2}.klpu
}

# word WORD NAME HOW...: apply or revert; sets $status, $out, $err.
word()
{
	klpu "$2"
	apply "$1" "$REPLY" "${@:3}"
}

# both_ways NAME [QUESTION [BEFORE]]: by its PID and by --all, each reverted. BEFORE is asked before each question.
both_ways()
{
	local name=$1 question=${2:-$1} before=${3-} how seen w
	for how in "-p $pid" --all; do
		seen=
		for w in apply revert; do
			# shellcheck disable=SC2086 # two words
			word "$w" "$name" $how
			[[ $status == 0 ]] || diag "$err"
			[[ -z $before ]] || ask s "$before"
			ask s "$question"
			seen+="$status $REPLY "
		done
		is "$seen" '0 2 0 1 ' "$name: ${how% *}, and reverted"
	done
}

at_start=(simplest both shared new_func ref_glibc ref_glibc_data ref_orig_single ref_orig_threads ref_rodata shared_ref_glibc
	ifunc tls_simple tls_shared recursion pagecross endbr64 hidden syscall_restart memory_protection cancel)
host
has "$(nm "$scratch/scenarios.debug")" 'ffd t pagecross' 'pagecross: its entry lies in two pages'
lib_code=$(objdump -d --start-address="0x$(nm "$scratch/libscenarios.so.1.debug" | awk '/ lib_endbr64/ { print $1 }')" "$scratch/libscenarios.so.1")
has "$(grep -m 1 -P '^ +[0-9a-f]+:' <<<"$lib_code")" endbr64 'endbr64: its entry is a landing pad'
# protections: of what is mapped of the program and its library.
protections()
{
	awk '/scenarios/ { print $1, $2 }' "/proc/$pid/maps"
}
before=$(protections)
for name in "${at_start[@]}"; do
	both_ways "$name"
done
is "$(protections)" "$before" 'memory_protection: that of the program is as it was'
is "$(awk '$2 ~ /w/ && $2 ~ /x/' "/proc/$pid/maps")" '' 'memory_protection: nothing is writable and executable'
both_ways blocked blocked block_thread
finish s
host
ask s storm
both_ways fail_threading
finish s
host
ask s allocate
both_ways deadlock
finish s
host
answers s go_chroot 0 'chroot: it has gone to a directory without files'
both_ways chroot
finish s

# Functions that threads are in.

host
for how in "-p $pid" --all; do
	answers s fail_busy_single in "fail_busy_single: $how"
	# shellcheck disable=SC2086
	word apply fail_busy_single $how --wait 0
	refused 1 "busy: fail_busy_single in thread $pid" 'it is busy'
	answers s x 1 'it goes on'
	# shellcheck disable=SC2086
	word apply fail_busy_single $how
	answers s fail_busy_single 2 'applied when it has returned'
	# shellcheck disable=SC2086
	word revert fail_busy_single $how
	answers s fail_busy_single in 'and reverted'
	answers s x 1 'it returns'

	answers s fail_busy_single_top in "fail_busy_single_top: $how"
	# shellcheck disable=SC2086
	word apply fail_busy_single_top $how --wait 0
	refused 1 "busy: fail_busy_single_top in thread $pid" 'it is busy'
	kill -USR1 "$pid"
	hear s
	# shellcheck disable=SC2086
	word apply fail_busy_single_top $how
	answers s fail_busy_single_top 2 'applied when it has returned'
	# shellcheck disable=SC2086
	word revert fail_busy_single_top $how
	answers s fail_busy_single_top in 'and reverted'
	kill -USR1 "$pid"
	hear s

	ask s enter
	# shellcheck disable=SC2086
	word apply fail_busy_threads $how --wait 0
	has "$err" 'busy: fail_busy_threads in thread ' "fail_busy_threads: $how"
	answers s come_out 1 'the thread comes out'
	# shellcheck disable=SC2086
	word apply fail_busy_threads $how
	ask s enter
	answers s come_out 2 'applied'
	# shellcheck disable=SC2086
	word revert fail_busy_threads $how
	ask s enter
	answers s come_out 1 'and reverted'

	# shellcheck disable=SC2086
	word apply fail_unpatch $how
	answers s fail_unpatch in "fail_unpatch: $how"
	# shellcheck disable=SC2086
	word revert fail_unpatch $how --wait 0
	refused 1 "busy: the patch's own code in thread $pid" 'the new function is busy'
	answers s x 2 'it returns'
	# shellcheck disable=SC2086
	word revert fail_unpatch $how
	answers s fail_unpatch 1 'and reverted'

	answers s frame_finish in "frame_finish: $how"
	klpu frame_finish
	# shellcheck disable=SC2086
	"$bin/klpapply" apply "$REPLY" $how --wait 60 >/dev/null 2>&1 &
	waiting=$!
	answers s x 1 'it returns while klpapply waits'
	wait "$waiting"
	is $? 0 'which then applies'
	answers s frame_finish 2 'applied'
	# shellcheck disable=SC2086
	word revert frame_finish $how
	answers s frame_finish in 'and reverted'
	answers s x 1 'it returns'

	answers s in_redzone in "redzone: $how"
	# shellcheck disable=SC2086
	word apply redzone $how
	exits 0 'applied, where a leaf keeps data below the stack pointer'
	kill -USR1 "$pid"
	hear s
	is "$REPLY" 0 'which is as it was'
	answers s redzone 2 'applied'
	answers s in_redzone in 'again'
	# shellcheck disable=SC2086
	word revert redzone $how
	kill -USR1 "$pid"
	hear s
	is "$REPLY" 0 'also after reverting'
	answers s redzone 1 'and reverted'

	# shellcheck disable=SC2086
	word apply patchlevel $how
	answers s patchlevel 2 "patchlevel: $how: version 1"
	# shellcheck disable=SC2086
	word apply patchlevel-2 $how
	answers s patchlevel 3 'version 2'
	# shellcheck disable=SC2086
	word revert patchlevel-2 $how
	answers s patchlevel 1 'and reverted'
done
finish s

# Libraries that are loaded later.

for name in dlopen textrel; do
	host
	word apply "$name" -p "$pid"
	refused 1 "process $pid: it has no library" "$name: it is not there yet"
	answers s "load_$name" 0 "$name: it is"
	both_ways "$name" far
	finish s
done

# Coroutines.

for name in fail_coro fail_coro_listed; do
	begin s "$scratch/${name#fail_}"
	pid=${user_pid[s]}
	both_ways "$name" enter leave
	finish s
done

# Many processes, of which one is reverted.

# answers_of QUESTION: sets REPLY to what each of them answers.
answers_of()
{
	local all='' name
	for name in "${many[@]}"; do
		ask "$name" "$1"
		all+=$REPLY
	done
	REPLY=$all
}

many=()
those=()
for number in {0..9}; do
	begin "m$number" "$scratch/scenarios"
	many+=("m$number")
	those+=(-p "${user_pid[m$number]}")
done
word apply simplest "${those[@]}"
answers_of simplest
is "$status $REPLY" '0 2222222222' 'manyprocesses: by their PIDs'
word revert simplest -p "${user_pid[m3]}"
answers_of simplest
is "$REPLY" 2221222222 'process_revert: one of them, by its PID'
word apply simplest --all
has "$out" 'applied 1, already 9' 'manyprocesses: --all'
word revert simplest --all
answers_of simplest
is "$status $REPLY" '0 1111111111' 'process_revert: --all'
for name in "${many[@]}"; do
	finish "$name"
done

# At the start.

mkdir "$scratch/watched"
for name in "${at_start[@]}" fail_busy_single fail_busy_single_top fail_busy_threads fail_threading fail_unpatch fail_coro \
	fail_coro_listed frame_finish redzone chroot blocked deadlock dlopen textrel; do
	klpu "$name"
	cp "$REPLY" "$scratch/watched"
done
# In the order of their names.
klpu patchlevel
cp "$REPLY" "$scratch/watched/patchlevel-1.klpu"
klpu patchlevel-2
cp "$REPLY" "$scratch/watched/patchlevel-2.klpu"
begin w "$bin/klpapply" watch "$scratch/watched" --file "$scratch/scenarios" --file "$scratch/coro" --file "$scratch/coro_listed"
# It looks for each patch's processes first, which may take longer than an answer.
for _ in {1..60}; do
	[[ $REPLY != applied* ]] || break
	hear w
done
is "$REPLY" 'applied 0, already 0, busy 0, refused 0, gone 0' 'watch'

# started NAME [QUESTION [BEFORE]]: the program that watch has patched, as it started, is asked and reverted.
started()
{
	local name=$1 question=${2:-$1} before=${3-} seen
	[[ -z $before ]] || ask s "$before"
	ask s "$question"
	seen=$REPLY
	word revert "$name" -p "$pid"
	[[ -z $before ]] || ask s "$before"
	ask s "$question"
	is "$seen $status $REPLY" "2 0 ${4:-1}" "$name: at the start, and reverted"
}

host
for name in "${at_start[@]}" fail_threading redzone deadlock; do
	started "$name"
done
started blocked blocked block_thread
started fail_busy_threads come_out enter
for name in fail_busy_single frame_finish; do
	started "$name" "$name" '' in
	answers s x 1 'the old function'
done
started fail_busy_single_top fail_busy_single_top '' in
kill -USR1 "$pid"
hear s
answers s fail_unpatch in 'fail_unpatch: at the start'
answers s x 2 'the new function'
word revert fail_unpatch -p "$pid"
answers s fail_unpatch 1 'and reverted'
answers s patchlevel 3 'patchlevel: at the start: version 2'
word revert patchlevel-2 -p "$pid"
answers s patchlevel 1 'and reverted'
# watch has done its work when these are loaded.
for name in dlopen textrel; do
	ask s "load_$name"
	word apply "$name" --all
	answers s far 2 "$name: by --all, when the program has loaded it"
	word revert "$name" --all
	answers s far 1 'and reverted'
done
ask s go_chroot
started chroot
finish s
for name in fail_coro fail_coro_listed; do
	begin s "$scratch/${name#fail_}"
	pid=${user_pid[s]}
	started "$name" enter leave
	finish s
done
many=()
for number in {0..4}; do
	begin "n$number" "$scratch/scenarios"
	many+=("n$number")
done
answers_of simplest
is "$REPLY" 22222 'manyprocesses: at the start'
word revert simplest -p "${user_pid[n1]}"
answers_of simplest
is "$REPLY" 21222 'process_revert: one that was patched at the start'

done_testing
