/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libdwarf's object-access interface over an elf_file: zero-copy sections, decompressed by libelf,
 * and relocated here where the file is relocatable (libdwarf cannot do that for every machine).
 */
#ifndef KLP_DWARF_OBJECT_H
#define KLP_DWARF_OBJECT_H

#include <libdwarf.h>

#include "elf_file.h"

struct dwarf_object;

/* A debug section's bytes, decompressed; NULL when libelf cannot deliver them. */
Elf_Data *debug_section_data(const struct elf_file *f, size_t index);

/* The same as bytes; empty when there is no such section. */
const unsigned char *debug_section_bytes(const struct elf_file *f, const char *name, size_t *size);

struct dwarf_object *dwarf_object_create(struct elf_file *elf);
void dwarf_object_destroy(struct dwarf_object *o);

/* Opens the object for libdwarf: DW_DLV_OK, or another code with *err set. */
int dwarf_object_open(struct dwarf_object *o, Dwarf_Debug *dbg, Dwarf_Error *err);

/* Ends what dwarf_object_open() began. */
void dwarf_object_end(Dwarf_Debug dbg);

#endif
