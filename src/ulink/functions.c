// SPDX-License-Identifier: GPL-2.0-only
/* What the patch says of itself, its targets and its functions: see ulink/parts.h. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "ulink/parts.h"

uint32_t link_name(struct link_parts *p, const char *name)
{
	size_t *known;

	if (!p->names.size)
		strings_init(&p->names, "", 1);
	if (!*name)
		return 0;
	known = strmap_add(&p->known, name, 0);
	if (!*known)
		*known = strings_add(&p->names, name);
	return (uint32_t)*known;
}

/* A build-id in hexadecimal. */
static int read_id(const char *hex, uint8_t *id, uint32_t *size)
{
	size_t len = strlen(hex);

	if (!len || len % 2 || len / 2 > USER_ID_MAX || hex[strspn(hex, "0123456789abcdef")]) {
		error("'%s' is not a build-id", hex);
		return -1;
	}
	for (size_t i = 0; i < len / 2; i++) {
		char byte[] = {hex[2 * i], hex[2 * i + 1], '\0'};

		id[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	*size = (uint32_t)(len / 2);
	return 0;
}

static int fill_head(struct link_parts *p)
{
	const struct user_table *t = p->table;
	char *waived = xstrdup("");

	for (size_t i = 0; i < t->waivers; i++)
		xappend(&waived, "%s%s", i ? "," : "", t->waived[i]);
	p->head = (struct user_head){
		.format = USER_FORMAT,
		.applier = USER_APPLIER,
		.name = link_name(p, t->name),
		.version = t->version,
		.klpmake = link_name(p, KLPMAKE_VERSION),
		.waived = link_name(p, waived),
		.targets = (uint32_t)t->targets,
	};
	free(waived);
	p->target = xcalloc(t->targets, sizeof(*p->target));
	for (size_t i = 0; i < t->targets; i++) {
		p->target[i].kind = t->target[i].kind;
		p->target[i].name = link_name(p, t->target[i].name);
		if (read_id(t->target[i].id, p->target[i].id, &p->target[i].id_size))
			return -1;
	}
	return read_id(p->object->id, p->head.id, &p->head.id_size);
}

/* Where the object has a global function of that name. */
static int find_function(const struct link_parts *p, const char *name, uint64_t *ret)
{
	const struct elf_file *f = p->object->elf;

	for (size_t i = 1; i < f->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(f, i, &s);
		if (s.special || GELF_ST_BIND(s.sym.st_info) == STB_LOCAL || strcmp(s.name, name))
			continue;
		*ret = s.sym.st_value;
		return 0;
	}
	error("'%s': it has no function '%s', which the table of symbols names", p->object->path,
	      name);
	return -1;
}

static int fill_func(struct link_parts *p, const struct user_table_func *from, struct user_func *to)
{
	*to = (struct user_func){
		.addr = from->addr,
		.target = (uint32_t)from->target,
		.name = link_name(p, from->old_name),
		.jump = (uint32_t)from->jump,
		.room = (uint32_t)from->room,
		.range = (uint32_t)p->ranges,
		.range_count = (uint32_t)from->ranges,
		.first_size = (uint32_t)from->first_size,
	};
	memcpy(to->first, from->first, from->first_size);
	for (size_t i = 0; i < from->ranges; i++) {
		GROW(p->range, p->ranges, p->ranges_cap);
		p->range[p->ranges++] = from->range[i];
	}
	if (find_function(p, from->new_name, &to->body))
		return -1;
	to->entry = to->body;
	return from->guard ? find_function(p, from->guard, &to->entry) : 0;
}

int link_functions(struct link_parts *p)
{
	const struct user_table *t = p->table;

	if (fill_head(p))
		return -1;
	p->func = xcalloc(t->funcs, sizeof(*p->func));
	for (size_t i = 0; i < t->funcs; i++) {
		if (fill_func(p, &t->func[i], &p->func[i]))
			return -1;
	}
	return 0;
}

void link_parts_free(struct link_parts *p)
{
	free(p->target);
	free(p->func);
	free(p->range);
	free(p->fixup);
	strings_free(&p->names);
	strmap_free(&p->known);
}
