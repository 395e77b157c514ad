// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies of kernel functions that the patch has changed, while unpatched functions go on using the
 * kernel's original: the change then only reaches the functions that the patch replaces. Most
 * copies are unchanged, and there only because a helper was inlined and has no symbol. These are
 * fine.
 *
 * A copy is found to be the same by its code, by its text, or by what debug information says of
 * both, in this order. A changed copy is only an error when the kernel's original is still in use.
 */
#include "check/effect/helpers.h"

#include <stdlib.h>
#include <string.h>

#include "check/users.h"

#define PASS "helpers"

static const char how_to[] =
	"klpmake check --source TREE, with the kernel's source, compares the text";

static void choose(struct helpers *all)
{
	all->h = xcalloc(all->copies->n, sizeof(*all->h));
	for (size_t i = 0; i < all->copies->n; i++) {
		if (!all->copies->c[i].replaces)
			all->h[all->n++] = (struct helper){.copy = &all->copies->c[i],
							   .verdict = HELPER_UNCLEAR};
	}
}

/* How many lines a function has at most: up to the next function in its file. 0: unknown. */
static uint64_t line_limit(const struct types *types, size_t entry)
{
	const struct type *t = &types->t[entry];
	uint64_t next = 0;

	for (size_t i = 2; i < types->n; i++) {
		const struct type *other = &types->t[i];

		if (other->tag == DW_TAG_subprogram && !other->incomplete &&
		    other->file == t->file && other->line > t->line &&
		    (!next || other->line < next))
			next = other->line;
	}
	return next ? next - t->line : 0;
}

/*
 * Reads the outlines of functions whose comparison is unclear so far: in one file of the patch, or
 * in one unit of the kernel.
 */
static int read_outlines(struct helpers *all, const struct types *types, struct dwarf_file *d,
			 bool own)
{
	struct outline *o = xcalloc(all->n + 1, sizeof(*o));
	size_t *index = xcalloc(all->n + 1, sizeof(*index)), n = 0;
	int status = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct copy *copy = all->h[i].copy;
		size_t entry = own ? copy->entry : copy->kernel;

		if (all->h[i].verdict != HELPER_UNCLEAR ||
		    types != (own ? &copy->unit->types : &copy->home->types))
			continue;
		o[n].die = types->t[entry].off;
		o[n].limit = line_limit(types, entry);
		index[n++] = i;
	}
	if (n)
		status = outlines_read(d, types->unit, o, n);
	for (size_t i = 0; i < n; i++)
		*(own ? &all->h[index[i]].own : &all->h[index[i]].kernel) = o[i];
	free(index);
	free(o);
	return status;
}

static int read_all_outlines(struct helpers *all)
{
	struct type_checks *t = all->t;
	int status = 0;

	for (size_t i = 0; i < t->patches && !status; i++)
		status = read_outlines(all, &t->patch[i].types, t->dwarf, true);
	for (size_t i = 0; i < t->kernels && !status; i++)
		status = read_outlines(all, &t->kernel[i]->types, t->kernel[i]->object->dwarf,
				       false);
	return status;
}

/* How the types of the two functions differ in machine code, or NULL. To be freed. */
static char *other_type(struct helpers *all, const struct copy *copy)
{
	struct agree a = type_checks_agree(all->t, copy->unit, copy->home);

	return disagree_function(&a, copy->entry, copy->kernel, false);
}

int helpers_by_outline(struct helpers *all)
{
	static const enum helper_verdict verdicts[] = {
		[OUTLINE_SAME] = HELPER_OUTLINE,
		[OUTLINE_OTHER] = HELPER_OTHER,
		[OUTLINE_UNCLEAR] = HELPER_UNCLEAR,
	};

	if (read_all_outlines(all))
		return -1;
	for (size_t i = 0; i < all->n; i++) {
		struct helper *h = &all->h[i];

		if (h->verdict != HELPER_UNCLEAR)
			continue;
		h->why = other_type(all, h->copy);
		if (h->why)
			h->verdict = HELPER_OTHER;
		else
			h->verdict = verdicts[outline_compare(&h->own, &h->kernel, copies_meant,
							      all->copies, &h->why)];
	}
	return 0;
}

static struct def def_of(const struct copy *copy)
{
	const struct types *types = &copy->home->types;
	const struct type *t = &types->t[copy->kernel];

	return (struct def){.name = t->name,
			    .unit = types->unit,
			    .die = t->off,
			    .function = true,
			    .defined = true,
			    .file = t->file,
			    .line = t->line};
}

static struct users users_of(const struct type_checks *t, const struct copy *copy)
{
	return (struct users){
		.def = def_of(copy),
		.compared = users_compared(t->c, t->dwarf, copy->unit->types.unit),
	};
}

struct count {
	size_t verdict[HELPER_UNCLEAR + 1], unused;
	char *unclear;
	size_t unclears;
};

static void tell(struct helpers *all, const struct helper *h, const struct users *u,
		 struct count *count)
{
	char place[512], old_place[512];

	if (!u->n && !u->unknown) {
		count->unused++;
		return;
	}
	copy_places(all->t, h->copy, place, old_place, sizeof(place));
	if (h->verdict == HELPER_UNCLEAR || !u->n) {
		xappend(&count->unclear, "\n               '%s' (%s): %s", h->copy->name, place,
			u->n ? h->why
			     : "not all who may use the kernel's are seen on this architecture");
		count->unclears++;
		return;
	}
	count->verdict[HELPER_OTHER]++;
	found(PASS, FOUND_BAD,
	      "'%s' (%s) is not the kernel's '%s' (%s), which is still used where the patch does not "
	      "replace it: %s%s\n"
	      "  replace '%s', or these too, so that they use the new code",
	      h->copy->name, place, h->copy->old_name, old_place, h->why, u->list,
	      h->copy->old_name);
}

/* Reports the copies of one object's functions that are not proven to be the same. */
static int tell_of_object(struct helpers *all, const struct object *o, struct count *count)
{
	struct check_debug *debug = check_debug_of(all->t->c, o->name);
	struct users *u = xcalloc(all->n + 1, sizeof(*u));
	size_t n = 0;
	int status = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (all->h[i].verdict >= HELPER_OTHER && all->h[i].copy->home->object == o)
			u[n++] = users_of(all->t, all->h[i].copy);
	}
	if (n)
		status = debug ? users_find(all->t->c, debug, u, n) : -1;
	n = 0;
	for (size_t i = 0; i < all->n && !status; i++) {
		if (all->h[i].verdict >= HELPER_OTHER && all->h[i].copy->home->object == o)
			tell(all, &all->h[i], &u[n++], count);
	}
	for (size_t i = 0; i < n; i++)
		users_free(&u[i]);
	free(u);
	return status;
}

static void report(const struct helpers *all, const struct count *count)
{
	found(PASS, FOUND_CHECKED,
	      "%zu cop%s, the same by code %zu, by text %zu, by debug information %zu; used by the "
	      "patch alone %zu, changed %zu",
	      all->n, all->n == 1 ? "y" : "ies", count->verdict[HELPER_CODE],
	      count->verdict[HELPER_TEXT], count->verdict[HELPER_OUTLINE], count->unused,
	      count->verdict[HELPER_OTHER]);
	if (count->unclears)
		found(PASS, FOUND_NOTE,
		      "whether %zu cop%s the kernel's, which %s still used%s\n"
		      "               %s",
		      count->unclears, count->unclears == 1 ? "y is" : "ies are",
		      count->unclears == 1 ? "is" : "are", count->unclear,
		      all->source ? "the source does not tell" : how_to);
}

void compare_helpers(struct type_checks *t)
{
	struct helpers all = {.t = t, .copies = copies_of(t)};
	struct count count = {0};

	choose(&all);
	helpers_by_code(&all);
	helpers_by_text(&all);
	if (helpers_by_outline(&all))
		return;
	for (size_t i = 0; i < all.n; i++) {
		if (all.h[i].verdict < HELPER_OTHER)
			count.verdict[all.h[i].verdict]++;
	}
	for (size_t i = 0; i < t->objects->n; i++) {
		if (tell_of_object(&all, t->objects->obj[i], &count))
			return;
	}
	report(&all, &count);
}
