// SPDX-License-Identifier: GPL-2.0-only
/* What was done to a process: see apply/record.h. */
#include "apply/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define PAGE 4096ULL
/* More are a lie: each patch, with those that it has replaced, has one. */
#define RECORDS_MAX 256

_Static_assert(sizeof(RECORD_MAGIC) - 1 == 16, "the magic has its size");

void record_name(char *out, const char *name)
{
	snprintf(out, RECORD_NAME_MAX, "%s", name);
}

static uint64_t used(uint64_t targets, uint64_t funcs)
{
	return sizeof(struct record_head) + targets * sizeof(struct record_target) +
	       funcs * sizeof(struct record_func);
}

uint64_t record_size(size_t targets, size_t funcs)
{
	return (used(targets, funcs) + PAGE - 1) & ~(PAGE - 1);
}

unsigned char *record_bytes(const struct record *r)
{
	unsigned char *bytes = xcalloc(r->head.size, 1), *at = bytes;

	memcpy(at, &r->head, sizeof(r->head));
	at += sizeof(r->head);
	memcpy(at, r->target, r->head.targets * sizeof(*r->target));
	at += r->head.targets * sizeof(*r->target);
	memcpy(at, r->func, r->head.funcs * sizeof(*r->func));
	return bytes;
}

static bool ends(const char *name)
{
	return memchr(name, '\0', RECORD_NAME_MAX);
}

static bool wraps(uint64_t addr, uint64_t size)
{
	return size > UINT64_MAX - addr;
}

static bool sane(const struct record *r)
{
	const struct record_head *h = &r->head;

	if (!ends(h->name) || h->id_size > USER_ID_MAX || wraps(h->image, h->image_size))
		return false;
	for (uint32_t i = 0; i < h->targets; i++) {
		const struct record_target *t = &r->target[i];

		if (!ends(t->name) || t->id_size > USER_ID_MAX ||
		    wraps(t->veneers, t->veneers_size))
			return false;
	}
	for (uint32_t i = 0; i < h->funcs; i++) {
		const struct record_func *f = &r->func[i];

		if (!ends(f->name) || f->target >= h->targets || f->size != machine_here.jump_size)
			return false;
	}
	return true;
}

/* Reads the record at an address, if there is one. */
static bool read_record(const struct process *p, uint64_t addr, uint64_t room, struct record *r)
{
	struct record_head *h = &r->head;
	uint64_t at = addr + sizeof(*h);

	*r = (struct record){.addr = addr};
	if (room < sizeof(*h) || !process_read(p, addr, h->magic, sizeof(h->magic)) ||
	    memcmp(h->magic, RECORD_MAGIC, sizeof(h->magic)) ||
	    !process_read(p, addr, h, sizeof(*h)) || h->whole != 1 || h->size > RECORD_MAX ||
	    h->size > room || h->targets > USER_TARGETS_MAX || !h->funcs ||
	    h->funcs > USER_FUNCS_MAX || used(h->targets, h->funcs) > h->size)
		return false;
	r->target = xcalloc(h->targets, sizeof(*r->target));
	r->func = xcalloc(h->funcs, sizeof(*r->func));
	if (process_read(p, at, r->target, h->targets * sizeof(*r->target)) &&
	    process_read(p, at + h->targets * sizeof(*r->target), r->func,
			 h->funcs * sizeof(*r->func)) &&
	    sane(r))
		return true;
	record_free(r);
	return false;
}

void record_list(const struct process *p, struct record **ret, size_t *count)
{
	struct record found;

	*ret = NULL;
	*count = 0;
	for (size_t i = 0; i < p->map_count && *count < RECORDS_MAX; i++) {
		const struct process_map *m = &p->map[i];

		if (m->inode || !m->read || m->write || m->execute ||
		    !read_record(p, m->start, m->end - m->start, &found))
			continue;
		*ret = xrealloc(*ret, *count + 1, sizeof(**ret));
		(*ret)[(*count)++] = found;
	}
}

void record_free(struct record *r)
{
	free(r->target);
	free(r->func);
	r->target = NULL;
	r->func = NULL;
}

void record_list_free(struct record *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		record_free(&list[i]);
	free(list);
}

enum record_state record_state(const struct process *p, const struct record_func *f)
{
	unsigned char bytes[MACHINE_JUMP_MAX];

	if (!process_read(p, f->at, bytes, f->size))
		return RECORD_UNMAPPED;
	if (!memcmp(bytes, f->jump, f->size))
		return RECORD_NEW;
	return memcmp(bytes, f->old, f->size) ? RECORD_FOREIGN : RECORD_OLD;
}

size_t record_count(const struct process *p, const struct record *r, enum record_state state)
{
	size_t count = 0;

	for (uint32_t i = 0; i < r->head.funcs; i++)
		count += record_state(p, &r->func[i]) == state;
	return count;
}
