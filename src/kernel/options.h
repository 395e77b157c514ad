/* SPDX-License-Identifier: GPL-2.0-only */
/* Command line options that klpsyms, klpcheck and kallsympos share: which kernel is meant. */
#ifndef KLP_OPTIONS_H
#define KLP_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>

#include "kernel/kernel.h"
#include "kernel/module_files.h"

/* Values of the shared options for struct option; beyond any letter. */
enum {
	OPT_VMLINUX = 256,
	OPT_SYMBOLS,
	OPT_SYMVERS,
	OPT_BUILD_ID,
	OPT_RELEASE,
	OPT_MODULES,
	OPT_DEBUG_MODULES,
	OPT_OBJECT,
	OPT_OWN, /* the first number free for a program's own options */
};

/* clang-format off */ /* its versions disagree here */
#define TARGET_OPTIONS                                       \
	{"vmlinux", required_argument, NULL, OPT_VMLINUX},   \
	{"symbols", required_argument, NULL, OPT_SYMBOLS},   \
	{"symvers", required_argument, NULL, OPT_SYMVERS},   \
	{"build-id", required_argument, NULL, OPT_BUILD_ID}, \
	{"release", required_argument, NULL, OPT_RELEASE},   \
	{"help", no_argument, NULL, 'h'},                    \
	{"version", no_argument, NULL, 'V'}

/* Of those that read modules, too. */
#define MODULE_OPTIONS                                                   \
	{"modules", required_argument, NULL, OPT_MODULES},               \
	{"debug-modules", required_argument, NULL, OPT_DEBUG_MODULES},   \
	{"object", required_argument, NULL, OPT_OBJECT}
/* clang-format on */

#define TARGET_OPTIONS_HELP                                                                  \
	"  --vmlinux FILE      vmlinux with debug information of the target kernel\n"        \
	"  --symbols FILE      System.map or kallsyms of the same build, compared with\n"    \
	"                      vmlinux\n"                                                    \
	"  --symvers FILE      Module.symvers of the target kernel (then also of a module\n" \
	"                      from outside its tree)\n"                                     \
	"  --build-id ID       build-id that vmlinux must have: hex, or a file of ELF\n"     \
	"                      notes\n"                                                      \
	"  --release RELEASE   release that vmlinux must be of\n"                            \
	"  -h, --help          this help\n"                                                  \
	"  -V, --version       the version\n"

#define MODULE_OPTIONS_HELP                                                 \
	"  --modules DIR       the kernel's modules, lib/modules/RELEASE\n" \
	"  --debug-modules DIR the modules' debug files\n"                  \
	"  --object FILE       one more module, with debug information (repeatable)\n"

/*
 * Takes one of the shared options. Returns false for any other option; --help and --version print
 * and exit.
 */
bool take_target_option(int opt, char *arg, struct target_options *ret, const char *help);

/* Takes one of the options that say where modules lie; false for any other option. */
bool take_module_option(int opt, char *arg, struct module_options *ret);

#endif
