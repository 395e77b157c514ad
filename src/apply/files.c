// SPDX-License-Identifier: GPL-2.0-only
/* The files that patches are for: see apply/files.h. */
#include "apply/files.h"

#include <elf.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/note.h"
#include "base/cleanup.h"
#include "base/util.h"

#define PHDRS_MAX 64

static bool has_id(const unsigned char *notes, size_t size, const struct user_target *t)
{
	size_t id_size;
	const unsigned char *id = note_build_id(notes, size, &id_size);

	return id && id_size == t->id_size && !memcmp(id, t->id, id_size);
}

bool files_is_target(int fd, const struct user_target *target)
{
	static unsigned char note[NOTES_MAX];
	Elf64_Phdr ph[PHDRS_MAX];
	Elf64_Ehdr e;

	if (pread(fd, &e, sizeof(e), 0) != sizeof(e) || memcmp(e.e_ident, ELFMAG, SELFMAG) ||
	    e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_phentsize != sizeof(*ph) || !e.e_phnum ||
	    e.e_phnum > PHDRS_MAX ||
	    pread(fd, ph, e.e_phnum * sizeof(*ph), (off_t)e.e_phoff) !=
		    (ssize_t)(e.e_phnum * sizeof(*ph)))
		return false;
	for (size_t i = 0; i < e.e_phnum; i++) {
		if (ph[i].p_type == PT_NOTE && ph[i].p_filesz <= sizeof(note) &&
		    pread(fd, note, ph[i].p_filesz, (off_t)ph[i].p_offset) ==
			    (ssize_t)ph[i].p_filesz &&
		    has_id(note, ph[i].p_filesz, target))
			return true;
	}
	return false;
}

size_t files_find(const struct patch_file *patch, uint32_t target,
		  void (*found)(const char *path, void *arg), void *arg)
{
	static const char *const places[] = {
		"/proc/[0-9]*/exe",   "/bin/%s",	   "/sbin/%s",
		"/usr/bin/%s",	      "/usr/sbin/%s",	   "/usr/local/bin/%s",
		"/usr/local/sbin/%s", "/usr/lib/*/%s",	   "/usr/libexec/%s",
		"/usr/libexec/*/%s",  "/opt/*/bin/%s",	   "/lib/%s",
		"/lib64/%s",	      "/usr/lib/%s",	   "/usr/lib64/%s",
		"/lib/*/%s",	      "/usr/local/lib/%s", "/usr/local/lib/*/%s",
	};
	const struct user_target *t = &patch->target[target];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const char *hole = strstr(places[i], "%s");
		CLEANUP_FREE char *pattern =
			hole ? xasprintf("%.*s%s", (int)(hole - places[i]), places[i],
					 patch_file_name(patch, t->name))
			     : xstrdup(places[i]);
		glob_t g;

		if (glob(pattern, GLOB_NOSORT, NULL, &g))
			continue;
		for (size_t k = 0; k < g.gl_pathc; k++) {
			int fd = open(g.gl_pathv[k], O_RDONLY | O_CLOEXEC | O_NONBLOCK);

			if (fd < 0)
				continue;
			if (files_is_target(fd, t)) {
				found(g.gl_pathv[k], arg);
				count++;
			}
			close(fd);
		}
		globfree(&g);
	}
	return count;
}

int files_check_owner(const char *path)
{
	struct stat st;

	/* In a directory such as /tmp nobody can replace what another one has put there. */
	if (stat(path, &st) || !(st.st_mode & S_IWOTH) ||
	    (S_ISDIR(st.st_mode) && (st.st_mode & S_ISVTX)))
		return 0;
	error("'%s': everybody may write to it, and so decide what the process runs: "
	      "chmod o-w it, after a look at it",
	      path);
	return -1;
}
