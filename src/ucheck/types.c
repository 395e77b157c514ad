// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the patch declares what it shares with the target as that does. A file of the patch is
 * about the unit whose function it replaces (its home); both sides' debug information of a name is
 * compared, and of the structures that these lead to.
 */
#include <stdlib.h>
#include <string.h>

#include "dwarf/type_agree.h"
#include "dwarf/units.h"
#include "ucheck/check.h"

struct met {
	size_t patch, home;
};

/* A file of the patch, and its home. */
struct pairing {
	struct ucheck *c;
	struct dwarf_file *home_dwarf;
	struct types patch, home;
	struct strmap met; /* structures that both sides define, by name */
	struct met *due;   /* the same, in the order in which they are compared */
	size_t due_n, due_cap;
	size_t compared;
};

static void report(struct pairing *p, size_t patch, size_t home, const char *name, const char *what,
		   char *why)
{
	char here[512], there[512];

	if (!why)
		return;
	types_place(p->c->dwarf, &p->patch, patch, here, sizeof(here));
	types_place(p->home_dwarf, &p->home, home, there, sizeof(there));
	ucheck_bad(p->c, "%s: %s'%s' is not as the target has it (%s): %s", here, what, name, there,
		   why);
	free(why);
}

/*
 * A structure that both sides define. It is compared later: one leads to the next, and the patch
 * says how many do.
 */
static void meet(size_t patch, size_t home, void *arg)
{
	struct pairing *p = arg;
	const char *name = p->patch.t[patch].name;

	if (!name || strmap_get(&p->met, name))
		return;
	strmap_add(&p->met, name, 1);
	GROW(p->due, p->due_n, p->due_cap);
	p->due[p->due_n++] = (struct met){patch, home};
}

/* What they lead to is met meanwhile. */
static void compare_met(struct pairing *p)
{
	const struct agree agree = {&p->patch, &p->home, meet, p, "target"};
	bool shorter;

	for (size_t i = 0; i < p->due_n; i++) {
		const struct met due = p->due[i];

		report(p, due.patch, due.home, p->patch.t[due.patch].name, "type ",
		       disagree_layout(&agree, due.patch, due.home, &shorter));
	}
	p->compared += p->due_n;
}

/* What the home says of a name that the patch leaves undefined. */
static const struct declared *find_home(const struct pairing *p, const struct declared *d,
					const char *name)
{
	for (size_t i = 0; i < p->home.declared_n; i++) {
		const struct declared *other = &p->home.declared[i];
		const char *theirs = p->home.t[other->type].name;

		if (theirs && !strcmp(theirs, name) && other->function == d->function)
			return other;
	}
	return NULL;
}

static void compare_declared(struct pairing *p, const struct declared *d)
{
	const struct agree agree = {&p->patch, &p->home, meet, p, "target"};
	const char *name = p->patch.t[d->type].name;
	const struct declared *home;

	if (d->defined || !name)
		return;
	home = find_home(p, d, name);
	if (!home)
		return;
	p->compared++;
	report(p, d->type, home->type, name, "",
	       d->function ? disagree_function(&agree, d->type, home->type, true)
			   : disagree_variable(&agree, p->patch.t[d->type].type,
					       p->home.t[home->type].type));
}

static const struct declared *declared_at(const struct types *t, uint64_t addr)
{
	for (size_t i = 0; i < t->declared_n; i++) {
		if (t->declared[i].function && t->declared[i].placed && t->declared[i].addr == addr)
			return &t->declared[i];
	}
	return NULL;
}

static void compare_function(struct pairing *p, const struct ucheck_func *f)
{
	const struct agree agree = {&p->patch, &p->home, meet, p, "target"};
	const struct declared *patch = declared_at(&p->patch, f->is->body);
	const struct declared *home = declared_at(&p->home, f->is->addr);

	if (!patch || !home)
		return;
	p->compared++;
	report(p, patch->type, home->type, f->name, "the new function of ",
	       disagree_function(&agree, patch->type, home->type, false));
}

/* Compares all of a file that replaces a function with that function's unit. */
static void compare_units(struct ucheck *c, Dwarf_Off unit, const struct ucheck_func *f,
			  size_t *compared)
{
	struct pairing p = {.c = c, .home_dwarf = f->target->object->dwarf};

	if (types_read(c->dwarf, unit, &p.patch))
		return;
	if (!types_read(p.home_dwarf, f->unit, &p.home)) {
		for (size_t i = 0; i < c->p->func_count; i++) {
			if (c->func[i].unit == f->unit && c->func[i].target == f->target)
				compare_function(&p, &c->func[i]);
		}
		for (size_t i = 0; i < p.patch.declared_n; i++)
			compare_declared(&p, &p.patch.declared[i]);
		compare_met(&p);
		types_free(&p.home);
	}
	*compared += p.compared;
	types_free(&p.patch);
	strmap_free(&p.met);
	free(p.due);
}

void ucheck_types(struct ucheck *c)
{
	size_t compared = 0;

	for (size_t i = 0; i < c->p->func_count && c->dwarf; i++) {
		const struct ucheck_func *f = &c->func[i];
		Dwarf_Off unit = 0, other;
		bool known = !f->unit;

		units_at(c->dwarf, &f->is->body, 1, &unit);
		/* Once for each pair of units. */
		for (size_t k = 0; k < i && !known; k++) {
			units_at(c->dwarf, &c->func[k].is->body, 1, &other);
			known = other == unit && c->func[k].unit == f->unit &&
				c->func[k].target == f->target;
		}
		if (unit && !known)
			compare_units(c, unit, f, &compared);
	}
	ucheck_looked(c, "%zu declarations and types", compared);
}
