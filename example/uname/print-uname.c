// SPDX-License-Identifier: GPL-2.0
/*
 * Prints what uname(2) says, as a 64-bit or as a 32-bit program. It uses no C library, so that
 * any gcc for x86-64 can make both:
 *
 *   gcc -m64 -O1 -static -nostdlib -ffreestanding -fno-pie -no-pie -fno-stack-protector \
 *       -o uname64 print-uname.c
 *   gcc -m32 ... -o uname32 print-uname.c
 */
struct names {
	char name[6][65]; /* system, node, release, version, machine, domain */
};

enum { UNAME26 = 0x20000 };

#ifdef __x86_64__
enum { SYS_write = 1, SYS_exit = 60, SYS_uname = 63, SYS_personality = 135 };

static long call(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}
#else
enum { SYS_exit = 1, SYS_write = 4, SYS_old_uname = 109, SYS_uname = 122, SYS_personality = 136 };

static long call(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "memory");
	return result;
}
#endif

static void print(const char *text)
{
	long length = 0;

	while (text[length])
		length++;
	call(SYS_write, 1, (long)text, length);
}

static void show(const char *label, long number)
{
	static struct names names;

	print(label);
	if (call(number, (long)&names, 0, 0) != 0) {
		print(" failed\n");
		return;
	}
	for (int i = 0; i < 5; i++) {
		if (i == 1)
			continue;
		print(" ");
		print(names.name[i]);
	}
	print("\n");
}

__attribute__((force_align_arg_pointer)) void _start(void)
{
	show("uname:", SYS_uname);
#ifdef __i386__
	show("old uname:", SYS_old_uname);
#endif
	/* For programs that cannot bear a version above 2.6. */
	call(SYS_personality, UNAME26, 0, 0);
	show("uname for old programs:", SYS_uname);
	call(SYS_exit, 0, 0, 0);
}
