// SPDX-License-Identifier: GPL-2.0-only
/* What the passes of klpcheck share: see check.h. */
#include "check.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check_child.h"
#include "check_old.h"
#include "locate.h"
#include "sealed.h"

static char *format(const char *fmt, va_list ap)
{
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		return xstrdup(fmt);
	return text;
}

static bool is_doubt(const struct check *c)
{
	return c->now && c->now->pass->waivable;
}

void bad(const struct check *c, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = format(fmt, ap);
	va_end(ap);
	if (c->now)
		c->now->findings++;
	if (!is_doubt(c))
		error("'%s': %s", c->mod->path, text);
	else if (c->now->allowed)
		waived("'%s': %s: %s", c->mod->path, c->now->pass->name, text);
	else
		error("'%s': %s: %s\n  --allow=%s takes it as it is", c->mod->path,
		      c->now->pass->name, text, c->now->pass->name);
	free(text);
}

void odd(const struct check *c, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = format(fmt, ap);
	va_end(ap);
	warning("'%s': %s", c->mod->path, text);
	free(text);
}

void note(struct check *c, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = format(fmt, ap);
	va_end(ap);
	GROW(c->note, c->note_num, c->note_cap);
	if (is_doubt(c)) {
		c->note[c->note_num++] = xasprintf("%s: %s", c->now->pass->name, text);
		free(text);
	} else {
		c->note[c->note_num++] = text;
	}
}

void checked(struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	c->now->checked = format(fmt, ap);
	va_end(ap);
}

const char *scan_until(const char *s, char stop, size_t max, char *dst)
{
	size_t n = 0;

	while (n < max && s[n] && s[n] != stop) {
		dst[n] = s[n];
		n++;
	}
	dst[n] = '\0';
	return n ? s + n : NULL;
}

size_t check_symbol_at(const struct check *c, size_t section, uint64_t offset)
{
	struct elf_symbol s;
	const char *file;

	return elf_file_symbol_at(c->mod, section, offset, &s, &file) ? s.index : 0;
}

/* In the child process: where each symbol is defined, by its number. */
static int tell_sources(struct check *c)
{
	struct ksym *sym = xcalloc(c->mod->symnum, sizeof(*sym));
	struct location *at = xcalloc(c->mod->symnum, sizeof(*at));
	struct dwarf_file *d;

	if (dwarf_file_open(c->mod, &d))
		return -1;
	for (size_t i = 0; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		sym[i].name = "";
		if (s.special)
			continue;
		sym[i].name = s.name;
		sym[i].addr = elf_place(s.shndx, s.sym.st_value);
		sym[i].elf_type = GELF_ST_TYPE(s.sym.st_info);
	}
	if (locate(d, sym, c->mod->symnum, at))
		return -1;
	for (size_t i = 0; i < c->mod->symnum; i++) {
		char *number = xasprintf("%zu", i);

		if (sym[i].addr && at[i].place[0])
			found(number, FOUND_NOTE, "%s: ", at[i].place);
		free(number);
	}
	return 0;
}

static void read_sources(struct check *c)
{
	struct findings *told;

	c->source = xcalloc(c->mod->symnum, sizeof(*c->source));
	if (!dwarf_file_present(c->mod))
		return;
	told = findings_gather(c, tell_sources);
	c->unreadable = !told->whole;
	for (size_t i = 0; i < told->n; i++) {
		size_t symbol = strtoul(told->f[i].pass, NULL, 10);

		if (told->f[i].kind == FOUND_NOTE && symbol < c->mod->symnum && !c->source[symbol])
			c->source[symbol] = xstrdup(told->f[i].text);
	}
	findings_free(told);
}

const char *check_source(struct check *c, size_t symbol)
{
	if (!c->source)
		read_sources(c);
	return c->source[symbol] ? c->source[symbol] : "";
}

int check_read_target(struct check *c)
{
	struct kallsyms *k = &c->target.kallsyms;

	kallsyms_want(k, "clear_relocate_add");
	kallsyms_want(k, "modversion_ext_start");
	sealed_want(k);
	for (size_t i = 0; i < c->symbol_num; i++)
		kallsyms_want(k, c->symbol[i].name);
	for (size_t i = 0; i < c->func_num; i++)
		kallsyms_want(k, c->func[i].func->old_name);
	check_compat_want(c);
	check_types_want(c);
	check_signature_want(c);
	if (target_read_symbols(&c->target) || objects_open(&c->objects, &c->target))
		return -1;
	check_open_modules(c);
	return 0;
}

void check_free(struct check *c)
{
	for (size_t i = 0; i < c->symbol_num; i++)
		free(c->symbol[i].name);
	for (size_t i = 0; i < c->note_num; i++)
		free(c->note[i]);
	check_old_free(c);
	for (size_t i = 0; i < c->results; i++)
		free(c->result[i].checked);
	free(c->result);
	findings_free(c->types);
	free(c->section);
	free(c->symbol);
	free(c->symbol_of);
	free(c->func);
	free(c->module);
	free(c->use);
	free(c->note);
	patches_free(&c->patches);
	relocs_free(&c->relocs);
	for (size_t i = 0; c->source && i < c->mod->symnum; i++)
		free(c->source[i]);
	free(c->source);
	objects_close(&c->objects);
	target_close(&c->target);
	elf_file_close(c->mod);
}
