// SPDX-License-Identifier: GPL-2.0-only
/* Program and library at once: the library is too far off for a jump. */
extern int counter;
extern int lib_count, lib_public;
extern __thread int lib_local;
extern int lib_static(int x);
extern int lib_work(int x);
int work_new(int x);

/* A pointer to the function that is replaced is the old one's address. */
int (*const table[])(int) = {work_new};
extern int (*volatile pointer)(int);

int work_new(int x)
{
	return (pointer == table[0] ? 40000 : 0) + x + counter + lib_work(x);
}

int lib_work_new(int x)
{
	lib_local += 2;
	return 50000 + lib_static(x) + lib_local + lib_public;
}
