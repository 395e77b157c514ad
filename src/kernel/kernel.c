// SPDX-License-Identifier: GPL-2.0-only
/* The target kernel, as one consistent body of evidence: see kernel/kernel.h. */
#include "kernel/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "klp/format.h"
#include "symbols/witness.h"

/* The number of hex digits in a build-id given on the command line, or 0. */
static size_t hex_length(const char *s)
{
	size_t n = strspn(s, "0123456789abcdefABCDEF");

	return s[n] ? 0 : n;
}

static int check_build_id(struct target *t, const char *want)
{
	char id[ELF_BUILD_ID_MAX];
	const char *from = "the target";

	if (!want)
		return 0;
	if (hex_length(want)) {
		snprintf(id, sizeof(id), "%s", want);
	} else {
		size_t size;
		char *notes;
		bool found;

		if (read_file(want, &notes, &size))
			return -1;
		found = elf_note_build_id(t->vmlinux, (unsigned char *)notes, size, id);
		free(notes);
		if (!found) {
			error("'%s': no GNU build-id in it", want);
			return -1;
		}
		from = want;
	}
	if (!t->build_id[0]) {
		error("'%s' has no build-id, so nothing proves that it is the target's vmlinux",
		      t->vmlinux->path);
		return -1;
	}
	if (strcasecmp(id, t->build_id) != 0) {
		error("'%s' is another build than the target kernel\n"
		      "  build-id %s in '%s'\n"
		      "  build-id %s of %s\n"
		      "  install the debug package of exactly the kernel that runs, or name its "
		      "vmlinux with --vmlinux; another kernel than the one that runs is named with "
		      "-k",
		      t->vmlinux->path, t->build_id, t->vmlinux->path, id, from);
		return -1;
	}
	return 0;
}

/* The one global symbol of a name that was asked for, or NULL. */
static const struct ksym *find_global(const struct target *t, const char *name)
{
	size_t count;
	const struct ksym *sym = kallsyms_find(&t->kallsyms, name, &count);

	return kallsyms_global(sym, count);
}

/* "Linux version RELEASE (..." in the kernel's linux_banner: init/version.c */
static int check_release(const struct target *t, const char *want)
{
	const struct ksym *banner = find_global(t, "linux_banner");
	const char *text = NULL, *release;
	size_t len;

	if (!want)
		return 0;
	if (banner && banner->size > strlen("Linux version "))
		text = (const char *)elf_file_at(t->vmlinux, banner->addr, banner->size);
	if (!text || memcmp(text, "Linux version ", strlen("Linux version ")) != 0) {
		warning("'%s': no linux_banner in it: cannot tell which release it is",
			t->vmlinux->path);
		return 0;
	}
	release = text + strlen("Linux version ");
	len = strnlen(release, banner->size - strlen("Linux version "));
	for (size_t i = 0; i < len; i++) {
		if (release[i] == ' ')
			len = i;
	}
	if (strlen(want) != len || memcmp(want, release, len) != 0) {
		error("'%s' is the vmlinux of %.*s, the target is %s", t->vmlinux->path, (int)len,
		      release, want);
		return -1;
	}
	return 0;
}

/*
 * All that the kernel frees after boot lies between these two, whatever its section is called:
 * include/asm-generic/vmlinux.lds.h, INIT_TEXT_SECTION(); mm/init, free_initmem(). Where the
 * original of the per-CPU variables lies there as well (riscv, arm64: PERCPU_SECTION()), the
 * variables stay.
 */
static void mark_init(struct target *t)
{
	const struct ksym *begin = find_global(t, "__init_begin"),
			  *end = find_global(t, "__init_end"),
			  *percpu = find_global(t, "__per_cpu_start"),
			  *percpu_end = find_global(t, "__per_cpu_end");

	for (size_t i = 0; begin && end && i < t->kallsyms.n; i++) {
		struct ksym *sym = &t->kallsyms.sym[i];

		if (percpu && percpu_end && sym->addr >= percpu->addr &&
		    sym->addr < percpu_end->addr)
			continue;
		sym->init |= sym->addr > begin->addr && sym->addr < end->addr;
	}
}

/*
 * The traced call sites: include/asm-generic/vmlinux.lds.h, MCOUNT_REC() puts them between
 * __start_mcount_loc and __stop_mcount_loc, one address each.
 */
static int read_mcount(struct target *t)
{
	const struct ksym *first = find_global(t, "__start_mcount_loc");
	const struct ksym *end = find_global(t, "__stop_mcount_loc");

	if (!first || !end)
		return 0;
	return traced_read_vmlinux(&t->traced, t->vmlinux, t->arch, first->addr, end->addr,
				   &t->traced_padding);
}

static int read_jump(struct target *t)
{
	const struct ksym *writer = find_global(t, KLP_JUMP_WRITER);

	return writer ? jump_read(&t->jump, t->vmlinux, writer->addr) : 0;
}

/* objcopy --only-keep-debug leaves all sections, and the bytes of those alone that nobody loads. */
static bool has_code(const struct elf_file *f)
{
	for (size_t i = 1; i < f->shnum; i++) {
		const GElf_Shdr *s = &f->sec[i].shdr;

		if ((s->sh_flags & SHF_EXECINSTR) && s->sh_type == SHT_NOBITS)
			return false;
	}
	return true;
}

static int read_files(struct target *t, const struct target_options *opt)
{
	t->symbols = opt->symbols;
	t->release = opt->release;
	if (elf_file_open(opt->vmlinux, &t->vmlinux))
		return -1;
	t->arch = arch_of(&t->vmlinux->ehdr);
	if (!t->arch) {
		error("'%s': klpmake does not know machine %u (%s)", opt->vmlinux,
		      t->vmlinux->ehdr.e_machine, elf_file_order(t->vmlinux));
		return -1;
	}
	if (t->vmlinux->ehdr.e_type != ET_EXEC && t->vmlinux->ehdr.e_type != ET_DYN) {
		error("'%s': not a linked kernel (a vmlinux is an ELF executable)", opt->vmlinux);
		return -1;
	}
	if (!has_code(t->vmlinux)) {
		error("'%s': it has debug information, and no code (objcopy --only-keep-debug): put "
		      "it together with the vmlinux that it was taken from, with 'eu-unstrip -o "
		      "WHOLE THAT %s', and use WHOLE",
		      opt->vmlinux, opt->vmlinux);
		return -1;
	}
	elf_file_build_id(t->vmlinux, t->build_id);
	if (check_build_id(t, opt->build_id))
		return -1;
	for (size_t i = 0; i < opt->symverses; i++) {
		if (symvers_read(&t->symvers, opt->symvers[i]))
			return -1;
	}
	return 0;
}

int target_open(struct target *t, const struct target_options *opt)
{
	memset(t, 0, sizeof(*t));
	if (read_files(t, opt)) {
		target_close(t);
		return -1;
	}
	return 0;
}

int target_read_symbols(struct target *t)
{
	static const char *const own[] = {
		"linux_banner", "__start_mcount_loc", "__stop_mcount_loc", "__init_begin",
		"__init_end",	"vermagic",	      "__per_cpu_start",   "__per_cpu_end",
		KLP_ENABLE,	KLP_REGISTER,	      KLP_JUMP_WRITER};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		kallsyms_want(&t->kallsyms, own[i]);
	for (const struct arch_reloc *r = t->arch->reloc; r->name; r++) {
		if (r->handler)
			kallsyms_want(&t->kallsyms, r->handler);
	}
	if (kallsyms_read(&t->kallsyms, t->vmlinux))
		return -1;
	/* The plainest difference first. */
	if (check_release(t, t->release))
		return -1;
	if (t->symbols && witness_verify(&t->kallsyms, t->vmlinux, t->symbols))
		return -1;
	mark_init(t);
	return read_mcount(t) || read_jump(t) ? -1 : 0;
}

bool target_applies(const struct target *t, const struct arch_reloc *r)
{
	size_t count;

	return !r->handler || kallsyms_find(&t->kallsyms, r->handler, &count);
}

const char *target_vermagic(const struct target *t)
{
	size_t count;
	const struct ksym *sym = kallsyms_find(&t->kallsyms, "vermagic", &count);

	for (size_t i = 0; i < count; i++) {
		const char *text;

		if (sym[i].elf_type != STT_OBJECT || sym[i].size < 2)
			continue;
		text = (const char *)elf_file_at(t->vmlinux, sym[i].addr, sym[i].size);
		if (text && text[sym[i].size - 1] == '\0')
			return text;
	}
	return NULL;
}

const char *target_starter(const struct target *t)
{
	if (!find_global(t, KLP_ENABLE) && find_global(t, KLP_REGISTER))
		return KLP_REGISTER;
	return KLP_ENABLE;
}

void target_close(struct target *t)
{
	elf_file_close(t->vmlinux);
	kallsyms_free(&t->kallsyms);
	symvers_free(&t->symvers);
	sites_free(&t->traced);
	memset(t, 0, sizeof(*t));
}
