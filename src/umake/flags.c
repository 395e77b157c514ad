// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program has no kbuild that would say how it was compiled, but its debug information does: a
 * replaced function is compiled as the file that it comes from was. What is only about where the
 * code goes, or how it is built, does not fit a patch. Flags come from a file that may be hostile:
 * what is not in the list here is dropped.
 */
#include "umake/flags.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "dwarf/producer.h"
#include "dwarf/units.h"
#include "patch/source.h"

/* What says how data is laid out, what the language means, and what callers rely on. "*": and
 * whatever follows. */
static const char *const kept[] = {
	"-O*",
	"-std=*",
	"-m*",
	"-ansi",
	"-fasynchronous-unwind-tables",
	"-fcf-protection*",
	"-fcommon",
	"-fno-common",
	"-fexceptions",
	"-fexcess-precision=*",
	"-ffast-math",
	"-ffp-contract=*",
	"-ffreestanding",
	"-fgnu89-inline",
	"-fno-builtin*",
	"-fno-delete-null-pointer-checks",
	"-fno-math-errno",
	"-fno-omit-frame-pointer",
	"-fno-strict-aliasing",
	"-fno-strict-overflow",
	"-fno-trapping-math",
	"-fpack-struct*",
	"-frounding-math",
	"-fshort-enums",
	"-fno-short-enums",
	"-fshort-wchar",
	"-fsigned-bitfields",
	"-fsigned-char",
	"-fstack-clash-protection",
	"-fstack-protector*",
	"-fno-stack-protector",
	"-fstrict-flex-arrays*",
	"-ftrapv",
	"-ftrivial-auto-var-init=*",
	"-funsigned-bitfields",
	"-funsigned-char",
	"-fwrapv*",
};

/* Of those, what does not fit: calls of a profiler, another way to thread-local storage. */
static const char *const dropped[] = {
	"-mfentry*",	   "-mno-fentry*",	  "-mnop-mcount",
	"-mrecord-mcount", "-mtls-dialect=*",	  "-mno-direct-extern-access",
	"-mindirect-*",	   "-mfunction-return=*",
};

/* Code that can lie anywhere, that unwinders know, and of which a linker can leave parts away. */
static const char always[] = " -g -fPIC -fno-lto -mstackrealign -fasynchronous-unwind-tables"
			     " -ffunction-sections -fdata-sections";

static bool in_list(const char *flag, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strcspn(list[i], "*");

		if (list[i][len] ? !strncmp(flag, list[i], len) : !strcmp(flag, list[i]))
			return true;
	}
	return false;
}

/* No blank, quotation mark or $ that a shell or make would take for something. */
static bool is_plain(const char *flag)
{
	for (; *flag; flag++) {
		if (!isalnum((unsigned char)*flag) && !strchr("_=+.,-", *flag))
			return false;
	}
	return true;
}

/* The language of "GNU C17 12.2.0", where no flag says it. */
static void print_language(const struct producer *p, const char *text)
{
	const char *year = strstr(text, "GNU C");

	if (strcmp(p->compiler, "GNU C") != 0 || *producer_flag(p, "-std=") ||
	    *producer_flag(p, "-ansi") || !year)
		return;
	year += strlen("GNU C");
	if (isdigit((unsigned char)year[0]) && isdigit((unsigned char)year[1]))
		printf(" -std=gnu%.2s", year);
}

static void print_producer(const char *text, bool library)
{
	struct producer p;
	bool optimised = false;

	producer_parse(&p, text);
	for (size_t i = 0; i < p.n; i++)
		optimised |= str_starts(p.flag[i], "-O");
	fputs(optimised ? "" : "-O2", stdout);
	for (size_t i = 0; i < p.n; i++) {
		if (is_plain(p.flag[i]) && in_list(p.flag[i], kept, ARRAY_SIZE(kept)) &&
		    !in_list(p.flag[i], dropped, ARRAY_SIZE(dropped)))
			printf(" %s", p.flag[i]);
	}
	print_language(&p, text);
	printf("%s%s\n", always, library ? "" : " -ftls-model=initial-exec");
	printf("%s %s\n", *p.compiler ? p.compiler : "unknown", *p.version ? p.version : "-");
	producer_free(&p);
}

/* The unit of a tag: 1 found and printed, 0 not here, -1 after error(). */
static int print_unit(const struct binary *b, const char *tag)
{
	struct unit_query q = {.path = tag};
	struct dwarf_file *d;
	const char *text;
	Dwarf_Die unit;
	int status = -1;

	if (dwarf_file_open(b->debug, &d))
		return -1;
	if (!units_find(d, &q, 1) && (q.n || !units_including(d, &q)))
		status = q.n > 0;
	if (status > 0 && dwarf_file_die(d, q.unit[0].die, &unit)) {
		status = -1;
	} else if (status > 0) {
		print_producer(die_string(unit, DW_AT_producer, &text) ? text : "", b->library);
		dwarf_dealloc_die(unit);
	}
	units_free(&q, 1);
	dwarf_file_close(d);
	return status;
}

int print_flags(struct make_options *opt)
{
	struct binaries *all = &opt->binaries;
	struct source source;
	int found = 0;

	if (source_read(&source, opt->operand[0]))
		return -1;
	if (!source.tag) {
		/* It has nothing of the target, so it may be compiled like anything. */
		puts("-O2 -g -fPIC");
		puts("unknown -");
		source_free(&source);
		return 0;
	}
	if (binaries_open(all, opt->target) || binaries_read_debug(all, all->b[0])) {
		source_free(&source);
		return -1;
	}
	for (size_t i = 0; i < all->n && !found; i++) {
		if (source.object && strcmp(source.object, all->b[i]->name) != 0)
			continue;
		if (i == 0 || binaries_has_debug(all, all->b[i]))
			found = print_unit(all->b[i], source.tag);
	}
	if (!found)
		error("%s: '%s' is not a source file of '%s', nor of a library that it needs whose "
		      "debug information is here",
		      source_place(&source, source.tag), source.tag,
		      source.object ? source.object : all->b[0]->name);
	source_free(&source);
	return found > 0 ? 0 : -1;
}
