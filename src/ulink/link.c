// SPDX-License-Identifier: GPL-2.0-only
/* From shared object to patch: see ulink/link.h. */
#include "ulink/link.h"

#include <string.h>

#include "base/util.h"
#include "ulink/parts.h"

/* What a dynamic linker would do for the object, and nobody does for a patch. */
static int check_dynamic(const struct binary *b)
{
	static const struct {
		int64_t tag;
		const char *why;
	} refused[] = {
		{DT_NEEDED, "a patch cannot bring libraries along"},
		{DT_TEXTREL, "its code has addresses in it: compile it with -fPIC"},
		{DT_INIT, "nobody would call its constructors"},
		{DT_FINI, "nobody would call its destructors"},
		{DT_INIT_ARRAY, "nobody would call its constructors"},
		{DT_FINI_ARRAY, "nobody would call its destructors"},
	};
	const unsigned char *data;
	size_t size, section = elf_file_section(b->elf, ".dynamic");

	if (!section || elf_file_bytes(b->elf, section, &data, &size))
		return section ? -1 : 0;
	for (size_t at = 0; at + sizeof(Elf64_Dyn) <= size; at += sizeof(Elf64_Dyn)) {
		int64_t tag = (int64_t)elf_file_number(b->elf, data + at, 8);

		for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
			if (tag != refused[i].tag)
				continue;
			error("'%s': %s", b->path, refused[i].why);
			return -1;
		}
	}
	return 0;
}

/* The threads that run have no room for more. */
static int check_thread_local(const struct binary *b)
{
	int status = 0;

	for (size_t i = 1; i < b->elf->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(b->elf, i, &s);
		if (s.special || GELF_ST_TYPE(s.sym.st_info) != STT_TLS)
			continue;
		error("'%s' is a thread-local variable of the patch, and the threads that run have "
		      "no room for it: use a variable of another kind",
		      s.name);
		status = -1;
	}
	return status;
}

int user_link(const char *object, const char *table, const char *output)
{
	struct link_parts p = {0};
	struct user_table t;
	struct binary *b;
	int status;

	if (user_table_read(&t, table))
		return -1;
	status = binary_open(&b, object);
	p.object = b;
	p.table = &t;
	if (!status && (check_dynamic(b) || check_thread_local(b) || link_functions(&p) ||
			link_fixups(&p) || link_output(&p, output)))
		status = -1;
	link_parts_free(&p);
	binary_close(b);
	user_table_free(&t);
	return status;
}
