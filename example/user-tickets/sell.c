// SPDX-License-Identifier: GPL-2.0-only
//KLPMAKE sales.c
#include <stdio.h>

#include <klpmake-user.h>

#include "program/price.h"

extern long sold;
extern __thread long served;

/* Nobody gets more than ten at a time. */
static void sell_limited(const char *name, long count)
{
	if (count > 10) {
		printf("%s: no more than 10\n", name);
		return;
	}
	sold += count;
	served++;
	printf("%s: %ld for %ld, %ld so far\n", name, count, price_of(count), sold);
}

long price_with_discount(long count);

static struct klp_func program_funcs[] = {
	{ .old_name = "sell", .new_func = sell_limited },
	{ }
};

static struct klp_func library_funcs[] = {
	{ .old_name = "price_of", .new_func = price_with_discount },
	{ }
};

static struct klp_object objs[] = {
	{ .funcs = program_funcs },
	{ .name = "libprice.so.1", .funcs = library_funcs },
	{ }
};

static struct klp_patch patch = { .objs = objs, .version = 1 };
KLP_PATCH(patch);
