// SPDX-License-Identifier: GPL-2.0-only
/*
 * klpcheck's verdict and what it rests on: how many of each thing were looked at, and what could
 * not be, so that "fine" is never more than it says.
 */
#include <string.h>

#include "base/json.h"
#include "check/messages.h"
#include "check/say.h"
#include "elf/modinfo.h"

static void print_place(const struct object *o, const struct ksym *found)
{
	char place[256];

	if (!found)
		return;
	ksym_place(o->elf, found, place, sizeof(place));
	printf(" at %s", place);
}

static void print_functions(const struct check *c)
{
	for (size_t i = 0; i < c->func_num; i++) {
		const struct check_func *f = &c->func[i];

		printf("    %s:%s,%llu", f->object ? f->object : KLP_VMLINUX, f->func->old_name,
		       (unsigned long long)f->func->old_sympos);
		print_place(check_object(c, f->object), f->found);
		printf(" by %s\n", f->func->new_name[0] ? f->func->new_name : "?");
	}
}

static void print_symbols(const struct check *c)
{
	for (size_t i = 0; i < c->symbol_num; i++) {
		const struct check_symbol *s = &c->symbol[i];

		printf("    %s:%s,%llu", s->object, s->name, (unsigned long long)s->position);
		print_place(check_object(c, s->object), s->found);
		if (s->found)
			printf(" %c", s->found->type);
		printf(", %zu relocation%s\n", s->relocations, s->relocations == 1 ? "" : "s");
	}
}

/* kernel/module/main.c, module_augment_kernel_taints() */
static void print_taints(const struct check *c)
{
	printf("  taints       livepatch%s%s\n",
	       modinfo_first(c->mod, "intree") ? "" : ", out of tree",
	       modinfo_first(c->mod, "staging") ? ", staging" : "");
}

static void print_copies(const struct check *c)
{
	for (size_t i = 0; i < c->copies; i++) {
		const struct check_copy *copy = &c->copy[i];

		printf("    %s: %s%s%s, %s\n", copy->function, copy->in ? copy->in : "?",
		       copy->where ? " at " : "", copy->where ? copy->where : "",
		       copy->init      ? "in init memory"
		       : copy->covered ? "covered"
				       : "not covered");
	}
}

/* What passes have looked at that say so. */
static void print_doubts(const struct check *c)
{
	for (size_t i = 0; i < c->results; i++) {
		const struct check_result *r = &c->result[i];

		if (r->checked)
			printf("  checked      %s: %s%s\n", r->pass->name, r->checked,
			       r->findings && r->allowed ? " (waived)" : "");
	}
}

struct found_count {
	size_t vmlinux, modules;
};

static void count_found(const char *object, const struct ksym *found, struct found_count *ret)
{
	if (found && object && strcmp(object, KLP_VMLINUX) != 0)
		ret->modules++;
	else if (found)
		ret->vmlinux++;
}

static struct found_count found_symbols(const struct check *c)
{
	struct found_count ret = {0};

	for (size_t i = 0; i < c->symbol_num; i++)
		count_found(c->symbol[i].object, c->symbol[i].found, &ret);
	return ret;
}

static struct found_count found_functions(const struct check *c)
{
	struct found_count ret = {0};

	for (size_t i = 0; i < c->func_num; i++)
		count_found(c->func[i].object, c->func[i].found, &ret);
	return ret;
}

void check_report_text(const struct check *c, bool ok)
{
	struct found_count symbols = found_symbols(c), functions = found_functions(c);

	printf("%s: %s\n", c->mod->path, ok ? "fine" : "refused");
	printf("  for          %s\n", c->vermagic ? c->vermagic : "?");
	printf("  kernel       %s, build-id %s\n", c->target->vmlinux->path,
	       c->target->build_id[0] ? c->target->build_id : "none");
	printf("  sections     %zu, of livepatch relocations %zu\n", c->mod->shnum, c->section_num);
	printf("  relocations  %zu plain, %zu livepatch\n", c->plain_relocs, c->klp_relocs);
	printf("  symbols      %zu livepatch, %zu of them found in vmlinux, %zu in modules\n",
	       c->symbol_num, symbols.vmlinux, symbols.modules);
	if (c->verbose)
		print_symbols(c);
	printf("  undefined    %zu, %zu of them exported, %zu versions compared\n", c->undefined,
	       c->undefined_exported, c->versions);
	printf("  functions    %zu, %zu of them found in vmlinux, %zu in modules\n", c->func_num,
	       functions.vmlinux, functions.modules);
	if (c->verbose)
		print_functions(c);
	if (c->verbose)
		print_taints(c);
	print_doubts(c);
	if (c->verbose)
		print_copies(c);
	for (size_t i = 0; i < c->note_num; i++)
		printf("  not checked  %s\n", c->note[i]);
}

static void json_found(struct json *j, const char *key, const struct found_count found)
{
	json_object(j, key);
	json_number(j, "vmlinux", found.vmlinux);
	json_number(j, "modules", found.modules);
	json_end(j);
}

static void json_counts(struct json *j, const struct check *c)
{
	json_object(j, "checks");
	json_number(j, "sections", c->mod->shnum);
	json_number(j, "livepatch_sections", c->section_num);
	json_number(j, "relocations", c->plain_relocs);
	json_number(j, "livepatch_relocations", c->klp_relocs);
	json_number(j, "livepatch_symbols", c->symbol_num);
	json_number(j, "undefined_symbols", c->undefined);
	json_number(j, "undefined_exported", c->undefined_exported);
	json_number(j, "versions", c->versions);
	json_number(j, "functions", c->func_num);
	json_found(j, "livepatch_symbols_found", found_symbols(c));
	json_found(j, "functions_found", found_functions(c));
	json_end(j);
}

static void json_passes(struct json *j, const struct check *c)
{
	json_array(j, "passes");
	for (size_t i = 0; i < c->results; i++) {
		const struct check_result *r = &c->result[i];

		json_object(j, NULL);
		json_string(j, "name", r->pass->name);
		json_bool(j, "waivable", r->pass->waivable);
		json_bool(j, "allowed", r->allowed);
		json_number(j, "findings", r->findings);
		json_string(j, "checked", r->checked);
		json_end(j);
	}
	json_end(j);
}

/* In a module the address is the offset in a section. */
static void json_place(struct json *j, const struct object *o, const struct ksym *found)
{
	if (!found) {
		json_string(j, "address", NULL);
		return;
	}
	if (o->module)
		json_string(j, "section", o->elf->sec[found->addr >> 32].name);
	json_address(j, "address", o->module ? (uint32_t)found->addr : found->addr);
}

static void json_functions(struct json *j, const struct check *c)
{
	json_array(j, "functions");
	for (size_t i = 0; i < c->func_num; i++) {
		const struct check_func *f = &c->func[i];

		json_object(j, NULL);
		json_string(j, "object", f->object ? f->object : KLP_VMLINUX);
		json_string(j, "old_name", f->func->old_name);
		json_number(j, "position", f->func->old_sympos);
		json_place(j, check_object(c, f->object), f->found);
		json_string(j, "new_func", f->func->new_name);
		json_end(j);
	}
	json_end(j);
}

static void json_copies(struct json *j, const struct check *c)
{
	json_array(j, "copies");
	for (size_t i = 0; i < c->copies; i++) {
		const struct check_copy *copy = &c->copy[i];

		json_object(j, NULL);
		json_string(j, "function", copy->function);
		json_string(j, "in", copy->in);
		json_string(j, "call", copy->where);
		json_bool(j, "covered", copy->covered);
		json_bool(j, "init", copy->init);
		json_end(j);
	}
	json_end(j);
}

static void json_symbols(struct json *j, const struct check *c)
{
	json_array(j, "symbols");
	for (size_t i = 0; i < c->symbol_num; i++) {
		const struct check_symbol *s = &c->symbol[i];
		char type[2] = {s->found ? s->found->type : '\0'};

		json_object(j, NULL);
		json_string(j, "name", s->name);
		json_string(j, "object", s->object);
		json_number(j, "position", s->position);
		json_place(j, check_object(c, s->object), s->found);
		json_string(j, "type", s->found ? type : NULL);
		json_number(j, "relocations", s->relocations);
		json_end(j);
	}
	json_end(j);
}

static void json_sections(struct json *j, const struct check *c)
{
	json_array(j, "sections");
	for (size_t i = 0; i < c->section_num; i++) {
		const struct check_section *s = &c->section[i];

		json_object(j, NULL);
		json_string(j, "name", c->mod->sec[s->index].name);
		json_string(j, "object", s->object);
		json_string(j, "target", s->target ? c->mod->sec[s->target].name : NULL);
		json_number(j, "relocations", s->relocations);
		json_end(j);
	}
	json_end(j);
}

void check_report_json(const struct check *c, bool ok)
{
	struct json j = {.out = stdout};

	json_object(&j, NULL);
	json_number(&j, "schema", CHECK_JSON_SCHEMA);
	json_string(&j, "module", c->path);
	json_string(&j, "name", c->mod ? modinfo_first(c->mod, "name") : NULL);
	json_string(&j, "vermagic", c->vermagic);
	json_string(&j, "build_id", c->target->build_id[0] ? c->target->build_id : NULL);
	json_bool(&j, "ok", ok);
	check_messages_json(&j, c);
	json_array(&j, "unchecked");
	for (size_t i = 0; i < c->note_num; i++)
		json_string(&j, NULL, c->note[i]);
	json_end(&j);
	json_passes(&j, c);
	if (c->mod) {
		json_counts(&j, c);
		json_functions(&j, c);
		json_copies(&j, c);
		json_symbols(&j, c);
		json_sections(&j, c);
	}
	json_end(&j);
}
