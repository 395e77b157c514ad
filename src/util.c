// SPDX-License-Identifier: GPL-2.0-only
/* Messages and memory: see util.h. */
#include "util.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *progname = "klpmake";

bool (*message_hook)(enum message_kind kind, const char *text);

static unsigned int errors;

static void report(enum message_kind kind, const char *fmt, va_list ap)
{
	static const char *const words[] = {"error", "warning", "waived"};
	char *text;

	fflush(stdout);
	if (vasprintf(&text, fmt, ap) < 0) {
		fprintf(stderr, "%s: %s: %s\n", progname, words[kind], fmt);
		return;
	}
	if (!message_hook || !message_hook(kind, text))
		fprintf(stderr, "%s: %s: %s\n", progname, words[kind], text);
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

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return need_memory(s);
}

void xappend(char **text, const char *fmt, ...)
{
	char *more, *whole;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&more, fmt, ap);
	va_end(ap);
	need_memory(len < 0 ? NULL : more);
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
