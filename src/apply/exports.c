// SPDX-License-Identifier: GPL-2.0-only
/* What libraries export: see apply/exports.h. */
#include "apply/exports.h"

#include <string.h>

#include "apply/machine.h"
#include "user/format.h"

/* What a process that lies about its tables makes us do is bounded. */
#define DYNAMIC_MAX 4096
#define CHAIN_MAX 65536
#define VERSIONS_MAX 4096
#define RELOCS_MAX (1u << 20)

#define HIDDEN 0x8000 /* of a version: not the default */

/* glibc writes addresses of the process there, other dynamic linkers leave those of the file. */
static uint64_t pointer(const struct loaded *o, uint64_t value)
{
	return !value || loaded_has(o, value, 1) ? value : o->bias + value;
}

bool exports_dynamic(const struct process *p, const struct loaded *o, struct exports_dynamic *ret)
{
	const Elf64_Phdr *ph = loaded_phdr(o, PT_DYNAMIC);
	Elf64_Dyn d;

	memset(ret, 0, sizeof(*ret));
	if (!ph)
		return false;
	for (size_t i = 0; i < ph->p_memsz / sizeof(d) && i < DYNAMIC_MAX; i++) {
		uint64_t at = o->bias + ph->p_vaddr + i * sizeof(d);

		if (!loaded_has(o, at, sizeof(d)) || !process_read(p, at, &d, sizeof(d)))
			return false;
		switch (d.d_tag) {
		case DT_NULL:
			return true;
		case DT_SYMTAB:
			ret->symtab = pointer(o, d.d_un.d_ptr);
			break;
		case DT_STRTAB:
			ret->strtab = pointer(o, d.d_un.d_ptr);
			break;
		case DT_STRSZ:
			ret->strsz = d.d_un.d_val;
			break;
		case DT_HASH:
			ret->hash = pointer(o, d.d_un.d_ptr);
			break;
		case DT_GNU_HASH:
			ret->gnu_hash = pointer(o, d.d_un.d_ptr);
			break;
		case DT_VERSYM:
			ret->versym = pointer(o, d.d_un.d_ptr);
			break;
		case DT_VERDEF:
			ret->verdef = pointer(o, d.d_un.d_ptr);
			break;
		case DT_VERDEFNUM:
			ret->verdefnum = d.d_un.d_val;
			break;
		case DT_RELA:
			ret->rela = pointer(o, d.d_un.d_ptr);
			break;
		case DT_RELASZ:
			ret->relasz = d.d_un.d_val;
			break;
		case DT_JMPREL:
			ret->jmprel = pointer(o, d.d_un.d_ptr);
			break;
		case DT_PLTRELSZ:
			ret->pltrelsz = d.d_un.d_val;
			break;
		case DT_DEBUG:
			ret->debug = d.d_un.d_ptr;
			break;
		default:
			break;
		}
	}
	return true;
}

/* Is that string in the object's table? */
static bool string_is(const struct process *p, const struct exports_dynamic *d, uint64_t at,
		      const char *wanted)
{
	char text[USER_NAME_MAX + 1];
	size_t size = strlen(wanted) + 1;

	return at < d->strsz && size <= d->strsz - at && size <= sizeof(text) &&
	       process_read(p, d->strtab + at, text, size) && !memcmp(text, wanted, size);
}

/* Does version number index of an object have that name? */
static bool version_is(const struct process *p, const struct exports_dynamic *d, uint16_t index,
		       const char *wanted)
{
	uint64_t at = d->verdef;

	for (uint64_t i = 0; at && i < d->verdefnum && i < VERSIONS_MAX; i++) {
		Elf64_Verdef def;
		Elf64_Verdaux aux;

		if (!process_read(p, at, &def, sizeof(def)))
			return false;
		if (def.vd_ndx == index)
			return process_read(p, at + def.vd_aux, &aux, sizeof(aux)) &&
			       string_is(p, d, aux.vda_name, wanted);
		if (!def.vd_next)
			return false;
		at += def.vd_next;
	}
	return false;
}

static bool version_fits(const struct process *p, const struct exports_dynamic *d, uint64_t symbol,
			 const char *wanted)
{
	uint16_t version;

	if (!d->versym || !d->verdef)
		return true;
	if (!process_read(p, d->versym + 2 * symbol, &version, sizeof(version)))
		return false;
	if (!*wanted)
		return !(version & HIDDEN) && version != VER_NDX_LOCAL;
	return version_is(p, d, version & ~HIDDEN, wanted);
}

static bool type_fits(unsigned int type, uint32_t wanted)
{
	switch (wanted) {
	case USER_TYPE_FUNCTION:
		return type == STT_FUNC || type == STT_GNU_IFUNC;
	case USER_TYPE_DATA:
		return type == STT_OBJECT || type == STT_COMMON;
	case USER_TYPE_TLS:
		return type == STT_TLS;
	default:
		return type != STT_TLS && type != STT_SECTION && type != STT_FILE;
	}
}

struct wanted {
	const char *name, *version;
	uint32_t type;
};

/* Is symbol number i the one? */
static bool matches(const struct process *p, const struct exports_dynamic *d, uint64_t i,
		    const struct wanted *w, Elf64_Sym *sym)
{
	unsigned int bind, type;

	if (!process_read(p, d->symtab + i * sizeof(*sym), sym, sizeof(*sym)))
		return false;
	bind = ELF64_ST_BIND(sym->st_info);
	type = ELF64_ST_TYPE(sym->st_info);
	return sym->st_shndx != SHN_UNDEF && sym->st_shndx != SHN_ABS &&
	       (bind == STB_GLOBAL || bind == STB_WEAK || bind == STB_GNU_UNIQUE) &&
	       type_fits(type, w->type) && string_is(p, d, sym->st_name, w->name) &&
	       version_fits(p, d, i, w->version);
}

static uint32_t gnu_hash_of(const char *name)
{
	uint32_t h = 5381;

	for (; *name; name++)
		h = h * 33 + (unsigned char)*name;
	return h;
}

static bool find_gnu(const struct process *p, const struct exports_dynamic *d,
		     const struct wanted *w, Elf64_Sym *sym)
{
	uint32_t head[4], hash = gnu_hash_of(w->name), i, word; /* buckets, first, words, shift */
	uint64_t buckets, chain;

	if (!process_read(p, d->gnu_hash, head, sizeof(head)) || !head[0])
		return false;
	buckets = d->gnu_hash + sizeof(head) + 8ULL * head[2];
	chain = buckets + 4ULL * head[0];
	if (!process_read(p, buckets + 4ULL * (hash % head[0]), &i, sizeof(i)) || i < head[1])
		return false;
	for (unsigned int n = 0; n < CHAIN_MAX; n++, i++) {
		if (!process_read(p, chain + 4ULL * (i - head[1]), &word, sizeof(word)))
			return false;
		if ((word | 1) == (hash | 1) && matches(p, d, i, w, sym))
			return true;
		if (word & 1)
			return false;
	}
	return false;
}

static uint32_t sysv_hash_of(const char *name)
{
	uint32_t h = 0;

	for (; *name; name++) {
		h = (h << 4) + (unsigned char)*name;
		h = (h ^ (h & 0xf0000000) >> 24) & 0x0fffffff;
	}
	return h;
}

static bool find_sysv(const struct process *p, const struct exports_dynamic *d,
		      const struct wanted *w, Elf64_Sym *sym)
{
	uint32_t head[2], i; /* buckets, symbols */
	uint64_t at;

	if (!process_read(p, d->hash, head, sizeof(head)) || !head[0])
		return false;
	at = d->hash + sizeof(head) + 4ULL * (sysv_hash_of(w->name) % head[0]);
	for (unsigned int n = 0; n < CHAIN_MAX; n++) {
		if (!process_read(p, at, &i, sizeof(i)) || !i)
			return false;
		if (matches(p, d, i, w, sym))
			return true;
		at = d->hash + sizeof(head) + 4ULL * head[0] + 4ULL * i;
	}
	return false;
}

/* The relocation with that addend that asks a resolver: its word holds the answer. */
static uint64_t resolved_word(const struct process *p, const struct loaded *o, uint64_t table,
			      uint64_t size, uint64_t resolver)
{
	Elf64_Rela r[128];
	uint64_t count = size / sizeof(*r);

	for (uint64_t i = 0; table && i < count && i < RELOCS_MAX; i += ARRAY_SIZE(r)) {
		size_t part = count - i < ARRAY_SIZE(r) ? count - i : ARRAY_SIZE(r);

		if (!process_read(p, table + i * sizeof(*r), r, part * sizeof(*r)))
			return 0;
		for (size_t k = 0; k < part; k++) {
			if (machine_here.reloc(ELF64_R_TYPE(r[k].r_info)) == RELOC_IRELATIVE &&
			    (uint64_t)r[k].r_addend == resolver)
				return o->bias + r[k].r_offset;
		}
	}
	return 0;
}

static int take(struct process *p, const struct loaded *o, const struct exports_dynamic *d,
		const Elf64_Sym *sym, const char *name, struct exports_symbol *ret)
{
	uint64_t word;

	ret->object = o;
	ret->addr = o->bias + sym->st_value;
	if (ELF64_ST_TYPE(sym->st_info) != STT_GNU_IFUNC)
		return 0;
	word = resolved_word(p, o, d->jmprel, d->pltrelsz, sym->st_value);
	if (!word)
		word = resolved_word(p, o, d->rela, d->relasz, sym->st_value);
	if (!word || !process_read(p, word, &ret->addr, sizeof(ret->addr)))
		return outcome_refuse(p->outcome,
				      "'%s' of %s is chosen when the program starts (IFUNC), and "
				      "the library does not hold what was chosen: call another "
				      "function, or write it out",
				      name, o->name);
	return 0;
}

/* 1: not in this object. */
static int find_in(struct process *p, const struct loaded *o, const struct wanted *w,
		   struct exports_symbol *ret)
{
	struct exports_dynamic d;
	Elf64_Sym sym;

	if (!exports_dynamic(p, o, &d) || !d.symtab || !d.strtab ||
	    !(d.gnu_hash ? find_gnu(p, &d, w, &sym) : d.hash && find_sysv(p, &d, w, &sym)))
		return 1;
	return take(p, o, &d, &sym, w->name, ret);
}

/* The program's list of what is loaded (struct r_debug, struct link_map: <link.h>). */
static uint64_t first_link(const struct process *p, const struct loaded_list *objects)
{
	struct exports_dynamic d;
	uint64_t map;

	for (size_t i = 0; i < objects->count; i++) {
		if (objects->object[i].program && exports_dynamic(p, &objects->object[i], &d) &&
		    d.debug && process_read(p, d.debug + 8, &map, sizeof(map)))
			return map;
	}
	return 0;
}

static const struct loaded *by_dynamic(const struct loaded_list *objects, uint64_t addr)
{
	for (size_t i = 0; i < objects->count; i++) {
		const struct loaded *o = &objects->object[i];
		const Elf64_Phdr *ph = loaded_phdr(o, PT_DYNAMIC);

		if (ph && o->bias + ph->p_vaddr == addr)
			return o;
	}
	return NULL;
}

int exports_find(struct process *p, const struct loaded_list *objects, const char *name,
		 const char *version, uint32_t type, struct exports_symbol *ret)
{
	const struct wanted w = {name, version, type};
	uint64_t link = first_link(p, objects), field[4]; /* l_addr, l_name, l_ld, l_next */

	/* The list may lead in a circle. Objects that are not known may be in it. */
	for (size_t n = 0; link && n < 2 * objects->count; n++) {
		const struct loaded *o;
		int status;

		if (!process_read(p, link, field, sizeof(field)))
			break;
		o = by_dynamic(objects, field[2]);
		status = o ? find_in(p, o, &w, ret) : 1;
		if (status <= 0)
			return status;
		link = field[3];
	}
	return outcome_refuse(p->outcome, "no library of the process exports '%s'%s%s", name,
			      *version ? " of version " : "", version);
}

/* By its relocations: the hash tables do not have what an object itself lacks. */
static bool table_imports(const struct process *p, const struct exports_dynamic *d, uint64_t table,
			  uint64_t size, const char *name)
{
	Elf64_Rela r[128];
	uint64_t count = size / sizeof(*r);

	for (uint64_t i = 0; table && i < count && i < RELOCS_MAX; i += ARRAY_SIZE(r)) {
		size_t part = count - i < ARRAY_SIZE(r) ? count - i : ARRAY_SIZE(r);

		if (!process_read(p, table + i * sizeof(*r), r, part * sizeof(*r)))
			return false;
		for (size_t k = 0; k < part; k++) {
			Elf64_Sym sym;
			uint64_t number = ELF64_R_SYM(r[k].r_info);

			if (number &&
			    process_read(p, d->symtab + number * sizeof(sym), &sym, sizeof(sym)) &&
			    sym.st_shndx == SHN_UNDEF && string_is(p, d, sym.st_name, name))
				return true;
		}
	}
	return false;
}

bool exports_imports(const struct process *p, const struct loaded *o, const char *name)
{
	struct exports_dynamic d;

	return exports_dynamic(p, o, &d) && d.symtab && d.strtab &&
	       (table_imports(p, &d, d.jmprel, d.pltrelsz, name) ||
		table_imports(p, &d, d.rela, d.relasz, name));
}
