// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module says of itself in .modinfo, and what the loader makes of it.
 * Rules: kernel/module/main.c, check_modinfo(), check_modinfo_livepatch() and
 * module_license_taint_check(); kernel/module/version.c, same_magic(); include/linux/license.h;
 * kernel/livepatch/core.c, klp_enable_patch().
 */
#include <string.h>

#include "check.h"
#include "modinfo.h"

static void check_livepatch(const struct check *c)
{
	if (!modinfo_first(c->mod, "livepatch"))
		bad(c, "modinfo has no 'livepatch': klp_enable_patch() refuses the module\n"
		       "  write MODULE_INFO(livepatch, \"Y\") in one of its files");
}

/* include/linux/license.h, license_is_gpl_compatible() */
static bool is_gpl_compatible(const char *license)
{
	static const char *const good[] = {
		"GPL",		"GPL v2",	"GPL and additional rights",
		"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL",
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (!strcmp(good[i], license))
			return true;
	}
	return false;
}

static void check_license(const struct check *c)
{
	const char *license = modinfo_first(c->mod, "license");

	if (!license || !is_gpl_compatible(license))
		bad(c,
		    "its licence '%s' is not compatible with the GPL: klp_enable_patch() is "
		    "exported to such modules only\n"
		    "  write MODULE_LICENSE(\"GPL\") in one of its files",
		    license ? license : "unspecified");
}

/* include/linux/moduleparam.h, MODULE_NAME_LEN */
static void check_name(const struct check *c)
{
	const char *name = modinfo_first(c->mod, "name");

	if (!name)
		odd(c, "modinfo has no 'name': the loader falls back on struct module's");
	else if (strlen(name) > KLP_MODULE_NAME_MAX)
		bad(c,
		    "its name '%s' has more than %d characters, which struct module does not "
		    "hold: name the module shorter",
		    name, KLP_MODULE_NAME_MAX);
	else if (!name[0])
		bad(c, "its name is empty");
}

/*
 * The kernel's own version magic: "vermagic" of kernel/module/main.c, a string in vmlinux.
 * Returns NULL when the i-th symbol of that name is none.
 */
static const char *target_vermagic(const struct check *c, size_t i, size_t *count)
{
	const struct ksym *sym = kallsyms_find(&c->target.kallsyms, "vermagic", count);
	const char *text;

	if (i >= *count || sym[i].elf_type != STT_OBJECT || sym[i].size < 2)
		return NULL;
	text = (const char *)elf_file_at(c->target.vmlinux, sym[i].addr, sym[i].size);
	return text && text[sym[i].size - 1] == '\0' ? text : NULL;
}

static const char *after_release(const char *vermagic)
{
	return vermagic + strcspn(vermagic, " ");
}

/* same_magic(): with symbol versions in the module, the release does not count. */
static void compare_vermagic(const struct check *c, const char *want)
{
	bool versions = elf_file_section(c->mod, "__versions") != 0;

	if (!strcmp(c->vermagic, want))
		return;
	if (!versions || strcmp(after_release(c->vermagic), after_release(want)) != 0)
		bad(c,
		    "its version magic does not match: check_modinfo() refuses the module\n"
		    "  the module has '%s'\n"
		    "  the kernel has '%s'\n"
		    "  compile it with this kernel's headers",
		    c->vermagic, want);
	else
		odd(c,
		    "it was compiled with the headers of %.*s, the kernel is %.*s: the loader "
		    "compares symbol versions only",
		    (int)strcspn(c->vermagic, " "), c->vermagic, (int)strcspn(want, " "), want);
}

static void check_vermagic(struct check *c)
{
	const char *want = NULL;
	size_t count = 1;

	c->vermagic = modinfo_first(c->mod, "vermagic");
	if (!c->vermagic) {
		bad(c, "modinfo has no 'vermagic': check_modinfo() refuses the module; let "
		       "kbuild's modpost make it");
		return;
	}
	for (size_t i = 0; i < count && !want; i++)
		want = target_vermagic(c, i, &count);
	if (want)
		compare_vermagic(c, want);
	else
		note(c, "the version magic: '%s' does not tell its own", c->target.vmlinux->path);
}

void check_modinfo(struct check *c)
{
	check_livepatch(c);
	check_license(c);
	check_name(c);
	check_vermagic(c);
}
