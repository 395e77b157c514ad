// SPDX-License-Identifier: GPL-2.0-only
/* The switch: see apply/switch.h. */
#include "apply/switch.h"

#include <errno.h>
#include <string.h>

#include "apply/hook.h"

/* Do the bytes that the plan is about still stand there? */
static int check_edits(struct plan *plan)
{
	struct process *p = &plan->process;
	unsigned char bytes[MACHINE_JUMP_MAX];

	for (size_t i = 0; i < plan->edit_count; i++) {
		const struct plan_edit *e = &plan->edit[i];

		if (!process_read(p, e->at, bytes, e->size))
			return errno == ESRCH
				       ? outcome_gone(p->outcome)
				       : outcome_busy(p->outcome, "'%s' is not mapped any more",
						      e->name);
		if (memcmp(bytes, e->expected, e->size))
			return outcome_busy(p->outcome, "'%s' has changed meanwhile", e->name);
	}
	return 0;
}

/* Edit number i could not be written: nothing of the others stays. */
static int undo(struct plan *plan, struct stop *s, size_t i)
{
	struct process_outcome *o = s->process->outcome;
	int why = errno;

	if (why == ESRCH)
		return outcome_gone(o);
	outcome_refuse(o, "the code of '%s' cannot be written to: %s", plan->edit[i].name,
		       strerror(why));
	/* That one as well: some of it may have been written. */
	for (size_t k = 0; k <= i; k++)
		stop_write(s, plan->edit[k].at, plan->edit[k].expected, plan->edit[k].size);
	return -1;
}

int switch_functions(struct plan *plan, struct stop *s)
{
	if (stop_all(s) || check_edits(plan) ||
	    stack_check(plan->stack, s, plan->range, plan->range_count))
		return -1;
	hook("switch-checked");
	for (size_t i = 0; i < plan->edit_count; i++) {
		const struct plan_edit *e = &plan->edit[i];

		if (!stop_write(s, e->at, e->bytes, e->size))
			return undo(plan, s, i);
		hook("switch-written");
	}
	return 0;
}
