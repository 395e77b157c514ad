// SPDX-License-Identifier: GPL-2.0-only
/* x86_64, for those who apply patches: see apply/machine.h. */
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "apply/machine.h"
#include "base/util.h"

/* include/linux/errno.h: what a thread that is stopped in a system call has as its result. */
#define ERESTARTSYS 512
#define ERESTARTNOINTR 513
#define ERESTARTNOHAND 514
#define ERESTART_RESTARTBLOCK 516

#define SYSCALL_SIZE 2

static void put32(unsigned char *out, uint64_t value)
{
	uint32_t word = (uint32_t)value;

	memcpy(out, &word, sizeof(word));
}

static void jump(unsigned char *out, uint64_t from, uint64_t to)
{
	out[0] = 0xe9; /* jmp rel32 */
	put32(out + 1, to - (from + 5));
}

static void veneer(unsigned char *out, uint64_t to)
{
	static const unsigned char code[] = {0xff, 0x25, 0, 0, 0, 0}; /* jmp *0(%rip) */

	memcpy(out, code, sizeof(code));
	memcpy(out + sizeof(code), &to, sizeof(to));
}

/* No instruction here changes the flags. Words are those behind the code, in this order. */
static const unsigned char stub_code[] = {
	0x0f, 0x05, /* syscall */
	0xb8, SYS_rt_sigprocmask,
	0,    0,
	0, /* mov $SYS_rt_sigprocmask,%eax */
	0xbf, 2,
	0,    0,
	0, /* mov $SIG_SETMASK,%edi */
	0x48, 0x8d,
	0x35, 0,
	0,    0,
	0, /* lea mask(%rip),%rsi */
	0xba, 0,
	0,    0,
	0, /* mov $0,%edx */
	0x41, 0xba,
	8,    0,
	0,    0,    /* mov $8,%r10d */
	0x0f, 0x05, /* syscall */
	0x48, 0x8b,
	0x05, 0,
	0,    0,
	0, /* mov rax(%rip),%rax */
	0x48, 0x8b,
	0x0d, 0,
	0,    0,
	0, /* rcx */
	0x48, 0x8b,
	0x15, 0,
	0,    0,
	0, /* rdx */
	0x48, 0x8b,
	0x35, 0,
	0,    0,
	0, /* rsi */
	0x48, 0x8b,
	0x3d, 0,
	0,    0,
	0, /* rdi */
	0x4c, 0x8b,
	0x05, 0,
	0,    0,
	0, /* r8 */
	0x4c, 0x8b,
	0x0d, 0,
	0,    0,
	0, /* r9 */
	0x4c, 0x8b,
	0x15, 0,
	0,    0,
	0, /* r10 */
	0x4c, 0x8b,
	0x1d, 0,
	0,    0,
	0, /* r11 */
	0xff, 0x25,
	0,    0,
	0,    0, /* jmp *rip(%rip) */
};

/* Where those instructions have the distance to their word. */
static const unsigned char stub_words[] = {15, 35, 42, 49, 56, 63, 70, 77, 84, 91, 97};

#define STUB_DATA ((sizeof(stub_code) + 7) & ~(size_t)7)
#define STUB_SIZE (STUB_DATA + 8 * ARRAY_SIZE(stub_words))

_Static_assert(STUB_SIZE <= MACHINE_STUB_MAX, "a stub has its room");

/*
 * System calls that give EINTR when a thread was stopped in them, be there no signal to handle:
 * signal(7), "Interruption of system calls and library functions by stop signals", and what waits
 * with a timeout of the socket (net/core/sock.h, sock_intr_errno()), or for an io_uring. They have
 * done nothing then, so they may begin anew. Others ask the kernel for that themselves.
 */
static bool gives_eintr(uint64_t number)
{
	static const unsigned int numbers[] = {
		SYS_epoll_wait, SYS_epoll_pwait,     SYS_epoll_pwait2, SYS_semop,
		SYS_semtimedop, SYS_rt_sigtimedwait, SYS_io_getevents, SYS_io_pgetevents,
		SYS_read,	SYS_readv,	     SYS_recvfrom,     SYS_recvmsg,
		SYS_recvmmsg,	SYS_accept,	     SYS_accept4,      SYS_connect,
		SYS_write,	SYS_writev,	     SYS_sendto,       SYS_sendmsg,
		SYS_sendmmsg,	SYS_io_uring_enter,
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (number == numbers[i])
			return true;
	}
	return false;
}

static bool in_call(const struct user_regs_struct *regs)
{
	return (int64_t)regs->orig_rax >= 0;
}

static bool restart(struct user_regs_struct *regs)
{
	if (!in_call(regs) || (int64_t)regs->rax != -EINTR || !gives_eintr(regs->orig_rax))
		return false;
	regs->rax = (uint64_t)-ERESTARTNOHAND;
	return true;
}

/*
 * Where the kernel would let the thread go on: the registers that it makes in
 * arch_do_signal_or_restart() (arch/x86/kernel/signal.c) where no signal is to be handled.
 */
static void settle_call(struct user_regs_struct *regs)
{
	restart(regs);
	if (!in_call(regs))
		return;
	switch (-(int64_t)regs->rax) {
	case ERESTARTSYS:
	case ERESTARTNOINTR:
	case ERESTARTNOHAND:
		regs->rax = regs->orig_rax;
		regs->rip -= SYSCALL_SIZE;
		break;
	case ERESTART_RESTARTBLOCK:
		regs->rax = SYS_restart_syscall;
		regs->rip -= SYSCALL_SIZE;
		break;
	default:
		break;
	}
}

static void stub(unsigned char *out, uint64_t place, uint64_t mask,
		 const struct user_regs_struct *back)
{
	struct user_regs_struct r = *back;
	uint64_t words[ARRAY_SIZE(stub_words)];

	(void)place; /* everything in it is relative */
	settle_call(&r);
	words[0] = mask;
	words[1] = r.rax;
	words[2] = r.rcx;
	words[3] = r.rdx;
	words[4] = r.rsi;
	words[5] = r.rdi;
	words[6] = r.r8;
	words[7] = r.r9;
	words[8] = r.r10;
	words[9] = r.r11;
	words[10] = r.rip;
	memset(out, 0xcc, STUB_DATA);
	memcpy(out, stub_code, sizeof(stub_code));
	for (size_t i = 0; i < ARRAY_SIZE(stub_words); i++)
		put32(out + stub_words[i], STUB_DATA + 8 * i - (stub_words[i] + 4U));
	memcpy(out + STUB_DATA, words, sizeof(words));
}

static void call(struct user_regs_struct *regs, uint64_t place, long number, const uint64_t *arg)
{
	regs->rip = place;
	regs->rax = (uint64_t)number;
	regs->orig_rax = (uint64_t)-1; /* nothing is to be begun anew */
	regs->rdi = arg[0];
	regs->rsi = arg[1];
	regs->rdx = arg[2];
	regs->r10 = arg[3];
	regs->r8 = arg[4];
	regs->r9 = arg[5];
}

static int64_t result(const struct user_regs_struct *regs)
{
	return (int64_t)regs->rax;
}

/* At a program's entry only %rdx and %rsp have a meaning (System V ABI, "Process Initialization").
 */
static const unsigned char entry_code[] = {
	0xb8, SYS_getpid, 0, 0, 0,    /* mov $SYS_getpid,%eax */
	0x0f, 0x05,		      /* syscall */
	0xff, 0x25,	  0, 0, 0, 0, /* jmp *0(%rip) */
};

static void entry(unsigned char *out, uint64_t to)
{
	memcpy(out, entry_code, sizeof(entry_code));
	memcpy(out + sizeof(entry_code), &to, sizeof(to));
}

static void skip(struct user_regs_struct *regs, uint64_t to)
{
	regs->orig_rax = (uint64_t)-1;
	regs->rip = to;
}

static uint64_t sp(const struct user_regs_struct *regs)
{
	return regs->rsp;
}

static uint64_t pc(const struct user_regs_struct *regs)
{
	return regs->rip;
}

/* System V ABI, AMD64 supplement, figure "DWARF Register Number Mapping". */
static unsigned int dwarf(const struct user_regs_struct *r, uint64_t *out)
{
	const uint64_t order[] = {r->rax, r->rdx, r->rcx, r->rbx, r->rsi, r->rdi,
				  r->rbp, r->rsp, r->r8,  r->r9,  r->r10, r->r11,
				  r->r12, r->r13, r->r14, r->r15, r->rip};

	memcpy(out, order, sizeof(order));
	return ARRAY_SIZE(order);
}

static enum machine_reloc reloc(uint32_t type)
{
	return type == R_X86_64_IRELATIVE  ? RELOC_IRELATIVE
	       : type == R_X86_64_DTPMOD64 ? RELOC_TLS_MODULE
					   : RELOC_OTHER;
}

/*
 * "ELF Handling For Thread-Local Storage", variant II: the program's storage ends at the thread
 * pointer, and begins where its alignment allows (glibc, elf/dl-tls.c, _dl_determine_tlsoffset()).
 */
static int64_t tls(uint64_t addr, uint64_t size, uint64_t align)
{
	uint64_t first;

	if (!align)
		align = 1;
	first = -addr & (align - 1);
	return -(int64_t)(((size - first + align - 1) & ~(align - 1)) + first);
}

const struct machine machine_here = {
	.elf = EM_X86_64,
	.jump_size = 5,
	.reach = 0x7fff0000,
	.jump = jump,
	.veneer_size = 14,
	.veneer = veneer,
	.stub_size = STUB_SIZE,
	.stub = stub,
	.call = call,
	.result = result,
	.restart = restart,
	.entry_size = sizeof(entry_code) + 8,
	.entry = entry,
	.skip = skip,
	.sp = sp,
	.pc = pc,
	.dwarf = dwarf,
	.reloc = reloc,
	.tls = tls,
	.mmap = SYS_mmap,
};
