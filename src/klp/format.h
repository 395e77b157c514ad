/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The livepatch module ELF format: numbers and name formats shared by those who write it
 * (klplink) and those who doubt it (klpcheck).
 * Documentation/livepatch/module-elf-format.rst; include/uapi/linux/elf.h.
 */
#ifndef KLP_LIVEPATCH_H
#define KLP_LIVEPATCH_H

#include <stdint.h>

#ifndef SHF_RELA_LIVEPATCH
#define SHF_RELA_LIVEPATCH 0x00100000
#endif
#ifndef SHN_LIVEPATCH
#define SHN_LIVEPATCH 0xff20
#endif

/* ".klp.rela.OBJECT.SECTION": kernel/livepatch/core.c, klp_write_section_relocs() */
#define KLP_RELA_PREFIX ".klp.rela."
/* ".klp.sym.OBJECT.NAME,POSITION": kernel/livepatch/core.c, klp_resolve_symbols() */
#define KLP_SYM_PREFIX ".klp.sym."

/* MODULE_NAME_LEN and KSYM_NAME_LEN without their NUL, on 64-bit kernels. */
#define KLP_MODULE_NAME_MAX 55
#define KLP_SYMBOL_NAME_MAX 511

#define KLP_VMLINUX "vmlinux"

/* Code that klplink adds: link/slots.h */
#define KLP_STUBS ".text.klp_stubs"

/*
 * What a module's init function calls; on kernels that do not have it, what its init and exit
 * functions call.
 */
#define KLP_ENABLE "klp_enable_patch"
#define KLP_REGISTER "klp_register_patch"
#define KLP_UNREGISTER "klp_unregister_patch"

/*
 * What a module says in .modinfo of how it was made: klpmake's version, the build-id of the
 * kernel's vmlinux, "OBJECT:NAME,POSITION" for each function that it replaces, the name of each
 * check that was waived.
 */
#define KLP_INFO_VERSION "klpmake"
#define KLP_INFO_KERNEL "klpmake_kernel"
#define KLP_INFO_PATCHED "klpmake_patched"
#define KLP_INFO_ALLOWED "klpmake_allowed"

#endif
