// SPDX-License-Identifier: GPL-2.0-only
/* Finding libraries and debug information: see binary/find.h. */
#include "binary/find.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/util.h"
#include "dwarf/file.h"

#define LIBRARIES_MAX 1000
#define DEBUG_DIR "/usr/lib/debug"

/* Where the dynamic linkers of distributions look, but for what ld.so.conf adds. */
static const char *const library_dirs[] = {
	"/lib/x86_64-linux-gnu",
	"/usr/lib/x86_64-linux-gnu",
	"/lib/aarch64-linux-gnu",
	"/usr/lib/aarch64-linux-gnu",
	"/lib/riscv64-linux-gnu",
	"/usr/lib/riscv64-linux-gnu",
	"/lib64",
	"/usr/lib64",
	"/lib",
	"/usr/lib",
	"/usr/local/lib",
};

struct binary *binaries_named(const struct binaries *all, const char *name)
{
	for (size_t i = 0; i < all->n; i++) {
		if (!strcmp(all->b[i]->name, name))
			return all->b[i];
	}
	return NULL;
}

/* The directory of a path, without the slash; "." of one without directory. To be freed. */
static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup(".");
}

/* Is there a file of the same machine as the target's? Another one's may be in the same place. */
static bool fits(const struct binary *first, const char *path)
{
	unsigned char ident[20];
	FILE *f = fopen(path, "re");
	bool ok;

	if (!f)
		return false;
	ok = fread(ident, sizeof(ident), 1, f) == 1 && !memcmp(ident, ELFMAG, SELFMAG) &&
	     ident[EI_CLASS] == ELFCLASS64 &&
	     (ident[18] | ident[19] << 8) == first->elf->ehdr.e_machine;
	fclose(f);
	return ok;
}

static char *in_directory(const struct binary *first, const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);

	if (fits(first, path))
		return path;
	free(path);
	return NULL;
}

/* In the directories that the binary itself says; $ORIGIN is its own. */
static char *in_search(const struct binary *first, const struct binary *b, const char *name)
{
	static const char *const words[] = {"$ORIGIN", "${ORIGIN}"};
	CLEANUP_FREE char *text = b->search ? xstrdup(b->search) : NULL;
	CLEANUP_FREE char *own = directory_of(b->path);
	char *rest = text, *dir, *found = NULL;

	while (!found && (dir = strsep(&rest, ":")) != NULL) {
		CLEANUP_FREE char *whole = NULL;

		for (size_t i = 0; i < ARRAY_SIZE(words) && !whole; i++) {
			if (str_starts(dir, words[i]))
				whole = xasprintf("%s%s", own, dir + strlen(words[i]));
		}
		found = in_directory(first, whole ? whole : dir, name);
	}
	return found;
}

/* The path of a library that a binary asks for; NULL: it is nowhere. */
static char *find_library(const struct binaries *all, const struct binary *b, const char *name)
{
	const struct binary *first = all->b[0];
	char *found = NULL;

	for (size_t i = 0; i < all->dirs && !found; i++)
		found = in_directory(first, all->dir[i], name);
	if (!found)
		found = in_search(first, b, name);
	if (!found && b != first)
		found = in_search(first, first, name);
	for (size_t i = 0; i < ARRAY_SIZE(library_dirs) && !found; i++)
		found = in_directory(first, library_dirs[i], name);
	return found;
}

static int add(struct binaries *all, const char *path)
{
	struct binary *b;

	if (binary_open(&b, path))
		return -1;
	GROW(all->b, all->n, all->cap);
	all->b[all->n++] = b;
	return 0;
}

static int open_needed(struct binaries *all, const struct binary *b)
{
	for (size_t i = 0; i < b->needs; i++) {
		CLEANUP_FREE char *path = NULL;

		if (binaries_named(all, b->needed[i]))
			continue;
		path = strchr(b->needed[i], '/') ? xstrdup(b->needed[i])
						 : find_library(all, b, b->needed[i]);
		if (!path) {
			error("'%s' needs '%s', and no such library was found: give the directory "
			      "with --library-dir",
			      b->path, b->needed[i]);
			return -1;
		}
		if (add(all, path))
			return -1;
		/* A library may be found by a name that is not its own. */
		if (strcmp(all->b[all->n - 1]->name, b->needed[i]) != 0) {
			free(all->b[all->n - 1]->name);
			all->b[all->n - 1]->name = xstrdup(b->needed[i]);
		}
	}
	return 0;
}

int binaries_open(struct binaries *all, const char *path)
{
	if (add(all, path))
		return -1;
	for (size_t i = 0; i < all->n; i++) {
		if (open_needed(all, all->b[i]))
			return -1;
		if (all->n > LIBRARIES_MAX) {
			error("'%s' needs more than %d libraries", path, LIBRARIES_MAX);
			return -1;
		}
	}
	return 0;
}

void binaries_close(struct binaries *all)
{
	for (size_t i = 0; i < all->n; i++)
		binary_close(all->b[i]);
	free(all->b);
	free(all->debug);
	free(all->dir);
	memset(all, 0, sizeof(*all));
}

/* Takes the file if it is of the same build and has both. Frees path. */
static bool take_debug(struct binary *b, char *path)
{
	char id[ELF_BUILD_ID_MAX] = "";
	struct elf_file *f;

	if (access(path, R_OK) || elf_file_open(path, &f)) {
		free(path);
		return false;
	}
	if (!elf_file_build_id(f, id) || strcmp(id, b->id) != 0 || !f->symtab ||
	    !dwarf_file_present(f)) {
		if (!b->old && !strcmp(id, b->id) && dwarf_file_is_old(f))
			b->old = f;
		else
			elf_file_close(f);
		free(path);
		return false;
	}
	b->debug = f;
	b->debug_path = path;
	return true;
}

/* The name in .gnu_debuglink, or NULL. */
static const char *debug_link(const struct binary *b)
{
	size_t section = elf_file_section(b->elf, ".gnu_debuglink"), size;
	const unsigned char *data;

	if (!section || elf_file_bytes(b->elf, section, &data, &size) || !data ||
	    !memchr(data, '\0', size) || strchr((const char *)data, '/'))
		return NULL;
	return (const char *)data;
}

static bool find_linked(struct binary *b)
{
	const char *name = debug_link(b);
	CLEANUP_FREE char *real = realpath(b->path, NULL);
	CLEANUP_FREE char *dir = real ? directory_of(real) : NULL;

	return name && dir &&
	       (take_debug(b, xasprintf("%s/%s", dir, name)) ||
		take_debug(b, xasprintf("%s/.debug/%s", dir, name)) ||
		take_debug(b, xasprintf(DEBUG_DIR "%s/%s", dir, name)));
}

/* Whose package manager is here says how to get it. */
static void report_missing(const struct binary *b)
{
	const struct elf_file *old = b->old ? b->old : b->elf;

	if (dwarf_file_is_old(old)) {
		dwarf_file_missing(old);
		return;
	}
	error("'%s': no debug information of this build (build-id %s)", b->path, b->id);
	if (!access("/usr/bin/apt-get", X_OK))
		message_more("  install it: apt-get install \"$(dpkg -S %s | cut -d: -f1)-dbgsym\" "
			     "(some packages have -dbg instead; the archive with -dbgsym is "
			     "http://deb.debian.org/debian-debug), or give it with --debug FILE\n",
			     b->path);
	else if (!access("/usr/bin/dnf", X_OK))
		message_more("  install it: dnf debuginfo-install \"$(rpm -qf %s)\", or give it "
			     "with --debug FILE\n",
			     b->path);
	else
		message_more("  install the debug information of its package, or give it with "
			     "--debug FILE\n");
	if (b->library && getenv("DEBUGINFOD_URLS"))
		message_more("  a server of DEBUGINFOD_URLS may have it: --debug "
			     "\"$(debuginfod-find debuginfo %s)\"\n",
			     b->id);
}

bool binaries_has_debug(const struct binaries *all, struct binary *b)
{
	if (b->debug)
		return true;
	if (b->elf->symtab && dwarf_file_present(b->elf)) {
		b->debug = b->elf;
		b->debug_path = xstrdup(b->path);
		return true;
	}
	for (size_t i = 0; i < all->debugs; i++) {
		if (take_debug(b, xstrdup(all->debug[i])))
			return true;
	}
	return take_debug(b, xasprintf(DEBUG_DIR "/.build-id/%.2s/%s.debug", b->id, b->id + 2)) ||
	       find_linked(b);
}

int binaries_read_debug(const struct binaries *all, struct binary *b)
{
	if (binaries_has_debug(all, b))
		return 0;
	if (!error_count())
		report_missing(b);
	return -1;
}
