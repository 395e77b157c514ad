// SPDX-License-Identifier: GPL-2.0-only
/*
 * Symbol versions: see check/module/versions.h.
 * Rules: kernel/module/version.c, check_version() and check_modstruct_version();
 * kernel/module/main.c, elf_validity_cache_index_versions(). Format: scripts/mod/modpost.c,
 * add_versions() and add_extended_versions().
 */
#include "check/module/versions.h"

#include <string.h>

/* struct modversion_info on 64-bit: an unsigned long and char name[MODULE_NAME_LEN]. */
#define VERSION_SIZE 64
#define VERSION_CRC 8

#define EXTENDED_CRCS "__version_ext_crcs"
#define EXTENDED_NAMES "__version_ext_names"
#define EXTENDED_CRC 4

static void check_size(const struct check *c, const char *section, size_t size, size_t entry)
{
	if (size % entry)
		bad(c,
		    "section '%s' has %zu bytes, which is not a multiple of %zu: is it cut "
		    "short?",
		    section, size, entry);
}

/* "__versions": fixed entries. */
static void read_plain(const struct check *c, struct versions *v)
{
	size_t index = elf_file_section(c->mod, "__versions"), size;
	const unsigned char *data;

	v->section = "__versions";
	if (!index || elf_file_bytes(c->mod, index, &data, &size))
		return;
	v->present = true;
	v->crc = data;
	v->step = VERSION_SIZE;
	v->width = VERSION_CRC;
	check_size(c, v->section, size, VERSION_SIZE);
	for (size_t off = 0; VERSION_SIZE <= size - off; off += VERSION_SIZE) {
		const char *name = (const char *)data + off + VERSION_CRC;

		if (!memchr(name, '\0', VERSION_SIZE - VERSION_CRC)) {
			bad(c, "section '__versions' entry %zu: a name without an end",
			    off / VERSION_SIZE);
			continue;
		}
		strmap_add(&v->entry, name, off / VERSION_SIZE);
	}
}

/* The CRCs are in one section, and the names follow each other in another, in the same order. */
static void read_extended(const struct check *c, struct versions *v)
{
	size_t crcs = elf_file_section(c->mod, EXTENDED_CRCS), crcs_size;
	size_t names = elf_file_section(c->mod, EXTENDED_NAMES), size, off = 0;
	const unsigned char *data;

	v->section = EXTENDED_CRCS;
	v->present = true;
	v->step = v->width = EXTENDED_CRC;
	if (!crcs || !names) {
		bad(c,
		    "it has a section '%s' and no '%s': elf_validity_cache_index_versions() "
		    "refuses the module",
		    crcs ? EXTENDED_CRCS : EXTENDED_NAMES, crcs ? EXTENDED_NAMES : EXTENDED_CRCS);
		return;
	}
	if (elf_file_bytes(c->mod, crcs, &v->crc, &crcs_size) ||
	    elf_file_bytes(c->mod, names, &data, &size))
		return;
	check_size(c, EXTENDED_CRCS, crcs_size, EXTENDED_CRC);
	for (size_t i = 0; i < crcs_size / EXTENDED_CRC; i++) {
		size_t len = off < size ? strnlen((const char *)data + off, size - off) : 0;

		if (off >= size || len == size - off) {
			bad(c, "section '" EXTENDED_NAMES "' has fewer names than '" EXTENDED_CRCS
			       "' has entries: elf_validity_cache_index_versions() refuses the "
			       "module");
			return;
		}
		strmap_add(&v->entry, (const char *)data + off, i);
		off += len + 1;
	}
}

/* Does the kernel check symbol versions at all? Its exports then have CRCs. */
static bool target_has_versions(const struct check *c)
{
	for (size_t i = 0; i < c->target->symvers.n; i++) {
		if (c->target->symvers.sym[i].crc)
			return true;
	}
	return false;
}

void versions_want(struct check *c)
{
	kallsyms_want(&c->target->kallsyms, "modversion_ext_start");
}

/*
 * Does the kernel read extended versions? modversion_ext_start() does, since Linux 6.14:
 * kernel/module/version.c.
 */
static bool target_reads_extended(const struct check *c)
{
	size_t count;

	return kallsyms_find(&c->target->kallsyms, "modversion_ext_start", &count) != NULL;
}

void versions_read(struct check *c, struct versions *ret)
{
	const struct symver *layout = symvers_find(&c->target->symvers, "module_layout");

	memset(ret, 0, sizeof(*ret));
	if (target_reads_extended(c) &&
	    (elf_file_section(c->mod, EXTENDED_CRCS) || elf_file_section(c->mod, EXTENDED_NAMES)))
		read_extended(c, ret);
	else
		read_plain(c, ret);
	if (!ret->present && target_has_versions(c))
		bad(c, "it has no symbol versions: check_version() refuses it; let kbuild's "
		       "modpost make them");
	/* check_modstruct_version() */
	if (layout)
		versions_check(c, ret, layout);
}

void versions_check(struct check *c, const struct versions *v, const struct symver *export)
{
	const size_t *entry = strmap_get(&v->entry, export->name);
	uint64_t crc = entry ? elf_file_number(c->mod, v->crc + v->step * *entry, v->width) : 0;

	if (!export->crc || !v->present)
		return;
	if (!entry) {
		bad(c, "no version of symbol '%s' in '%s': check_version() refuses it",
		    export->name, v->section);
	} else if (crc != export->crc) {
		bad(c,
		    "its version of symbol '%s' is 0x%08llx, the kernel's is 0x%08x: "
		    "check_version() refuses it; compile it with this kernel's headers",
		    export->name, (unsigned long long)crc, export->crc);
	} else {
		c->versions++;
	}
}

void versions_free(struct versions *v)
{
	strmap_free(&v->entry);
}
