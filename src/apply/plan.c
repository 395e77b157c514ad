// SPDX-License-Identifier: GPL-2.0-only
/* What can be done while the process runs: see apply/plan.h. */
#include "apply/plan.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/exports.h"
#include "apply/image.h"

static bool is_patch(const struct record *r, const struct patch_file *patch)
{
	return r->head.id_size == patch->head.id_size &&
	       !memcmp(r->head.id, patch->head.id, USER_ID_MAX);
}

static bool same_name(const struct record *r, const struct patch_file *patch)
{
	char name[RECORD_NAME_MAX];

	record_name(name, patch_file_name(patch, patch->head.name));
	return !strcmp(name, r->head.name);
}

static int check_process(struct process *p)
{
	const char *state = process_status(p->pid, p->pid, "State");
	long tracer;

	if (*state == 'T')
		return outcome_refuse(p->outcome,
				      "it is stopped (SIGSTOP, or a terminal's stop): continue it "
				      "first, kill -CONT %d",
				      p->pid);
	tracer = process_status_number(p->pid, p->pid, "TracerPid");
	if (tracer && tracer != getpid())
		return outcome_refuse(p->outcome,
				      "process %ld traces it (a debugger, strace?): end that first",
				      tracer);
	return process_refuse_shared(p);
}

/* Opens the process and reads what is loaded and recorded there. */
static int look(struct plan *plan, pid_t pid, const struct patch_file *patch,
		struct process_outcome *outcome)
{
	*plan = (struct plan){.patch = patch};
	if (process_open(&plan->process, pid, outcome) ||
	    objects_read(&plan->objects, &plan->process)) {
		/* Whether it ran a target before it ended is not known. */
		if (outcome->verdict == VERDICT_GONE)
			outcome->verdict = VERDICT_OTHER;
		return -1;
	}
	record_list(&plan->process, &plan->record, &plan->record_count);
	jumps_read(&plan->process, plan->record, plan->record_count, &plan->jumps);
	return 0;
}

static bool is_target(const struct loaded *l, const struct user_target *t)
{
	return l->program == (t->kind == USER_PROGRAM) && l->id_size == t->id_size &&
	       !memcmp(l->id, t->id, t->id_size);
}

bool plan_concerns(pid_t pid, const struct patch_file *patch, bool *denied)
{
	struct process_outcome outcome = {VERDICT_DONE, ""};
	struct loaded_list objects = {NULL, 0, 0};
	struct process p;
	bool concerns = false;

	*denied = false;
	if (process_open(&p, pid, &outcome)) {
		*denied = outcome.verdict == VERDICT_REFUSED;
		return false;
	}
	if (!objects_read(&objects, &p)) {
		for (size_t i = 0; i < objects.count; i++) {
			for (uint32_t k = 0; k < patch->head.targets; k++)
				concerns |= is_target(&objects.object[i], &patch->target[k]);
		}
	}
	objects_free(&objects);
	process_close(&p);
	return concerns;
}

static const char *what(const struct user_target *t)
{
	return t->kind == USER_PROGRAM ? "program" : "library";
}

/* Finds a target by its build-id. */
static int find_target(struct plan *plan, uint32_t i)
{
	const struct user_target *t = &plan->patch->target[i];
	const char *name = patch_file_name(plan->patch, t->name), *other = NULL;
	struct process_outcome *o = plan->process.outcome;

	for (size_t k = 0; k < plan->objects.count; k++) {
		const struct loaded *l = &plan->objects.object[k];

		if (l->program != (t->kind == USER_PROGRAM))
			continue;
		if (is_target(l, t)) {
			if (plan->target[i])
				return outcome_refuse(o, "it has '%s' loaded twice", name);
			plan->target[i] = l;
		} else if (l->program || !strncmp(l->name, name, strlen(name))) {
			other = l->name;
		}
	}
	if (plan->target[i])
		return 0;
	if (other)
		return outcome_other(o,
				     "its %s '%.*s' is not the build of '%s' that the patch is "
				     "for: the build-id is another",
				     what(t), (int)strcspn(other, " "), other, name);
	return outcome_other(o, "it has no %s '%s'", what(t), name);
}

/* A suspended coroutine's stack is no thread's: its frames are not seen. */
static int refuse_coroutines(struct plan *plan)
{
	static const char *const calls[] = {"swapcontext", "makecontext"};
	struct process_outcome *o = plan->process.outcome;

	if (patch_file_waives(plan->patch, "coroutine"))
		return 0;
	for (uint32_t i = 0; i < plan->patch->head.targets; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(calls); k++) {
			if (exports_imports(&plan->process, plan->target[i], calls[k]))
				return outcome_refuse(o,
						      "'%s' calls %s(): a stack that waits there "
						      "is not seen; if no replaced function can "
						      "be on one, make the patch with "
						      "--allow=coroutine",
						      plan->target[i]->name, calls[k]);
		}
	}
	return 0;
}

/* Code as the target's file has it: without the jumps of patches. */
static void without_jumps(const struct plan *plan, uint64_t addr, unsigned char *bytes, size_t size)
{
	const struct jumps *j = &plan->jumps;

	for (size_t i = jumps_from(j, addr); i < j->count && j->jump[i].at - addr <= size; i++) {
		const struct record_func *f = j->jump[i].func;
		uint64_t offset = f->at - addr;

		if (f->size <= size - offset)
			memcpy(bytes + offset, f->old, f->size);
	}
}

/* Is the function the one that the patch was made for? old gets the bytes at its entry. */
static int check_func(struct plan *plan, const struct user_func *fn, unsigned char *old)
{
	const struct loaded *l = plan->target[fn->target];
	const char *name = patch_file_name(plan->patch, fn->name);
	struct process_outcome *o = plan->process.outcome;
	size_t size = fn->jump + machine_here.jump_size;
	uint64_t addr = l->bias + fn->addr;

	if (size < fn->first_size)
		size = fn->first_size;
	if (fn->jump > USER_FIRST_MAX || fn->room < fn->jump + machine_here.jump_size)
		return outcome_refuse(o, "'%s' has room for %u bytes, and a jump takes %zu", name,
				      fn->room, fn->jump + machine_here.jump_size);
	if (!loaded_has(l, addr, size) || !process_read(&plan->process, addr, old, size))
		return outcome_refuse(o, "'%s' is not mapped in '%s'", name, l->name);
	without_jumps(plan, addr, old, size);
	if (memcmp(old, fn->first, fn->first_size))
		return outcome_refuse(o,
				      "'%s' does not begin as in the file: a breakpoint, or "
				      "another tool has patched it",
				      name);
	return 0;
}

static void add_range(struct plan *plan, uint64_t low, uint64_t size, const char *name, bool entry)
{
	plan->range = xrealloc(plan->range, plan->range_count + 1, sizeof(*plan->range));
	plan->range[plan->range_count++] = (struct stack_range){low, low + size, name, entry};
}

/* The code of the old functions. */
static void add_old_code(struct plan *plan)
{
	const struct patch_file *patch = plan->patch;

	for (size_t i = 0; i < patch->func_count; i++) {
		const struct user_func *fn = &patch->func[i];
		uint64_t bias = plan->target[fn->target]->bias;

		for (uint32_t k = 0; k < fn->range_count; k++)
			add_range(plan, bias + patch->range[fn->range + k].addr,
				  patch->range[fn->range + k].size,
				  patch_file_name(patch, fn->name), k == 0);
	}
}

/* The code of an image. */
static void add_new_code(struct plan *plan, const struct record *r)
{
	add_range(plan, r->head.image, r->head.image_size, "the patch's own code", false);
	for (uint32_t i = 0; i < r->head.targets; i++)
		add_range(plan, r->target[i].veneers, r->target[i].veneers_size,
			  "the way to the patch's code", false);
}

static struct plan_edit *add_edit(struct plan *plan, const struct record_func *f)
{
	struct plan_edit *e;

	plan->edit = xrealloc(plan->edit, plan->edit_count + 1, sizeof(*plan->edit));
	e = &plan->edit[plan->edit_count++];
	*e = (struct plan_edit){.at = f->at, .size = f->size, .name = f->name};
	return e;
}

/* Back to the old function, where the new one is. */
static void add_backward(struct plan *plan, const struct record *r)
{
	for (uint32_t i = 0; i < r->head.funcs; i++) {
		const struct record_func *f = &r->func[i];
		struct plan_edit *e;

		if (record_state(&plan->process, f) != RECORD_NEW)
			continue;
		e = add_edit(plan, f);
		memcpy(e->expected, f->jump, f->size);
		memcpy(e->bytes, f->old, f->size);
	}
}

/* To the new function, from whatever stands there; an edit back at the same place becomes this. */
static void add_forward(struct plan *plan, const struct record *r)
{
	for (uint32_t i = 0; i < r->head.funcs; i++) {
		const struct record_func *f = &r->func[i];
		struct plan_edit *e = NULL;

		if (record_state(&plan->process, f) == RECORD_NEW)
			continue;
		for (size_t k = 0; k < plan->edit_count; k++) {
			if (plan->edit[k].at == f->at)
				e = &plan->edit[k];
		}
		if (!e) {
			e = add_edit(plan, f);
			memcpy(e->expected, f->old, f->size);
		}
		memcpy(e->bytes, f->jump, f->size);
	}
}

/*
 * Another version of the patch, or the same one as it was applied to a library that has been closed
 * and loaded elsewhere since: what is in force of it goes back.
 */
static int give_way(struct plan *plan, const struct record *r)
{
	uint32_t version = plan->patch->head.version;

	if (!same_name(r, plan->patch) || !record_count(&plan->process, r, RECORD_NEW))
		return 0;
	if (!is_patch(r, plan->patch) && r->head.version >= version)
		return outcome_refuse(plan->process.outcome,
				      "version %u of '%s' is applied, and this is version %u%s",
				      r->head.version, r->head.name, version,
				      r->head.version == version
					      ? " with other contents: raise the version, or "
						"revert that one first"
					      : ": revert that one first");
	add_new_code(plan, r);
	add_backward(plan, r);
	return 0;
}

/* A function that a patch of another name has replaced. */
static int refuse_others(const struct plan *plan)
{
	for (size_t i = 0; i < plan->patch->func_count; i++) {
		const struct user_func *fn = &plan->patch->func[i];
		const struct standing_jump *j = jumps_at(
			&plan->jumps, plan->target[fn->target]->bias + fn->addr + fn->jump);

		if (j && !same_name(j->record, plan->patch))
			return outcome_refuse(plan->process.outcome,
					      "'%s' is already replaced, by patch '%s': revert "
					      "that one first",
					      j->func->name, j->record->head.name);
	}
	return 0;
}

/* Was the image made for what is loaded now? A library may have been unloaded and loaded again. */
static bool still_fits(const struct plan *plan, const struct record *r)
{
	if (r->head.targets != plan->patch->head.targets ||
	    r->head.funcs != plan->patch->func_count)
		return false;
	for (uint32_t i = 0; i < r->head.targets; i++) {
		if (r->target[i].low != plan->target[i]->low ||
		    r->target[i].high != plan->target[i]->high)
			return false;
	}
	return true;
}

static const struct record *own_record(const struct plan *plan)
{
	for (size_t i = 0; i < plan->record_count; i++) {
		if (is_patch(&plan->record[i], plan->patch) && still_fits(plan, &plan->record[i]))
			return &plan->record[i];
	}
	return NULL;
}

static int open_stack(struct plan *plan)
{
	return stack_open(&plan->stack, &plan->process, &plan->objects, plan->record,
			  plan->record_count);
}

static int nothing_to_do(struct plan *plan, const char *why)
{
	struct process_outcome *o = plan->process.outcome;

	o->verdict = VERDICT_ALREADY;
	snprintf(o->why, sizeof(o->why), "%s", why);
	return 0;
}

/*
 * Is the patch in force in part, and another version of it as well? So it is where a switch from
 * one to the other was killed in its middle.
 */
static bool is_mixed(const struct plan *plan)
{
	bool own = false, other = false;

	for (size_t i = 0; i < plan->record_count; i++) {
		const struct record *r = &plan->record[i];

		if (!same_name(r, plan->patch) || !record_count(&plan->process, r, RECORD_NEW))
			continue;
		own |= is_patch(r, plan->patch);
		other |= !is_patch(r, plan->patch);
	}
	return own && other;
}

static int fill_apply(struct plan *plan)
{
	unsigned char(*old)[USER_FIRST_MAX + MACHINE_JUMP_MAX];
	const struct record *own;
	int status = 0;

	for (uint32_t i = 0; i < plan->patch->head.targets; i++) {
		if (find_target(plan, i))
			return -1;
	}
	own = own_record(plan);
	if (own && record_count(&plan->process, own, RECORD_NEW) == own->head.funcs &&
	    !is_mixed(plan))
		return nothing_to_do(plan, "it is applied already");
	if (check_process(&plan->process) || refuse_coroutines(plan))
		return -1;
	old = xcalloc(plan->patch->func_count, sizeof(*old));
	for (size_t i = 0; i < plan->patch->func_count && !status; i++)
		status = check_func(plan, &plan->patch->func[i], old[i]);
	for (size_t i = 0; i < plan->record_count && !status; i++) {
		if (&plan->record[i] != own)
			status = give_way(plan, &plan->record[i]);
	}
	if (!status)
		status = refuse_others(plan);
	add_old_code(plan);
	plan->lodge = !own;
	if (!status && !own)
		status = image_prepare(plan, old);
	free(old);
	if (status)
		return -1;
	add_forward(plan, own ? own : &plan->made);
	return open_stack(plan);
}

int plan_apply(struct plan *plan, pid_t pid, const struct patch_file *patch,
	       struct process_outcome *outcome)
{
	if (look(plan, pid, patch, outcome) || fill_apply(plan)) {
		plan_free(plan);
		return -1;
	}
	return 0;
}

/* Is a target of a record still loaded? Where it was may be something else by now. */
static bool is_there(const struct plan *plan, const struct record_target *t)
{
	for (size_t i = 0; i < plan->objects.count; i++) {
		const struct loaded *l = &plan->objects.object[i];

		if (l->low == t->low && l->high == t->high && l->id_size == t->id_size &&
		    !memcmp(l->id, t->id, l->id_size))
			return true;
	}
	return false;
}

/* What stands at the entries of a patch that is taken back has to be the old code, or its own. */
static int refuse_foreign(const struct plan *plan, const struct record *r, bool mixed)
{
	struct process_outcome *o = plan->process.outcome;

	for (uint32_t i = 0; i < r->head.funcs; i++) {
		const struct record_func *f = &r->func[i];
		const struct standing_jump *other;

		if (record_state(&plan->process, f) != RECORD_FOREIGN ||
		    !is_there(plan, &r->target[f->target]))
			continue;
		other = jumps_at(&plan->jumps, f->at);
		if (!other)
			return outcome_refuse(o,
					      "'%s' has been changed by somebody else since: a "
					      "breakpoint, or another tool",
					      f->name);
		/* As it was applied to a library that has been loaded elsewhere since: both go. */
		if (is_patch(other->record, plan->patch))
			continue;
		if (!mixed || !same_name(other->record, plan->patch))
			return outcome_refuse(
				o, "version %u of '%s' has replaced it: revert that one",
				other->record->head.version, other->record->head.name);
	}
	return 0;
}

static int fill_revert(struct plan *plan)
{
	struct process_outcome *o = plan->process.outcome;
	bool mixed = is_mixed(plan), there = false;

	for (size_t i = 0; i < plan->record_count; i++) {
		const struct record *r = &plan->record[i];
		bool own = is_patch(r, plan->patch);

		there |= own;
		if (!own && !(mixed && same_name(r, plan->patch)))
			continue;
		add_new_code(plan, r);
		add_backward(plan, r);
		if (refuse_foreign(plan, r, mixed))
			return -1;
	}
	if (!there)
		return outcome_other(o, "the patch was not applied to it");
	if (!plan->edit_count)
		return nothing_to_do(plan, "it is reverted already");
	return check_process(&plan->process) ? -1 : open_stack(plan);
}

int plan_revert(struct plan *plan, pid_t pid, const struct patch_file *patch,
		struct process_outcome *outcome)
{
	if (look(plan, pid, patch, outcome) || fill_revert(plan)) {
		plan_free(plan);
		return -1;
	}
	return 0;
}

void plan_free(struct plan *plan)
{
	stack_close(plan->stack);
	for (uint32_t i = 0; i < USER_TARGETS_MAX; i++)
		free(plan->veneers[i]);
	free(plan->image);
	free(plan->record_image);
	record_free(&plan->made);
	jumps_free(&plan->jumps);
	record_list_free(plan->record, plan->record_count);
	free(plan->edit);
	free(plan->range);
	objects_free(&plan->objects);
	process_close(&plan->process);
	*plan = (struct plan){.process.memory = -1};
}
