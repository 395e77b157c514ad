// SPDX-License-Identifier: GPL-2.0-only
/* Output without control characters: see base/printable.h. */
#include "base/printable.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

/* UTF-8's C1 controls, U+0080 to U+009F, are 0xc2 and one of 0x80 to 0x9f (RFC 3629). */
#define C1_LEAD 0xc2

struct filter {
	int fd;
	unsigned int follow; /* bytes of a character that are still to come */
	bool c1_lead;	     /* C1_LEAD has been read and not been written */
};

static struct filter out = {.fd = STDOUT_FILENO}, err = {.fd = STDERR_FILENO};

static bool write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno != EINTR)
			return false;
		text += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static char *escape(char *to, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";

	*to++ = '\\';
	*to++ = 'x';
	*to++ = digits[c >> 4];
	*to++ = digits[c & 15];
	return to;
}

/* How many bytes of a character follow this one, -1 where no character begins with it. */
static int bytes_after(unsigned char c)
{
	if (c < 0x80)
		return 0;
	if (c < 0xc2 || c > 0xf4)
		return -1;
	return c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
}

/* At most 8 bytes for one. */
static char *pass(struct filter *f, char *to, unsigned char c)
{
	bool goes_on = c >= 0x80 && c < 0xc0, after_lead = f->c1_lead;
	int more;

	f->c1_lead = false;
	if (after_lead && goes_on && c >= 0xa0) {
		*to++ = (char)C1_LEAD;
		*to++ = (char)c;
		return to;
	}
	if (after_lead)
		to = escape(to, C1_LEAD);
	else if (goes_on && f->follow) {
		f->follow--;
		*to++ = (char)c;
		return to;
	}
	more = goes_on ? -1 : bytes_after(c);
	f->follow = 0;
	if (more < 0 || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
		return escape(to, c);
	if (c == C1_LEAD) {
		f->c1_lead = true;
		return to;
	}
	f->follow = (unsigned int)more;
	*to++ = (char)c;
	return to;
}

/* fopencookie(3): how many bytes were taken; 0 is an error. */
static ssize_t filter_write(void *cookie, const char *text, size_t size)
{
	struct filter *f = cookie;
	char buf[4096], *to = buf;

	for (size_t i = 0; i < size; i++) {
		to = pass(f, to, (unsigned char)text[i]);
		if ((size_t)(buf + sizeof(buf) - to) >= 8 && i + 1 < size)
			continue;
		if (!write_all(f->fd, buf, (size_t)(to - buf)))
			return 0;
		to = buf;
	}
	return (ssize_t)size;
}

static void through(FILE **stream, struct filter *f, int mode)
{
	const cookie_io_functions_t io = {.write = filter_write};
	FILE *filtered = fopencookie(f, "w", io);

	if (!filtered)
		return;
	setvbuf(filtered, NULL, mode, BUFSIZ);
	*stream = filtered;
}

void printable_output(void)
{
	through(&stdout, &out, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF);
	/* Line buffering keeps a message in one piece when several processes write. */
	through(&stderr, &err, _IOLBF);
}
