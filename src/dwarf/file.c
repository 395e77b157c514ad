// SPDX-License-Identifier: GPL-2.0-only
/* Opening DWARF and reading single DIEs: see dwarf/file.h. */
#include "dwarf/file.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/alternate.h"
#include "dwarf/object.h"
#include "dwarf/sections.h"

/* No compiler nests blocks and inlined functions as deep as this. */
#define NESTING_MAX 1000

bool dwarf_file_present(const struct elf_file *elf)
{
	size_t i = elf_file_section(elf, ".debug_info");

	return i && elf->sec[i].shdr.sh_type != SHT_NOBITS && elf->sec[i].shdr.sh_size;
}

bool dwarf_file_is_old(const struct elf_file *elf)
{
	return elf_file_section(elf, ".zdebug_info");
}

int dwarf_file_missing(const struct elf_file *elf)
{
	if (dwarf_file_is_old(elf))
		error("'%s': its debug information is compressed in the old way of GNU (section "
		      "'.zdebug_info'), which klpmake does not read: make a copy with "
		      "'objcopy --decompress-debug-sections', and use that",
		      elf->path);
	else if (elf_file_section(elf, ".debug_info.dwo"))
		error("'%s': it has debug information without addresses, which belongs to another "
		      "file (a .dwo or .dwp of -gsplit-dwarf): use what is compiled without that",
		      elf->path);
	else
		error("'%s': no debug information (no .debug_info section): use the debug vmlinux",
		      elf->path);
	return -1;
}

/*
 * Releases up to 20210528 are dated, all later ones are 0.x to 2.x; within those the interfaces
 * used here only grew, so an older library than the one compiled against is refused as well.
 */
static bool same_abi(void)
{
	const char *run = dwarf_package_version();
	bool dated = str_starts(run, "20");
#ifdef DW_LIBDWARF_VERSION_MAJOR
	unsigned int major = 0, minor = 0;

	if (dated || sscanf(run, "%u.%u", &major, &minor) != 2)
		return false;
	return major > DW_LIBDWARF_VERSION_MAJOR ||
	       (major == DW_LIBDWARF_VERSION_MAJOR && minor >= DW_LIBDWARF_VERSION_MINOR);
#else
	return dated;
#endif
}

static int dwarf_error(const struct dwarf_file *d, Dwarf_Error err)
{
	error("'%s': damaged debug information: %s", d->elf->path,
	      err ? dwarf_errmsg(err) : "no reason given");
	if (err && d->dbg)
		dwarf_dealloc_error(d->dbg, err);
	return -1;
}

/* libelf has known zstd since elfutils 0.189, where it was built with it. */
static int check_compression(const struct dwarf_file *d)
{
	const struct elf_section *s = debug_sections_unreadable(d->sections);
	GElf_Chdr chdr = {0};

	if (!s)
		return 0;
	gelf_getchdr(s->scn, &chdr);
	error("'%s': section '%s' is compressed (%s), and this machine's libelf cannot decompress "
	      "it: make a copy with 'objcopy --decompress-debug-sections', and use that",
	      d->elf->path, s->name,
	      chdr.ch_type == 1	  ? "zlib, damaged"
	      : chdr.ch_type == 2 ? "zstd"
				  : "in an unknown way");
	return -1;
}

int dwarf_file_open(struct elf_file *elf, struct dwarf_file **ret)
{
	struct dwarf_file *d = elf->dwarf;
	Dwarf_Error err = NULL;
	int status;

	if (d) {
		d->users++;
		*ret = d;
		return 0;
	}
	if (!same_abi()) {
		error("libdwarf %s at run time has another ABI than the one klpmake was built "
		      "with: build klpmake again on this machine",
		      dwarf_package_version());
		return -1;
	}
	if (!dwarf_file_present(elf))
		return dwarf_file_missing(elf);
	if (dwarf_alternate(elf)) {
		error("'%s': part of its debug information is in another file, '%s', which klpmake "
		      "does not read: use a debug file that dwz -m has not changed",
		      elf->path, dwarf_alternate(elf));
		return -1;
	}
	d = xcalloc(1, sizeof(*d));
	d->elf = elf;
	d->users = 1;
	d->sections = debug_sections_create(elf);
	if (check_compression(d)) {
		dwarf_file_close(d);
		return -1;
	}
	d->object = dwarf_object_create(d->sections);
	/*
	 * libdwarf need not record what to free at the end, which would take a third of the time.
	 */
	dwarf_set_de_alloc_flag(0);
	status = dwarf_object_open(d->object, &d->dbg, &err);
	if (status != DW_DLV_OK) {
		d->dbg = NULL;
		dwarf_error(d, err);
		dwarf_file_close(d);
		return -1;
	}
	elf->dwarf = d;
	*ret = d;
	return 0;
}

void dwarf_file_close(struct dwarf_file *d)
{
	if (!d || --d->users)
		return;
	d->elf->dwarf = NULL;
	unit_views_end(&d->views);
	if (d->dbg)
		dwarf_object_end(d->dbg);
	dwarf_object_destroy(d->object);
	debug_sections_destroy(d->sections);
	free(d->code);
	free(d);
}

void dwarf_file_leave(struct dwarf_file *d)
{
	static struct dwarf_file *left;

	if (!d || d->is_left)
		return;
	d->is_left = true;
	d->next_left = left;
	left = d;
}

/* Steps to the next unit's header: 1 found, 0 no more, -1 after error(). */
static int next_header(struct dwarf_file *d, Dwarf_Unsigned *next)
{
	Dwarf_Unsigned length, type_offset;
	Dwarf_Half version, addr_size, len_size, ext_size, kind;
	Dwarf_Off abbrev;
	Dwarf_Sig8 signature;
	Dwarf_Error err = NULL;
	int status;

	status =
		dwarf_next_cu_header_d(d->dbg, 1, &length, &version, &abbrev, &addr_size, &len_size,
				       &ext_size, &signature, &type_offset, next, &kind, &err);
	if (status == DW_DLV_NO_ENTRY)
		return 0;
	if (status != DW_DLV_OK)
		return dwarf_error(d, err);
	unit_views_pass(&d->views, *next);
	return 1;
}

/* The DIE of the unit to whose header that was the last step. */
static int unit_die(struct dwarf_file *d, Dwarf_Die *ret, Dwarf_Error *err)
{
	const struct unit_view *view;
	Dwarf_Off off;
	int status = dwarf_siblingof_b(d->dbg, NULL, 1, ret, err);

	if (status != DW_DLV_OK || !d->views.n || !die_offset(*ret, &off))
		return status;
	view = unit_view_at(&d->views, off);
	if (!view)
		return status;
	dwarf_dealloc_die(*ret);
	return dwarf_offdie_b(view->dbg, off, 1, ret, err);
}

int dwarf_file_next_unit(struct dwarf_file *d, Dwarf_Die *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Unsigned next;
	int more = next_header(d, &next);

	if (more <= 0)
		return more;
	return unit_die(d, ret, &err) == DW_DLV_OK ? 1 : dwarf_error(d, err);
}

int dwarf_file_next_range(struct dwarf_file *d, struct unit_range *range)
{
	Dwarf_Error err = NULL;
	Dwarf_Unsigned next;
	int more = next_header(d, &next);

	if (more <= 0) {
		range->end = 0;
		return more;
	}
	if (dwarf_get_cu_die_offset_given_cu_header_offset_b(d->dbg, range->end, 1, &range->die,
							     &err) != DW_DLV_OK)
		return dwarf_error(d, err);
	range->end = next;
	return 1;
}

const unsigned char *dwarf_file_section(const struct dwarf_file *d, const char *name, size_t *size)
{
	return debug_sections_bytes(d->sections, name, size);
}

bool dwarf_file_may_have(const struct dwarf_file *d, unsigned char attr, unsigned char form)
{
	size_t size;
	const unsigned char *abbrev = dwarf_file_section(d, ".debug_abbrev", &size), *at = abbrev;

	/* There are megabytes of these bytes, and memmem() would step through them one by one. */
	while (at && (at = memchr(at, form, size - (size_t)(at - abbrev))) != NULL) {
		if (at > abbrev && at[-1] == attr)
			return true;
		at++;
	}
	return false;
}

Dwarf_Debug dwarf_file_debug(const struct dwarf_file *d, Dwarf_Off off)
{
	const struct unit_view *view = unit_view_at(&d->views, off);

	return view ? view->dbg : d->dbg;
}

Dwarf_Debug dwarf_file_debug_of(const struct dwarf_file *d, Dwarf_Die die)
{
	Dwarf_Off off;

	return d->views.n && die_offset(die, &off) ? dwarf_file_debug(d, off) : d->dbg;
}

int dwarf_file_die(struct dwarf_file *d, Dwarf_Off off, Dwarf_Die *ret)
{
	const struct unit_view *view = unit_view_find(&d->views, d->sections, off);
	Dwarf_Error err = NULL;

	/* Of the unit that this offset is in, other DIEs will be asked for, which may stand before
	 * it. */
	if (!view && off >= d->views.reached)
		d->views.useless = true;
	return dwarf_offdie_b(view ? view->dbg : d->dbg, off, 1, ret, &err) == DW_DLV_OK
		       ? 0
		       : dwarf_error(d, err);
}

/* Callers descend by calling dwarf_file_children() again, and the stack is limited. */
static int call_nested(struct dwarf_file *d, Dwarf_Die die,
		       int (*fn)(struct dwarf_file *d, Dwarf_Die child, void *arg), void *arg)
{
	int status;

	if (d->nested == NESTING_MAX) {
		error("'%s': damaged debug information: blocks are nested too deep", d->elf->path);
		return -1;
	}
	d->nested++;
	status = fn(d, die, arg);
	d->nested--;
	return status;
}

#define BACKWARDS 2 /* none of libdwarf's DW_DLV_... */

/*
 * A DIE may say where its sibling is (DW_AT_sibling), and libdwarf goes there. In a damaged file
 * that is a place before it: one would never come to an end.
 */
static int next_sibling(Dwarf_Debug dbg, Dwarf_Die die, Dwarf_Die *ret, Dwarf_Error *err)
{
	int status = dwarf_siblingof_b(dbg, die, 1, ret, err);
	Dwarf_Off from, to;

	if (status != DW_DLV_OK || (dwarf_dieoffset(die, &from, err) == DW_DLV_OK &&
				    dwarf_dieoffset(*ret, &to, err) == DW_DLV_OK && to > from))
		return status;
	dwarf_dealloc_die(*ret);
	return BACKWARDS;
}

int dwarf_file_children(struct dwarf_file *d, Dwarf_Die parent,
			int (*fn)(struct dwarf_file *d, Dwarf_Die child, void *arg), void *arg)
{
	Dwarf_Debug dbg = dwarf_file_debug_of(d, parent);
	Dwarf_Error err = NULL;
	Dwarf_Die die, next;
	int status = dwarf_child(parent, &die, &err);

	while (status == DW_DLV_OK) {
		int stop = call_nested(d, die, fn, arg);

		status = stop ? DW_DLV_NO_ENTRY : next_sibling(dbg, die, &next, &err);
		dwarf_dealloc_die(die);
		if (stop)
			return stop;
		die = next;
	}
	if (status == BACKWARDS) {
		error("'%s': damaged debug information: an entry's sibling stands before it",
		      d->elf->path);
		return -1;
	}
	return status == DW_DLV_NO_ENTRY ? 0 : dwarf_error(d, err);
}

/*
 * The version of a unit's line table, 0: there is none. It may be older than the unit's own: the
 * assembler makes the table, and gcc for s390x, as Debian 12 has it, does not ask for version 5.
 */
static uint64_t line_version(const struct dwarf_file *d, Dwarf_Die unit)
{
	const unsigned char *line;
	Dwarf_Off off;
	size_t size;

	if (!die_reference(unit, DW_AT_stmt_list, &off))
		return 0;
	line = dwarf_file_section(d, ".debug_line", &size);
	if (off > size || size - off < 14)
		return 0;
	/* After its length, which may be a wide one. */
	line += off;
	line += elf_file_number(d->elf, line, 4) == 0xffffffff ? 12 : 4;
	return elf_file_number(d->elf, line, 2);
}

/*
 * libdwarf counts the files of a DWARF 5 line table from 0 like DW_AT_decl_file does, and those
 * of older tables from 1: file 1 is the first in its array.
 */
static const char *file_name(const struct dwarf_file *d, Dwarf_Die unit, uint64_t number)
{
	uint64_t version = line_version(d, unit);

	if (!version || (version < 5 && number-- == 0))
		return NULL;
	return number < (uint64_t)d->files_count ? d->files[number] : NULL;
}

static void forget_files(struct dwarf_file *d)
{
	Dwarf_Debug dbg = dwarf_file_debug(d, d->files_unit);

	for (Dwarf_Signed i = 0; i < d->files_count; i++)
		dwarf_dealloc(dbg, d->files[i], DW_DLA_STRING);
	if (d->files_count)
		dwarf_dealloc(dbg, d->files, DW_DLA_LIST);
	d->files_count = 0;
}

const char *dwarf_file_source(struct dwarf_file *d, Dwarf_Off off, uint64_t number)
{
	CLEANUP_DIE Dwarf_Die unit = NULL;

	if (dwarf_file_die(d, off, &unit))
		return NULL;
	/* No unit has its DIE at offset 0: a header comes first. */
	if (d->files_unit != off) {
		forget_files(d);
		d->files_unit = off;
		if (dwarf_srcfiles(unit, &d->files, &d->files_count, NULL) != DW_DLV_OK)
			d->files_count = 0;
	}
	return file_name(d, unit, number);
}

/* An attribute, or NULL. Errors of single attributes count as "not there". */
static Dwarf_Attribute find_attr(Dwarf_Die die, Dwarf_Half number)
{
	Dwarf_Attribute attr;

	return dwarf_attr(die, number, &attr, NULL) == DW_DLV_OK ? attr : NULL;
}

bool die_tag(Dwarf_Die die, Dwarf_Half *tag)
{
	return dwarf_tag(die, tag, NULL) == DW_DLV_OK;
}

bool die_string(Dwarf_Die die, Dwarf_Half number, const char **ret)
{
	char *s;

	if (dwarf_die_text(die, number, &s, NULL) != DW_DLV_OK)
		return false;
	*ret = s;
	return true;
}

bool die_number(Dwarf_Die die, Dwarf_Half number, uint64_t *ret)
{
	Dwarf_Attribute attr = find_attr(die, number);
	Dwarf_Unsigned u;
	Dwarf_Signed s;
	bool ok = false;

	if (!attr)
		return false;
	if (dwarf_formudata(attr, &u, NULL) == DW_DLV_OK) {
		*ret = u;
		ok = true;
	} else if (dwarf_formsdata(attr, &s, NULL) == DW_DLV_OK && s >= 0) {
		*ret = (uint64_t)s;
		ok = true;
	}
	dwarf_dealloc_attribute(attr);
	return ok;
}

bool die_flag(Dwarf_Die die, Dwarf_Half number)
{
	Dwarf_Attribute attr = find_attr(die, number);
	Dwarf_Bool set = 0;

	if (!attr)
		return false;
	if (dwarf_formflag(attr, &set, NULL) != DW_DLV_OK)
		set = 0;
	dwarf_dealloc_attribute(attr);
	return set;
}

bool die_nocall(Dwarf_Die die)
{
	uint64_t convention;

	return die_number(die, DW_AT_calling_convention, &convention) && convention == DW_CC_nocall;
}

bool die_reference(Dwarf_Die die, Dwarf_Half number, Dwarf_Off *ret)
{
	Dwarf_Attribute attr = find_attr(die, number);
	bool ok;

	if (!attr)
		return false;
	ok = dwarf_global_formref(attr, ret, NULL) == DW_DLV_OK;
	dwarf_dealloc_attribute(attr);
	return ok;
}

bool die_offset(Dwarf_Die die, Dwarf_Off *ret)
{
	return dwarf_dieoffset(die, ret, NULL) == DW_DLV_OK;
}

bool die_unit(Dwarf_Die die, Dwarf_Off *ret)
{
	return dwarf_CU_dieoffset_given_die(die, ret, NULL) == DW_DLV_OK;
}

bool uleb_number(const unsigned char *p, size_t len, uint64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < len && i < 9; i++) {
		*ret |= (uint64_t)(p[i] & 0x7f) << (7 * i);
		if (!(p[i] & 0x80))
			return i + 1 == len;
	}
	return false;
}

bool die_has(Dwarf_Die die, Dwarf_Half number)
{
	Dwarf_Attribute attr = find_attr(die, number);

	if (attr)
		dwarf_dealloc_attribute(attr);
	return attr;
}

bool dwarf_file_has_place(const struct dwarf_file *d, uint64_t addr)
{
	return d->elf->ehdr.e_type != ET_REL || addr >= elf_place(1, 0);
}

/* A place in thread-local storage: a constant that the operation behind it takes. */
static bool is_thread_local(const unsigned char *op, uint64_t len)
{
	return (op[0] == DW_OP_const8u || op[0] == DW_OP_addr) && len == 10 &&
	       (op[9] == DW_OP_GNU_push_tls_address || op[9] == DW_OP_form_tls_address);
}

bool die_address(const struct dwarf_file *d, Dwarf_Die die, Dwarf_Half number, uint64_t *ret)
{
	Dwarf_Attribute attr = find_attr(die, number);
	Dwarf_Unsigned len;
	Dwarf_Ptr block;
	bool ok = false;

	if (!attr)
		return false;
	if (dwarf_formexprloc(attr, &len, &block, NULL) == DW_DLV_OK && len > 1) {
		const unsigned char *op = block;
		uint64_t index;

		if ((op[0] == DW_OP_addr && len == 9) || is_thread_local(op, len)) {
			*ret = elf_file_number(d->elf, op + 1, 8);
			ok = true;
		} else if ((op[0] == DW_OP_addrx || op[0] == DW_OP_GNU_addr_index) &&
			   uleb_number(op + 1, len - 1, &index)) {
			Dwarf_Addr addr;

			ok = dwarf_debug_addr_index_to_addr(die, index, &addr, NULL) == DW_DLV_OK;
			*ret = addr;
		}
	}
	dwarf_dealloc_attribute(attr);
	return ok && dwarf_file_has_place(d, *ret);
}
