// SPDX-License-Identifier: GPL-2.0-only
/* Comparing vmlinux's symbols with what another witness says of them: see symbols/witness.h. */
#include "symbols/witness.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/util.h"

/* eBPF and ftrace stand in brackets as modules do. */
enum line { LINE_VMLINUX, LINE_MODULE, LINE_OTHER };

/* Takes a line "ADDRESS TYPE NAME[\t[MODULE]]" apart, in place. */
static enum line parse_line(char *line, char *type, char **name)
{
	char *end = line;

	/* A kernel has hundreds of thousands: strspn() would take a third of the time. */
	while (isxdigit((unsigned char)*end))
		end++;
	if (end == line || end - line > 16 || end[0] != ' ' || !end[1] || end[2] != ' ' || !end[3])
		return LINE_OTHER;
	*type = end[1];
	*name = end + 3;
	end = *name + strcspn(*name, " \t");
	if (*end == '\0')
		return LINE_VMLINUX;
	*end++ = '\0';
	return strchr(end, '[') ? LINE_MODULE : LINE_OTHER;
}

static int read_text(const struct kallsyms *k, const char *path, char *text, size_t size,
		     struct ksym **ret, size_t *n)
{
	size_t cap = 0, line_number = 0;
	char *line = text, *next;
	bool any_address = false;

	*ret = NULL;
	*n = 0;
	if (size == 0 || text[size - 1] != '\n') {
		error("'%s': cut short: the last line is not whole", path);
		return -1;
	}
	for (; line < text + size; line = next) {
		char *name, type;
		uint64_t addr;
		enum line kind;

		next = strchr(line, '\n');
		if (!next) {
			error("'%s': not a list of symbols: a NUL byte in it", path);
			return -1;
		}
		*next++ = '\0';
		line_number++;
		kind = parse_line(line, &type, &name);
		if (kind == LINE_OTHER) {
			error("'%s' line %zu: not 'ADDRESS TYPE NAME': '%.60s'", path, line_number,
			      line);
			return -1;
		}
		/* nm's absolute (before kallsyms turns per-CPU symbols into 'A'), weak undefined */
		if (kind == LINE_MODULE || type == 'a' || type == 'w' || type == 'U' ||
		    !kallsyms_wanted(k, name) || kallsyms_drops(k, name))
			continue;
		addr = strtoull(line, NULL, 16);
		any_address |= addr != 0;
		GROW(*ret, *n, cap);
		(*ret)[*n] = (struct ksym){.name = name, .addr = addr, .order = *n, .type = type};
		(*n)++;
	}
	if (*n && !any_address) {
		error("'%s': all addresses are zero (kernel.kptr_restrict): read it as root", path);
		return -1;
	}
	if (*n)
		qsort(*ret, *n, sizeof(**ret), ksym_by_name_and_address);
	return 0;
}

static const struct ksym *find_text(const struct ksym *sym, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(sym[i].name, name))
			return &sym[i];
	}
	return NULL;
}

static void report_difference(const struct ksym *sym, const struct ksym *text, int diff,
			      uint64_t shift, const char *vmlinux, const char *path)
{
	if (diff == 0)
		error("'%s' has '%s' at 0x%llx, '%s' has it at 0x%llx: not the same build", path,
		      text->name, (unsigned long long)text->addr, vmlinux,
		      (unsigned long long)(sym->addr + shift));
	else
		error("'%s' and '%s' differ in how often they have '%s': not the same build", path,
		      vmlinux, diff < 0 ? sym->name : text->name);
}

/*
 * Both lists are sorted alike, so equal symbols stand at equal places. Addresses are equal, or
 * all moved by KASLR; absolute and per-CPU symbols stay where they are.
 */
static int compare(const struct kallsyms *k, const struct elf_file *vmlinux, const char *path,
		   const struct ksym *text, size_t n)
{
	const struct ksym *base;
	const struct ksym *stext;
	uint64_t shift = 0;
	size_t count;

	stext = kallsyms_find(k, "_stext", &count);
	base = find_text(text, n, "_stext");
	if (stext && base)
		shift = base->addr - stext->addr;
	for (size_t i = 0, j = 0; i < k->n || j < n;) {
		int diff = i >= k->n ? 1 : j >= n ? -1 : strcmp(k->sym[i].name, text[j].name);

		if (diff == 0 &&
		    (text[j].addr == k->sym[i].addr + shift || text[j].addr == k->sym[i].addr)) {
			i++;
			j++;
		} else if (diff >= 0 && text[j].type == 'A') {
			j++;
		} else {
			report_difference(&k->sym[i], &text[j], diff, shift, vmlinux->path, path);
			return -1;
		}
	}
	return 0;
}

int witness_verify(const struct kallsyms *k, const struct elf_file *vmlinux, const char *path)
{
	CLEANUP_FREE struct ksym *sym = NULL;
	CLEANUP_FREE char *text = NULL;
	size_t size, n, count;

	if (read_file(path, &text, &size) || read_text(k, path, text, size, &sym, &n))
		return -1;
	if (!find_text(sym, n, "_stext") ||
	    (kallsyms_find(k, "_end", &count) && !find_text(sym, n, "_end"))) {
		error("'%s': cut short: it does not reach from _stext to _end", path);
		return -1;
	}
	return compare(k, vmlinux, path, sym, n);
}
