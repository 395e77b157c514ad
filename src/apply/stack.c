// SPDX-License-Identifier: GPL-2.0-only
/* Which functions threads are in: see apply/stack.h. */
#include "apply/stack.h"

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"

/* More unwind information than that, of all objects, is a lie. */
#define UNWIND_MAX (512ULL << 20)

struct stack {
	Dwfl *dwfl;
	struct process *process;
	/* While threads are looked at: */
	struct stop *stop;
	struct stop_thread *thread;
	const struct stack_range *range;
	size_t range_count;
	uint64_t page; /* what was read last */
	bool page_valid;
	unsigned char bytes[4096];
	bool found;	       /* the outcome is set */
	uint64_t copied;       /* of what the process has */
	uint64_t covered[256]; /* places that have unwind information: threads wait in the same ones
				*/
};

/* What no thread is asked for: which there are. */
static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
	(void)dwfl;
	(void)arg;
	(void)thread_arg;
	return 0;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *arg, void **thread_arg)
{
	(void)dwfl;
	(void)tid;
	*thread_arg = arg;
	return true;
}

static bool read_word(Dwfl *dwfl, Dwarf_Addr addr, Dwarf_Word *ret, void *arg)
{
	struct stack *s = arg;
	uint64_t page = addr & ~4095ULL;

	(void)dwfl;
	if (addr - page > sizeof(s->bytes) - sizeof(*ret))
		return process_read(s->process, addr, ret, sizeof(*ret));
	if (!s->page_valid || s->page != page) {
		s->page_valid = process_read(s->process, page, s->bytes, sizeof(s->bytes));
		s->page = page;
		if (!s->page_valid)
			return false;
	}
	memcpy(ret, s->bytes + (addr - page), sizeof(*ret));
	return true;
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	const struct stack *s = arg;
	uint64_t regs[MACHINE_DWARF_MAX];
	Dwarf_Word words[MACHINE_DWARF_MAX];
	unsigned int count = machine_here.dwarf(&s->thread->regs, regs);

	for (unsigned int i = 0; i < count; i++)
		words[i] = regs[i];
	dwfl_thread_state_register_pc(thread, machine_here.pc(&s->thread->regs));
	return dwfl_thread_state_registers(thread, 0, count, words);
}

static const Dwfl_Thread_Callbacks callbacks = {
	.next_thread = next_thread,
	.get_thread = get_thread,
	.memory_read = read_word,
	.set_initial_registers = set_registers,
};

static int no_elf(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
		  char **file_name, Elf **elf)
{
	(void)mod;
	(void)userdata;
	(void)name;
	(void)base;
	(void)file_name;
	(void)elf;
	return -1;
}

static int no_debuginfo(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
			const char *file, const char *link, GElf_Word crc, char **ret)
{
	(void)mod;
	(void)userdata;
	(void)name;
	(void)base;
	(void)file;
	(void)link;
	(void)crc;
	(void)ret;
	return -1;
}

static bool copy(const struct process *p, int fd, uint64_t from, uint64_t to, uint64_t size)
{
	unsigned char part[65536];

	for (uint64_t done = 0; done < size;) {
		size_t n = size - done < sizeof(part) ? size - done : sizeof(part);

		if (!process_read(p, from + done, part, n) ||
		    pwrite(fd, part, n, (off_t)(to + done)) != (ssize_t)n)
			return false;
		done += n;
	}
	return true;
}

/*
 * A file that has the object's program headers and its unwind information, as they are in memory:
 * all that libdw needs of it. There are no sections, so libdw goes by PT_GNU_EH_FRAME. Returns a
 * descriptor, or -1 where there is nothing to unwind with.
 */
static int from_memory(struct stack *s, const struct loaded *o)
{
	const struct process *p = s->process;
	const Elf64_Phdr *frames = loaded_phdr(o, PT_GNU_EH_FRAME), *load = NULL;
	Elf64_Ehdr e;
	int fd;

	for (size_t i = 0; frames && i < o->phdr_count; i++) {
		const Elf64_Phdr *ph = &o->phdr[i];

		if (ph->p_type == PT_LOAD && frames->p_vaddr >= ph->p_vaddr &&
		    frames->p_vaddr - ph->p_vaddr < ph->p_filesz)
			load = ph;
	}
	if (!load || load->p_filesz > UNWIND_MAX - s->copied ||
	    !process_read(p, o->low, &e, sizeof(e)))
		return -1;
	s->copied += load->p_filesz;
	e.e_shoff = 0;
	e.e_shnum = e.e_shstrndx = 0;
	e.e_phoff = sizeof(e);
	fd = memfd_create(o->name ? o->name : "patch", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	/* The headers last, as the segment may begin with those of the object itself. */
	if (!copy(p, fd, o->bias + load->p_vaddr, load->p_offset, load->p_filesz) ||
	    pwrite(fd, &e, sizeof(e), 0) != sizeof(e) ||
	    pwrite(fd, o->phdr, o->phdr_count * sizeof(*o->phdr), sizeof(e)) !=
		    (ssize_t)(o->phdr_count * sizeof(*o->phdr))) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * The file itself, which may be removed or out of reach by its path: static programs have no
 * PT_GNU_EH_FRAME, and only sections say where their unwind information is. It has to be the file
 * of what is in memory.
 */
static int from_file(const struct process *p, const struct loaded *o)
{
	CLEANUP_FREE Elf64_Phdr *phdr = NULL;
	size_t size = o->phdr_count * sizeof(*o->phdr);
	Elf64_Ehdr e;
	char path[96];
	int fd;

	if (!o->map || !o->map->inode)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, p->via,
		 o->map->start, o->map->end);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	phdr = xcalloc(size, 1);
	if (pread(fd, &e, sizeof(e), 0) == sizeof(e) &&
	    pread(fd, phdr, size, (off_t)e.e_phoff) == (ssize_t)size &&
	    !memcmp(phdr, o->phdr, size))
		return fd;
	close(fd);
	return -1;
}

/* An object without unwind information is left out: a frame in it is not known. */
static void report(struct stack *s, const struct loaded *o, size_t number)
{
	int fd = from_memory(s, o);
	Dwfl_Module *mod;
	Dwarf_Addr bias;
	char name[32];

	if (fd < 0)
		fd = from_file(s->process, o);
	if (fd < 0)
		return;
	snprintf(name, sizeof(name), "object %zu", number);
	mod = dwfl_report_elf(s->dwfl, name, name, fd, o->bias, true);
	if (!mod)
		close(fd);
	else
		dwfl_module_eh_cfi(mod, &bias); /* now, and not while threads are stopped */
}

int stack_open(struct stack **ret, struct process *p, const struct loaded_list *objects,
	       const struct record *records, size_t record_count)
{
	static const Dwfl_Callbacks find = {.find_elf = no_elf, .find_debuginfo = no_debuginfo};
	struct stack *s = xcalloc(1, sizeof(*s));

	*ret = s;
	s->process = p;
	s->dwfl = dwfl_begin(&find);
	if (!s->dwfl)
		goto fail;
	dwfl_report_begin(s->dwfl);
	for (size_t i = 0; i < objects->count; i++)
		report(s, &objects->object[i], i);
	for (size_t i = 0; i < record_count; i++) {
		struct loaded image;

		if (!objects_at(p, records[i].head.image, &image))
			report(s, &image, objects->count + i);
	}
	dwfl_report_end(s->dwfl, NULL, NULL);
	if (dwfl_attach_state(s->dwfl, NULL, p->pid, &callbacks, s))
		return 0;
fail:
	outcome_refuse(p->outcome, "its stacks cannot be unwound: %s", dwfl_errmsg(-1));
	stack_close(s);
	*ret = NULL;
	return -1;
}

void stack_close(struct stack *s)
{
	if (!s)
		return;
	if (s->dwfl)
		dwfl_end(s->dwfl);
	free(s);
}

static int busy(struct stack *s, const char *fmt, ...) KLP_PRINTF(2, 3);
static int busy(struct stack *s, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->found = true;
	outcome_busy(s->process->outcome, "%s", text);
	return DWARF_CB_ABORT;
}

/* Where libdw has no unwind information it follows frame pointers, which may skip a function. */
static bool has_cfi(struct stack *s, uint64_t pc)
{
	uint64_t *seen = &s->covered[pc % ARRAY_SIZE(s->covered)];
	Dwarf_Frame *frame = NULL;
	Dwfl_Module *mod;
	Dwarf_Addr bias;
	Dwarf_CFI *cfi;
	bool has;

	if (*seen == pc && pc)
		return true;
	mod = dwfl_addrmodule(s->dwfl, pc);
	cfi = mod ? dwfl_module_eh_cfi(mod, &bias) : NULL;
	has = cfi && !dwarf_cfi_addrframe(cfi, pc - bias, &frame);
	free(frame);
	if (has)
		*seen = pc;
	return has;
}

static int look_at_frame(Dwfl_Frame *frame, void *arg)
{
	struct stack *s = arg;
	Dwarf_Addr pc, in;
	bool activation;

	if (!dwfl_frame_pc(frame, &pc, &activation))
		return busy(s, "the stack of thread %d cannot be unwound: %s", s->thread->tid,
			    dwfl_errmsg(-1));
	/* Behind a call that does not return another function may begin. */
	in = activation ? pc : pc - 1;
	for (size_t i = 0; i < s->range_count; i++) {
		const struct stack_range *r = &s->range[i];

		if (in >= r->low && in < r->high && !(r->entry && activation && in == r->low))
			return busy(s, "%s in thread %d", r->name, s->thread->tid);
	}
	if (!has_cfi(s, in))
		return busy(s,
			    "the stack of thread %d leads through code without unwind "
			    "information, at 0x%" PRIx64,
			    s->thread->tid, (uint64_t)in);
	if (stop_is_late(s->stop))
		return busy(s, "looking at its stacks took longer than --max-stop");
	return DWARF_CB_OK;
}

int stack_check(struct stack *s, struct stop *stop, const struct stack_range *range, size_t count)
{
	s->stop = stop;
	s->range = range;
	s->range_count = count;
	for (size_t i = 0; i < stop->count; i++) {
		s->thread = &stop->thread[i];
		/*
		 * A thread that the kernel has made for itself (io_uring, vhost) has no stack here,
		 * and never runs the program's code (arch/x86/kernel/process.c, copy_thread()).
		 */
		if (!machine_here.pc(&s->thread->regs) && !machine_here.sp(&s->thread->regs))
			continue;
		s->page_valid = false;
		s->found = false;
		if (!dwfl_getthread_frames(s->dwfl, s->thread->tid, look_at_frame, s))
			continue;
		return s->found ? -1
				: outcome_busy(s->process->outcome,
					       "the stack of thread %d cannot be unwound: %s",
					       s->thread->tid, dwfl_errmsg(-1));
	}
	return 0;
}
