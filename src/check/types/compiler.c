// SPDX-License-Identifier: GPL-2.0-only
/*
 * The compiler and its flags: those that decide whether code of the patch works with code of the
 * kernel. They change how functions are called, how data is laid out, and what the kernel patches
 * into functions or expects to find in them. Compilers record themselves and their flags in
 * DW_AT_producer.
 */
#include <stdlib.h>
#include <string.h>

#include "check/types/types.h"
#include "dwarf/producer.h"

#define PASS "compiler"

/*
 * BOTH: patch and kernel need the same state of the flag. NEEDED: the patch needs the flag if the
 * kernel's file has it. A flag that ends in '=' has a value. bad: the patch would not work;
 * otherwise it lacks a protection, or behaves differently from the kernel's own code.
 */
static const struct rule {
	const char *flag;
	enum { BOTH, NEEDED } when;
	bool bad;
	const char *why;
} rules[] = {
	{"-fshort-enums", BOTH, true, "enumerations have another size"},
	{"-fshort-wchar", BOTH, true, "wchar_t has another size"},
	{"-funsigned-char", BOTH, true, "char has another sign"},
	{"-fsigned-char", BOTH, true, "char has another sign"},
	{"-fpack-struct", BOTH, true, "structures have another layout"},
	{"-fpack-struct=", BOTH, true, "structures have another layout"},
	{"-fms-extensions", NEEDED, false, "structures within structures are read otherwise"},
	{"-mregparm=", BOTH, true, "arguments are passed otherwise"},
	{"-mabi=", BOTH, true, "arguments are passed otherwise"},
	{"-m64", BOTH, true, "code for another machine"},
	{"-m32", BOTH, true, "code for another machine"},
	{"-mx32", BOTH, true, "pointers have another size"},
	{"-mcmodel=", BOTH, true, "addresses are reached otherwise"},
	{"-mpreferred-stack-boundary=", BOTH, true, "the stack is aligned otherwise"},
	{"-mno-red-zone", NEEDED, true, "interrupts overwrite what is below the stack pointer"},
	{"-mno-80387", NEEDED, true, "it would change registers of user programs"},
	{"-mno-mmx", NEEDED, true, "it would change registers of user programs"},
	{"-mno-sse", NEEDED, true, "it would change registers of user programs"},
	{"-mno-avx", NEEDED, true, "it would change registers of user programs"},
	{"-msoft-float", NEEDED, true, "it would change registers of user programs"},
	{"-mgeneral-regs-only", NEEDED, true, "it would change registers of user programs"},
	{"-mstack-protector-guard=", BOTH, true, "the stack's canary is elsewhere"},
	{"-mstack-protector-guard-reg=", BOTH, true, "the stack's canary is elsewhere"},
	{"-mstack-protector-guard-symbol=", BOTH, true, "the stack's canary is elsewhere"},
	{"-fcf-protection=", NEEDED, true, "what is called by its address needs an ENDBR"},
	{"-mbranch-protection=", NEEDED, true, "what is called by its address needs a mark"},
	{"-fsanitize=kcfi", NEEDED, true, "what is called by its address needs a hash of its type"},
	{"-fsanitize=shadow-call-stack", BOTH, true, "return addresses are kept elsewhere"},
	{"-fpatchable-function-entry=", NEEDED, true, "the kernel writes before functions"},
	{"-mindirect-branch=", NEEDED, false, "indirect calls lack the kernel's mitigations"},
	{"-mfunction-return=", NEEDED, false, "returns lack the kernel's mitigations"},
	{"-mharden-sls=", NEEDED, false, "jumps lack the kernel's mitigations"},
	{"-fno-jump-tables", NEEDED, false, "indirect jumps lack the kernel's mitigations"},
	{"-p", NEEDED, false, "its functions cannot be traced, nor patched again"},
	{"-fno-omit-frame-pointer", NEEDED, false, "stacks may not be reliable"},
	{"-fno-strict-aliasing", NEEDED, false, "the kernel's code relies on it"},
	{"-fno-strict-overflow", NEEDED, false, "the kernel's code relies on it"},
	{"-fwrapv", NEEDED, false, "the kernel's code relies on it"},
	{"-fno-delete-null-pointer-checks", NEEDED, false, "the kernel's code relies on it"},
	{"-fno-allow-store-data-races", NEEDED, false, "the kernel's code relies on it"},
};

struct counts {
	size_t files, flags;
	char *compiler, *other; /* the patch's; the kernel's, NULL if it is the same */
	bool without_flags;
};

/*
 * The state of a flag: the flag itself if it is in force, with its value if it takes one; else "".
 */
static const char *state(const struct producer *p, const char *flag)
{
	const char *last = producer_flag(p, flag);

	if (str_ends(flag, "="))
		return str_ends(last, "=none") || str_ends(last, "=keep") ? "" : last;
	return strcmp(last, flag) == 0 ? last : "";
}

static void compare_flag(const struct rule *r, const struct types *patch, const struct producer *p,
			 const struct types *kernel, const struct producer *k)
{
	const char *here = state(p, r->flag), *there = state(k, r->flag);
	enum finding_kind kind = r->bad ? FOUND_BAD : FOUND_ODD;

	if (!strcmp(here, there) || (r->when == NEEDED && !*there))
		return;
	if (!*here)
		found(PASS, kind, "%s: it is compiled without '%s', which %s is compiled with: %s",
		      patch->path, there, kernel->path, r->why);
	else if (!*there)
		found(PASS, kind, "%s: it is compiled with '%s', and %s without: %s", patch->path,
		      here, kernel->path, r->why);
	else
		found(PASS, kind, "%s: it is compiled with '%s', and %s with '%s': %s", patch->path,
		      here, kernel->path, there, r->why);
}

static size_t major_length(const char *version)
{
	return strcspn(version, ".");
}

static bool same_major(const char *a, const char *b)
{
	return major_length(a) == major_length(b) && !strncmp(a, b, major_length(a));
}

static void compare_version(const struct types *patch, const struct producer *p,
			    const struct types *kernel, const struct producer *k)
{
	if (strcmp(p->compiler, k->compiler) != 0)
		found(PASS, FOUND_BAD,
		      "%s: it is compiled by another compiler than %s: %s %s, the kernel's %s %s\n"
		      "  use the kernel's",
		      patch->path, kernel->path, p->compiler, p->version, k->compiler, k->version);
	else if (!same_major(p->version, k->version))
		found(PASS, FOUND_ODD,
		      "%s: it is compiled by %s %s, and %s by %s: use the kernel's", patch->path,
		      p->compiler, p->version, kernel->path, k->version);
}

/* Does kbuild set this flag differently for modules than for vmlinux? */
static bool is_module_flag(const struct type_checks *t, const char *flag)
{
	const char *other = t->c->target->arch->module_flag;

	return other && !strcmp(flag, other);
}

static void compare_unit(const struct type_checks *t, const struct types *patch,
			 const struct types *kernel, struct counts *n)
{
	struct producer p, k;

	producer_parse(&p, patch->producer);
	producer_parse(&k, kernel->producer);
	if (!*p.compiler || !*k.compiler)
		return;
	n->files++;
	n->compiler = xasprintf("%s %s", p.compiler, p.version);
	if (strcmp(p.compiler, k.compiler) != 0 || strcmp(p.version, k.version) != 0)
		n->other = xasprintf("%s %s", k.compiler, k.version);
	compare_version(patch, &p, kernel, &k);
	if (!p.n || !k.n) {
		n->without_flags = true;
	} else if (!strcmp(p.compiler, k.compiler)) {
		n->flags = 0;
		for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
			if (is_module_flag(t, rules[i].flag))
				continue;
			n->flags++;
			compare_flag(&rules[i], patch, &p, kernel, &k);
		}
	}
	producer_free(&p);
	producer_free(&k);
}

void compare_compiler(struct type_checks *t)
{
	struct counts n = {0};

	for (size_t i = 0; i < t->patches; i++) {
		const struct patch_unit *u = &t->patch[i];

		if (u->homes)
			compare_unit(t, &u->types, &u->home[0]->types, &n);
	}
	if (!n.files) {
		found(PASS, FOUND_NOTE,
		      "no file of the patch has a file of the kernel to compare with");
		return;
	}
	found(PASS, FOUND_CHECKED, "%s of %zu file%s, the kernel's %s, %zu flags", n.compiler,
	      n.files, n.files == 1 ? "" : "s", n.other ? n.other : "as well", n.flags);
	if (n.without_flags)
		found(PASS, FOUND_NOTE, "the flags: the compiler has not written them down");
}
