// SPDX-License-Identifier: GPL-2.0-only
/* Reading and writing _klpmake.syms: see klp/table.h. */
#include "klp/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/output.h"
#include "base/search.h"
#include "base/util.h"

/* One more than any line has. */
#define MAX_FIELDS 10
#define SYMBOL_FORM "symbol MODULE LINK_NAME OBJECT NAME POSITION ADDRESS TYPE SOURCE"
#define SYMPOS_FORM "sympos MODULE SECTION OFFSET POSITION NAME"
#define ADDRESS_FORM "address MODULE SECTION OFFSET OBJECT NAME POSITION ADDEND NEW_NAME"
#define DEPENDS_FORM "depends MODULE NAMES"
#define MODINFO_FORM "modinfo MODULE KEY=VALUE"

struct table_symbol *symtable_add_symbol(struct symtable *t)
{
	GROW(t->symbol, t->symbols, t->symbols_cap);
	memset(&t->symbol[t->symbols], 0, sizeof(*t->symbol));
	return &t->symbol[t->symbols++];
}

struct table_sympos *symtable_add_sympos(struct symtable *t)
{
	GROW(t->sympos, t->sympositions, t->sympos_cap);
	memset(&t->sympos[t->sympositions], 0, sizeof(*t->sympos));
	return &t->sympos[t->sympositions++];
}

struct table_address *symtable_add_address(struct symtable *t)
{
	GROW(t->address, t->addresses, t->address_cap);
	memset(&t->address[t->addresses], 0, sizeof(*t->address));
	return &t->address[t->addresses++];
}

struct table_depends *symtable_add_depends(struct symtable *t)
{
	GROW(t->depends, t->dependses, t->depends_cap);
	memset(&t->depends[t->dependses], 0, sizeof(*t->depends));
	return &t->depends[t->dependses++];
}

void symtable_add_modinfo(struct symtable *t, const char *module, char *text)
{
	GROW(t->modinfo, t->modinfos, t->modinfo_cap);
	t->modinfo[t->modinfos++] = (struct table_modinfo){xstrdup(module), text};
}

const char *symtable_depends(const struct symtable *t, const char *module)
{
	for (size_t i = 0; i < t->dependses; i++) {
		if (!strcmp(t->depends[i].module, module))
			return t->depends[i].names;
	}
	return NULL;
}

bool symtable_is_about(const struct symtable *t, const char *module)
{
	bool found = symtable_depends(t, module);

	for (size_t i = 0; i < t->symbols && !found; i++)
		found = !strcmp(t->symbol[i].module, module);
	for (size_t i = 0; i < t->sympositions && !found; i++)
		found = !strcmp(t->sympos[i].module, module);
	for (size_t i = 0; i < t->addresses && !found; i++)
		found = !strcmp(t->address[i].module, module);
	for (size_t i = 0; i < t->modinfos && !found; i++)
		found = !strcmp(t->modinfo[i].module, module);
	return found;
}

static size_t split(char *line, char **field)
{
	char *save = NULL;
	size_t n = 0;

	for (char *p = strtok_r(line, " \t", &save); p && n < MAX_FIELDS;
	     p = strtok_r(NULL, " \t", &save))
		field[n++] = p;
	return n;
}

static bool number(const char *s, int base, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(s, &end, base);
	return end != s && !*end && s[0] != '-' && !errno;
}

/* No kernel has more symbols than a size_t counts, whatever machine this is. */
static bool position_number(const char *s, size_t *ret)
{
	uint64_t n;

	if (!number(s, 10, &n))
		return false;
	*ret = (size_t)n;
	return n <= UINT32_MAX;
}

static bool parse_symbol(struct symtable *t, char **field, size_t n)
{
	struct table_symbol *s;
	uint64_t addr;
	size_t position;
	const char *owner;

	if (n < 8 || n > 9 || !position_number(field[5], &position) ||
	    !number(field[6], 16, &addr) || field[7][1])
		return false;
	s = symtable_add_symbol(t);
	s->module = xstrdup(field[1]);
	s->link_name = xstrdup(field[2]);
	owner = strchr(field[3], '/');
	s->gate = owner ? xstrndup(field[3], (size_t)(owner - field[3])) : xstrdup(field[3]);
	s->object = xstrdup(owner ? owner + 1 : field[3]);
	s->name = xstrdup(field[4]);
	s->position = position;
	s->addr = addr;
	s->type = field[7][0];
	s->source = xstrdup(n > 8 ? field[8] : "-");
	return true;
}

static bool parse_sympos(struct symtable *t, char **field, size_t n)
{
	struct table_sympos *s;
	uint64_t offset;
	size_t position;

	if (n != 6 || !number(field[3], 0, &offset) || !position_number(field[4], &position))
		return false;
	s = symtable_add_sympos(t);
	s->module = xstrdup(field[1]);
	s->section = xstrdup(field[2]);
	s->offset = offset;
	s->position = position;
	s->name = xstrdup(field[5]);
	return true;
}

static bool parse_address(struct symtable *t, char **field, size_t n)
{
	bool negative = n == 9 && field[7][0] == '-';
	uint64_t offset, addend;
	struct table_address *a;
	size_t position;

	if (n != 9 || !number(field[3], 0, &offset) || !position_number(field[6], &position) ||
	    !number(field[7] + negative, 10, &addend))
		return false;
	a = symtable_add_address(t);
	a->module = xstrdup(field[1]);
	a->section = xstrdup(field[2]);
	a->offset = offset;
	a->object = xstrdup(field[4]);
	a->name = xstrdup(field[5]);
	a->position = position;
	a->addend = (int64_t)(negative ? -addend : addend);
	a->new_name = xstrdup(field[8]);
	return true;
}

static bool parse_depends(struct symtable *t, char **field, size_t n)
{
	struct table_depends *d;

	if (n != 3)
		return false;
	d = symtable_add_depends(t);
	d->module = xstrdup(field[1]);
	d->names = xstrdup(field[2]);
	return true;
}

static bool parse_modinfo(struct symtable *t, char **field, size_t n)
{
	if (n != 3 || field[2][0] == '=' || !strchr(field[2], '='))
		return false;
	symtable_add_modinfo(t, field[1], xstrdup(field[2]));
	return true;
}

/* A line of fields; an empty one and a comment say nothing. */
static int read_line(struct symtable *t, char *line, const char *path, size_t number)
{
	static const struct {
		const char *word, *form;
		bool (*parse)(struct symtable *t, char **field, size_t n);
	} kinds[] = {
		{"symbol", SYMBOL_FORM, parse_symbol},	  {"sympos", SYMPOS_FORM, parse_sympos},
		{"address", ADDRESS_FORM, parse_address}, {"depends", DEPENDS_FORM, parse_depends},
		{"modinfo", MODINFO_FORM, parse_modinfo},
	};
	char *field[MAX_FIELDS];
	size_t n = line[0] == '#' ? 0 : split(line, field);

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && n; i++) {
		if (strcmp(field[0], kinds[i].word) != 0)
			continue;
		if (kinds[i].parse(t, field, n))
			return 0;
		error("'%s' line %zu: not '%s'", path, number, kinds[i].form);
		return -1;
	}
	if (!n)
		return 0;
	error("'%s' line %zu: not a line of a table of symbols that klpsyms writes", path, number);
	return -1;
}

static int read_lines(struct symtable *t, char *text, size_t size, const char *path)
{
	size_t number = 0;
	char *next;

	if (memchr(text, '\0', size)) {
		error("'%s': not a table of symbols: there is a NUL byte in it", path);
		return -1;
	}
	for (char *line = text; line < text + size; line = next) {
		next = line + strcspn(line, "\n");
		*next++ = '\0';
		if (read_line(t, line, path, ++number))
			return -1;
	}
	return 0;
}

int symtable_read(struct symtable *t, const char *path)
{
	CLEANUP_FREE char *text = NULL;
	size_t size;

	memset(t, 0, sizeof(*t));
	if (read_file(path, &text, &size))
		return -1;
	if (read_lines(t, text, size, path)) {
		symtable_free(t);
		return -1;
	}
	return 0;
}

static int by_symbol(const void *a, const void *b)
{
	const struct table_symbol *x = a, *y = b;
	int diff = strcmp(x->module, y->module);

	return diff ? diff : strcmp(x->link_name, y->link_name);
}

/* By the place in the module that a line is about. */
static int compare_places(const char *module1, const char *section1, uint64_t offset1,
			  const char *module2, const char *section2, uint64_t offset2)
{
	int diff = strcmp(module1, module2);

	if (!diff)
		diff = strcmp(section1, section2);
	return diff ?: ORDER(offset1, offset2);
}

static int by_sympos(const void *a, const void *b)
{
	const struct table_sympos *x = a, *y = b;

	return compare_places(x->module, x->section, x->offset, y->module, y->section, y->offset);
}

static int by_address(const void *a, const void *b)
{
	const struct table_address *x = a, *y = b;

	return compare_places(x->module, x->section, x->offset, y->module, y->section, y->offset);
}

static int by_modinfo(const void *a, const void *b)
{
	const struct table_modinfo *x = a, *y = b;
	int diff = strcmp(x->module, y->module);

	return diff ? diff : strcmp(x->text, y->text);
}

/*
 * Adds a line that has to have that many words; frees it. A name with a blank would make another
 * word of it, one with a newline another line.
 */
static int write_line(struct output *out, size_t words, char *line)
{
	char *field[MAX_FIELDS], *copy = xstrdup(line);
	bool sane = split(copy, field) == words;

	for (const char *p = line; *p; p++)
		sane &= (unsigned char)*p >= ' ' && *p != 0x7f;
	if (sane)
		fprintf(out->stream, "%s\n", line);
	else
		error("'%s': no table of symbols can hold '%s': a name in it is empty, or has a "
		      "blank or a control character; choose another name",
		      out->path, line);
	free(copy);
	free(line);
	return sane ? 0 : -1;
}

static int write_lines(const struct symtable *t, struct output *out)
{
	int status = 0;

	for (size_t i = 0; i < t->symbols; i++) {
		const struct table_symbol *s = &t->symbol[i];
		bool same = !strcmp(s->gate, s->object);

		status |= write_line(out, 9,
				     xasprintf("symbol %s %s %s%s%s %s %zu %016llx %c %s",
					       s->module, s->link_name, same ? "" : s->gate,
					       same ? "" : "/", s->object, s->name, s->position,
					       (unsigned long long)s->addr, s->type, s->source));
	}
	for (size_t i = 0; i < t->sympositions; i++) {
		const struct table_sympos *s = &t->sympos[i];

		status |=
			write_line(out, 6,
				   xasprintf("sympos %s %s 0x%llx %zu %s", s->module, s->section,
					     (unsigned long long)s->offset, s->position, s->name));
	}
	for (size_t i = 0; i < t->addresses; i++) {
		const struct table_address *a = &t->address[i];

		status |= write_line(out, 9,
				     xasprintf("address %s %s 0x%llx %s %s %zu %lld %s", a->module,
					       a->section, (unsigned long long)a->offset, a->object,
					       a->name, a->position, (long long)a->addend,
					       a->new_name));
	}
	for (size_t i = 0; i < t->dependses; i++)
		status |= write_line(
			out, 3,
			xasprintf("depends %s %s", t->depends[i].module, t->depends[i].names));
	for (size_t i = 0; i < t->modinfos; i++)
		status |= write_line(
			out, 3,
			xasprintf("modinfo %s %s", t->modinfo[i].module, t->modinfo[i].text));
	return status;
}

int symtable_write(struct symtable *t, const char *path, const char *comment)
{
	struct output out;

	if (t->symbols)
		qsort(t->symbol, t->symbols, sizeof(*t->symbol), by_symbol);
	if (t->sympositions)
		qsort(t->sympos, t->sympositions, sizeof(*t->sympos), by_sympos);
	if (t->addresses)
		qsort(t->address, t->addresses, sizeof(*t->address), by_address);
	if (t->modinfos)
		qsort(t->modinfo, t->modinfos, sizeof(*t->modinfo), by_modinfo);
	if (output_begin(&out, path))
		return -1;
	fprintf(out.stream, "%s", comment);
	fprintf(out.stream, "# " SYMBOL_FORM "\n# " SYMPOS_FORM "\n# " ADDRESS_FORM
			    "\n# " DEPENDS_FORM "\n# " MODINFO_FORM "\n");
	if (write_lines(t, &out)) {
		output_cancel(&out);
		return -1;
	}
	return output_end(&out);
}

void symtable_free(struct symtable *t)
{
	for (size_t i = 0; i < t->symbols; i++) {
		free(t->symbol[i].module);
		free(t->symbol[i].link_name);
		free(t->symbol[i].gate);
		free(t->symbol[i].object);
		free(t->symbol[i].name);
		free(t->symbol[i].source);
	}
	for (size_t i = 0; i < t->sympositions; i++) {
		free(t->sympos[i].module);
		free(t->sympos[i].section);
		free(t->sympos[i].name);
	}
	for (size_t i = 0; i < t->addresses; i++) {
		free(t->address[i].module);
		free(t->address[i].section);
		free(t->address[i].object);
		free(t->address[i].name);
		free(t->address[i].new_name);
	}
	for (size_t i = 0; i < t->dependses; i++) {
		free(t->depends[i].module);
		free(t->depends[i].names);
	}
	for (size_t i = 0; i < t->modinfos; i++) {
		free(t->modinfo[i].module);
		free(t->modinfo[i].text);
	}
	free(t->symbol);
	free(t->sympos);
	free(t->address);
	free(t->depends);
	free(t->modinfo);
	memset(t, 0, sizeof(*t));
}
