// SPDX-License-Identifier: GPL-2.0-only
/* A function that uses types, variables and functions of every odd kind. */
#include "odd.h"

/* gcc puts the last one first: what lies below 0x1000 is not searched for. */
static long odd_percpu[2] __percpu_data;
static char odd_fill[0x2000] __percpu_data;
static struct {
	int low, high;
} odd_range = {1, 2};
static const volatile u32 odd_port = 3;
static int odd_number;
static int *const odd_place[] = {&odd_number, NULL};
static struct odd *odd_first;
static const char *const odd_names[] = {"a", "b", "c"};
static odd_fn odd_hooks[2];

static noinline noclone int odd_print(struct odd *odd, const char *fmt, ...)
{
	return odd->state == ODD_BAD ? fmt[1] : odd_fill[fmt[0] & 63];
}

static noinline noclone struct odd_packed odd_pack(union odd_value value, enum odd_state state)
{
	struct odd_packed packed = {.tag = (char)state, .number = *value.in};

	return packed;
}

static noinline noclone int (*odd_choose(int (*with)(void)))(int, long)
{
	return with() ? (int (*)(int, long))with : NULL;
}

static noinline notrace noclone int odd_quiet(odd_count count)
{
	return count.counter + (int)odd_percpu[1];
}

static __always_inline int odd_inline(int x)
{
	return x + odd_range.high;
}

struct odd_packed odd_use(struct odd *odd, bool (*asks)(enum odd_state), unsigned long x);
struct odd_packed odd_use(struct odd *odd, bool (*asks)(enum odd_state), unsigned long x)
{
	static int calls;
	union odd_value value = {.in = &odd->rest[x]};
	odd_count count = odd->count;

	if (asks(odd->state)) {
		static int count_of = 1;

		odd->rest[0] = count_of++;
	} else {
		static int count_of = 2;

		odd->rest[1] = count_of++;
	}
	odd_range.low += (int)odd_port + *odd_place[x & 1] + calls++ + (int)odd_percpu[0]++;
	odd_first = odd->next ? odd->next : odd_first;
	odd_hooks[0] = x ? odd->fn : NULL;
	if (odd_hooks[x & 1])
		odd_hooks[x & 1](NULL, odd_names[x & 1]);
	count.counter += odd_print(odd, "%d", odd_inline(3)) + odd_quiet(count);
	count.counter += odd_choose(NULL)(count.counter, 1);
	odd->count = count;
	return odd_pack(value, odd->state);
}

/* It has code of its own, and a copy in what follows. */
int odd_both(int x);
int odd_both(int x)
{
	return x * 3 + odd_number;
}

int odd_ask(struct odd *odd);
int odd_ask(struct odd *odd)
{
	return odd_use(odd, NULL, 1).tag + odd_both(odd->state);
}
