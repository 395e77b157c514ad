#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154
#
# Patches for running programs, from the tagged C file to the process that answers otherwise, and back.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$top/tests/klpuser.bash"

[[ -x $bin/klpapply ]] || skip_all 'this machine has no klpapply'
export KLPMAKE_BIN=$bin


program simple <<'END'
static long count;
static __thread long mine = 7;
static const char *names[] = {"zero", "one", "two"};
__attribute__((noinline)) static long helper(long x)
{
	static long calls = 100;

	calls++;
	__asm__ volatile("");
	return x + calls - calls;
}
__attribute__((noinline)) static long work(long x)
{
	count++;
	mine++;
	if (x > 2)
		names[x % 3] = "many";
	return helper(x) + (names[0][0] == 'z');
}
long answer(long x)
{
	return work(x);
}
END
patch simple simple work new_work <<'END'
//KLPMAKE simple.c
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <klpmake-user.h>
extern long count;
extern __thread long mine;
extern const char *names[];
extern long helper(long x);
extern long calls KLP_STATIC_LOCAL(helper, calls);
static long mine_too = 3000;
static const char text[] = "some text";
static long second(const char *s)
{
	return (long)strlen(s);
}
static long new_work(long x)
{
	char buffer[40];

	count++;
	mine_too++;
	snprintf(buffer, sizeof(buffer), "%ld", x);
	return mine_too + (count > 1) + (mine == 8) + helper(atol(buffer)) + (calls > 100) + (names[1][0] == 'o') +
	       second(text) + (stdout != NULL);
}
END
make_patch --allow ipa
exits 0 'a patch is made'
start simple
# 3001 + 1 + 1 + 5 + 1 + 1 + 9 + 1
changes 'simplest: static functions, data and locals, thread-local data, constants, new data and functions, the C library' 5 6 3020
stop

for flags in '-no-pie' '-fcf-protection=full' '-Wl,-z,lazy' '-O3 -fno-plt -Wl,-z,now' '-static' '-static-pie'; do
	# shellcheck disable=SC2086 # flags are words
	program flavour $flags <<'END'
__attribute__((noinline)) static long work(long x)
{
	return x + atol("4");
}
long answer(long x)
{
	return work(x) + 1;
}
END
	patch flavour flavour work new_work <<'END'
//KLPMAKE flavour.c
#include <stdlib.h>
#include <klpmake-user.h>
static long new_work(long x)
{
	return x + atol("100");
}
END
	make_patch
	exits 0 "$flags: a patch is made"
	start flavour
	changes "$flags: and applied" 5 10 106
	stop
done

# A program and its library, with thread-local data, an IFUNC, hidden and versioned symbols in the library.
cat >"$scratch/sums.map" <<'END'
SUMS_1 { global: sum; pick; sums_total; local: *; };
END
library sums -Wl,--version-script="$scratch/sums.map" <<'END'
#include <stdlib.h>
long sums_total = 1;
__thread long sums_mine = 2;
static long kept = 3;
__attribute__((noinline)) long hidden_sum(long a, long b)
{
	__asm__ volatile("");
	return a + b + (sums_mine - sums_mine);
}
static long pick_slow(long x)
{
	return x + 1;
}
static long pick_fast(long x)
{
	return x + 2;
}
static long (*choose(void))(long)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("sse2") ? pick_fast : pick_slow;
}
long pick(long x) __attribute__((ifunc("choose")));
long sum(long a, long b)
{
	sums_total++;
	kept++;
	sums_mine++;
	return hidden_sum(a, b) + labs(-1) + pick(a) - pick(a);
}
END
program user -L"$scratch" -lsums -pthread <<'END'
long sum(long a, long b);
long pick(long x);
extern long sums_total;
__attribute__((noinline)) static long work(long x)
{
	return sum(x, 10) + pick(x) * 1000;
}
long answer(long x)
{
	return work(x);
}
END
export LD_LIBRARY_PATH=$scratch
patch library libsums.so.1 sum new_sum <<'END'
//KLPMAKE sums.c
#include <stdlib.h>
#include <klpmake-user.h>
extern long sums_total, kept;
extern __thread long sums_mine;
__attribute__((visibility("hidden"))) long hidden_sum(long a, long b);
long pick(long x);
long new_sum(long a, long b)
{
	return hidden_sum(a, b) + 100 * (sums_total == 2) + 200 * (kept == 4) + 400 * (sums_mine == 3) + pick(0) * 10000 +
	       labs(-7);
}
END
make_patch --allow ipa
exits 0 'shared: a patch of a library is made'
start user
# sum(1, 10) + 1 + pick(1) * 1000; 11 + 700 + 20000 + 7
changes 'shared, tls_shared, ifunc: static, hidden and thread-local data of a library, its IFUNC, the C library' 1 3012 23718
stop

patch both user work new_work <<'END'
//KLPMAKE user.c
#include <klpmake-user.h>
long sum(long a, long b);
long pick(long x);
extern long sums_total;
static long new_work(long x)
{
	return sum(x, 20) + pick(x) * 1000 + sums_total * 100000;
}
END
cat >"$dir/lib.c" <<'END'
//KLPMAKE sums.c
#include <klpmake-user.h>
extern long kept;
long new_sum(long a, long b)
{
	return a + b + 50 + kept - kept;
}
END
printf 'both-y := both.o lib.o\n' >>"$dir/Makefile"
sed -i 's/objs\[\] = {{/objs[] = {{.name = "libsums.so.1", .funcs = lib_funcs}, {/; s/^static struct klp_object/long new_sum(long a, long b);\nstatic struct klp_func lib_funcs[] = {{.old_name = "sum", .new_func = new_sum}, {}};\n&/' "$dir/both.c"
make_patch --library-dir "$scratch"
exits 0 'both: a patch of a program and its library is made'
start user
# sum(1, 20) is 71, pick(1) * 1000, sums_total is 2 by then
changes 'both: and applied in one go' 1 3012 203071
stop

# The address of a new function is that of the old one, as elsewhere in the process.
program pointer <<'END'
long (*volatile handler)(long);
__attribute__((noinline)) long work(long x)
{
	return x + atol("0");
}
long answer(long x)
{
	handler = work;
	return handler(x) + work(x);
}
END
patch pointer pointer work new_work <<'END'
//KLPMAKE pointer.c
#include <klpmake-user.h>
extern long (*volatile handler)(long);
long new_work(long x);
long (*const table[])(long) = {new_work};
long new_work(long x)
{
	return (handler == new_work) * 1000 + (handler == table[0]) * 100 + x;
}
END
make_patch
exits 0 'addresses: a patch is made'
start pointer
changes 'addresses: the new function has that of the old one' 5 10 2210
stop

# Two files of a program with static variables of one name, and a file of the patch for each.
cat >"$scratch/second.c" <<'END'
static long count = 70;
long second(long x)
{
	count++;
	return x + count - count % 10;
}
END
program twins second.c <<'END'
static long count = 30;
long second(long x);
__attribute__((noinline)) long first(long x)
{
	count++;
	return x + count - count % 10 + atol("0");
}
long answer(long x)
{
	return first(x) * 1000 + second(x);
}
END
patch twins twins first new_first <<'END'
//KLPMAKE twins.c
#include <klpmake-user.h>
extern long count;
static long new_first(long x)
{
	return 100 + x + count - count % 10;
}
END
cat >"$dir/other.c" <<'END'
//KLPMAKE second.c
#include <klpmake-user.h>
extern long count;
long new_second(long x)
{
	return 200 + x + count - count % 10;
}
END
printf 'twins-y := twins.o other.o\n' >>"$dir/Makefile"
sed -i 's/new_first}, {}/new_first}, {.old_name = "second", .new_func = new_second}, {}/; s/^static struct klp_func/long new_second(long x);\n&/' "$dir/twins.c"
make_patch
exits 0 'twins: a patch is made of two files that mean two variables by one name'
start twins
changes 'twins: each has its own' 1 31071 131271
stop

run "$top/example/user-tickets/check"
is "$status:$out" "0:$(sed -n '/^before:/,/^```/p' "$top/example/user-tickets/README.md" | grep -v '```')" 'the example does what its readme shows'
done_testing
