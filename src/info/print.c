// SPDX-License-Identifier: GPL-2.0-only
/* What klpinfo prints: see info/info.h and klpinfo(1), which describes each line. */
#include <string.h>

#include "base/json.h"
#include "base/util.h"
#include "elf/modinfo.h"
#include "info/info.h"
#include "klp/format.h"
#include "patch/signature.h"

/* What the module says of itself: the key in .modinfo, and the word here. */
static const struct {
	const char *key, *word;
	bool several;
} said[] = {
	{"version", "version", false},	      {"srcversion", "srcversion", false},
	{"license", "license", false},	      {"depends", "depends", false},
	{KLP_INFO_VERSION, "klpmake", false}, {KLP_INFO_KERNEL, "kernel_build_id", false},
	{KLP_INFO_ALLOWED, "allowed", true},
};

/* The livepatch symbols: ".klp.sym.OBJECT.NAME,POSITION" without its prefix. */
static const char *late_symbol(const struct module_info *info, size_t i)
{
	struct elf_symbol s;

	elf_file_symbol(info->elf, i, &s);
	if (s.sym.st_shndx != SHN_LIVEPATCH || !str_starts(s.name, KLP_SYM_PREFIX))
		return NULL;
	return s.name + strlen(KLP_SYM_PREFIX);
}

static const char *object_name(const struct patch_object *o)
{
	return o->name ? o->name : KLP_VMLINUX;
}

/* Does a patch disable all that were loaded before? Where the module makes it, nobody knows. */
static const char *replace_word(const struct patch *p)
{
	if (p->made)
		return "unknown";
	return p->replace ? "yes" : "no";
}

static bool has_lists(const struct module_info *info)
{
	for (size_t i = 0; i < info->patches.n; i++) {
		if (info->patches.patch[i].n)
			return true;
	}
	return false;
}

static void print_functions(const struct patch_object *o)
{
	for (size_t i = 0; i < o->n; i++)
		printf("function %s %s %llu\n", object_name(o), o->func[i].old_name,
		       (unsigned long long)o->func[i].old_sympos);
}

static void print_patch(const struct patch *p)
{
	printf("replace %s\n", replace_word(p));
	for (size_t i = 0; i < p->n; i++) {
		printf("object %s\n", object_name(&p->obj[i]));
		if (p->obj[i].has_callbacks)
			printf("callbacks %s\n", object_name(&p->obj[i]));
		print_functions(&p->obj[i]);
	}
	for (size_t i = 0; i < p->state_num; i++)
		printf("state %llu\n", (unsigned long long)p->state[i]);
}

/* "OBJECT:NAME,POSITION", as klpsyms has noted it. */
static void print_noted(const char *noted)
{
	size_t object = strcspn(noted, ":"), name;

	if (!noted[object])
		return;
	name = strcspn(noted + object + 1, ",");
	if (noted[object + 1 + name])
		printf("function %.*s %.*s %s\n", (int)object, noted, (int)name, noted + object + 1,
		       noted + object + 2 + name);
}

static void print_patches(const struct module_info *info)
{
	const char *noted;
	size_t pos = 0;

	for (size_t i = 0; i < info->patches.n; i++)
		print_patch(&info->patches.patch[i]);
	if (has_lists(info))
		return;
	printf("lists no\n");
	while ((noted = modinfo_next(info->elf, KLP_INFO_PATCHED, &pos)))
		print_noted(noted);
}

static void print_said(const struct module_info *info, const char *key, const char *word,
		       bool several)
{
	const char *value;
	size_t pos = 0;

	while ((value = modinfo_next(info->elf, key, &pos))) {
		if (*value)
			printf("%s %s\n", word, value);
		if (!several)
			return;
	}
}

void module_info_print(const struct module_info *info)
{
	char id[ELF_BUILD_ID_MAX];

	printf("name %s\n", info->name);
	printf("livepatch %s\n", info->livepatch ? "yes" : "no");
	if (info->vermagic)
		printf("vermagic %s\n", info->vermagic);
	printf("signed %s\n", module_is_signed(info->elf) ? "yes" : "no");
	if (elf_file_build_id(info->elf, id))
		printf("build_id %s\n", id);
	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		print_said(info, said[i].key, said[i].word, said[i].several);
	if (!info->livepatch)
		return;
	print_patches(info);
	for (size_t i = 1; i < info->elf->symnum; i++) {
		const char *name = late_symbol(info, i);

		if (name)
			printf("symbol %s\n", name);
	}
}

static void json_said(struct json *j, const struct module_info *info, const char *key,
		      const char *word, bool several)
{
	const char *value;
	size_t pos = 0;

	if (!several) {
		json_string(j, word, modinfo_first(info->elf, key));
		return;
	}
	json_array(j, word);
	while ((value = modinfo_next(info->elf, key, &pos)))
		json_string(j, NULL, value);
	json_end(j);
}

static void json_object_of(struct json *j, const struct patch_object *o)
{
	json_object(j, NULL);
	json_string(j, "name", object_name(o));
	json_bool(j, "callbacks", o->has_callbacks);
	json_array(j, "functions");
	for (size_t i = 0; i < o->n; i++) {
		json_object(j, NULL);
		json_string(j, "name", o->func[i].old_name);
		json_number(j, "position", o->func[i].old_sympos);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

static void json_patch(struct json *j, const struct patch *p)
{
	json_object(j, NULL);
	json_string(j, "replace", replace_word(p));
	json_array(j, "objects");
	for (size_t i = 0; i < p->n; i++)
		json_object_of(j, &p->obj[i]);
	json_end(j);
	json_array(j, "states");
	for (size_t i = 0; i < p->state_num; i++)
		json_number(j, NULL, p->state[i]);
	json_end(j);
	json_end(j);
}

void module_info_json(const struct module_info *info)
{
	struct json j = {.out = stdout};
	char id[ELF_BUILD_ID_MAX];

	json_object(&j, NULL);
	json_number(&j, "schema", 1);
	json_string(&j, "name", info->name);
	json_bool(&j, "livepatch", info->livepatch);
	json_string(&j, "vermagic", info->vermagic);
	json_bool(&j, "signed", module_is_signed(info->elf));
	json_string(&j, "build_id", elf_file_build_id(info->elf, id) ? id : NULL);
	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		json_said(&j, info, said[i].key, said[i].word, said[i].several);
	json_said(&j, info, KLP_INFO_PATCHED, "noted", true);
	json_array(&j, "patches");
	for (size_t i = 0; i < info->patches.n; i++)
		json_patch(&j, &info->patches.patch[i]);
	json_end(&j);
	json_array(&j, "symbols");
	for (size_t i = 1; i < info->elf->symnum; i++) {
		const char *name = late_symbol(info, i);

		if (name)
			json_string(&j, NULL, name);
	}
	json_end(&j);
	json_end(&j);
}
