// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that answers each line of its input with a line, so that a test can ask it what it runs
 * and can make it be somewhere. A second thread sleeps all the time.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "say.h"
#include "server.h"

#ifdef WITH_FILTER
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#endif

static int counter = 1;
static __thread int local = 10;
static volatile int naps, nap_errors;
static char line[256];

/* One byte after the other: a buffer would be lost by exec. */
static int next_line(void)
{
	size_t n = 0;
	ssize_t got;

	while ((got = read(0, line + n, 1)) == 1 && line[n] != '\n' && n < sizeof(line) - 1)
		n++;
	line[n] = '\0';
	return got == 1 ? 0 : got < 0 ? errno : -1;
}

__attribute__((noinline, noipa)) static int helper(int x)
{
	return x + counter++;
}

/* Replaced by the patches. */
__attribute__((noinline, noipa)) int work(int x)
{
	local++;
	return helper(x) + local;
}

/* Also replaced; waits for a line in the middle. */
__attribute__((noinline, noipa)) int block(int x)
{
	say("in\n");
	next_line();
	return x + counter;
}

__attribute__((noinline, noipa)) int third(int x)
{
	return x * 3 + counter;
}

#ifdef WITH_PLAIN
/* Not replaced; waits for a line. */
__attribute__((noinline, noipa)) static int third_block(int x)
{
	say("in\n");
	next_line();
	return x;
}
#endif

/* What the patch's pointer to work() is compared with. */
int (*volatile pointer)(int) = work;

static void *nap(void *arg)
{
	const struct timespec t = {3600, 0};

	for (;;) {
		naps++;
		if (nanosleep(&t, NULL))
			nap_errors++;
	}
	return arg;
}

static void on_signal(int sig)
{
	(void)sig;
	say("in\n");
	next_line();
}

/* A handler on a stack of its own, in the middle of block2(). */
__attribute__((noinline, noipa)) int block_signal(int x)
{
	static char stack[65536];
	const stack_t other = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};

	sigaltstack(&other, NULL);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	return x + counter;
}

static void serve(void);

static void fork_child(void)
{
	int in[2];
	pid_t pid;

	if (pipe(in))
		_exit(3);
	pid = fork();
	if (!pid) {
		dup2(in[0], 0);
		close(in[1]);
		serve();
		_exit(0);
	}
	close(in[0]);
	/* The child's input stays open as descriptor 9. */
	dup2(in[1], 9);
	say_number(pid);
}

static void vfork_child(void)
{
	pid_t pid = vfork();

	if (!pid) {
		/* Until a line comes the parent cannot run. */
		say("in\n");
		next_line();
		execl("/bin/true", "true", (char *)NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	say("out\n");
}

static int sharing(void *arg)
{
	for (;;)
		pause();
	return arg != NULL;
}

static void strict(void)
{
	if (prctl(PR_SET_SECCOMP, 1, 0, 0, 0))
		say("no\n");
	else
		say("yes\n");
}

#ifdef WITH_FILTER
/* Kills at each system call that it does not need itself. */
static void filter(void)
{
	static const unsigned int allowed[] = {
		SYS_read,	  SYS_write,	       SYS_exit_group, SYS_restart_syscall,
		SYS_rt_sigreturn, SYS_clock_nanosleep, SYS_nanosleep,
	};
	struct sock_filter f[32];
	struct sock_fprog program = {.filter = f};
	unsigned short n = 0;

	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++) {
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], 0, 1);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	program.len = n;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* All threads: SECCOMP_FILTER_FLAG_TSYNC. */
	say(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 1, &program) ? "no\n" : "yes\n");
}
#endif

/* Writes a breakpoint to work(), as a debugger does. */
static void breakpoint(void)
{
	uintptr_t page = (uintptr_t)work & ~(uintptr_t)4095;

	mprotect((void *)page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC);
	*(volatile unsigned char *)(uintptr_t)work = 0xcc;
	mprotect((void *)page, 8192, PROT_READ | PROT_EXEC);
	say("yes\n");
}

static void again(char **argv)
{
	execv("/proc/self/exe", argv);
	say("no\n");
}

#ifndef WITHOUT_LIB
static int (*far_1)(int);

/* A library, each time at another place: where it was nothing else can be. */
static void load(const char *path)
{
	static void *library;
	Dl_info old;

	if (library && dladdr((void *)(uintptr_t)far_1, &old)) {
		dlclose(library);
		mmap(old.dli_fbase, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		     0);
	}
	library = dlopen(path, RTLD_NOW);
	far_1 = library ? (int (*)(int))(uintptr_t)dlsym(library, "far_1") : NULL;
	say(far_1 ? "yes\n" : "no\n");
}
#endif

#ifdef WITH_LIES
#include <elf.h>
#include <link.h>

#include "apply/record.h"

/* Records of a hundred thousand functions at one place, none of which stands there. */
static void lie_records(void)
{
	const uint32_t funcs = 2048;
	size_t size = 4096 * ((sizeof(struct record_head) + sizeof(struct record_target) +
			       funcs * sizeof(struct record_func)) /
				      4096 +
			      1);

	for (int i = 0; i < 48; i++) {
		char *at = mmap(NULL, size + 4096, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		struct record_head *h = (struct record_head *)at;
		struct record_target *t = (struct record_target *)(h + 1);
		struct record_func *f = (struct record_func *)(t + 1);

		*h = (struct record_head){
			.magic = {'k', 'l', 'p', 'm', 'a', 'k', 'e', ' ', 'r', 'e', 'c', 'o', 'r',
				  'd', ' ', '1'},
			.size = size,
			.whole = 1,
			.targets = 1,
			.funcs = funcs,
			.name = "lie",
		};
		for (uint32_t k = 0; k < funcs; k++)
			f[k] = (struct record_func){.at = (uintptr_t)work, .size = 5};
		mprotect(at, size, PROT_READ);
		mprotect(at + size, 4096, PROT_NONE);
	}
	say("yes\n");
}

/* What looks like a record of a patch. */
static void lie_record(void)
{
	for (int i = 0; i < 4; i++) {
		unsigned char *page = mmap(NULL, 12288, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) +
				      4096;

		memset(page, i == 3 ? 0 : 0xff, 4096);
		memcpy(page, "klpmake record 1", 16);
		*(uint64_t *)(page + 16) = i == 1 ? 4096 : i == 2 ? 1 << 20 : ~0ULL; /* size */
		*(uint64_t *)(page + 24) = 1;					     /* whole */
		*(uint32_t *)(page + 52) = i;					     /* targets */
		*(uint32_t *)(page + 56) = i == 2 ? 4096 : 1;			     /* functions */
		mprotect(page, 4096, PROT_READ);
		mprotect(page - 4096, 4096, PROT_NONE);
		mprotect(page + 4096, 4096, PROT_NONE);
	}
	say("yes\n");
}

/* A file that is mapped as a program would be, with headers that lead anywhere. */
static void lie_header(void)
{
	for (unsigned int i = 0; i < 8; i++) {
		unsigned char page[4096];
		Elf64_Ehdr *e = (Elf64_Ehdr *)page;
		Elf64_Phdr *ph = (Elf64_Phdr *)(page + 64);
		int fd = fileno(tmpfile());

		memset(page, i & 1 ? 0xff : 0, sizeof(page));
		memcpy(e->e_ident, ELFMAG "\2\1\1", 7);
		e->e_machine = EM_X86_64;
		e->e_phoff = i == 7 ? ~0ULL : 64;
		e->e_phentsize = sizeof(*ph);
		e->e_phnum = i == 6 ? 0xffff : 60;
		ph[0].p_type = PT_LOAD;
		ph[0].p_flags = PF_X;
		ph[0].p_filesz = ph[0].p_memsz = i & 2 ? ~0ULL : 4096;
		ph[0].p_vaddr = i & 4 ? 1ULL << 63 : 0;
		ph[1].p_type = PT_NOTE;
		ph[1].p_memsz = i & 2 ? 65536 : 4000;
		ph[2].p_type = PT_GNU_EH_FRAME;
		ph[2].p_filesz = ~0ULL;
		ph[3].p_type = PT_DYNAMIC;
		ph[3].p_memsz = ~0ULL;
		if (write(fd, page, sizeof(page)) != sizeof(page))
			_exit(3);
		mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	}
	say("yes\n");
}

static int lie_frame(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		uintptr_t end = start + info->dlpi_phdr[i].p_memsz;
		uintptr_t page = start & ~(uintptr_t)4095;

		if (info->dlpi_phdr[i].p_type != PT_GNU_EH_FRAME)
			continue;
		mprotect((void *)page, end - page, PROT_READ | PROT_WRITE);
		for (uintptr_t at = start + 4; at < end; at += 3)
			*(unsigned char *)at ^= 0x55;
		mprotect((void *)page, end - page, PROT_READ);
	}
	return 1; /* of the program alone */
}

/* Its list of libraries leads in a circle. */
static void lie_links(void)
{
	_r_debug.r_map->l_next = _r_debug.r_map;
	say("yes\n");
}
#endif

/* Goes on in another thread: the first one ends. */
static void *serve_there(void *arg);

static void end_first(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, serve_there, NULL);
	pthread_exit(NULL);
}

static char **arguments;

static void serve(void)
{
	for (;;) {
		int error = next_line();

		if (error == EINTR)
			say("EINTR\n");
		else if (error)
			return;
		else if (!strcmp(line, "work"))
			say_number(work(1));
		else if (!strcmp(line, "block"))
			say_number(block(1));
		else if (!strcmp(line, "signal"))
			say_number(block_signal(1));
		else if (!strcmp(line, "third"))
			say_number(third(1));
		else if (!strcmp(line, "pointer"))
			say_number(pointer == work);
#ifndef WITHOUT_LIB
		else if (!strcmp(line, "lib"))
			say_number(lib_work(1));
		else if (!strcmp(line, "call"))
			say_number(lib_call(work, 1));
		else if (!strcmp(line, "callblock"))
			say_number(lib_call(block, 1));
		else if (!strncmp(line, "load ", 5))
			load(line + 5);
		else if (!strcmp(line, "far"))
			say_number(far_1(1));
#endif
		else if (!strcmp(line, "naps"))
			say_number(naps * 1000 + nap_errors);
		else if (!strcmp(line, "fork"))
			fork_child();
		else if (!strcmp(line, "child"))
			say(write(9, "work\n", 5) == 5 ? "" : "no\n");
		else if (!strcmp(line, "vfork"))
			vfork_child();
		else if (!strcmp(line, "share"))
			say_number(clone(sharing, malloc(65536) + 65536 - 64, CLONE_VM | SIGCHLD,
					 NULL));
		else if (!strcmp(line, "mdwe"))
			say(prctl(65 /* PR_SET_MDWE */, 1, 0, 0, 0) ? "no\n" : "yes\n");
		else if (!strcmp(line, "secure"))
			say_number((long)getauxval(AT_SECURE) * 1000000 + geteuid());
		else if (!strcmp(line, "strict"))
			strict();
#ifdef WITH_PLAIN
		else if (!strcmp(line, "plain"))
			say_number(plain_call(third_block, 1));
#endif
#ifdef WITH_FILTER
		else if (!strcmp(line, "filter"))
			filter();
#endif
		else if (!strcmp(line, "breakpoint"))
			breakpoint();
#ifdef WITH_LIES
		else if (!strcmp(line, "record"))
			lie_record();
		else if (!strcmp(line, "records"))
			lie_records();
		else if (!strcmp(line, "header"))
			lie_header();
		else if (!strcmp(line, "frames"))
			say_number(dl_iterate_phdr(lie_frame, NULL));
		else if (!strcmp(line, "links"))
			lie_links();
#endif
		else if (!strcmp(line, "end"))
			end_first();
		else if (!strcmp(line, "exec"))
			again(arguments);
		else
			say("what?\n");
	}
}

static void *serve_there(void *arg)
{
	say("yes\n");
	serve();
	_exit(0);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	(void)argc;
	arguments = argv;
#ifndef WITHOUT_THREAD
	if (pthread_create(&thread, NULL, nap, NULL))
		return 3;
	/* A thread makes other system calls before it runs. */
	while (!naps)
		sched_yield();
#else
	(void)thread;
#endif
	say("ready\n");
	serve();
	return 0;
}
