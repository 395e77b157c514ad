// SPDX-License-Identifier: GPL-2.0-only
/* Unit names from one run to the next: see dwarf/units_cache.h. */
#include "dwarf/units_cache.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/output.h"
#include "base/util.h"

/* The first line: what the file is of. NULL when that cannot be told for sure. */
static char *head(const struct elf_file *elf, size_t units)
{
	char id[ELF_BUILD_ID_MAX];
	struct stat st;

	if (elf->fd < 0 || fstat(elf->fd, &st) || !elf_file_build_id(elf, id))
		return NULL;
	return xasprintf("units 2 %s %llu %llu %lld.%09ld %zu\n", id, (unsigned long long)st.st_ino,
			 (unsigned long long)st.st_size, (long long)st.st_mtim.tv_sec,
			 st.st_mtim.tv_nsec, units);
}

/* "OFFSET NAME" lines, as many as the head says. */
static bool parse(char *line, struct unit_list *ret)
{
	char *end;

	while (*line) {
		struct unit u = {.die = strtoull(line, &end, 16)};
		char *next = strchr(line, '\n');

		if (end == line || *end != ' ' || !next || next < end)
			return false;
		*next = '\0';
		u.name = end + 1;
		GROW(ret->unit, ret->n, ret->cap);
		ret->unit[ret->n++] = u;
		line = next + 1;
	}
	return true;
}

/* The file has to be this user's own: root may have been led to another user's cache. */
static bool is_own(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid();
}

bool units_cache_read(const char *path, const struct elf_file *elf, struct unit_list *ret)
{
	char *want, *line;
	size_t size;
	bool ok;

	memset(ret, 0, sizeof(*ret));
	if (!is_own(path) || access(path, R_OK) || read_file(path, &ret->text, &size))
		return false;
	line = strchr(ret->text, '\n');
	ok = line && strlen(ret->text) == size && parse(line + 1, ret);
	want = ok ? head(elf, ret->n) : NULL;
	ok = want && str_starts(ret->text, want);
	free(want);
	if (!ok)
		unit_list_free(ret);
	return ok;
}

void units_cache_write(const char *path, const struct elf_file *elf, const struct unit_list *list)
{
	char *first = head(elf, list->n), *dir = xstrdup(path), *slash = strrchr(dir, '/');
	struct output out;

	if (slash)
		*slash = '\0';
	if (first && slash && !access(dir, W_OK) && !output_begin_optional(&out, path)) {
		fputs(first, out.stream);
		for (size_t i = 0; i < list->n; i++)
			fprintf(out.stream, "%llx %s\n", (unsigned long long)list->unit[i].die,
				list->unit[i].name);
		output_end(&out);
	}
	free(first);
	free(dir);
}

void unit_list_free(struct unit_list *list)
{
	free(list->unit);
	free(list->text);
	memset(list, 0, sizeof(*list));
}
