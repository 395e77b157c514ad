// SPDX-License-Identifier: GPL-2.0-only
/* Writing JSON: see base/json.h. Rules: RFC 8259. */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stddef.h>

static void new_line(struct json *j)
{
	fputc('\n', j->out);
	for (unsigned int i = 0; i < j->depth; i++)
		fputs("  ", j->out);
}

/*
 * The length of the UTF-8 sequence at s, or 0 when there is none (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF).
 */
static size_t utf8_length(const unsigned char *s)
{
	static const struct {
		unsigned char first, last; /* leading byte */
		unsigned char low, high;   /* second byte */
		unsigned char length;
	} form[] = {
		{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
		{0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
		{0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	if (s[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(form) / sizeof(form[0]); i++) {
		if (s[0] < form[i].first || s[0] > form[i].last)
			continue;
		if (s[1] < form[i].low || s[1] > form[i].high)
			return 0;
		for (size_t k = 2; k < form[i].length; k++) {
			if (s[k] < 0x80 || s[k] > 0xbf)
				return 0;
		}
		return form[i].length;
	}
	return 0;
}

static void put_string(struct json *j, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	fputc('"', j->out);
	while (*s) {
		size_t len = utf8_length(s);

		if (len == 0) {
			fputs("\\ufffd", j->out);
			len = 1;
		} else if (*s == '"' || *s == '\\') {
			fprintf(j->out, "\\%c", *s);
		} else if (*s < 0x20 || *s == 0x7f) {
			fprintf(j->out, "\\u%04x", *s);
		} else if (*s == 0xc2 && s[1] < 0xa0) {
			/* A terminal takes this for a control character, too. */
			fprintf(j->out, "\\u%04x", s[1]);
		} else {
			fwrite(s, 1, len, j->out);
		}
		s += len;
	}
	fputc('"', j->out);
}

static void start(struct json *j, const char *key)
{
	if (j->comma)
		fputc(',', j->out);
	if (j->depth)
		new_line(j);
	if (key) {
		put_string(j, key);
		fputs(": ", j->out);
	}
	j->comma = true;
}

static void open_value(struct json *j, const char *key, bool array)
{
	start(j, key);
	fputc(array ? '[' : '{', j->out);
	assert(j->depth < JSON_DEPTH);
	j->array[j->depth++] = array;
	j->comma = false;
}

void json_object(struct json *j, const char *key)
{
	open_value(j, key, false);
}

void json_array(struct json *j, const char *key)
{
	open_value(j, key, true);
}

void json_end(struct json *j)
{
	bool empty = !j->comma;

	assert(j->depth > 0);
	j->depth--;
	if (!empty)
		new_line(j);
	fputc(j->array[j->depth] ? ']' : '}', j->out);
	j->comma = true;
	if (j->depth == 0)
		fputc('\n', j->out);
}

void json_string(struct json *j, const char *key, const char *value)
{
	start(j, key);
	if (value)
		put_string(j, value);
	else
		fputs("null", j->out);
}

void json_number(struct json *j, const char *key, uint64_t value)
{
	start(j, key);
	fprintf(j->out, "%" PRIu64, value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	start(j, key);
	fputs(value ? "true" : "false", j->out);
}

void json_address(struct json *j, const char *key, uint64_t value)
{
	start(j, key);
	fprintf(j->out, "\"%016" PRIx64 "\"", value);
}
