/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing JSON, one value at a time. Names come from foreign ELF files: what is not UTF-8 in them
 * is written as U+FFFD, so that the output is valid whatever the input.
 *
 * Every function takes the key under which its value stands, NULL within an array.
 */
#ifndef KLP_JSON_H
#define KLP_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH 16

struct json {
	FILE *out;
	unsigned int depth;
	bool array[JSON_DEPTH]; /* what is open at each depth: an array or an object */
	bool comma;		/* something stands before the next value */
};

void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);

/* Closes the innermost object or array; after the outermost one the line ends. */
void json_end(struct json *j);

/* NULL is written as null. */
void json_string(struct json *j, const char *key, const char *value);
void json_number(struct json *j, const char *key, uint64_t value);
void json_bool(struct json *j, const char *key, bool value);

/* An address: a string of 16 hex digits, since JSON's numbers end at 2^53. */
void json_address(struct json *j, const char *key, uint64_t value);

#endif
