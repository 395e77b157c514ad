// SPDX-License-Identifier: GPL-2.0-only
/* Reading a module for klpinfo: see info/info.h. */
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/cleanup.h"
#include "base/util.h"
#include "elf/modinfo.h"
#include "info/info.h"
#include "klp/module_name.h"
#include "patch/infer.h"

static int read_patches(struct module_info *info)
{
	const struct arch *arch = arch_of(&info->elf->ehdr);
	struct klp_layout layout;

	if (!arch) {
		error("'%s' is for a machine on which klpmake knows no livepatch", info->elf->path);
		return -1;
	}
	if (relocs_read(info->elf, &info->relocs))
		return -1;
	if (!klp_layout_infer(info->elf, arch, &info->relocs, &layout))
		return 0;
	return patches_read(info->elf, arch, &info->relocs, &layout, &info->patches);
}

static int read_module(struct module_info *info, const char *path)
{
	const char *name;

	if (elf_file_open(path, &info->elf))
		return -1;
	if (info->elf->ehdr.e_type != ET_REL) {
		error("'%s' is not a kernel module: those are relocatable files", path);
		return -1;
	}
	name = modinfo_first(info->elf, "name");
	info->name = name ? xstrdup(name) : module_name(path);
	info->vermagic = modinfo_first(info->elf, "vermagic");
	info->livepatch = modinfo_first(info->elf, "livepatch") != NULL;
	return info->livepatch ? read_patches(info) : 0;
}

int module_info_open(struct module_info *info, const char *path)
{
	memset(info, 0, sizeof(*info));
	if (read_module(info, path)) {
		module_info_close(info);
		return -1;
	}
	return 0;
}

void module_info_close(struct module_info *info)
{
	patches_free(&info->patches);
	relocs_free(&info->relocs);
	elf_file_close(info->elf);
	free(info->name);
	memset(info, 0, sizeof(*info));
}

int notes_print_build_id(const char *path)
{
	/* They have this machine's byte order. */
	const uint16_t one = 1;
	struct elf_file native = {0};
	CLEANUP_FREE char *notes = NULL;
	char id[ELF_BUILD_ID_MAX];
	size_t size;

	native.ehdr.e_ident[EI_DATA] = *(const char *)&one ? ELFDATA2LSB : ELFDATA2MSB;
	if (read_file(path, &notes, &size))
		return -1;
	if (!elf_note_build_id(&native, (const unsigned char *)notes, size, id)) {
		error("'%s' has no build-id", path);
		return -1;
	}
	puts(id);
	return 0;
}
