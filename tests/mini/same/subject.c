// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions with a reference of every kind each, to be compared with copies. No function of
 * this file calls another that is not told to be called.
 */
#include "same/tables.h"

static int same_state;
int same_counts[4];
__percpu_data int same_percpu;
static const int same_limits[] = {3, 5, 8, 13};
int same_calls(int x);
int same_data(int x);
int same_string(int x);
int same_const(int x);
int same_compare(int x);
int same_local(int x);
int same_helped(int x);
int same_cold(int x);
int same_jump(int x);
int same_alternative(int x);
int same_warning(int x);
int same_fault(int x);
int same_address(int x);
int same_plain(int x);
int same_leads(int x);
int __x64_sys_same(int x);
int same_outside(int x);

static noinline noclone int same_helper(int x)
{
	return (int)sink(x * 3);
}

noinline int same_calls(int x)
{
	return (int)sink(x) + same_helper(x + 1);
}

/* A system call, and what a compiler splits off a function. */
static noinline noclone int __do_sys_same(int x)
{
	return (int)sink(x * 7654321);
}

noinline int __x64_sys_same(int x)
{
	return __do_sys_same(x);
}

static noinline noclone int same_whole_part(int x) asm("same_whole.part.0");
static noinline noclone int same_whole_part(int x)
{
	return (int)sink(x * 7654323);
}

int same_whole(int x);
noinline int same_whole(int x)
{
	return x ? same_whole_part(x) : 0;
}

noinline int same_data(int x)
{
	same_counts[2] += x;
	asm volatile("movl %0, %%gs:%1" ::"r"(x), "m"(same_percpu));
	return same_state + shared_total;
}

/* Counted from 1: the operand lies before the variable. */
static int same_before[2] = {1, 1}, same_counted[3] = {1, 2, 3};
noinline int same_outside(int x)
{
	int *from = (int *)((unsigned long)same_counted - 4);

	asm volatile("" : "+r"(from));
	same_before[x & 1]++;
	return from[x]++;
}

/* The immediate value stands behind the distance. */
noinline int same_compare(int x)
{
	if (same_state == 0x12345678)
		same_state = 0x23456789;
	return x;
}

noinline int same_string(int x)
{
	return _printk("same %d\n", x);
}

noinline int same_const(int x)
{
	return same_limits[x & 3];
}

noinline int same_local(int x)
{
	static int called;

	return called += x;
}

noinline int same_helped(int x)
{
	return same_helper(x) / 2;
}

noinline int same_cold(int x)
{
	if (__builtin_expect(x < 0, 0)) {
		complain("cold");
		x = (int)sink(x) + 17;
	}
	return x * 5;
}

noinline int same_jump(int x)
{
	return JUMP_LABEL(same_key) ? (int)sink(x) : x;
}

noinline int same_alternative(int x)
{
	ALTERNATIVE("nop", "pause", 42);
	return x;
}

noinline int same_warning(int x)
{
	if (x < 0)
		WARNING(1);
	return x;
}

noinline int same_fault(int x)
{
	FAULTS(1);
	return x;
}

noinline int same_address(int x)
{
	return (int)sink((long)same_helper + x);
}

noinline int same_plain(int x)
{
	return x * 1234567 + 3;
}

/* Nothing but a call leads to it. */
static noinline noclone int same_direct(int x)
{
	return (int)sink(x * 9);
}

noinline int same_leads(int x)
{
	return same_direct(x) - 1;
}
