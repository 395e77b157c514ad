// SPDX-License-Identifier: GPL-2.0-only
/* Functions of the patch that are copies of the kernel's: see check/copies.h. */
#include "check/copies.h"

#include <stdlib.h>
#include <string.h>

/*
 * What authors put before a name; the first that fits counts. Some helper functions have such names
 * too: they count as a copy only if they have the original's parameters.
 */
static const struct {
	const char *text;
	bool loose;
} usual[] = {
	{"livepatch_", false}, {"klp_", false}, {"klpp_", false},   {"klpr_", false},
	{"kpatch_", false},    {"lp_", false},	{"patched_", true}, {"fixed_", true},
	{"new_", true},	       {"my_", true},	{"___", true},	    {"__", true},
	{"_", true},
};

/* What this patch puts before and behind the name of a function that it replaces. */
struct affix {
	char *before;
	const char *behind;
};

struct affixes {
	struct affix *a;
	size_t n, cap;
};

struct search {
	struct type_checks *t;
	struct affixes affixes;
	struct kernel_unit **home; /* of all files of the patch */
	struct strmap *defined;	   /* of each: functions by name */
	size_t homes, homes_cap;
	struct copies *ret;
};

static const char *name_of(const struct types *types, size_t entry)
{
	return types->t[entry].name;
}

static bool is_new(const struct type_checks *t, const struct patch_unit *u, size_t entry)
{
	for (size_t i = 0; i < t->funcs; i++) {
		if (t->func[i].unit == u && t->func[i].new && t->func[i].new->type == entry)
			return true;
	}
	return false;
}

static void learn_affix(struct affixes *all, const char *old, const char *new)
{
	const char *at = strstr(new, old);

	if (!at || !strcmp(old, new))
		return;
	GROW(all->a, all->n, all->cap);
	all->a[all->n].before = xasprintf("%.*s", (int)(at - new), new);
	all->a[all->n++].behind = at + strlen(old);
}

/* The new functions, with those that they replace. */
static void add_new_functions(struct search *s)
{
	struct type_checks *t = s->t;

	for (size_t i = 0; i < t->funcs; i++) {
		const struct type_func *f = &t->func[i];
		struct copy copy = {.unit = f->unit, .home = f->old.in, .replaces = true};

		if (!f->new || !f->old.in || !name_of(&f->unit->types, f->new->type) ||
		    !name_of(&f->old.in->types, f->old.entry))
			continue;
		copy.entry = f->new->type;
		copy.kernel = f->old.entry;
		copy.name = name_of(&f->unit->types, copy.entry);
		copy.old_name = name_of(&copy.home->types, copy.kernel);
		learn_affix(&s->affixes, copy.old_name, copy.name);
		GROW(s->ret->c, s->ret->n, s->ret->cap);
		s->ret->c[s->ret->n++] = copy;
	}
}

static void read_functions(const struct types *types, struct strmap *ret)
{
	for (size_t i = 0; i < types->declared_n; i++) {
		const struct declared *d = &types->declared[i];
		const char *name = name_of(types, d->type);

		if (d->function && d->defined && name)
			strmap_add(ret, name, d->type);
	}
}

/* The functions that a home unit defines; a header's are among them where it uses them. */
static const struct strmap *functions_of(struct search *s, size_t home)
{
	if (!s->defined[home].n)
		read_functions(&s->home[home]->types, &s->defined[home]);
	return &s->defined[home];
}

static size_t lookup(const struct strmap *map, const char *name, size_t len)
{
	char *copy = xasprintf("%.*s", (int)len, name);
	size_t *entry = len ? strmap_get(map, copy) : NULL;

	free(copy);
	return entry ? *entry : 0;
}

/* Do they have parameters of the same names? */
static bool same_parameters(const struct types *a, size_t x, const struct types *b, size_t y)
{
	x = a->t[x].part;
	y = b->t[y].part;
	while (x && y && a->t[x].name && b->t[y].name && !strcmp(a->t[x].name, b->t[y].name)) {
		x = a->t[x].next;
		y = b->t[y].next;
	}
	return !x && !y;
}

/* The function of that unit which this one of the patch is a copy of, or 0. */
static size_t find_original(struct search *s, const struct types *patch, size_t entry, size_t home)
{
	const struct strmap *map = functions_of(s, home);
	const char *name = name_of(patch, entry);
	size_t found = lookup(map, name, strlen(name));

	for (size_t i = 0; i < s->affixes.n && !found; i++) {
		const struct affix *a = &s->affixes.a[i];
		size_t before = strlen(a->before);

		if (str_starts(name, a->before) && str_ends(name + before, a->behind))
			found = lookup(map, name + before,
				       strlen(name) - before - strlen(a->behind));
	}
	for (size_t i = 0; i < ARRAY_SIZE(usual) && !found; i++) {
		size_t before = strlen(usual[i].text);

		if (str_starts(name, usual[i].text))
			found = lookup(map, name + before, strlen(name) - before);
		if (found && usual[i].loose &&
		    !same_parameters(patch, entry, &s->home[home]->types, found))
			found = 0;
	}
	return found;
}

static bool has_copy(const struct copies *all, const struct patch_unit *u, size_t entry)
{
	for (size_t i = 0; i < all->n; i++) {
		if (all->c[i].unit == u && all->c[i].entry == entry)
			return true;
	}
	return false;
}

static bool is_home(const struct patch_unit *u, const struct kernel_unit *home)
{
	/* A file with only helpers gets the home units of the other files. */
	for (size_t i = 0; i < u->homes; i++) {
		if (u->home[i] == home)
			return true;
	}
	return !u->homes;
}

static void add_helper(struct search *s, struct patch_unit *u, size_t entry)
{
	struct copy copy = {.unit = u, .entry = entry, .name = name_of(&u->types, entry)};

	for (size_t i = 0; i < s->homes && !copy.kernel; i++) {
		copy.home = s->home[i];
		if (is_home(u, s->home[i]))
			copy.kernel = find_original(s, &u->types, entry, i);
	}
	if (!copy.kernel)
		return;
	copy.old_name = name_of(&copy.home->types, copy.kernel);
	GROW(s->ret->c, s->ret->n, s->ret->cap);
	s->ret->c[s->ret->n++] = copy;
}

static void add_helpers(struct search *s, struct patch_unit *u)
{
	for (size_t i = 0; i < u->types.declared_n; i++) {
		const struct declared *d = &u->types.declared[i];

		if (d->function && d->defined && !d->left_out && name_of(&u->types, d->type) &&
		    !has_copy(s->ret, u, d->type) && !is_new(s->t, u, d->type) &&
		    type_is_own(s->t, &u->types, d->type))
			add_helper(s, u, d->type);
	}
}

static void list_homes(struct search *s)
{
	for (size_t i = 0; i < s->t->patches; i++) {
		const struct patch_unit *u = &s->t->patch[i];

		for (size_t k = 0; k < u->homes; k++) {
			bool known = false;

			for (size_t h = 0; h < s->homes; h++)
				known |= s->home[h] == u->home[k];
			if (known)
				continue;
			GROW(s->home, s->homes, s->homes_cap);
			s->home[s->homes++] = u->home[k];
		}
	}
	s->defined = xcalloc(s->homes, sizeof(*s->defined));
}

static struct copies *find_copies(struct type_checks *t)
{
	struct search s = {.t = t, .ret = xcalloc(1, sizeof(*s.ret))};

	list_homes(&s);
	add_new_functions(&s);
	for (size_t i = 0; i < t->patches; i++)
		add_helpers(&s, &t->patch[i]);
	for (size_t i = 0; i < s.homes; i++)
		strmap_free(&s.defined[i]);
	for (size_t i = 0; i < s.affixes.n; i++)
		free(s.affixes.a[i].before);
	free(s.affixes.a);
	free(s.defined);
	free(s.home);
	return s.ret;
}

struct copies *copies_of(struct type_checks *t)
{
	if (!t->copies)
		t->copies = find_copies(t);
	return t->copies;
}

const char *copies_meant(const char *name, void *arg)
{
	const struct copies *all = arg;

	for (size_t i = 0; i < all->n; i++) {
		if (!strcmp(all->c[i].name, name))
			return all->c[i].old_name;
	}
	return name;
}

void copy_places(const struct type_checks *t, const struct copy *copy, char *own, char *kernel,
		 size_t size)
{
	types_place(t->dwarf, &copy->unit->types, copy->entry, own, size);
	types_place(copy->home->object->dwarf, &copy->home->types, copy->kernel, kernel, size);
}
