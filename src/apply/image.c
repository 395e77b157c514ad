// SPDX-License-Identifier: GPL-2.0-only
/* The image in one process: see apply/image.h. */
#include "apply/image.h"

#include <stdlib.h>
#include <string.h>

#include "apply/fixups.h"
#include "apply/hole.h"
#include "apply/inject.h"

#define PAGE 4096ULL

static uint64_t pages(uint64_t size)
{
	return (size + PAGE - 1) & ~(PAGE - 1);
}

static void add_map(struct plan *plan, const struct plan_map *map)
{
	plan->map[plan->map_count++] = *map;
}

/* Functions of a target that are replaced. */
static size_t funcs_of(const struct plan *plan, uint32_t target)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->patch->func_count; i++)
		count += plan->patch->func[i].target == target;
	return count;
}

static int no_hole(struct plan *plan, const struct loaded *l)
{
	return outcome_refuse(plan->process.outcome,
			      "there is no free place within reach of '%s' in its memory", l->name);
}

/* Record and image lie together, near the first target. */
static int place_image(struct plan *plan)
{
	const struct patch_file *patch = plan->patch;
	const struct loaded *first = plan->target[patch->func[0].target];
	struct record_head *h = &plan->made.head;
	uint64_t at;

	h->size = record_size(patch->head.targets, patch->func_count);
	at = hole_find(&plan->process, h->size + patch->image_size, first->low, first->high, 0, 0);
	if (!at)
		return no_hole(plan, first);
	plan->made.addr = at;
	h->image = at + h->size;
	h->image_size = patch->image_size;
	return 0;
}

/* A page of ways for a target that the image is too far from. */
static int place_veneers(struct plan *plan, uint32_t i)
{
	const struct loaded *l = plan->target[i];
	struct record_target *t = &plan->made.target[i];
	const struct record_head *h = &plan->made.head;
	uint64_t low = UINT64_MAX, high = 0;
	size_t count = funcs_of(plan, i);

	if (!count || hole_reaches(l->low, l->high, h->image, h->image_size))
		return 0;
	t->veneers_size = pages(count * MACHINE_VENEER_MAX);
	t->veneers = hole_find(&plan->process, t->veneers_size, l->low, l->high, plan->made.addr,
			       h->size + h->image_size);
	/* Those of targets that lie together must not share a place. */
	for (uint32_t k = 0; k < i; k++) {
		const struct record_target *other = &plan->made.target[k];

		if (!other->veneers ||
		    !hole_reaches(l->low, l->high, other->veneers, other->veneers_size))
			continue;
		low = other->veneers < low ? other->veneers : low;
		high = other->veneers + other->veneers_size > high
			       ? other->veneers + other->veneers_size
			       : high;
	}
	if (high)
		t->veneers = hole_find(&plan->process, t->veneers_size, l->low, l->high, low,
				       high - low);
	if (!t->veneers)
		return no_hole(plan, l);
	plan->veneers[i] = xcalloc(t->veneers_size, 1);
	return 0;
}

static void describe_targets(struct plan *plan)
{
	for (uint32_t i = 0; i < plan->patch->head.targets; i++) {
		const struct user_target *from = &plan->patch->target[i];
		struct record_target *t = &plan->made.target[i];

		t->low = plan->target[i]->low;
		t->high = plan->target[i]->high;
		t->kind = from->kind;
		t->id_size = from->id_size;
		memcpy(t->id, from->id, sizeof(t->id));
		record_name(t->name, patch_file_name(plan->patch, from->name));
	}
}

static void describe_funcs(struct plan *plan,
			   unsigned char (*old)[USER_FIRST_MAX + MACHINE_JUMP_MAX])
{
	size_t used[USER_TARGETS_MAX] = {0};

	for (size_t i = 0; i < plan->patch->func_count; i++) {
		const struct user_func *from = &plan->patch->func[i];
		const struct record_target *t = &plan->made.target[from->target];
		struct record_func *f = &plan->made.func[i];
		uint64_t to = plan->made.head.image + from->entry;

		f->addr = plan->target[from->target]->bias + from->addr;
		f->at = f->addr + from->jump;
		f->entry = to;
		f->target = from->target;
		f->size = (uint32_t)machine_here.jump_size;
		if (t->veneers) {
			size_t offset = used[from->target]++ * MACHINE_VENEER_MAX;

			machine_here.veneer(plan->veneers[from->target] + offset, to);
			to = t->veneers + offset;
		}
		memcpy(f->old, old[i] + from->jump, f->size);
		machine_here.jump(f->jump, f->at, to);
		record_name(f->name, patch_file_name(plan->patch, from->name));
	}
}

static void describe(struct plan *plan)
{
	struct record_head *h = &plan->made.head;
	const struct user_head *from = &plan->patch->head;

	memcpy(h->magic, RECORD_MAGIC, sizeof(h->magic));
	h->version = from->version;
	h->targets = from->targets;
	h->funcs = (uint32_t)plan->patch->func_count;
	h->id_size = from->id_size;
	memcpy(h->id, from->id, sizeof(h->id));
	record_name(h->name, patch_file_name(plan->patch, from->name));
}

static void make_maps(struct plan *plan)
{
	const struct record *r = &plan->made;

	plan->record_image = record_bytes(r);
	add_map(plan, &(struct plan_map){.addr = r->addr,
					 .size = r->head.size,
					 .bytes = plan->record_image,
					 .used = r->head.size});
	for (size_t i = 0; i < plan->patch->segment_count; i++) {
		const struct user_segment *s = &plan->patch->segment[i];

		add_map(plan, &(struct plan_map){.addr = r->head.image + s->start,
						 .size = s->size,
						 .write = s->write,
						 .execute = s->execute,
						 .bytes = plan->image + s->start,
						 .used = s->used});
	}
	for (uint32_t i = 0; i < r->head.targets; i++) {
		const struct record_target *t = &r->target[i];

		if (t->veneers)
			add_map(plan, &(struct plan_map){.addr = t->veneers,
							 .size = t->veneers_size,
							 .execute = true,
							 .bytes = plan->veneers[i],
							 .used = t->veneers_size});
	}
}

int image_prepare(struct plan *plan, unsigned char (*old)[USER_FIRST_MAX + MACHINE_JUMP_MAX])
{
	const struct patch_file *patch = plan->patch;

	if (patch->page != PAGE && patch->page % PAGE)
		return outcome_refuse(plan->process.outcome, "its pages are of another size");
	plan->place = inject_place(&plan->process, &plan->objects);
	if (!plan->place)
		return outcome_refuse(plan->process.outcome,
				      "no file that is mapped there ends within a page of code, "
				      "where a system call could be put");
	plan->made.target = xcalloc(patch->head.targets, sizeof(*plan->made.target));
	plan->made.func = xcalloc(patch->func_count, sizeof(*plan->made.func));
	describe(plan);
	if (place_image(plan))
		return -1;
	describe_targets(plan);
	for (uint32_t i = 0; i < patch->head.targets; i++) {
		if (place_veneers(plan, i))
			return -1;
	}
	describe_funcs(plan, old);
	plan->image = xcalloc(patch->image_size, 1);
	memcpy(plan->image, patch->image, patch->image_size);
	if (fixups_fill(&plan->process, &plan->objects, patch, plan->target, plan->made.head.image,
			plan->image))
		return -1;
	make_maps(plan);
	return 0;
}
