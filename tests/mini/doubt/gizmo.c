// SPDX-License-Identifier: GPL-2.0-only
/* A target module with more code of its functions than their symbols have. */
#include "mini.h"

/* Global, so that it keeps its symbol; inlined in this file. */
int gizmo_step(int x);
int gizmo_step(int x)
{
	return x * 7 + 1;
}

int gizmo_parted(int x);
int gizmo_parted(int x)
{
	int total = 0;

	if (x < 0)
		return -1;
	for (int i = 0; i < x; i++) {
		total += (int)sink(i * 3) * (int)sink(i * 5);
		total ^= (int)sink(total) - (int)sink(total - x);
		total += (int)sink(i - total) / ((int)sink(7) + 1);
		total -= (int)sink(total * 9) + (int)sink(total * x);
	}
	return total;
}

noinline int gizmo_parted_caller(int x);
noinline __section(".text.odd") int gizmo_parted_caller(int x)
{
	return gizmo_parted(x + 4) + gizmo_parted(x);
}

noinline int gizmo_run(int x);
noinline int gizmo_run(int x)
{
	return (int)sink(gizmo_step(x)) + gizmo_parted_caller(x);
}

static int __init gizmo_start(void)
{
	return (int)sink(gizmo_step((int)sink(2))) + gizmo_run(1);
}

module_init(gizmo_start);
MODULE_LICENSE("GPL");
