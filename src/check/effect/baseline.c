// SPDX-License-Identifier: GPL-2.0-only
/* Comparing the kernel with what its sources compile to: see check/effect/baseline.h. */
#include "check/effect/baseline.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/path.h"
#include "check/effect/old.h"
#include "check/messages.h"
#include "dwarf/lines.h"
#include "kernel/rules.h"
#include "same/same.h"
#include "symbols/syscalls.h"
#include "symbols/traced.h"

#define BYTES_SHOWN 8

/* What became of one function. */
struct outcome {
	char *source; /* its file in the kernel's tree, NULL: unknown */
	char place[512];
	bool compared, equal;
	uint64_t size, offset;
	size_t references;
	char at[512];	      /* "path:line" of the difference, or "" */
	char is[64], was[64]; /* bytes there */
	char *what;
};

/* Is it a path of a source file within the kernel's tree? Debug information could name any file. */
static bool is_plain(const char *path)
{
	size_t len = strlen(path);

	return len > 2 && path[0] != '/' && strchr(path, '/') && path[len - 2] == '.' &&
	       strchr("cS", path[len - 1]) && !str_starts(path, "../") && !strstr(path, "/../") &&
	       !strstr(path, "//") &&
	       !path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  "_./+-")];
}

/* The compile unit of an old function; NULL after error(). To be freed. */
static char *source_of(const struct check *c, size_t i)
{
	const struct check_old *old = &c->old[i];
	const char *name = c->func[i].func->old_name;
	char *path = NULL;
	Dwarf_Die unit;

	if (!c->func[i].found)
		return NULL;
	if (!old->def) {
		error("'%s': the source file of '%s' is unknown: %s", c->path, name,
		      old->why ? old->why : "its debug information cannot be read");
		return NULL;
	}
	if (dwarf_file_die(old->debug->o->dwarf, old->def->unit, &unit))
		return NULL;
	path = xstrdup(unit_path(unit));
	dwarf_dealloc_die(unit);
	if (is_plain(path))
		return path;
	error("'%s': '%s' is of '%s', which is not a path in the kernel's "
	      "tree",
	      c->path, name, path);
	free(path);
	return NULL;
}

void baseline_sources(struct check *c)
{
	struct strmap seen = {0};
	char **source = xcalloc(c->func_num, sizeof(*source));

	check_old_read(c);
	for (size_t i = 0; i < c->func_num; i++) {
		source[i] = source_of(c, i);
		if (!source[i] || strmap_get(&seen, source[i]))
			continue;
		strmap_add(&seen, source[i], i);
		printf("%s\n", source[i]);
	}
	strmap_free(&seen);
	for (size_t i = 0; i < c->func_num; i++)
		free(source[i]);
	free(source);
}

/* The function of that name, static or not, and how many there are. */
static const struct ksym *find_function(struct code *code, const char *name, size_t *n)
{
	const struct ksym *found = NULL;

	*n = 0;
	code_symbol(code, 0);
	for (size_t i = 0; i < code->symbols; i++) {
		if (code->sym[i].elf_type != STT_FUNC || strcmp(code->sym[i].name, name) != 0)
			continue;
		found = &code->sym[i];
		++*n;
	}
	return found;
}

/*
 * Does this symbol hold code that the source has in the function: a part that the compiler has
 * split off, or the body of a system call? Cold parts are compared together with the code that
 * jumps to them (same/same.h).
 */
static bool is_part(const char *name, const char *of)
{
	size_t len = strlen(of);

	return (!strncmp(name, of, len) && name[len] == '.' && !function_is_cold(name)) ||
	       syscall_is_body(name, of);
}

static void show_bytes(const struct code *code, uint64_t place, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < BYTES_SHOWN; i++) {
		const unsigned char *byte = code_at(code, place + i, 1);

		if (byte)
			len += (size_t)snprintf(buf + len, size - len, len ? " %02x" : "%02x",
						*byte);
	}
}

/*
 * Takes the innermost line. The path may be absolute: it is shortened to one in the kernel's tree.
 */
static bool take_line(const char *file, uint64_t line, void *arg)
{
	struct outcome *o = arg;
	const char *include = strstr(file, "/include/");

	if (path_matches(file, o->source))
		file = o->source;
	else if (include)
		file = include + 1;
	snprintf(o->at, sizeof(o->at), "%s:%llu", file, (unsigned long long)line);
	return true;
}

/*
 * Describes the first difference: the kernel's function that has it, the offset in that, and the
 * line.
 */
static void show_difference(const struct check *c, size_t i, struct same *s, struct outcome *ret)
{
	const struct check_old *old = &c->old[i];
	const struct check_func *f = &c->func[i];
	const struct ksym *in = code_symbol(s->b, s->b_at);

	ret->offset = in ? s->b_at - in->addr : 0;
	ret->what = in && in->addr != f->found->addr ? xasprintf("in '%s', %s", in->name, s->what)
						     : xstrdup(s->what);
	show_bytes(s->a, s->a_at, ret->is, sizeof(ret->is));
	show_bytes(s->b, s->b_at, ret->was, sizeof(ret->was));
	/* The code may come from another file than the debug information, with other addresses. */
	code_lines_in(old->debug->o->dwarf, old->def->unit,
		      old->sym->addr + (s->b_at - f->found->addr), take_line, ret);
}

static void compare_symbol(struct check *c, size_t i, struct same *s, const struct ksym *compiled,
			   const struct ksym *in_kernel, struct outcome *ret)
{
	ret->equal = false;
	ret->compared = false;
	if (!code_at(s->b, in_kernel->addr, in_kernel->size)) {
		ret->what = xasprintf("'%s' does not hold the code of '%s'", s->b->elf->path,
				      in_kernel->name);
		return;
	}
	ret->equal =
		same_function(s, compiled->addr, compiled->size, in_kernel->addr, in_kernel->size);
	ret->compared = !s->unknown;
	ret->size += in_kernel->size;
	ret->references += s->references;
	if (s->unknown)
		ret->what = xasprintf("the form of '%s' is not in the kernel's debug information",
				      s->unknown);
	else if (!ret->equal)
		show_difference(c, i, s, ret);
}

/*
 * Compares the function's parts, until one differs. The kernel has to have exactly one function of
 * a part's name.
 */
static void compare_parts(struct check *c, size_t i, struct same *s, struct outcome *ret)
{
	for (size_t p = 0; p < s->a->symbols && ret->equal; p++) {
		const struct ksym *part = &s->a->sym[p], *in_kernel;
		size_t n;

		if (part->elf_type != STT_FUNC || !is_part(part->name, c->func[i].func->old_name))
			continue;
		in_kernel = find_function(s->b, part->name, &n);
		if (n == 1) {
			compare_symbol(c, i, s, part, in_kernel, ret);
			continue;
		}
		ret->equal = false;
		ret->compared = n == 0;
		ret->what = xasprintf("it has a part '%s', of which the kernel has %s", part->name,
				      n ? "several" : "none");
	}
}

static void compare_code(struct check *c, size_t i, const struct code_tables *tables,
			 struct code *a, struct code *b, struct outcome *ret)
{
	const struct check_func *f = &c->func[i];
	size_t n;
	const struct ksym *compiled = find_function(a, f->func->old_name, &n);
	struct same s;

	if (!compiled) {
		ret->what = xasprintf("'%s' has no such function", a->elf->path);
		return;
	}
	same_begin(&s, a, b, true, tables);
	compare_symbol(c, i, &s, compiled, f->found, ret);
	compare_parts(c, i, &s, ret);
	same_end(&s);
}

/* Opens the object file that the source was compiled to, and compares. */
static void compare(struct check *c, size_t i, const struct code_tables *tables, const char *dir,
		    struct outcome *ret)
{
	const struct object *o = check_object(c, c->func[i].object);
	char *path = xasprintf("%s/%.*s.o", dir, (int)strlen(ret->source) - 2, ret->source);
	struct sites traced = {0};
	struct code a = {0}, b = {0};
	struct elf_file *elf;

	check_old_place(&c->old[i], ret->place, sizeof(ret->place));
	if (elf_file_open(path, &elf)) {
		free(path);
		return;
	}
	if (elf->ehdr.e_type != ET_REL || elf->ehdr.e_machine != c->target->vmlinux->ehdr.e_machine)
		error("'%s' is not an object file for this kernel", path);
	else if (!traced_read_module(&traced, elf, c->target->arch, c->target->traced_padding) &&
		 !code_open(&a, elf, c->target->arch, &traced) &&
		 !code_open(&b, o->elf, c->target->arch, object_traced(&c->objects, o)))
		compare_code(c, i, tables, &a, &b, ret);
	code_close(&a);
	code_close(&b);
	sites_free(&traced);
	elf_file_close(elf);
	free(path);
}

static void report_text(const struct check *c, size_t i, const struct outcome *o)
{
	const char *name = c->func[i].func->old_name;

	if (o->equal) {
		printf("equal    %s %s, %llu bytes, %zu references\n", name, o->place,
		       (unsigned long long)o->size, o->references);
	} else if (!o->compared) {
		printf("unknown  %s %s: %s\n", name, o->place, o->what ? o->what : "not compared");
	} else {
		printf("differs  %s %s, at 0x%llx%s%s: %s\n", name, o->place,
		       (unsigned long long)o->offset, o->at[0] ? ", " : "", o->at, o->what);
		printf("  compiled %s\n  kernel   %s\n", o->is, o->was);
	}
}

static void report_json(struct json *j, const struct check *c, size_t i, const struct outcome *o)
{
	const struct check_func *f = &c->func[i];
	bool differs = o->compared && !o->equal;

	json_object(j, NULL);
	json_string(j, "object", f->object ? f->object : KLP_VMLINUX);
	json_string(j, "function", f->func->old_name);
	json_number(j, "position", f->func->old_sympos);
	json_string(j, "source", o->source);
	json_string(j, "verdict", o->equal ? "equal" : differs ? "differs" : "unknown");
	json_string(j, "reason", o->what);
	if (differs) {
		json_number(j, "offset", o->offset);
		json_string(j, "line", o->at[0] ? o->at : NULL);
		json_string(j, "compiled", o->is);
		json_string(j, "kernel", o->was);
	}
	json_end(j);
}

void baseline_compare(struct check *c, struct witness *w, bool json)
{
	struct json j = {.out = stdout};
	struct code_tables tables;
	bool known = false;
	size_t equal = 0;

	check_old_read(c);
	if (c->with_dwarf.n && c->with_dwarf.obj[0]->dwarf)
		known = !code_tables_read(&tables, c->target->arch, c->with_dwarf.obj[0]->dwarf);
	if (json) {
		json_object(&j, NULL);
		json_number(&j, "schema", CHECK_JSON_SCHEMA);
		json_string(&j, "module", c->path);
		json_array(&j, "functions");
	}
	for (size_t i = 0; i < c->func_num; i++) {
		struct outcome o = {.source = source_of(c, i)};

		if (o.source && check_object(c, c->func[i].object))
			compare(c, i, known ? &tables : NULL, w->dir, &o);
		equal += o.equal;
		if (json)
			report_json(&j, c, i, &o);
		else
			report_text(c, i, &o);
		free(o.source);
		free(o.what);
	}
	if (equal < c->func_num)
		error("'%s': %zu of %zu functions are not what their sources compile to here\n"
		      "  take the source package of this very build, and its compiler",
		      c->path, c->func_num - equal, c->func_num);
	if (!c->func_num)
		error("'%s': no functions that it replaces are known", c->path);
	w->json = json;
	if (w->table)
		witness_compare(c, known ? &tables : NULL, w);
	if (w->table && !json)
		printf("symbols  %zu of %zu are where the kernel's own code has them\n", w->seen,
		       w->symbols);
	if (json) {
		json_end(&j);
		if (w->table) {
			json_number(&j, "symbols", w->symbols);
			json_number(&j, "seen", w->seen);
		}
		json_bool(&j, "ok", error_count() == 0);
		check_messages_json(&j, c);
		json_end(&j);
	}
}
