// SPDX-License-Identifier: GPL-2.0-only
/* Bringing a program to its entry: see apply/start.h. */
#include "apply/start.h"

#include <elf.h>

#include "apply/hook.h"
#include "apply/inject.h"

/* What the dynamic linker takes to load everything, at the most. */
#define LOADING_MS 60000
/* Arguments and environment have at most so many words: the kernel's limit is a quarter of 8 MiB.
 */
#define STACK_WORDS (1u << 20)

/*
 * Where the stack has the entry's address: above the stack pointer are the number of arguments,
 * these, 0, the environment, 0, and the vector (System V ABI, "Process Initialization"). 0:
 * nowhere.
 */
static uint64_t vector_word(const struct process *p, uint64_t at, uint64_t entry)
{
	uint64_t pair[2], word;
	unsigned int zeros = 0;

	at += 8;
	for (unsigned int i = 0; i < STACK_WORDS && zeros < 2; i++, at += 8) {
		if (!process_read(p, at, &word, sizeof(word)))
			return 0;
		zeros += !word;
	}
	for (unsigned int i = 0; i < 128; i++, at += sizeof(pair)) {
		if (!process_read(p, at, pair, sizeof(pair)) || pair[0] == AT_NULL)
			return 0;
		if (pair[0] == AT_ENTRY)
			return pair[1] == entry ? at + 8 : 0;
	}
	return 0;
}

/* Lets it run to the system call at place; signals go their way. */
static int run_to_place(struct stop *s, struct stop_thread *t, uint64_t place)
{
	uint64_t until = stop_now() + LOADING_MS * STOP_MS;
	int pass = 0;

	for (;;) {
		int signal = 0;

		if (!stop_run(t, pass))
			return outcome_gone(s->process->outcome);
		pass = 0;
		switch (stop_wait(s, t, until, &signal)) {
		case STOP_ENTRY:
			if (!stop_get_registers(t))
				return outcome_gone(s->process->outcome);
			if (machine_here.pc(&t->regs) >= place &&
			    machine_here.pc(&t->regs) < place + machine_here.entry_size)
				return 0;
			break;
		case STOP_SIGNAL:
			pass = signal;
			break;
		case STOP_GONE:
			return outcome_gone(s->process->outcome);
		case STOP_LATE:
			return outcome_busy(s->process->outcome, "it does not come to its entry");
		case STOP_QUIET:
		case STOP_GROUP:
		case STOP_EXIT:
		case STOP_EXEC:
		case STOP_OTHER:
			break;
		}
	}
}

/* From a stop in which registers were set to one in which the thread counts as stopped. */
static int settle(struct stop *s, struct stop_thread *t, const struct user_regs_struct *regs)
{
	uint64_t until = stop_now() + STOP_THREAD_MS * STOP_MS;
	int signal = 0;
	enum stop_event event;

	if (regs && !stop_set_registers(t, regs))
		return outcome_gone(s->process->outcome);
	stop_interrupt(t);
	stop_continue(t, 0);
	while ((event = stop_wait(s, t, until, &signal)) != STOP_QUIET) {
		if (event == STOP_GONE)
			return outcome_gone(s->process->outcome);
		if (event == STOP_LATE)
			return outcome_busy(s->process->outcome,
					    "it does not stop at its entry: it starts unpatched");
		stop_continue(t, event == STOP_SIGNAL ? signal : 0);
	}
	return stop_get_registers(t) ? 0 : outcome_gone(s->process->outcome);
}

/* A program with a dynamic linker. */
static int run_linker(struct stop *s, struct stop_thread *t, const struct loaded_list *objects)
{
	struct process *p = s->process;
	uint64_t place = inject_place(p, objects);
	uint64_t word = vector_word(p, machine_here.sp(&t->regs), objects->entry);
	unsigned char code[MACHINE_STUB_MAX];
	struct user_regs_struct regs;

	if (!place || !word)
		return outcome_refuse(p->outcome, "its entry cannot be reached: %s",
				      place ? "the auxiliary vector is not on its stack"
					    : "there is no room for a system call");
	machine_here.entry(code, objects->entry);
	if (!stop_write(s, place, code, machine_here.entry_size))
		return outcome_gone(p->outcome);
	hook("start-code");
	if (!stop_write(s, word, &place, sizeof(place)))
		return outcome_gone(p->outcome);
	hook("start-vector");
	if (run_to_place(s, t, place))
		return -1;
	hook("start-entry");
	/* The program may ask for the vector, too. */
	stop_write(s, word, &objects->entry, sizeof(objects->entry));
	regs = t->regs;
	machine_here.skip(&regs, objects->entry);
	return settle(s, t, &regs);
}

int start_to_entry(struct stop_thread *t, struct process_outcome *outcome)
{
	struct loaded_list objects = {NULL, 0, 0};
	struct process p;
	struct stop s;
	int status = -1;

	if (process_open(&p, t->tid, outcome))
		return -1;
	stop_begin(&s, &p, LOADING_MS);
	*stop_add(&s, t->tid) = *t;
	s.held = true;
	if (!stop_get_registers(&s.thread[0]))
		outcome_gone(outcome);
	else if (!objects_read(&objects, &p))
		status = machine_here.pc(&s.thread[0].regs) == objects.entry
				 ? settle(&s, &s.thread[0], NULL)
				 : run_linker(&s, &s.thread[0], &objects);
	*t = s.thread[0];
	stop_end(&s);
	objects_free(&objects);
	process_close(&p);
	return status;
}
