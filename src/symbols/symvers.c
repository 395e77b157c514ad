// SPDX-License-Identifier: GPL-2.0-only
/* Reading Module.symvers: see symbols/symvers.h. */
#include "symbols/symvers.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "klp/format.h"

/* Splits at tabs; returns the number of fields, at most max. */
static size_t split(char *line, char **field, size_t max)
{
	size_t n = 0;

	while (n < max) {
		field[n++] = line;
		line = strchr(line, '\t');
		if (!line)
			break;
		*line++ = '\0';
	}
	return n;
}

static bool parse_line(struct symver *s, char *line)
{
	char *field[5], *end;
	size_t n = split(line, field, ARRAY_SIZE(field));

	/* Kernels before 5.18 leave out the last tab when there is no namespace. */
	if (n < 4 || !field[1][0] || !field[2][0])
		return false;
	s->crc = (uint32_t)strtoul(field[0], &end, 16);
	if (end == field[0] || *end)
		return false;
	s->name = field[1];
	s->owner = field[2];
	s->gpl = strstr(field[3], "_GPL") != NULL;
	s->ns = n == 5 ? field[4] : "";
	return true;
}

int symvers_read(struct symvers *v, const char *path)
{
	size_t size, number = 0, first = v->n;
	char *text, *line, *next;

	if (read_file(path, &text, &size))
		return -1;
	GROW(v->text, v->texts, v->texts_cap);
	v->text[v->texts++] = text;
	if (memchr(text, '\0', size)) {
		error("'%s': not a list of exports: a NUL byte in it", path);
		return -1;
	}
	if (size == 0) {
		error("'%s': empty: a kernel exports something; use the one of its headers", path);
		return -1;
	}
	for (line = text; *line; line = next) {
		number++;
		next = line + strcspn(line, "\n");
		if (!*next) {
			error("'%s': cut short: the last line is not whole", path);
			return -1;
		}
		*next++ = '\0';
		GROW(v->sym, v->n, v->cap);
		if (!parse_line(&v->sym[v->n], line)) {
			error("'%s' line %zu: not 'CRC NAME OWNER EXPORT NAMESPACE'", path, number);
			return -1;
		}
		v->n++;
	}
	for (size_t i = first; i < v->n; i++)
		*strmap_add(&v->index, v->sym[i].name, i) = i;
	return 0;
}

const struct symver *symvers_find(const struct symvers *v, const char *name)
{
	const size_t *i = strmap_get(&v->index, name);

	return i ? &v->sym[*i] : NULL;
}

bool symver_in_vmlinux(const struct symver *s)
{
	return !strcmp(s->owner, KLP_VMLINUX);
}

void symvers_free(struct symvers *v)
{
	strmap_free(&v->index);
	free(v->sym);
	for (size_t i = 0; i < v->texts; i++)
		free(v->text[i]);
	free(v->text);
	memset(v, 0, sizeof(*v));
}
