#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2154
#
# Patches for running programs, from the tagged C file to the process that answers otherwise, and back.
source "$(dirname "${BASH_SOURCE[0]}")/tap.bash"
source "$top/tests/user.bash"

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
make_patch
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
done_testing
