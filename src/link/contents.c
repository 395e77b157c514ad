// SPDX-License-Identifier: GPL-2.0-only
/* .modinfo and old_sympos: see link/contents.h. */
#include "link/contents.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static const char livepatch_key[] = "livepatch=", depends_key[] = "depends=";

/* Where a line of .modinfo, which are strings that end with NUL, begins with key; size: nowhere. */
static size_t modinfo_line(const unsigned char *data, size_t size, const char *key)
{
	size_t len = strlen(key), i;

	for (i = 0; i < size; i += strnlen((const char *)data + i, size - i) + 1) {
		if (strnlen((const char *)data + i, size - i) >= len && !memcmp(data + i, key, len))
			return i;
	}
	return size;
}

/* One more line behind the others, of which the last may have no end. */
static void add_line(struct link_plan *plan, const char *line)
{
	size_t size = plan->modinfo_size, len = strlen(line) + 1;
	size_t at = size + (size && plan->modinfo_data[size - 1] != '\0');

	plan->modinfo_data = xrealloc(plan->modinfo_data, at + len, 1);
	memset(plan->modinfo_data + size, '\0', at - size);
	memcpy(plan->modinfo_data + at, line, len);
	plan->modinfo_size = at + len;
}

/*
 * depends= without the modules whose symbols have become livepatch symbols; what is freed is filled
 * with NULs, which the kernel passes over (kernel/module/main.c, get_next_modinfo()).
 */
static int shorten_depends(struct link_plan *plan, const char *names)
{
	size_t at = modinfo_line(plan->modinfo_data, plan->modinfo_size, depends_key), room;
	size_t len = strlen(strcmp(names, "-") ? names : "");

	if (at == plan->modinfo_size)
		return 0;
	at += strlen(depends_key);
	room = strnlen((char *)plan->modinfo_data + at, plan->modinfo_size - at);
	if (len > room) {
		error("'%s': depends= cannot become longer: '%s'", plan->in->path, names);
		return -1;
	}
	memset(plan->modinfo_data + at, '\0', room);
	memcpy(plan->modinfo_data + at, names, len);
	return 0;
}

static int plan_modinfo(struct link_plan *plan, const struct symtable *table, const char *module)
{
	const char *names = symtable_depends(table, module);
	const unsigned char *data;

	plan->modinfo = elf_file_section(plan->in, ".modinfo");
	if (!plan->modinfo || plan->in->sec[plan->modinfo].shdr.sh_type != SHT_PROGBITS) {
		error("'%s': no .modinfo section: not a kernel module", plan->in->path);
		return -1;
	}
	if (elf_file_bytes(plan->in, plan->modinfo, &data, &plan->modinfo_size))
		return -1;
	plan->modinfo_data = xcalloc(plan->modinfo_size, 1);
	if (plan->modinfo_size)
		memcpy(plan->modinfo_data, data, plan->modinfo_size);
	if (names && shorten_depends(plan, names))
		return -1;
	if (modinfo_line(plan->modinfo_data, plan->modinfo_size, livepatch_key) ==
	    plan->modinfo_size)
		add_line(plan, "livepatch=Y");
	for (size_t i = 0; i < table->modinfos; i++) {
		if (!strcmp(table->modinfo[i].module, module))
			add_line(plan, table->modinfo[i].text);
	}
	return 0;
}

static int plan_sympos(struct link_plan *plan, const struct table_sympos *s)
{
	size_t section = elf_file_section(plan->in, s->section), size;
	const unsigned char *data;
	struct link_edit *edit;
	uint64_t old;

	if (!section) {
		error("'%s': no section '%s' for the old_sympos of '%s'", plan->in->path,
		      s->section, s->name);
		return -1;
	}
	if (elf_file_bytes(plan->in, section, &data, &size))
		return -1;
	if (plan->in->sec[section].shdr.sh_type != SHT_PROGBITS || !data || s->offset > size ||
	    sizeof(edit->bytes) > size - s->offset) {
		error("'%s': no old_sympos of '%s' at '%s' + 0x%llx", plan->in->path, s->name,
		      s->section, (unsigned long long)s->offset);
		return -1;
	}
	old = elf_file_number(plan->in, data + s->offset, sizeof(edit->bytes));
	if (old != 0 && old != s->position) {
		error("'%s': old_sympos of '%s' is %llu, the table of symbols wants %zu",
		      plan->in->path, s->name, (unsigned long long)old, s->position);
		return -1;
	}
	edit = link_plan_edit(plan, section, s->offset, sizeof(edit->bytes));
	elf_file_store(plan->in, edit->bytes, s->position, sizeof(edit->bytes));
	return 0;
}

int link_contents(struct link_plan *plan, const struct symtable *table, const char *module)
{
	for (size_t i = 0; i < table->sympositions; i++) {
		if (!strcmp(table->sympos[i].module, module) &&
		    plan_sympos(plan, &table->sympos[i]))
			return -1;
	}
	return plan_modinfo(plan, table, module);
}
