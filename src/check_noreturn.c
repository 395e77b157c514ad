// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that a task does not leave: who is in the old one stays in it, and so does the
 * transition stay unfinished (kernel/livepatch/transition.c, klp_check_stack_func()). Calls made
 * later get the new one, but of a kernel thread's main loop there may never be any.
 *
 * What is called a main loop here is a function that its own compile unit passes to
 * kthread_create() or its like, and that asks whether it should stop: a thread that does one thing
 * and ends does not ask.
 */
#include <stdlib.h>
#include <string.h>

#include "check_old.h"
#include "code_ranges.h"
#include "dwarf_code.h"
#include "mention.h"

/* include/linux/kthread.h, include/linux/sched/task.h */
static const char *const starters[] = {
	"kthread_create_on_node",
	"kthread_create_on_cpu",
	"kernel_thread",
};

static const char *const questions[] = {
	"kthread_should_stop",
	"kthread_should_park",
	"kthread_should_stop_or_park",
	"kthread_freezable_should_stop",
};

/* A function, told apart from others by where its code begins, and what was found out of it. */
struct thread {
	const struct ksym *sym;
	Dwarf_Off now; /* the function that is being read */
	Dwarf_Off started_by;
	bool asks;
};

static bool calls_one_of(struct dwarf_file *d, Dwarf_Die call, const char *const *names, size_t n)
{
	const char *name = NULL;
	Dwarf_Die callee;
	bool found = false;
	Dwarf_Off off;

	if (!dwarf_code_is_call(call) || !dwarf_code_callee(call, &off) ||
	    dwarf_file_die(d, off, &callee))
		return false;
	if (!die_string(callee, DW_AT_name, &name))
		name = "";
	for (size_t i = 0; i < n; i++)
		found |= !strcmp(name, names[i]);
	dwarf_dealloc_die(callee);
	return found;
}

static int find_start(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct thread *t = arg;

	if (calls_one_of(d, die, starters, ARRAY_SIZE(starters)) &&
	    dwarf_code_passes(d, die, t->sym->addr))
		t->started_by = t->now;
	return t->started_by != 0;
}

static int find_question(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct thread *t = arg;

	t->asks = calls_one_of(d, die, questions, ARRAY_SIZE(questions));
	return t->asks;
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

/* Does the unit have the address as an operand? Most have not, and need not be read. */
static bool is_operand(struct dwarf_file *d, Dwarf_Off unit, uint64_t addr)
{
	unsigned char op[9] = {DW_OP_addr};

	elf_file_store(d->elf, op + 1, addr, 8);
	/* Where units have tables of addresses, they have all of their functions' there. */
	return elf_file_section(d->elf, ".debug_addr") || mention_in_unit(d, unit, op, sizeof(op));
}

/* The function that starts a thread with this one as its main loop; "" when there is none. */
static void find_starter(const struct check_old *old, char *ret, size_t size)
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
	if (!t.asks || !t.started_by || dwarf_file_die(d, t.started_by, &die))
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
	char place[512], starter[512];
	size_t *found = arg;

	check_old_place(old, place, sizeof(place));
	find_starter(old, starter, sizeof(starter));
	*found += old->def->noreturn || starter[0];
	if (old->def->noreturn)
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
