/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages and memory for short-lived command line tools.
 *
 * How functions fail, in the whole code base:
 *  - One that can fail returns int: 0, or -1 after error(). The one that knows the cause reports
 *    it, once; callers only pass -1 up. What it finds goes to *ret, where NULL means that there is
 *    none: that is an answer and no failure. If the answer is a choice or a number, 1 and more
 *    stand for it beside 0.
 *  - A pointer or bool is an answer: NULL and false say "there is none", "it is not", without a
 *    message. A pointer that is missing only where something is wrong may be "NULL after error()";
 *    its comment says so. Functions that merely look for a hint, or add to a message, may take a
 *    failure below them for "there is none": error() has been counted, so the program fails.
 *  - void functions that decide or check many things report all that is wrong; error_count() says
 *    whether there was something. In klpcheck's passes bad() is such a finding, not a failure.
 *  - After a failure nothing is left to free: what was opened is closed, and *ret is empty. What a
 *    function adds to a list stays in that list, whose owner frees it.
 *  - Running out of memory ends the program, and so does program_error().
 */
#ifndef KLP_UTIL_H
#define KLP_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define KLP_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#define EXIT_REFUSED 1
#define EXIT_USAGE 2

#ifndef KLPMAKE_VERSION
#error "KLPMAKE_VERSION comes from the Makefile"
#endif

/* Name that starts every message; set first thing in main(). */
extern const char *progname;

/* "progname: error: ..." on stderr. Lower case, no full stop; further lines are indented. */
void error(const char *fmt, ...) KLP_PRINTF(1, 2);
void warning(const char *fmt, ...) KLP_PRINTF(1, 2);

/* "progname: waived: ...": an error that the user has waived. */
void waived(const char *fmt, ...) KLP_PRINTF(1, 2);

/*
 * "progname: error: progname itself is wrong: ..." and abort(): for what no input can bring about,
 * so that neither the user nor a test takes it for a refusal.
 */
void program_error(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* "progname: error: ...", "  try 'progname --help'"; exits with EXIT_USAGE. */
void usage_error(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/*
 * The same, for an option for which getopt_long() has returned ':' or '?'. It prints nothing itself
 * if opterr is 0 and the list of options begins with a colon (after a '-', if there is one).
 */
void usage_error_option(int answer, char **argv) __attribute__((noreturn));

/*
 * Adds further lines to the last of these messages, each with its indentation and its newline. They
 * may come in pieces.
 */
void message_more(const char *fmt, ...) KLP_PRINTF(1, 2);

/* Number of error() calls so far: lets a pass report all that it finds, then fail. */
unsigned int error_count(void);

/* MESSAGE_MORE: what message_more() adds to the one before. */
enum message_kind { MESSAGE_ERROR, MESSAGE_WARNING, MESSAGE_WAIVED, MESSAGE_MORE };

/*
 * Is called with every message, for a program that reports them in another form; NULL: nothing is
 * called. Returns true if the message is not to be printed.
 */
extern bool (*message_hook)(enum message_kind kind, const char *text);

/* Prints a message, whatever the hook; text has no line end of its own. */
void message_print(enum message_kind kind, const char *text);

void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) KLP_PRINTF(1, 2);
char *xvasprintf(const char *fmt, va_list ap) KLP_PRINTF(1, 0);

/* Makes *text longer; NULL counts as "". */
void xappend(char **text, const char *fmt, ...) KLP_PRINTF(2, 3);

/* Makes room for element number n in a growing array; the capacity doubles. */
#define GROW(array, n, cap)                                                   \
	do {                                                                  \
		if ((n) == (cap)) {                                           \
			(cap) = (cap) ? 2 * (cap) : 16;                       \
			(array) = xrealloc((array), (cap), sizeof(*(array))); \
		}                                                             \
	} while (0)

static inline bool str_starts(const char *s, const char *prefix)
{
	return __builtin_strncmp(s, prefix, __builtin_strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix);

/* A whole file as a NUL-terminated string (the NUL is not counted); error() and -1 otherwise. */
int read_file(const char *path, char **text, size_t *size);

#endif
