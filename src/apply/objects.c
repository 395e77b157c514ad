// SPDX-License-Identifier: GPL-2.0-only
/* ELF files in a process: see apply/objects.h. */
#include "apply/objects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/machine.h"
#include "apply/note.h"
#include "base/cleanup.h"

static uint64_t page_of(uint64_t addr)
{
	return addr & ~4095ULL;
}

const Elf64_Phdr *loaded_phdr(const struct loaded *o, uint32_t type)
{
	for (size_t i = 0; i < o->phdr_count; i++) {
		if (o->phdr[i].p_type == type)
			return &o->phdr[i];
	}
	return NULL;
}

bool loaded_has(const struct loaded *o, uint64_t addr, uint64_t size)
{
	return addr >= o->low && addr <= o->high && size <= o->high - addr;
}

/*
 * Where its segments lie, in ascending order; false if they cannot lie anywhere. libdw counts from
 * the first one's address after p_align has rounded it down: where that is further away than its
 * page, the object would hide others.
 */
static bool find_place(struct loaded *o, uint64_t start)
{
	const Elf64_Phdr *first = NULL;
	uint64_t high = 0;

	for (size_t i = 0; i < o->phdr_count; i++) {
		const Elf64_Phdr *ph = &o->phdr[i];

		if (ph->p_type != PT_LOAD)
			continue;
		if (ph->p_memsz > UINT64_MAX - ph->p_vaddr || ph->p_filesz > ph->p_memsz ||
		    ph->p_vaddr < high)
			return false;
		if (!first)
			first = ph;
		high = ph->p_vaddr + ph->p_memsz;
	}
	if (!high || (first->p_vaddr & -first->p_align) < page_of(first->p_vaddr))
		return false;
	o->low = start;
	o->bias = start - page_of(first->p_vaddr);
	o->high = o->bias + high;
	return o->high > o->low;
}

static void read_id(struct loaded *o, const struct process *p, const Elf64_Phdr *ph)
{
	CLEANUP_FREE unsigned char *notes = NULL;
	const unsigned char *id;
	size_t size = ph->p_memsz, id_size;

	if (size > NOTES_MAX || !loaded_has(o, o->bias + ph->p_vaddr, size))
		return;
	notes = xcalloc(size, 1);
	if (!process_read(p, o->bias + ph->p_vaddr, notes, size))
		return;
	id = note_build_id(notes, size, &id_size);
	if (!id || o->id_size)
		return;
	o->id_size = id_size;
	memcpy(o->id, id, id_size);
}

int objects_at(const struct process *p, uint64_t start, struct loaded *ret)
{
	Elf64_Ehdr e;

	memset(ret, 0, sizeof(*ret));
	if (!process_read(p, start, &e, sizeof(e)) || memcmp(e.e_ident, ELFMAG, SELFMAG) ||
	    e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_ident[EI_DATA] != ELFDATA2LSB ||
	    e.e_machine != machine_here.elf || e.e_phentsize != sizeof(Elf64_Phdr) || !e.e_phnum ||
	    e.e_phnum > OBJECTS_PHDRS_MAX || e.e_phoff > 65536)
		return -1;
	ret->type = e.e_type;
	ret->phdr_count = e.e_phnum;
	if (!process_read(p, start + e.e_phoff, ret->phdr, e.e_phnum * sizeof(Elf64_Phdr)) ||
	    !find_place(ret, start))
		return -1;
	for (size_t i = 0; i < ret->phdr_count; i++) {
		if (ret->phdr[i].p_type == PT_NOTE)
			read_id(ret, p, &ret->phdr[i]);
	}
	return 0;
}

/*
 * Is all of a segment there: what the object's file has at that offset, and then what is of no
 * file? Else it could claim what is another object's.
 */
static bool is_mapped(const struct process *p, const struct loaded *o, const Elf64_Phdr *ph)
{
	uint64_t start = o->bias + ph->p_vaddr, end = start + ph->p_memsz;
	uint64_t at = page_of(start), file_end = start + ph->p_filesz;
	const struct process_map *m = process_map_at(p, at);

	for (; at < end; at = m++->end) {
		bool own;

		if (!m || m == p->map + p->map_count || at < m->start)
			return false;
		own = m->inode == o->map->inode && m->device == o->map->device &&
		      m->offset + (at - m->start) == page_of(ph->p_offset) + (at - page_of(start));
		if (!own && (m->inode || at < file_end))
			return false;
	}
	return true;
}

/*
 * Is it loaded as a program or library is? A file may also be mapped for reading. The kernel's own
 * object (vdso) is mapped as a whole.
 */
static bool is_loaded(const struct process *p, const struct loaded *o)
{
	bool code = false;

	for (size_t i = 0; i < o->phdr_count; i++) {
		const Elf64_Phdr *ph = &o->phdr[i];

		if (ph->p_type != PT_LOAD || !ph->p_memsz)
			continue;
		if (!is_mapped(p, o, ph))
			return false;
		if (!(ph->p_flags & PF_X))
			continue;
		code = true;
		if (!process_map_at(p, o->bias + ph->p_vaddr)->execute)
			return false;
	}
	return code;
}

/* Values of the kernel's message to the program (getauxval(3)): 0 if it is not there. */
static uint64_t auxv(const struct process *p, uint64_t key)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%d/auxv", p->via);
	uint64_t pair[2], value = 0;
	FILE *f = fopen(path, "re");

	while (f && fread(pair, sizeof(pair), 1, f) == 1 && pair[0] != AT_NULL) {
		if (pair[0] == key)
			value = pair[1];
	}
	if (f)
		fclose(f);
	return value;
}

static int refuse_other_machines(const struct loaded_list *objects, struct process *p)
{
	for (size_t i = 0; i < objects->count; i++) {
		if (objects->object[i].program)
			return 0;
	}
	for (size_t i = 0; i < p->map_count; i++) {
		unsigned char ident[20];
		uint16_t machine;

		if (!p->map[i].inode || p->map[i].offset ||
		    !process_read(p, p->map[i].start, ident, sizeof(ident)) ||
		    memcmp(ident, ELFMAG, SELFMAG))
			continue;
		memcpy(&machine, ident + 18, sizeof(machine));
		if (ident[EI_CLASS] != ELFCLASS64)
			return outcome_refuse(p->outcome, "it runs a 32-bit program%s",
					      machine == machine_here.elf ? " (x32)" : "");
	}
	return outcome_other(p->outcome, "the program that it runs is not found in its memory");
}

int objects_read(struct loaded_list *objects, struct process *p)
{
	uint64_t phdrs = auxv(p, AT_PHDR);

	*objects = (struct loaded_list){.entry = auxv(p, AT_ENTRY)};
	objects->object = xcalloc(p->map_count, sizeof(*objects->object));
	for (size_t i = 0; i < p->map_count; i++) {
		const struct process_map *m = &p->map[i];
		struct loaded *o = &objects->object[objects->count];
		const char *slash = strrchr(m->path, '/');

		if (m->offset || (!m->inode && strcmp(m->path, "[vdso]") != 0) ||
		    objects_at(p, m->start, o))
			continue;
		o->map = m;
		o->name = slash ? slash + 1 : m->path;
		o->program = loaded_has(o, phdrs, 1);
		if (is_loaded(p, o))
			objects->count++;
	}
	if (refuse_other_machines(objects, p)) {
		objects_free(objects);
		return -1;
	}
	return 0;
}

void objects_free(struct loaded_list *objects)
{
	free(objects->object);
	objects->object = NULL;
	objects->count = 0;
}
