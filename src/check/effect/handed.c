// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that the patch adds and hands to code which keeps their address: to call_rcu(), in a
 * work item or a timer, in a table of operations. They are still called after the patch has been
 * removed. These are warnings, because the patch is correct if it takes everything back, or is
 * never removed.
 *
 * Debug information says which arguments calls pass. A function whose address is taken, but passed
 * to no call, is stored somewhere.
 */
#include <stdlib.h>
#include <string.h>

#include "check/types/types.h"
#include "dwarf/calls.h"
#include "dwarf/ranges.h"
#include "patch/taken.h"

#define PASS "handed"

/* A function of the patch that replaces nothing. */
struct own {
	uint64_t place; /* elf_place() */
	const struct patch_unit *unit;
	size_t entry;
	bool passed; /* a call has it as an argument */
	bool told;
};

struct handed {
	struct type_checks *t;
	struct own *f;
	size_t n, cap;
	size_t found;
};

/* Functions that only call the function they are given before they return. */
static const char *const at_once[] = {
	"sort",
	"sort_r",
	"list_sort",
	"bsearch",
	"bus_for_each_dev",
	"bus_for_each_drv",
	"bus_find_device",
	"class_for_each_device",
	"class_find_device",
	"device_for_each_child",
	"device_find_child",
	"driver_for_each_device",
	"idr_for_each",
	"iterate_fd",
	"iterate_supers",
	"on_each_cpu_cond_mask",
	"smp_call_function",
	"smp_call_function_many",
	"smp_call_function_single",
	"smp_call_function_any",
	"stop_machine",
	"stop_machine_cpuslocked",
	"kallsyms_on_each_symbol",
	"module_kallsyms_on_each_symbol",
	"walk_page_range",
	"pci_walk_bus",
	"work_on_cpu",
	"work_on_cpu_key",
	"work_on_cpu_safe",
	"klp_shadow_alloc",
	"klp_shadow_get_or_alloc",
	"klp_shadow_free",
	"klp_shadow_free_all",
	"out_of_line_wait_on_bit",
	"out_of_line_wait_on_bit_lock",
	"for_each_kernel_tracepoint",
	"task_call_func",
	/* What these keep is examined by other checks, or ends with the module. */
	"klp_enable_patch",
	"klp_register_patch",
};

/*
 * Functions that take back what was handed out, or wait for it. A module that calls the right one
 * is not warned about.
 */
static const struct {
	const char *taker; /* the beginning of its name; NULL: for what is stored */
	const char *back;
} takes_back[] = {
	{"call_rcu", "rcu_barrier"},
	{"call_srcu", "srcu_barrier"},
	{"call_rcu_tasks", "rcu_barrier_tasks"},
	{"init_timer_key", "del_timer_sync"},
	{"init_timer_key", "timer_delete_sync"},
	{"init_timer_key", "timer_shutdown_sync"},
	{"kthread_create", "kthread_stop"},
	{"proc_create", "remove_proc_entry"},
	{"proc_create", "proc_remove"},
	{"proc_create", "remove_proc_subtree"},
	{"debugfs_create", "debugfs_remove"},
	{"request_threaded_irq", "free_irq"},
	{"hrtimer_", "hrtimer_cancel"},
	{"misc_register", "misc_deregister"},
	{NULL, "cancel_work_sync"},
	{NULL, "cancel_delayed_work_sync"},
	{NULL, "flush_work"},
	{NULL, "flush_delayed_work"},
	{NULL, "__flush_workqueue"},
	{NULL, "flush_workqueue"},
	{NULL, "destroy_workqueue"},
	{NULL, "del_timer_sync"},
	{NULL, "timer_delete_sync"},
	{NULL, "timer_shutdown_sync"},
	{NULL, "hrtimer_cancel"},
	{NULL, "rcu_barrier"},
};

static const char *name_of(const struct own *f)
{
	return f->unit->types.t[f->entry].name;
}

static bool is_new(const struct check *c, uint64_t place)
{
	for (size_t i = 0; i < c->func_num; i++) {
		const struct patch_func *func = c->func[i].func;

		if (func->new_section && elf_place(func->new_section, func->new_offset) == place)
			return true;
	}
	return false;
}

static void list_functions(struct handed *h)
{
	for (size_t i = 0; i < h->t->patches; i++) {
		const struct patch_unit *u = &h->t->patch[i];

		for (size_t k = 0; k < u->types.declared_n; k++) {
			const struct declared *d = &u->types.declared[k];

			if (!d->function || !d->placed || !u->types.t[d->type].name ||
			    is_new(h->t->c, d->addr))
				continue;
			GROW(h->f, h->n, h->cap);
			h->f[h->n++] = (struct own){.place = d->addr, .unit = u, .entry = d->type};
		}
	}
}

static struct own *find(struct handed *h, uint64_t place)
{
	for (size_t i = 0; i < h->n; i++) {
		if (h->f[i].place == place)
			return &h->f[i];
	}
	return NULL;
}

/* Does the module use a function of that name, which it does not define? */
static bool uses(const struct check *c, const char *name)
{
	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (s.special && !strcmp(s.name, name))
			return true;
	}
	for (size_t i = 0; i < c->symbol_num; i++) {
		if (!strcmp(c->symbol[i].name, name))
			return true;
	}
	return false;
}

/* register_X() and unregister_X(), X_register() and X_unregister(). */
static bool unregisters(const struct check *c, const char *taker)
{
	const char *at = strstr(taker, "register");
	char *back = at ? xasprintf("%.*sun%s", (int)(at - taker), taker, at) : NULL;
	bool yes = back && uses(c, back);

	free(back);
	return yes;
}

static bool is_taken_back(const struct check *c, const char *taker)
{
	for (size_t i = 0; i < ARRAY_SIZE(takes_back); i++) {
		const char *begins = takes_back[i].taker;

		if ((taker ? begins && str_starts(taker, begins) : !begins) &&
		    uses(c, takes_back[i].back))
			return true;
	}
	return taker && unregisters(c, taker);
}

/*
 * Warns about a function. how: "is handed to call_rcu()". taker: the function that got it; NULL: it
 * is stored.
 */
static void tell(struct handed *h, struct own *f, const char *taker, const char *how)
{
	char place[512];

	if (f->told || is_taken_back(h->t->c, taker))
		return;
	f->told = true;
	h->found++;
	types_place(h->t->dwarf, &f->unit->types, f->entry, place, sizeof(place));
	found(PASS, FOUND_ODD,
	      "'%s' (%s) %s: who still has it when the patch is removed calls freed memory\n"
	      "  wait for it or take it back in the module's exit function%s, or see to it that the patch "
	      "is never removed",
	      name_of(f), place, how,
	      taker && str_starts(taker, "call_rcu") ? ", with rcu_barrier()" : "");
}

/* One call: who is called, and from where. */
struct call {
	struct handed *h;
	const char *callee;
	bool kernel; /* the callee is the kernel's and may keep what it gets */
};

/* The argument is a variable of the patch's: the functions in it are handed out with it. */
static void pass_table(const struct call *call, uint64_t place)
{
	const struct check *c = call->h->t->c;
	struct elf_symbol sym;
	const char *file;

	if (place >> 32 == 0 || place >> 32 >= c->mod->shnum ||
	    !elf_file_symbol_at(c->mod, place >> 32, (uint32_t)place, &sym, &file) ||
	    GELF_ST_TYPE(sym.sym.st_info) != STT_OBJECT)
		return;
	for (size_t i = 0; i < c->relocs.n; i++) {
		const struct reloc *r = &c->relocs.r[i];
		size_t section;
		uint64_t offset;
		struct own *f;
		char *how;

		if (r->section != sym.shndx || r->offset < sym.sym.st_value ||
		    r->offset - sym.sym.st_value >= sym.sym.st_size ||
		    !relocs_pointer(c->mod, &c->relocs, r->section, r->offset, &section, &offset))
			continue;
		f = find(call->h, elf_place(section, offset));
		if (!f)
			continue;
		how = xasprintf("is in '%s', which is handed to %s()", sym.name, call->callee);
		tell(call->h, f, call->callee, how);
		free(how);
	}
}

static int look_at_argument(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	const struct call *call = arg;
	uint64_t addr;
	struct own *f;
	char *how;

	if (!die_address(d, die, DW_AT_call_value, &addr) &&
	    !die_address(d, die, DW_AT_GNU_call_site_value, &addr))
		return 0;
	f = find(call->h, addr);
	if (f)
		f->passed = true;
	if (!call->kernel)
		return 0;
	if (!f) {
		pass_table(call, addr);
		return 0;
	}
	how = xasprintf("is handed to %s()", call->callee);
	tell(call->h, f, call->callee, how);
	free(how);
	return 0;
}

static bool calls_at_once(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(at_once); i++) {
		if (!strcmp(name, at_once[i]))
			return true;
	}
	return false;
}

static int look_at_call(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	struct call call = {.h = arg, .callee = ""};
	Dwarf_Die callee = NULL;
	Dwarf_Off off;
	int status;

	if (!dwarf_code_is_call(die))
		return 0;
	if (dwarf_code_callee(die, &off)) {
		if (dwarf_file_die(d, off, &callee))
			return -1;
		if (!die_string(callee, DW_AT_name, &call.callee))
			call.callee = "";
		call.kernel = call.callee[0] && die_flag(callee, DW_AT_declaration) &&
			      !calls_at_once(call.callee);
	}
	status = dwarf_file_children(d, die, look_at_argument, &call);
	if (callee)
		dwarf_dealloc_die(callee);
	return status;
}

/* A function of the unit may have no code in the module. */
static int look_into(struct dwarf_file *d, Dwarf_Die die, void *arg)
{
	Dwarf_Half tag;
	uint64_t code;

	if (!die_tag(die, &tag) || tag != DW_TAG_subprogram ||
	    !die_code_addresses(d, die, &code, 1))
		return 0;
	return dwarf_code_each(d, die, look_at_call, arg);
}

static int look_at_calls(struct handed *h)
{
	for (size_t i = 0; i < h->t->patches; i++) {
		Dwarf_Die unit;
		int status;

		if (dwarf_file_die(h->t->dwarf, h->t->patch[i].types.unit, &unit))
			return -1;
		status = dwarf_file_children(h->t->dwarf, unit, look_into, h);
		dwarf_dealloc_die(unit);
		if (status)
			return -1;
	}
	return 0;
}

/* Functions whose address the code takes and passes to no call. */
static void look_at_stores(struct handed *h)
{
	const struct check *c = h->t->c;

	for (size_t i = 0; i < c->relocs.n; i++) {
		const struct reloc *r = &c->relocs.r[i];
		struct elf_symbol sym, in;
		const char *file;
		int64_t offset;
		struct own *f;
		char *how;

		elf_file_symbol(c->mod, r->symbol, &sym);
		if (!(c->mod->sec[r->section].shdr.sh_flags & SHF_EXECINSTR) || sym.special ||
		    !taken_address(c->mod, c->target->arch, r, &offset))
			continue;
		f = find(h, elf_place(sym.shndx, sym.sym.st_value + (uint64_t)offset));
		if (!f || f->passed ||
		    !elf_file_symbol_at(c->mod, r->section, r->offset, &in, &file))
			continue;
		how = xasprintf("is stored somewhere by '%s'", in.name);
		tell(h, f, NULL, how);
		free(how);
	}
}

void compare_handed(struct type_checks *t)
{
	struct handed h = {.t = t};

	list_functions(&h);
	if (look_at_calls(&h))
		return;
	look_at_stores(&h);
	found(PASS, FOUND_CHECKED, "%zu function%s of the patch alone, %zu handed out", h.n,
	      h.n == 1 ? "" : "s", h.found);
	free(h.f);
}
