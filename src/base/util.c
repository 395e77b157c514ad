// SPDX-License-Identifier: GPL-2.0-only
/* Messages and memory: see base/util.h. */
#include "base/util.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *progname = "klpmake";

bool (*message_hook)(enum message_kind kind, const char *text);

static unsigned int errors;

void message_print(enum message_kind kind, const char *text)
{
	static const char *const words[] = {"error", "warning", "waived"};

	fflush(stdout);
	fprintf(stderr, "%s: %s: %s\n", progname, words[kind], text);
}

static void report(enum message_kind kind, const char *fmt, va_list ap)
{
	char *text;

	if (vasprintf(&text, fmt, ap) < 0) {
		message_print(kind, fmt);
		return;
	}
	if (!message_hook || !message_hook(kind, text))
		message_print(kind, text);
	free(text);
}

void error(const char *fmt, ...)
{
	va_list ap;

	errors++;
	va_start(ap, fmt);
	report(MESSAGE_ERROR, fmt, ap);
	va_end(ap);
}

void warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(MESSAGE_WARNING, fmt, ap);
	va_end(ap);
}

void waived(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(MESSAGE_WAIVED, fmt, ap);
	va_end(ap);
}

void message_more(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	if (!message_hook || !message_hook(MESSAGE_MORE, text))
		fputs(text, stderr);
	free(text);
}

void program_error(const char *fmt, ...)
{
	va_list ap;
	char *text, *whole;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	whole = xasprintf("%s itself is wrong: %s", progname, text);
	/* Not by error(): whoever holds messages back or passes them on will not come to that. */
	message_print(MESSAGE_ERROR, whole);
	abort();
}

void usage_error(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	error("%s\n  try '%s --help'", text, progname);
	free(text);
	exit(EXIT_USAGE);
}

void usage_error_option(int answer, char **argv)
{
	const char *word = argv[optind - 1];
	bool letter = optopt && optopt <= UCHAR_MAX, is_long = str_starts(word, "--");

	/*
	 * A letter may stand among others in one word, and optind has not moved past that word
	 * then.
	 */
	if (answer == ':' && letter && !is_long)
		usage_error("option '-%c' needs a value", optopt);
	if (answer == ':')
		usage_error("option '%s' needs a value", word);
	if (optopt && is_long && (!letter || tolower(optopt) == word[2]))
		usage_error("option '%.*s' takes no value", (int)strcspn(word, "="), word);
	if (letter)
		usage_error("unknown option '-%c'", optopt);
	usage_error("unknown option '%.*s'", (int)strcspn(word, "="), word);
}

unsigned int error_count(void)
{
	return errors;
}

static void *need_memory(void *p)
{
	if (!p) {
		error("out of memory");
		exit(EXIT_REFUSED);
	}
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	return need_memory(calloc(n ? n : 1, size));
}

void *xrealloc(void *p, size_t n, size_t size)
{
	return need_memory(reallocarray(p, n ? n : 1, size));
}

char *xstrdup(const char *s)
{
	return need_memory(strdup(s));
}

char *xstrndup(const char *s, size_t n)
{
	return need_memory(strndup(s, n));
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s;

	return need_memory(vasprintf(&s, fmt, ap) < 0 ? NULL : s);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

void xappend(char **text, const char *fmt, ...)
{
	char *more, *whole;
	va_list ap;

	va_start(ap, fmt);
	more = xvasprintf(fmt, ap);
	va_end(ap);
	whole = xasprintf("%s%s", *text ? *text : "", more);
	free(more);
	free(*text);
	*text = whole;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t len = strlen(s), slen = strlen(suffix);

	return len >= slen && strcmp(s + len - slen, suffix) == 0;
}

int read_file(const char *path, char **text, size_t *size)
{
	FILE *f = fopen(path, "re");
	size_t cap = 0, n = 0;
	char *buf = NULL;

	if (!f) {
		error("'%s': %s", path, strerror(errno));
		return -1;
	}
	/* Not fstat: /proc files have no size. */
	do {
		if (n + 1 >= cap) {
			cap = cap ? 2 * cap : 65536;
			buf = xrealloc(buf, cap, 1);
		}
		n += fread(buf + n, 1, cap - n - 1, f);
	} while (!feof(f) && !ferror(f));
	if (ferror(f)) {
		error("'%s': %s", path, strerror(errno));
		fclose(f);
		free(buf);
		return -1;
	}
	fclose(f);
	buf[n] = '\0';
	*text = buf;
	*size = n;
	return 0;
}
