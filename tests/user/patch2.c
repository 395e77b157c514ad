// SPDX-License-Identifier: GPL-2.0-only
/* Version 2: replaces work() again, block() no more, and third(). */
extern int counter;

int work_new(int x)
{
	return 20000 + x + counter;
}

int third_new(int x)
{
	return 30000 + x + counter;
}
