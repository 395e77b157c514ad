// SPDX-License-Identifier: GPL-2.0-only
/* Functions and data of every kind of type, for patches that declare them rightly or wrongly. */
#include "mini.h"

enum kinds_state { KINDS_OFF, KINDS_ON, KINDS_BROKEN = 7 };
enum { KINDS_SMALL = 1, KINDS_LARGE = 200 };

typedef struct {
	int counter;
} kinds_count;

struct kinds_item {
	int id;
	unsigned int low : 3, high : 5;
	union {
		long number;
		void *pointer;
	};
	struct {
		int x, y;
	} point;
	char name[16];
	int (*op)(int, long);
	struct kinds_item *next;
	struct record *record;
	unsigned long last;
	char rest[];
};

struct kinds_pair {
	int first, second;
};

static struct kinds_item *kinds_head;
static struct kinds_pair kinds_pair = {1, 2};
static const int kinds_limits[3] = {1, 2, 3};
static char kinds_buffer[64];
static u8 kinds_byte = 1;
static long kinds_long = 2;
static enum kinds_state kinds_now = KINDS_ON;
static kinds_count kinds_total;
static int kinds_grid[2][3];
static int (*kinds_hook)(int, long);
static int kinds_percpu __percpu_data = 3;
int kinds_global = 4;

static noinline noclone int kinds_add(int a, long b)
{
	static int calls;
	static int others asm("kinds_add.others"); /* as clang names them */

	calls++;
	return a + (int)b + calls + others++;
}

static noinline noclone long kinds_name(struct kinds_item *item, const char *name, u32 len)
{
	for (u32 i = 0; i < len; i++)
		item->name[i & 15] = name[i];
	return item->record ? item->record->id : item->id;
}

static noinline noclone void kinds_quiet(enum kinds_state state)
{
	kinds_now = state;
}

static noinline noclone bool kinds_test(bool wanted)
{
	return wanted == (kinds_byte > 3);
}

static noinline noclone int kinds_call(int (*fn)(int, long), void *data)
{
	return fn(data != NULL, KINDS_LARGE - KINDS_SMALL);
}

static noinline noclone int kinds_value(kinds_count count, struct kinds_pair pair)
{
	return count.counter + pair.first;
}

static noinline noclone int kinds_print(const char *fmt, ...)
{
	return fmt[0];
}

static noinline noclone int kinds_swap(struct kinds_item *item, struct record *record)
{
	item->record = record;
	return record->id;
}

int kinds_use(int x);
int kinds_use(int x)
{
	kinds_buffer[x & 63] = (char)kinds_percpu++;
	kinds_grid[x & 1][x % 3] = kinds_limits[x % 3];
	kinds_byte += (u8)kinds_grid[0][x % 3];
	kinds_long *= kinds_now + kinds_buffer[x % 5];
	kinds_total.counter++;
	kinds_pair.second += x;
	kinds_hook = x ? kinds_add : NULL;
	kinds_head->id += kinds_head->low + kinds_head->high + kinds_head->point.x;
	kinds_head = kinds_head->next;
	kinds_quiet(KINDS_BROKEN);
	return kinds_add(x, kinds_long) + (int)kinds_name(kinds_head, kinds_buffer, 3) +
	       kinds_test(x > 2) + kinds_call(kinds_hook, kinds_head) + kinds_global++ +
	       kinds_value(kinds_total, kinds_pair) + kinds_print("%d", x) +
	       kinds_swap(kinds_head, kinds_head->record);
}
