// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the kernel load the module without a signature? That is decided at run time by
 * module_sig_check(). It asks sig_enforce (kernel/module/signing.c), which is initialised to true
 * with CONFIG_MODULE_SIG_FORCE: vmlinux tells. It also asks for a lockdown (kernel_locked_down of
 * security/lockdown/lockdown.c), which depends on how the kernel was booted.
 */
#include <string.h>

#include "check/say.h"
#include "patch/signature.h"

void check_signature_want(struct check *c)
{
	kallsyms_want(&c->target->kallsyms, "sig_enforce");
	kallsyms_want(&c->target->kallsyms, "kernel_locked_down");
}

/*
 * Is sig_enforce initialised to true? If it is in .bss, it has no bytes in the file and is false.
 */
static bool is_enforced(const struct check *c)
{
	const unsigned char *byte;
	const struct ksym *sym;
	size_t n;

	sym = kallsyms_find(&c->target->kallsyms, "sig_enforce", &n);
	for (size_t i = 0; i < n; i++) {
		if (!sym[i].file || strcmp(sym[i].file, "signing.c") != 0)
			continue;
		byte = elf_file_at(c->target->vmlinux, sym[i].addr, 1);
		if (byte && *byte)
			return true;
	}
	return false;
}

static bool may_be_locked_down(const struct check *c)
{
	size_t n;

	return kallsyms_find(&c->target->kallsyms, "kernel_locked_down", &n) != NULL;
}

void check_signature(struct check *c)
{
	bool there = module_is_signed(c->mod), enforced = is_enforced(c);
	const char *when = enforced		   ? "takes signed modules only"
			   : may_be_locked_down(c) ? "takes signed modules only when it is locked "
						     "down, as with Secure Boot"
						   : "takes modules without one";

	if (enforced && !there)
		odd(c, "it has no signature, and this kernel takes signed modules only "
		       "(CONFIG_MODULE_SIG_FORCE): module_sig_check() refuses it\n"
		       "  sign it with a key that the kernel knows, by the program of its headers: "
		       "scripts/sign-file sha256 KEY.pem CERT.pem MODULE.ko");
	checked(c, "%s; the kernel %s", there ? "there is one" : "none", when);
}
