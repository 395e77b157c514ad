// SPDX-License-Identifier: GPL-2.0-only
/* All passes, one after the other: see ucheck/run.h. */
#include "ucheck/run.h"

#include <stdlib.h>
#include <string.h>

#include "dwarf/units.h"
#include "ucheck/check.h"

/* What a process would suffer from cannot be waived; doubts about what the author means can. */
static const struct ucheck_pass passes[] = {
	{"code", "functions are not where the patch says", false, ucheck_code},
	{"fixups", "words do not mean what their names say", false, ucheck_fixups},
	{"entry", "code leads into where the jump will be", false, ucheck_entry},
	{"unwind", "stacks through it could not be looked at", false, ucheck_unwind},
	{"ipa", "callers may know more of the old code than its type", true, ucheck_ipa},
	{"inlined", "copies of the old function run on in others", true, ucheck_inlined},
	{"clones", "copies of the old function run on under other names", true, ucheck_clones},
	{"folded", "other functions have the same code, at the same address", true, ucheck_folded},
	{"types", "declarations differ from the target's", true, ucheck_types},
	{"coroutine", "stacks that no thread runs on may hold the old function", true,
	 ucheck_coroutine},
};

void ucheck_list(FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(passes); i++) {
		if (passes[i].waivable)
			fprintf(out, "  %-12s %s\n", passes[i].name, passes[i].what);
	}
}

/* The file of a target, which has to be the build that the patch is for. */
static int find_target(struct ucheck *c, size_t i)
{
	const struct user_target *is = &c->p->target[i];
	const char *name = patch_file_name(c->p, is->name);
	struct binary *b = binaries_named(c->objects.all, name);
	char id[2 * USER_ID_MAX + 1] = "";

	for (size_t k = 0; k < is->id_size; k++)
		sprintf(id + 2 * k, "%02x", is->id[k]);
	if (!b) {
		error("'%s': its target '%s' is neither '%s' nor a library that this needs",
		      c->p->path, name, c->objects.all->b[0]->path);
		return -1;
	}
	if (strcmp(b->id, id) != 0 || b->library != (is->kind == USER_LIBRARY) ||
	    b->elf->ehdr.e_machine != c->p->machine) {
		error("'%s': it is for another build of '%s' (build-id %s) than '%s' (%s)",
		      c->p->path, name, id, b->path, b->id);
		return -1;
	}
	c->target[i].is = is;
	c->target[i].b = b;
	return 0;
}

static int open_target(struct ucheck *c, struct ucheck_target *t)
{
	struct objects *o = &c->objects.objects;

	if (t->b == c->objects.all->b[0])
		t->object = o->obj[0];
	else if (objects_by_name(o, t->b->name, &t->object))
		return -1;
	if (t->object)
		return 0;
	error("'%s': nothing is known of '%s'", c->p->path, t->b->name);
	return -1;
}

/* Reads the unit of a function that is replaced, if no function before it has the same one. */
static int read_function(struct ucheck *c, size_t i)
{
	struct ucheck_func *f = &c->func[i];
	struct dwarf_file *d = f->target->object->dwarf;

	units_at(d, &f->is->addr, 1, &f->unit);
	for (size_t k = 0; k < i; k++) {
		if (c->func[k].unit == f->unit && c->func[k].target == f->target)
			return 0;
	}
	return f->unit ? defs_read(d, f->unit, NULL, &f->target->defs) : 0;
}

/* What debug information says of it: the function of its name, or else that which has its code
 * under another. */
static void settle_function(struct ucheck_func *f)
{
	struct defs *defs = &f->target->defs;

	for (size_t k = 0; k < defs->n; k++) {
		struct def *def = &defs->def[k];
		bool is_named = !strcmp(def->name, f->name);

		if (def->unit != f->unit || !def->function || (f->def && !is_named))
			continue;
		for (size_t a = 0; a < def->addrs; a++) {
			if (def->addr[a] == f->is->addr)
				f->def = def;
		}
	}
}

static int read_functions(struct ucheck *c)
{
	int status = 0;

	for (size_t i = 0; i < c->p->func_count && !status; i++)
		status = read_function(c, i);
	for (size_t i = 0; i < c->p->func_count && !status; i++)
		settle_function(&c->func[i]);
	return status;
}

static int begin(struct ucheck *c, const struct ucheck_options *opt)
{
	if (binaries_open(opt->binaries, opt->target) || binary_open(&c->image, opt->patch))
		return -1;
	c->objects.all = opt->binaries;
	c->target = xcalloc(c->p->head.targets, sizeof(*c->target));
	c->func = xcalloc(c->p->func_count, sizeof(*c->func));
	for (size_t i = 0; i < c->p->head.targets; i++) {
		if (find_target(c, i))
			return -1;
	}
	for (size_t i = 0; i < c->p->func_count; i++) {
		c->func[i].is = &c->p->func[i];
		c->func[i].name = patch_file_name(c->p, c->p->func[i].name);
		c->func[i].target = &c->target[c->p->func[i].target];
		kallsyms_want(&c->objects.symbols, c->func[i].name);
	}
	for (size_t i = 0; i < c->p->fixup_count; i++)
		kallsyms_want(&c->objects.symbols, patch_file_name(c->p, c->p->fixup[i].name));
	if (binary_objects_begin(&c->objects, opt->binaries))
		return -1;
	for (size_t i = 0; i < c->p->head.targets; i++) {
		if (open_target(c, &c->target[i]))
			return -1;
	}
	if (dwarf_file_present(c->image->elf) && dwarf_file_open(c->image->elf, &c->dwarf))
		return -1;
	return read_functions(c);
}

int ucheck_run(const struct ucheck_options *opt)
{
	struct ucheck c = {.allow = opt->allow, .allows = opt->allows, .verbose = opt->verbose};
	struct patch_file *p;
	int status;

	if (patch_file_open(opt->patch, &p))
		return -1;
	c.p = p;
	status = begin(&c, opt);
	for (size_t i = 0; i < ARRAY_SIZE(passes) && !status; i++) {
		c.now = &passes[i];
		passes[i].run(&c);
	}
	for (size_t i = 0; c.target && i < p->head.targets; i++)
		defs_free(&c.target[i].defs);
	dwarf_file_close(c.dwarf);
	binary_objects_close(&c.objects);
	binary_close(c.image);
	free(c.target);
	free(c.func);
	patch_file_close(p);
	return status || error_count() ? -1 : 0;
}
