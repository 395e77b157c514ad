/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A livepatch module as kbuild leaves it, partially linked, with the object files that it consists
 * of.
 */
#ifndef KLP_PATCH_MODULE_H
#define KLP_PATCH_MODULE_H

#include <stddef.h>

#include "base/strmap.h"
#include "elf/elf_file.h"
#include "elf/relocs.h"
#include "patch/klp_layout.h"
#include "patch/klp_patch.h"
#include "patch/object_file.h"

struct patch_module {
	const char *path; /* of the partially linked module */
	char *name;	  /* "klp-netlink.ko" */
	struct elf_file *elf;
	struct relocs relocs;
	struct klp_layout layout;
	struct patches patches;
	struct strmap defined;	  /* global names that the linked module defines */
	struct object_file *file; /* its object files */
	size_t n;
};

/*
 * Opens the partially linked module and its n object files. error() and -1 on failure, and when the
 * module calls neither klp_enable_patch() nor klp_register_patch().
 */
int patch_module_open(struct patch_module *m, const char *path, char *const *objects, size_t n);

/*
 * The same of a patch for programs, with its struct klp_patch, which is that of <klpmake-user.h>.
 */
int patch_program_open(struct patch_module *m, const char *path, char *const *objects, size_t n);

/*
 * Reads its struct klp_patch; the vmlinux, whose architecture is known, tells the layout when the
 * module cannot. error() and -1 when it is damaged, or for another architecture.
 */
int patch_module_read_patch(struct patch_module *m, struct elf_file *vmlinux);

/*
 * Is a section the one that a line of the table of symbols means, which has only its name? error()
 * and -1 when it is not; place and what: where the author finds the content of the section.
 */
int patch_module_name_section(const struct patch_module *m, size_t section, const char *place,
			      const char *what);

/* The object file other than "but" that defines the name globally, or NULL. */
const struct object_file *patch_module_definer(const struct patch_module *m, const char *name,
					       const struct object_file *but);

/* Is the name defined in the module, by its object files or by what kbuild adds? */
bool patch_module_defines(const struct patch_module *m, const char *name);

void patch_module_close(struct patch_module *m);

#endif
