// SPDX-License-Identifier: GPL-2.0-only
/* A partially linked module and its object files: see patch/module.h. */
#include "patch/module.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "klp/format.h"

static bool is_started(const struct patch_module *m)
{
	for (size_t i = 1; i < m->elf->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(m->elf, i, &s);
		if (!strcmp(s.name, KLP_ENABLE) || !strcmp(s.name, KLP_REGISTER))
			return true;
	}
	return false;
}

static void read_defined(struct patch_module *m)
{
	for (size_t i = 1; i < m->elf->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(m->elf, i, &s);
		if (s.sym.st_shndx != SHN_UNDEF && GELF_ST_BIND(s.sym.st_info) != STB_LOCAL)
			strmap_add(&m->defined, s.name, 1);
	}
}

static char *output_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = xstrdup(slash ? slash + 1 : path);

	if (str_ends(name, ".partial"))
		name[strlen(name) - strlen(".partial")] = '\0';
	return name;
}

static int read_module(struct patch_module *m, const char *path, char *const *objects, size_t n)
{
	m->path = path;
	m->name = output_name(path);
	if (elf_file_open(path, &m->elf))
		return -1;
	if (m->elf->ehdr.e_type != ET_REL || !m->elf->symtab) {
		error("'%s': not a partially linked module", path);
		return -1;
	}
	m->file = xcalloc(n, sizeof(*m->file));
	for (; m->n < n; m->n++) {
		if (object_file_open(&m->file[m->n], objects[m->n]))
			return -1;
	}
	read_defined(m);
	return relocs_read(m->elf, &m->relocs);
}

static int check_started(const struct patch_module *m)
{
	if (is_started(m))
		return 0;
	error("'%s' never calls klp_enable_patch(): it is not a livepatch module; see "
	      "samples/livepatch/livepatch-sample.c in the kernel source for the frame",
	      m->name);
	return -1;
}

int patch_module_open(struct patch_module *m, const char *path, char *const *objects, size_t n)
{
	memset(m, 0, sizeof(*m));
	if (read_module(m, path, objects, n) || check_started(m)) {
		patch_module_close(m);
		return -1;
	}
	return 0;
}

int patch_program_open(struct patch_module *m, const char *path, char *const *objects, size_t n)
{
	/* src/include/klpmake-user.h */
	static const struct klp_layout layout = {
		.func_size = 24,
		.func_new_func = 8,
		.func_old_sympos = 16,
		.object_size = 16,
		.object_funcs = 8,
		.patch_size = 16,
	};

	const struct arch *arch;
	int status;

	memset(m, 0, sizeof(*m));
	m->layout = layout;
	status = read_module(m, path, objects, n);
	arch = status ? NULL : arch_of(&m->elf->ehdr);
	if (!status && !arch) {
		error("'%s': of an architecture that klpmake does not know", path);
		status = -1;
	}
	if (!status)
		status = patches_read(m->elf, arch, &m->relocs, &m->layout, &m->patches);
	if (status)
		patch_module_close(m);
	return status;
}

int patch_module_read_patch(struct patch_module *m, struct elf_file *vmlinux)
{
	const struct arch *arch = arch_of(&vmlinux->ehdr);

	if (arch_of(&m->elf->ehdr) != arch) {
		error("'%s' was made for another architecture than '%s'", m->elf->path,
		      vmlinux->path);
		return -1;
	}
	if (klp_layout_read(m->elf, vmlinux, &m->layout))
		return -1;
	return patches_read(m->elf, arch, &m->relocs, &m->layout, &m->patches);
}

int patch_module_name_section(const struct patch_module *m, size_t section, const char *place,
			      const char *what)
{
	const char *name = m->elf->sec[section].name;

	if (elf_file_section(m->elf, name) == section)
		return 0;
	error("%s: '%s' is in one of two sections named '%s', which the lines of the table of "
	      "symbols cannot distinguish: give it another section",
	      place, what, name);
	return -1;
}

const struct object_file *patch_module_definer(const struct patch_module *m, const char *name,
					       const struct object_file *but)
{
	for (size_t i = 0; i < m->n; i++) {
		if (&m->file[i] != but && object_file_defines_global(&m->file[i], name))
			return &m->file[i];
	}
	return NULL;
}

bool patch_module_defines(const struct patch_module *m, const char *name)
{
	return strmap_get(&m->defined, name) != NULL;
}

void patch_module_close(struct patch_module *m)
{
	for (size_t i = 0; i < m->n; i++)
		object_file_close(&m->file[i]);
	free(m->file);
	strmap_free(&m->defined);
	patches_free(&m->patches);
	relocs_free(&m->relocs);
	elf_file_close(m->elf);
	free(m->name);
	memset(m, 0, sizeof(*m));
}
