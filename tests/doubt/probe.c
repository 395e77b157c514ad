// SPDX-License-Identifier: GPL-2.0
/* Prints "own" or "4242" for each way to ask for one's process group, and the root's file system. */
#include <stdio.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NR_IA32_GETPGID 132
#define NR_IA32_GETPGRP 65

/* A system call as 32-bit programs make it. */
static long ia32(long number, long argument)
{
	long ret;

	asm volatile("int $0x80" : "=a"(ret) : "a"(number), "b"(argument) : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static void print(const char *what, long group, long own)
{
	if (group == own)
		printf("%s own\n", what);
	else
		printf("%s %ld\n", what, group);
}

int main(void)
{
	long own = getsid(0);
	struct statfs s;

	/* A session of our own, so that what is not patched can be told. */
	if (setsid() > 0)
		own = getpid();
	print("getpgid", syscall(SYS_getpgid, 0), own);
	print("getpgrp", syscall(SYS_getpgrp), own);
	print("32-bit getpgid", ia32(NR_IA32_GETPGID, 0), own);
	print("32-bit getpgrp", ia32(NR_IA32_GETPGRP, 0), own);
	if (!statfs("/", &s))
		printf("statfs %s\n", s.f_type == 0x6b6c70 ? "klp" : "own");
	return 0;
}
