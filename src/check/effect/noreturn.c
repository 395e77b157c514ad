// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that a task never leaves. A task that is in the old function stays there, so the
 * transition does not end (kernel/livepatch/transition.c, klp_check_stack_func()). Only later calls
 * reach the new function, and the main loop of a kernel thread may never be called again.
 *
 * There are two kinds. From a function whose code has no way out, no task returns. And a function
 * counts as a thread's main loop if its compile unit passes it to kthread_create() or the like, and
 * it asks whether it should stop, or loops, waiting and working, until a flag of its own ends it. A
 * thread that does one thing and ends does neither. A worker thread of io_uring is told from a
 * thread that ends by its sleeping.
 */
#include <stdlib.h>
#include <string.h>

#include "check/effect/old.h"
#include "check/loops.h"
#include "dwarf/calls.h"
#include "dwarf/mention.h"
#include "dwarf/ranges.h"

/* include/linux/kthread.h, include/linux/sched/task.h */
static const char *const starters[] = {
	"kthread_create_on_node",
	"kthread_create_on_cpu",
	"kernel_thread",
	"user_mode_thread",
};

/* include/linux/sched/task.h: such a thread waits for work until its owner ends. */
static const char *const worker_starters[] = {
	"create_io_thread",
};

static const char *const questions[] = {
	"kthread_should_stop",
	"kthread_should_park",
	"kthread_should_stop_or_park",
	"kthread_freezable_should_stop",
};

/* A function, identified by the beginning of its code, and what is known of it. */
struct thread {
	const struct ksym *sym;
	Dwarf_Off now; /* the function that is being read */
	Dwarf_Off started_by;
	bool worker; /* ... by a function of worker_starters[] */
	bool asks, waits, ends;
};

/* Is it a call of a function whose name is_meant() accepts? */
static bool calls(struct dwarf_file *d, Dwarf_Die call, bool (*is_meant)(const char *name))
{
	const char *name = NULL;
	CLEANUP_DIE Dwarf_Die callee = NULL;
	Dwarf_Off off;

	if (!dwarf_code_is_call(call) || !dwarf_code_callee(call, &off) ||
	    dwarf_file_die(d, off, &callee))
		return false;
	return die_string(callee, DW_AT_name, &name) && is_meant(name);
}

static bool starts_thread(const char *name)
{
	return name_is_one_of(name, starters, ARRAY_SIZE(starters));
}

static bool starts_worker(const char *name)
{
	return name_is_one_of(name, worker_starters, ARRAY_SIZE(worker_starters));
}

static bool is_question(const char *name)
{
	return name_is_one_of(name, questions, ARRAY_SIZE(questions));
}

static int find_start(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct thread *t = arg;
	bool worker = calls(d, die, starts_worker);

	if ((worker || calls(d, die, starts_thread)) && dwarf_code_passes(d, die, t->sym->addr)) {
		t->started_by = t->now;
		t->worker = worker;
	}
	return t->started_by != 0;
}

static int find_question(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct thread *t = arg;

	t->asks |= calls(d, die, is_question);
	t->waits |= calls(d, die, loops_waits);
	return t->asks;
}

static int find_end(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct thread *t = arg;

	t->ends = calls(d, die, loops_ends_task);
	return t->ends;
}

static int read_end(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct thread *t = arg;
	uint64_t code;
	Dwarf_Half tag;

	if (!die_tag(die, &tag) || tag != DW_TAG_subprogram ||
	    !die_code_addresses(d, die, &code, 1) || !ksym_is_at(t->sym, code))
		return 0;
	return dwarf_code_each(d, die, find_end, t);
}

/* Does the function not return because the task ends in it? Then nothing stays in the old code. */
static bool ends_task(const struct check_old *old)
{
	struct dwarf_file *d = old->debug->o->dwarf;
	struct thread t = {.sym = old->sym};
	Dwarf_Die die;

	if (dwarf_file_die(d, old->def->unit, &die))
		return false;
	dwarf_file_children(d, die, read_end, &t);
	dwarf_dealloc_die(die);
	return t.ends;
}

static int read_function(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct thread *t = arg;
	uint64_t code;
	Dwarf_Half tag;
	int status = 0;

	if (!die_tag(die, &tag) || tag != DW_TAG_subprogram ||
	    !die_code_addresses(d, die, &code, 1) || !die_offset(die, &t->now))
		return 0;
	if (!t->started_by)
		status = dwarf_code_each(d, die, find_start, t);
	if (status >= 0 && ksym_is_at(t->sym, code))
		status = dwarf_code_each(d, die, find_question, t);
	return status < 0 ? -1 : 0;
}

/* Does the unit mention the address as an operand? Most units do not, and need not be read. */
static bool is_operand(struct dwarf_file *d, Dwarf_Off unit, uint64_t addr)
{
	unsigned char op[9] = {DW_OP_addr};

	elf_file_store(d->elf, op + 1, addr, 8);
	/*
	 * With .debug_addr the address of each function is in a table, which says nothing: read the
	 * unit.
	 */
	return elf_file_section(d->elf, ".debug_addr") || mention_in_unit(d, unit, op, sizeof(op));
}

/*
 * The name of the function that starts a thread with this one as its main loop; "": there is none.
 */
static void find_starter(const struct check_old *old, const struct loops *loops, char *ret,
			 size_t size)
{
	struct dwarf_file *d = old->debug->o->dwarf;
	struct thread t = {.sym = old->sym};
	const struct ksym *by = NULL;
	uint64_t code;
	Dwarf_Die die;

	ret[0] = '\0';
	if (!is_operand(d, old->def->unit, t.sym->addr) || dwarf_file_die(d, old->def->unit, &die))
		return;
	dwarf_file_children(d, die, read_function, &t);
	dwarf_dealloc_die(die);
	if (!(t.asks || (t.worker && t.waits) || loops->works || loops->for_ever) ||
	    !t.started_by || dwarf_file_die(d, t.started_by, &die))
		return;
	if (die_code_addresses(d, die, &code, 1))
		by = functions_whole(check_functions(old->debug),
				     functions_at(check_functions(old->debug), code));
	snprintf(ret, size, "%s", by ? by->name : "?");
	dwarf_dealloc_die(die);
}

static void check_function(struct check *c, size_t i, void *arg)
{
	const struct check_old *old = &c->old[i];
	const char *name = c->func[i].func->old_name;
	const struct loops loops = loops_read(c, old);
	bool stays = old->def->noreturn ? !ends_task(old) : loops.for_ever;
	char place[512], starter[512];
	size_t *found = arg;

	check_old_place(old, place, sizeof(place));
	find_starter(old, &loops, starter, sizeof(starter));
	*found += stays || starter[0];
	if (loops.unknown)
		note(c,
		     "the code of '%s' could not be followed, so it is unknown whether a task ever "
		     "leaves it",
		     name);
	if (stays && !starter[0])
		bad(c,
		    "'%s' (%s) does not return: a task that is in it stays in the old code, and the "
		    "transition does not end before that task does\n"
		    "  replace functions that it calls",
		    name, place);
	else if (starter[0])
		bad(c,
		    "'%s' (%s) is the main loop of a kernel thread, which %s() starts: the thread "
		    "stays in the old code, and the transition does not end before the thread does\n"
		    "  replace functions that it calls",
		    name, place, starter);
}

void check_noreturn(struct check *c)
{
	size_t found = 0, known = check_old_each(c, check_function, &found);

	checked(c, "%zu function%s, %zu never left", known, known == 1 ? "" : "s", found);
}
