// SPDX-License-Identifier: GPL-2.0-only
/* System calls that a stopped thread makes: see apply/inject.h. */
#include "apply/inject.h"

#include <errno.h>
#include <string.h>

#include "apply/hook.h"

#define PAGE 4096ULL
/* At the very end of the page: the kernel's own object has section headers before that. */
#define STUB_ROOM MACHINE_STUB_MAX
/*
 * How long a thread may take for a call. It only waits for a processor, nobody else waits for it,
 * and one that is let go in the stub meets its seccomp filter.
 */
#define CALL_MS 5000

uint64_t inject_place(const struct process *p, const struct loaded_list *objects)
{
	for (size_t i = 0; i < objects->count; i++) {
		const struct loaded *o = &objects->object[i];

		for (size_t k = 0; k < o->phdr_count; k++) {
			const Elf64_Phdr *ph = &o->phdr[k];
			uint64_t used = o->bias + ph->p_vaddr + ph->p_filesz;
			uint64_t place = ((used + PAGE - 1) & ~(PAGE - 1)) - STUB_ROOM;
			const struct process_map *m = process_map_at(p, place);

			if (ph->p_type == PT_LOAD && ph->p_flags & PF_X && !(ph->p_flags & PF_W) &&
			    ph->p_filesz == ph->p_memsz && m && m->execute && !m->write &&
			    place >= used)
				return place;
		}
	}
	return 0;
}

/* Lets the thread run to that stop; others that may come on the way are no matter. */
static int run_to(struct stop *s, struct stop_thread *t, enum stop_event wanted)
{
	struct process_outcome *o = s->process->outcome;
	uint64_t until = stop_now() + CALL_MS * STOP_MS;

	for (;;) {
		int signal = 0;
		enum stop_event event;

		if (!stop_run(t, 0))
			return outcome_gone(o);
		event = stop_wait(s, t, until, &signal);
		if (event == wanted)
			return 0;
		switch (event) {
		case STOP_QUIET:
		case STOP_GROUP:
		case STOP_OTHER:
			break;
		case STOP_GONE:
			return outcome_gone(o);
		case STOP_LATE:
			return outcome_busy(o, "thread %d did not come to run within %u ms", t->tid,
					    CALL_MS);
		case STOP_SIGNAL:
			/* All are blocked: the stub itself has failed. */
			return outcome_refuse(o,
					      "signal %d (%s) ended the system call that it was to "
					      "make",
					      signal, strsignal(signal));
		case STOP_ENTRY:
		case STOP_EXIT:
		case STOP_EXEC:
			return outcome_refuse(o, "thread %d stopped in an unexpected way", t->tid);
		}
	}
}

/* One system call of a thread that stands in the stub. */
static int make_call(struct stop *s, struct stop_thread *t, struct inject_call *call)
{
	if (run_to(s, t, STOP_ENTRY))
		return -1;
	hook("inject-entry");
	if (run_to(s, t, STOP_EXIT))
		return -1;
	hook("inject-exit");
	if (!stop_get_registers(t))
		return outcome_gone(s->process->outcome);
	call->result = machine_here.result(&t->regs);
	return 0;
}

/*
 * The thread as it was. While it is stopped, nothing is delivered that the mask lets through; with
 * the registers of the stub, our death is harmless until the last step.
 */
static int restore(struct stop *s, struct stop_thread *t, uint64_t mask,
		   const struct user_regs_struct *old)
{
	struct process_outcome *o = s->process->outcome;
	int signal = 0;
	enum stop_event event;

	if (!t->stopped) {
		stop_interrupt(t);
		event = stop_wait(s, t, stop_now() + CALL_MS * STOP_MS, &signal);
		if (event == STOP_LATE || event == STOP_GONE)
			return -1; /* the stub brings it back */
	}
	if (!stop_set_mask(t, mask))
		return outcome_gone(o);
	hook("inject-mask-back");
	if (!stop_set_registers(t, old))
		return outcome_gone(o);
	hook("inject-registers-back");
	/* Only from this stop does the kernel look at the system call that was interrupted. */
	if (!stop_interrupt(t) || !stop_continue(t, 0))
		return outcome_gone(o);
	do {
		event = stop_wait(s, t, stop_now() + CALL_MS * STOP_MS, &signal);
		if (event == STOP_GONE)
			return outcome_gone(o);
		if (event == STOP_LATE)
			return outcome_busy(o, "thread %d did not stop again", t->tid);
		if (event != STOP_QUIET && event != STOP_GROUP)
			stop_continue(t, event == STOP_SIGNAL ? signal : 0);
	} while (event != STOP_QUIET && event != STOP_GROUP);
	return stop_get_registers(t) ? 0 : outcome_gone(o);
}

int inject(struct stop *s, struct stop_thread *t, uint64_t place, struct inject_call *call,
	   size_t count)
{
	const struct user_regs_struct old = t->regs;
	struct process_outcome *o = s->process->outcome;
	unsigned char stub[MACHINE_STUB_MAX];
	struct user_regs_struct regs = old;
	uint64_t mask;
	int status = 0;

	/* On its way back from a call of somebody who has died: these words are still needed. */
	if (machine_here.pc(&old) - place < MACHINE_STUB_MAX)
		return outcome_busy(o, "thread %d has not come back from an earlier system call",
				    t->tid);
	if (stop_in_sequence(s, t))
		return outcome_busy(o, "thread %d is in a restartable sequence (rseq)", t->tid);
	if (!stop_get_mask(t, &mask))
		return outcome_gone(o);
	machine_here.stub(stub, place, mask, &old);
	if (!stop_write(s, place, stub, machine_here.stub_size))
		return errno == ESRCH
			       ? outcome_gone(o)
			       : outcome_refuse(o,
						"its code cannot be written to, neither with "
						"/proc/%d/mem nor with ptrace",
						s->process->pid);
	hook("inject-stub");
	/*
	 * From here on to the end of restore() nothing allocates memory and nothing exits. First
	 * the registers, then the mask: the stub knows the mask that was there.
	 */
	for (size_t i = 0; i < count && !status; i++) {
		machine_here.call(&regs, place, call[i].number, call[i].arg);
		if (!stop_set_registers(t, &regs))
			return outcome_gone(o);
		hook("inject-registers");
		if (i == 0 && !stop_set_mask(t, ~0ULL))
			return outcome_gone(o);
		hook("inject-mask");
		status = make_call(s, t, &call[i]);
		if (call[i].result < 0)
			break;
	}
	if (o->verdict == VERDICT_GONE && status)
		return -1;
	return restore(s, t, mask, &old) ? -1 : status;
}
