// SPDX-License-Identifier: GPL-2.0-only
/* Which compile unit of the kernel each file of the patch is about: see check/types/types.h. */
#include <stdlib.h>
#include <string.h>

#include "check/types/types.h"
#include "klp/macro_name.h"

static int read_patch_units(struct type_checks *t)
{
	Dwarf_Off *off = NULL;
	size_t n = 0, cap = 0;
	Dwarf_Die die;
	int more;

	while ((more = dwarf_file_next_unit(t->dwarf, &die)) > 0) {
		GROW(off, n, cap);
		n += die_offset(die, &off[n]);
		dwarf_dealloc_die(die);
	}
	t->patch = xcalloc(n, sizeof(*t->patch));
	for (size_t i = 0; i < n && !more; i++)
		more = types_read(t->dwarf, off[i], &t->patch[t->patches++].types);
	free(off);
	return more;
}

static void read_symbols(struct type_checks *t)
{
	const struct elf_file *mod = t->c->mod;
	struct elf_symbol s;

	for (size_t i = 1; i < mod->symnum; i++) {
		elf_file_symbol(mod, i, &s);
		if (GELF_ST_BIND(s.sym.st_info) != STB_LOCAL)
			strmap_add(&t->symbols, s.name, s.special && s.shndx == SHN_UNDEF);
	}
}

static void add_home(struct patch_unit *u, struct kernel_unit *home)
{
	for (size_t i = 0; i < u->homes; i++) {
		if (u->home[i] == home)
			return;
	}
	GROW(u->home, u->homes, u->homes_cap);
	u->home[u->homes++] = home;
}

/*
 * Finds the symbol in the object's file with debug information; found is from the file that the
 * kernel loads. Both have the same number of symbols of that name, so the rank identifies it.
 */
static void take_symbol(struct type_checks *t, const char *object, const struct ksym *found,
			struct kernel_side *ret)
{
	const struct object *loaded = check_object(t->c, object);
	const struct ksym *all, *same;
	size_t n, count;

	if (objects_by_name(t->objects, object ? object : KLP_VMLINUX, &ret->object) ||
	    !ret->object)
		return;
	all = kallsyms_find(loaded->symbols, found->name, &n);
	same = kallsyms_find(ret->object->symbols, found->name, &count);
	if (n != count)
		return;
	ret->sym = &same[found - all];
	ret->function = ret->sym->elf_type == STT_FUNC;
	ret->telling = !ret->sym->global;
	ret->wanted = true;
}

/* Does a function or variable of this unit lie at a place of the module? */
static bool unit_has(const struct types *types, uint64_t place)
{
	for (size_t i = 0; i < types->declared_n; i++) {
		const struct declared *s = &types->declared[i];
		uint64_t size = s->function ? s->size : type_size(types, types->t[s->type].type);

		if (s->placed && place >= s->addr && place - s->addr < size)
			return true;
	}
	return false;
}

static bool unit_uses(const struct type_checks *t, const struct types *types, size_t symbol)
{
	const struct relocs *r = &t->c->relocs;

	for (size_t i = 0; i < r->n; i++) {
		if (r->r[i].symbol == symbol &&
		    unit_has(types, elf_place(r->r[i].section, r->r[i].offset)))
			return true;
	}
	return false;
}

static bool may_mean(const struct check_symbol *s, const struct asm_name *is)
{
	if (is->object && strcmp(is->object, s->object) != 0)
		return false;
	return is->kind == NAME_STATIC_LOCAL ? asm_name_is_local(is, s->name)
					     : !strcmp(s->name, is->name);
}

static struct kernel_side *add_use(struct type_checks *t, const struct type_use *use)
{
	GROW(t->use, t->uses, t->uses_cap);
	t->use[t->uses] = *use;
	return &t->use[t->uses++].kernel;
}

/*
 * Adds the livepatch symbols that a declaration may stand for: those that the file uses, or all of
 * them if it uses none.
 */
static size_t add_livepatch(struct type_checks *t, struct type_use *use, const struct asm_name *is)
{
	const struct check *c = t->c;
	bool used = false;
	size_t n = 0;

	for (size_t i = 0; i < c->symbol_num; i++)
		used |= may_mean(&c->symbol[i], is) &&
			unit_uses(t, &use->unit->types, c->symbol[i].index);
	for (size_t i = 0; i < c->symbol_num; i++) {
		const struct check_symbol *s = &c->symbol[i];

		if (!may_mean(s, is) || (used && !unit_uses(t, &use->unit->types, s->index)))
			continue;
		n++;
		use->livepatch = s;
		/* An error has already said what was not found. */
		if (s->found)
			take_symbol(t, s->object, s->found, add_use(t, use));
	}
	return n;
}

bool type_is_own(const struct type_checks *t, const struct types *types, size_t entry)
{
	char place[512];

	types_place(t->dwarf, types, entry, place, sizeof(place));
	return !str_starts(place, "include/") && !strstr(place, "/include/");
}

/* Adds a use for an ordinary undefined symbol, which stands for an export. */
static void add_exported(struct type_checks *t, struct type_use *use)
{
	const struct symver *export = symvers_find(&t->c->target->symvers, use->name);
	const size_t *undefined = strmap_get(&t->symbols, use->name);
	const struct ksym *all;
	struct kernel_side *k;
	size_t n;

	/* The module's own, of another unit or, as __this_module, made by modpost. */
	if (undefined && !*undefined)
		return;
	/* Without Module.symvers it is taken to be vmlinux's. */
	if (!export && t->c->target->symvers.text)
		return;
	use->exported = true;
	use->by_hand = type_is_own(t, &use->unit->types, use->declared->type);
	k = add_use(t, use);
	k->function = use->declared->function;
	if (export && !symver_in_vmlinux(export))
		return;
	k->object = t->objects->obj[0];
	/* The module has no such symbol if the compiler has dropped every use of it. */
	if (undefined) {
		all = kallsyms_find(k->object->symbols, use->name, &n);
		k->sym = kallsyms_global(all, n);
	}
	k->function = k->sym && k->sym->elf_type == STT_FUNC;
	k->wanted = use->by_hand;
}

static bool defines(const struct types *types, const char *name)
{
	for (size_t i = 0; i < types->declared_n; i++) {
		const char *is = types->t[types->declared[i].type].name;

		if (types->declared[i].defined && !types->declared[i].left_out && is &&
		    !strcmp(is, name))
			return true;
	}
	return false;
}

/*
 * The symbol that a declaration stands for. The macros of <klpmake.h> quote the name for the
 * assembler, and the debug information keeps these quotes. To be freed.
 */
static char *symbol_name(const struct types *types, const struct declared *s)
{
	const char *name = s->link_name ? s->link_name : types->t[s->type].name;
	size_t len = strlen(name);

	if (len > 1 && name[0] == '"' && name[len - 1] == '"')
		return xstrndup(name + 1, len - 2);
	return xstrdup(name);
}

static bool is_undefined(const struct type_checks *t, const char *name)
{
	const size_t *undefined = strmap_get(&t->symbols, name);

	return undefined && *undefined;
}

static int add_uses(struct type_checks *t, struct patch_unit *u)
{
	for (size_t i = 0; i < u->types.declared_n; i++) {
		const struct declared *s = &u->types.declared[i];
		const char *name = u->types.t[s->type].name;
		struct type_use use = {.unit = u, .declared = s};
		struct asm_name is;

		if ((s->defined && !s->left_out) || !name || defines(&u->types, name))
			continue;
		if (asm_name_parse(&is, symbol_name(&u->types, s), u->types.path))
			return -1;
		use.name = is.name;
		/* Most of what is left out is not used either. */
		if (!add_livepatch(t, &use, &is) && (!s->left_out || is_undefined(t, use.name)))
			add_exported(t, &use);
	}
	return 0;
}

/* The symbol of a new function. */
static struct ksym symbol_of_new(const struct check *c, const struct patch_func *func)
{
	struct ksym ret = {.elf_type = STT_FUNC,
			   .addr = elf_place(func->new_section, func->new_offset)};
	struct elf_symbol s;
	const char *file;

	if (elf_file_symbol_at(c->mod, func->new_section, func->new_offset, &s, &file))
		ret.size = s.sym.st_size;
	return ret;
}

static void add_funcs(struct type_checks *t)
{
	for (size_t i = 0; i < t->c->func_num; i++) {
		const struct check_func *f = &t->c->func[i];
		struct ksym new = symbol_of_new(t->c, f->func);
		struct type_func func = {.func = f};

		if (!f->found)
			continue;
		for (size_t k = 0; k < t->patches && !func.new; k++) {
			func.unit = &t->patch[k];
			if (!func.unit->types.untyped)
				func.new = types_at(&func.unit->types, &new, true);
		}
		take_symbol(t, f->object, f->found, &func.old);
		func.old.telling = true;
		GROW(t->func, t->funcs, t->funcs_cap);
		t->func[t->funcs++] = func;
	}
}

static bool is_telling(const struct kernel_side *k)
{
	return k->telling;
}

static bool is_wanted(const struct kernel_side *k)
{
	return k->wanted;
}

/* Adds the unit of a side to a file's homes, if the side shows what the file is about. */
static int take_home(struct type_checks *t, struct patch_unit *u, const struct kernel_side *k)
{
	Dwarf_Off unit = k->in ? k->in->types.unit : k->unit;
	struct kernel_unit *home;

	if (!k->telling || !unit)
		return 0;
	home = type_unit(t, k->object, unit);
	if (!home)
		return -1;
	add_home(u, home);
	return 0;
}

static int take_homes(struct type_checks *t)
{
	int status = 0;

	for (size_t i = 0; i < t->uses && !status; i++)
		status = take_home(t, t->use[i].unit, &t->use[i].kernel);
	for (size_t i = 0; i < t->funcs && !status; i++) {
		if (t->func[i].new)
			status = take_home(t, t->func[i].unit, &t->func[i].old);
	}
	return status;
}

/*
 * A declaration in a home unit is enough: the unit that defines the symbol need not be searched
 * for.
 */
static void look_at_home(struct type_use *use)
{
	const struct patch_unit *u = use->unit;

	for (size_t i = 0; i < u->homes && !use->kernel.in; i++) {
		const struct types *types = &u->home[i]->types;
		const struct declared *is = types->untyped ? NULL : types_global(types, use->name);

		if (is)
			type_settle(&use->kernel, u->home[i], is);
	}
}

int type_checks_pair(struct type_checks *t)
{
	int status = read_patch_units(t);

	read_symbols(t);
	for (size_t i = 0; i < t->patches && !status; i++)
		status = add_uses(t, &t->patch[i]);
	if (status)
		return -1;
	add_funcs(t);
	type_find_functions(t);
	if (type_find(t, is_telling) || take_homes(t))
		return -1;
	for (size_t i = 0; i < t->uses; i++) {
		if (!t->use[i].kernel.telling)
			look_at_home(&t->use[i]);
	}
	return type_find(t, is_wanted);
}
