// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module says about itself in .modinfo, and what the loader does with that.
 *
 * Rules: kernel/module/main.c, check_modinfo(), check_modinfo_livepatch() and
 * module_license_taint_check(); kernel/module/version.c, same_magic(); include/linux/license.h;
 * kernel/livepatch/core.c, klp_enable_patch().
 */
#include <string.h>

#include "check/say.h"
#include "elf/modinfo.h"

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

/* same_magic() */
static void compare_vermagic(const struct check *c, const char *want)
{
	switch (modinfo_compare_vermagic(c->mod, want)) {
	case VERMAGIC_OTHER:
		bad(c,
		    "its version magic does not match: check_modinfo() refuses the module\n"
		    "  the module has '%s'\n"
		    "  the kernel has '%s'\n"
		    "  compile it with this kernel's headers",
		    c->vermagic, want);
		break;
	case VERMAGIC_OTHER_RELEASE:
		odd(c,
		    "it was compiled with the headers of %.*s, the kernel is %.*s: the loader "
		    "compares symbol versions only",
		    (int)strcspn(c->vermagic, " "), c->vermagic, (int)strcspn(want, " "), want);
		break;
	case VERMAGIC_SAME:
		break;
	}
}

static void check_vermagic(struct check *c)
{
	const char *want = target_vermagic(c->target);

	c->vermagic = modinfo_first(c->mod, "vermagic");
	if (!c->vermagic) {
		bad(c, "modinfo has no 'vermagic': check_modinfo() refuses the module; let "
		       "kbuild's modpost make it");
		return;
	}
	if (want)
		compare_vermagic(c, want);
	else
		note(c, "the version magic: '%s' does not tell its own", c->target->vmlinux->path);
}

/* get_next_modinfo() looks for "KEY=", so it never finds an entry without '='. */
static void check_entries(const struct check *c)
{
	size_t index = elf_file_section(c->mod, ".modinfo"), size, len;
	const unsigned char *data;

	if (!index || elf_file_bytes(c->mod, index, &data, &size) || !data)
		return;
	for (size_t i = 0; i < size; i += len + 1) {
		len = strnlen((const char *)data + i, size - i);
		if (len && !memchr(data + i, '=', len))
			bad(c,
			    "modinfo has '%.*s', which has no '=': the loader passes over it, so it "
			    "is damaged",
			    (int)len, (const char *)data + i);
	}
}

void check_modinfo(struct check *c)
{
	check_entries(c);
	check_livepatch(c);
	check_license(c);
	check_name(c);
	check_vermagic(c);
}
