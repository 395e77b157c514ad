// SPDX-License-Identifier: GPL-2.0-only
/* Deciding, from the beginning to the end: see umake/run.h. */
#include "umake/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/output.h"
#include "base/util.h"
#include "resolve/collect.h"
#include "umake/make.h"

/* Where a name may be is known before the first one is looked up. */
static int open_objects(struct making *m)
{
	const struct patches *patches = &m->mods.m[0].patches;
	int status = 0;

	for (size_t p = 0; p < patches->n; p++) {
		for (size_t o = 0; o < patches->patch[p].n; o++) {
			const char *name = patches->patch[p].obj[o].name;
			struct object *object = NULL;

			if (!name)
				continue;
			if (objects_by_name(&m->target.objects, name, &object)) {
				status = -1;
			} else if (!object) {
				error("%s: it patches '%s', which is not a library that '%s' "
				      "needs: write its SONAME",
				      m->mods.m[0].name, name, m->target.all->b[0]->path);
				status = -1;
			}
		}
	}
	return status;
}

static int read_version(struct making *m)
{
	const struct patch_module *patch = &m->mods.m[0];
	const unsigned char *data;
	size_t size;

	if (patch->patches.n != 1) {
		error("'%s' has %zu struct klp_patch: it needs one, and KLP_PATCH() of "
		      "<klpmake-user.h> for it",
		      patch->name, patch->patches.n);
		return -1;
	}
	if (elf_file_bytes(patch->elf, patch->patches.patch[0].section, &data, &size))
		return -1;
	/* patches_read() has looked at the room. */
	if (data)
		m->table->version = (uint32_t)elf_file_number(
			patch->elf, data + patch->patches.patch[0].offset + 8, 4);
	return 0;
}

/* The new function in an object file. */
static bool find_function(const struct object_file *file, const char *name, struct elf_symbol *ret)
{
	for (size_t i = 1; i < file->elf->symnum; i++) {
		elf_file_symbol(file->elf, i, ret);
		if (!ret->special && GELF_ST_TYPE(ret->sym.st_info) == STT_FUNC &&
		    !strcmp(ret->name, name))
			return true;
	}
	return false;
}

/*
 * A function on each line, "OBJECT NAME": objcopy has to make NAME visible to the linker. One with
 * a guard has " BODY SECTION OFFSET" more: a second name, by which the guard gets to it.
 */
static int write_visible(const struct making *m, const char *path)
{
	const struct patch_module *patch = &m->mods.m[0];
	struct output out;

	if (output_begin(&out, path))
		return -1;
	for (size_t i = 0; i < m->table->funcs; i++) {
		const char *name = m->table->func[i].new_name;
		size_t found = 0;

		for (size_t f = 0; f < patch->n; f++) {
			const struct object_file *file = &patch->file[f];
			CLEANUP_FREE char *body = guard_body(name);
			struct elf_symbol s;

			if (!find_function(file, name, &s))
				continue;
			fprintf(out.stream, "%s %s", file->path, name);
			if (m->table->func[i].guard)
				fprintf(out.stream, " %s %s %llu", body,
					file->elf->sec[s.shndx].name,
					(unsigned long long)s.sym.st_value);
			fputc('\n', out.stream);
			found++;
		}
		if (found == 1)
			continue;
		error("%s: %zu files of the patch have a function '%s', which is a new function: "
		      "give them different names",
		      patch->name, found, name);
		output_cancel(&out);
		return -1;
	}
	return output_end(&out);
}

static int write_guards(const struct making *m, const char *path)
{
	struct output out;

	if (output_begin(&out, path))
		return -1;
	for (size_t i = 0; i < m->guards; i++)
		guard_write(out.stream, m->guard[i].new_name, &m->guard[i].guard);
	if (m->guards)
		fputs("\t.section .note.GNU-stack,\"\",@progbits\n", out.stream);
	return output_end(&out);
}

static int write_table(struct making *m, const struct make_options *opt)
{
	CLEANUP_FREE char *head = xasprintf("# klpmake table of symbols: what each name of a patch "
					    "for programs means\n# target %s, build-id %s\n",
					    m->target.all->b[0]->name, m->target.all->b[0]->id);

	for (size_t i = 0; i < opt->allows; i++) {
		GROW(m->table->waived, m->table->waivers, m->table->waivers_cap);
		m->table->waived[m->table->waivers++] = xstrdup(opt->allow[i]);
	}
	return user_table_write(m->table, opt->output, head);
}

static int decide(struct making *m, const struct make_options *opt)
{
	struct resolver r = {.objects = &m->target.objects};
	struct symtable positions = {0}; /* of the kernel's form, which nobody reads here */

	collect_names(&m->mods, &m->target.symbols, &m->scopes);
	if (binary_objects_begin(&m->target, m->target.all) || open_objects(m) || read_version(m) ||
	    scopes_read(&m->scopes, &m->target.objects))
		return -1;
	decide_uses(&r, &m->mods, &m->scopes, &m->uses);
	decide_functions(&r, &m->mods, &m->scopes, &positions, &m->replaced);
	symtable_free(&positions);
	if (error_count())
		return -1;
	make_functions(m);
	make_symbols(m);
	check_taken_addresses(m);
	if (error_count() || write_renames(&m->uses, opt->renames) ||
	    (opt->visible && write_visible(m, opt->visible)) ||
	    (opt->guards && write_guards(m, opt->guards)))
		return -1;
	return write_table(m, opt);
}

int make_table(struct make_options *opt)
{
	struct patch_module patch = {0};
	struct user_table table = {0};
	struct making m = {
		.target = {.all = &opt->binaries},
		.mods = {&patch, 1},
		.table = &table,
	};
	int status;

	if (binaries_open(&opt->binaries, opt->target) ||
	    patch_program_open(&patch, opt->patch, opt->operand, opt->operands))
		return -1;
	table.name = xstrdup(patch.name);
	status = decide(&m, opt);
	user_table_free(&table);
	free(m.guard);
	free(m.uses.d);
	free(m.replaced.r);
	scopes_free(&m.scopes);
	binary_objects_close(&m.target);
	patch_module_close(&patch);
	return status;
}
