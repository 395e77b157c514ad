// SPDX-License-Identifier: GPL-2.0-only
/* Reading and writing the table of a patch for programs: see user/table.h. */
#include "user/table.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "base/search.h"
#include "base/util.h"

/* One more than any line has. */
#define MAX_FIELDS 11
#define NONE "-"

static const char *const kinds[] = {[USER_PROGRAM] = "program", [USER_LIBRARY] = "library"};
static const char *const types[USER_TYPES] = {
	[USER_TYPE_ANY] = NONE,
	[USER_TYPE_FUNCTION] = "function",
	[USER_TYPE_DATA] = "data",
	[USER_TYPE_TLS] = "tls",
};
static const char *const symbol_kinds[USER_SYMBOL_KINDS] = {
	[USER_SYMBOL_OBJECT] = "object", [USER_SYMBOL_SLOT] = "slot",
	[USER_SYMBOL_EXPORT] = "export", [USER_SYMBOL_TLS] = "tls",
	[USER_SYMBOL_ZERO] = "zero",
};

struct user_table_target *user_table_add_target(struct user_table *t)
{
	GROW(t->target, t->targets, t->targets_cap);
	t->target[t->targets] = (struct user_table_target){0};
	return &t->target[t->targets++];
}

struct user_table_func *user_table_add_func(struct user_table *t)
{
	GROW(t->func, t->funcs, t->funcs_cap);
	t->func[t->funcs] = (struct user_table_func){0};
	return &t->func[t->funcs++];
}

struct user_table_symbol *user_table_add_symbol(struct user_table *t)
{
	GROW(t->symbol, t->symbols, t->symbols_cap);
	t->symbol[t->symbols] = (struct user_table_symbol){.target = SIZE_MAX};
	return &t->symbol[t->symbols++];
}

void user_table_add_range(struct user_table_func *f, uint64_t addr, uint64_t size)
{
	GROW(f->range, f->ranges, f->ranges_cap);
	f->range[f->ranges++] = (struct user_range){addr, size};
}

const struct user_table_symbol *user_table_symbol(const struct user_table *t, const char *name)
{
	size_t i = COUNT_FIRST(k, t->symbols, strcmp(t->symbol[k].link_name, name) < 0);

	return i < t->symbols && !strcmp(t->symbol[i].link_name, name) ? &t->symbol[i] : NULL;
}

static int by_place(const void *a, const void *b)
{
	const struct user_table_func *x = a, *y = b;

	return ORDER(x->target, y->target) ?: ORDER(x->addr, y->addr);
}

static int by_name(const void *a, const void *b)
{
	const struct user_table_symbol *x = a, *y = b;

	return strcmp(x->link_name, y->link_name);
}

static void sort(struct user_table *t)
{
	if (t->funcs)
		qsort(t->func, t->funcs, sizeof(*t->func), by_place);
	if (t->symbols)
		qsort(t->symbol, t->symbols, sizeof(*t->symbol), by_name);
}

static bool is_field(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++) {
		if (isspace((unsigned char)*s) || iscntrl((unsigned char)*s))
			return false;
	}
	return true;
}

/* A name of the table, which has to be one word. */
static void check_word(const char *name)
{
	if (!is_field(name))
		error("'%s': a name with blanks in it cannot be written into the table", name);
}

static void write_func(FILE *out, const struct user_table *t, const struct user_table_func *f)
{
	check_word(f->new_name);
	check_word(f->old_name);
	fprintf(out, "function %s %s %s %llx %llx %llx %s ", f->new_name, f->old_name,
		t->target[f->target].name, (unsigned long long)f->addr, (unsigned long long)f->jump,
		(unsigned long long)f->room, f->guard ? f->guard : NONE);
	for (size_t i = 0; i < f->first_size; i++)
		fprintf(out, "%02x", f->first[i]);
	for (size_t i = 0; i < f->ranges; i++)
		fprintf(out, "%c%llx+%llx", i ? ',' : ' ', (unsigned long long)f->range[i].addr,
			(unsigned long long)f->range[i].size);
	fputc('\n', out);
}

static void write_symbol(FILE *out, const struct user_table *t, const struct user_table_symbol *s)
{
	check_word(s->link_name);
	check_word(s->name);
	fprintf(out, "symbol %s %s %s %llx %llx %s %s %s %s\n", s->link_name, symbol_kinds[s->kind],
		s->target == SIZE_MAX ? NONE : t->target[s->target].name,
		(unsigned long long)s->value, (unsigned long long)s->unbound, s->name,
		*s->version ? s->version : NONE, types[s->type],
		is_field(s->source) ? s->source : NONE);
}

int user_table_write(struct user_table *t, const char *path, const char *comment)
{
	struct output out;

	sort(t);
	if (output_begin(&out, path))
		return -1;
	check_word(t->name);
	fprintf(out.stream, "%spatch %s %u\n", comment, t->name, t->version);
	for (size_t i = 0; i < t->waivers; i++)
		fprintf(out.stream, "waived %s\n", t->waived[i]);
	for (size_t i = 0; i < t->targets; i++) {
		const struct user_table_target *target = &t->target[i];

		check_word(target->name);
		fprintf(out.stream, "target %s %s %s %llx\n", kinds[target->kind], target->name,
			target->id, (unsigned long long)target->tlsmod);
	}
	for (size_t i = 0; i < t->funcs; i++)
		write_func(out.stream, t, &t->func[i]);
	for (size_t i = 0; i < t->symbols; i++)
		write_symbol(out.stream, t, &t->symbol[i]);
	if (!error_count())
		return output_end(&out);
	output_cancel(&out);
	return -1;
}

static bool number(const char *s, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(s, &end, 16);
	return isxdigit((unsigned char)s[0]) && !*end && !errno;
}

static bool word(const char *s, const char *const *words, size_t n, size_t *ret)
{
	for (*ret = 0; *ret < n; ++*ret) {
		if (!strcmp(s, words[*ret]))
			return true;
	}
	return false;
}

static bool target_number(const struct user_table *t, const char *s, size_t *ret)
{
	for (*ret = 0; *ret < t->targets; ++*ret) {
		if (!strcmp(s, t->target[*ret].name))
			return true;
	}
	return false;
}

static bool parse_patch(struct user_table *t, char **field, size_t n)
{
	if (n != 3 || t->name || field[2][strspn(field[2], "0123456789")])
		return false;
	t->name = xstrdup(field[1]);
	t->version = (uint32_t)strtoul(field[2], NULL, 10);
	return true;
}

static bool parse_waived(struct user_table *t, char **field, size_t n)
{
	if (n != 2)
		return false;
	GROW(t->waived, t->waivers, t->waivers_cap);
	t->waived[t->waivers++] = xstrdup(field[1]);
	return true;
}

static bool parse_target(struct user_table *t, char **field, size_t n)
{
	struct user_table_target *target;
	size_t kind, other;
	uint64_t tlsmod;

	if (n != 5 || !word(field[1], kinds, ARRAY_SIZE(kinds), &kind) ||
	    target_number(t, field[2], &other) || !number(field[4], &tlsmod))
		return false;
	target = user_table_add_target(t);
	target->kind = kind;
	target->name = xstrdup(field[2]);
	target->id = xstrdup(field[3]);
	target->tlsmod = tlsmod;
	return true;
}

static bool parse_first(struct user_table_func *f, const char *hex)
{
	size_t len = strlen(hex);

	if (!len || len % 2 || len / 2 > USER_FIRST_MAX || hex[strspn(hex, "0123456789abcdef")])
		return false;
	for (f->first_size = 0; f->first_size < len / 2; f->first_size++) {
		char byte[] = {hex[2 * f->first_size], hex[2 * f->first_size + 1], '\0'};

		f->first[f->first_size] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return true;
}

static bool parse_ranges(struct user_table_func *f, char *text)
{
	char *part;

	while ((part = strsep(&text, ",")) != NULL) {
		char *plus = strchr(part, '+');
		uint64_t addr, size;

		if (!plus)
			return false;
		*plus = '\0';
		if (!number(part, &addr) || !number(plus + 1, &size))
			return false;
		user_table_add_range(f, addr, size);
	}
	return true;
}

static bool parse_func(struct user_table *t, char **field, size_t n)
{
	struct user_table_func *f;
	size_t target;

	if (n != 10 || !target_number(t, field[3], &target))
		return false;
	f = user_table_add_func(t);
	f->new_name = xstrdup(field[1]);
	f->old_name = xstrdup(field[2]);
	f->target = target;
	f->guard = strcmp(field[7], NONE) != 0 ? xstrdup(field[7]) : NULL;
	return number(field[4], &f->addr) && number(field[5], &f->jump) &&
	       number(field[6], &f->room) && parse_first(f, field[8]) && parse_ranges(f, field[9]);
}

static bool parse_symbol(struct user_table *t, char **field, size_t n)
{
	size_t kind, type, target = SIZE_MAX;
	struct user_table_symbol *s;
	uint64_t value, unbound;

	if (n != 10 || !word(field[2], symbol_kinds, ARRAY_SIZE(symbol_kinds), &kind) ||
	    (strcmp(field[3], NONE) != 0 && !target_number(t, field[3], &target)) ||
	    !number(field[4], &value) || !number(field[5], &unbound) ||
	    !word(field[8], types, ARRAY_SIZE(types), &type))
		return false;
	/* What is of a target has to say of which. */
	if ((target == SIZE_MAX) != (kind == USER_SYMBOL_EXPORT || kind == USER_SYMBOL_ZERO))
		return false;
	s = user_table_add_symbol(t);
	s->link_name = xstrdup(field[1]);
	s->kind = kind;
	s->target = target;
	s->value = value;
	s->unbound = unbound;
	s->name = xstrdup(field[6]);
	s->version = xstrdup(strcmp(field[7], NONE) != 0 ? field[7] : "");
	s->type = type;
	s->source = xstrdup(field[9]);
	return true;
}

static bool parse_line(struct user_table *t, char *line)
{
	static const struct {
		const char *word;
		bool (*parse)(struct user_table *t, char **field, size_t n);
	} lines[] = {
		{"patch", parse_patch},	  {"waived", parse_waived}, {"target", parse_target},
		{"function", parse_func}, {"symbol", parse_symbol},
	};
	char *field[MAX_FIELDS], *save = NULL;
	size_t n = 0;

	for (char *p = strtok_r(line, " \t", &save); p && n < MAX_FIELDS;
	     p = strtok_r(NULL, " \t", &save))
		field[n++] = p;
	if (!n || field[0][0] == '#')
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!strcmp(field[0], lines[i].word))
			return lines[i].parse(t, field, n);
	}
	return false;
}

int user_table_read(struct user_table *t, const char *path)
{
	size_t size, line_number = 0;
	char *text, *rest, *line;
	int status = 0;

	memset(t, 0, sizeof(*t));
	if (read_file(path, &text, &size))
		return -1;
	rest = text;
	while (!status && (line = strsep(&rest, "\n")) != NULL) {
		line_number++;
		if (!parse_line(t, line)) {
			error("'%s' line %zu: not a line of the table of a patch for programs",
			      path, line_number);
			status = -1;
		}
	}
	free(text);
	if (!status && (!t->name || !t->targets)) {
		error("'%s': not the table of a patch for programs: it has no name or target",
		      path);
		status = -1;
	}
	if (status)
		user_table_free(t);
	else
		sort(t);
	return status;
}

static void free_func(struct user_table_func *f)
{
	free(f->new_name);
	free(f->old_name);
	free(f->guard);
	free(f->range);
}

static void free_symbol(struct user_table_symbol *s)
{
	free(s->link_name);
	free(s->name);
	free(s->version);
	free(s->source);
}

void user_table_free(struct user_table *t)
{
	for (size_t i = 0; i < t->waivers; i++)
		free(t->waived[i]);
	for (size_t i = 0; i < t->targets; i++) {
		free(t->target[i].name);
		free(t->target[i].id);
	}
	for (size_t i = 0; i < t->funcs; i++)
		free_func(&t->func[i]);
	for (size_t i = 0; i < t->symbols; i++)
		free_symbol(&t->symbol[i]);
	free(t->name);
	free(t->waived);
	free(t->target);
	free(t->func);
	free(t->symbol);
	memset(t, 0, sizeof(*t));
}
