// SPDX-License-Identifier: GPL-2.0-only
/* A string map with open addressing: see base/strmap.h. */
#include "base/strmap.h"

#include <endian.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* A piece of memory that is filled with keys, one behind the other; the first has room. */
struct strmap_text {
	struct strmap_text *next;
	size_t used, size;
	char bytes[];
};

/* Of most maps that is all; of the others the pieces grow. */
#define TEXT_MIN 256
#define TEXT_MAX 65536

static const char *copy_key(struct strmap *map, const char *key)
{
	size_t len = strlen(key) + 1;
	struct strmap_text *text = map->text;

	if (!text || len > text->size - text->used) {
		size_t size = !text ? TEXT_MIN : text->size < TEXT_MAX ? 2 * text->size : TEXT_MAX;

		size = len > size ? len : size;
		text = xrealloc(NULL, sizeof(*text) + size, 1);
		text->used = 0;
		text->size = size;
		text->next = map->text;
		map->text = text;
	}
	memcpy(text->bytes + text->used, key, len);
	text->used += len;
	return text->bytes + text->used - len;
}

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15;
	return h ^ (h >> 32);
}

/* Some messages come in the order of the slots: it is the same on all machines. */
static uint64_t word_at(const char *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	return le64toh(word);
}

/*
 * Every name of a kernel is hashed, so of a long one only the beginning, middle and end are. Names
 * made to collide cost an attacker's victim time and nothing else.
 */
static uint64_t hash(const char *s)
{
	size_t len = strlen(s);
	uint64_t word = 0;

	if (len >= sizeof(word)) {
		size_t last = len - sizeof(word);

		return mix(mix(mix(len, word_at(s)), word_at(s + last / 2)), word_at(s + last));
	}
	for (; *s; s++)
		word = word << 8 | (unsigned char)*s;
	return mix(len, word);
}

static struct strmap_entry *find_slot(const struct strmap *map, const char *key)
{
	size_t i = hash(key) & (map->slots - 1);

	while (map->slot[i].key && strcmp(map->slot[i].key, key) != 0)
		i = (i + 1) & (map->slots - 1);
	return &map->slot[i];
}

static void grow(struct strmap *map)
{
	struct strmap old = *map;

	map->slots = old.slots ? 2 * old.slots : 64;
	map->slot = xcalloc(map->slots, sizeof(*map->slot));
	for (size_t i = 0; i < old.slots; i++) {
		if (old.slot[i].key)
			*find_slot(map, old.slot[i].key) = old.slot[i];
	}
	free(old.slot);
}

size_t *strmap_add(struct strmap *map, const char *key, size_t value)
{
	struct strmap_entry *e;

	if (2 * (map->n + 1) > map->slots)
		grow(map);
	e = find_slot(map, key);
	if (!e->key) {
		e->key = copy_key(map, key);
		e->value = value;
		map->n++;
	}
	return &e->value;
}

size_t *strmap_get(const struct strmap *map, const char *key)
{
	struct strmap_entry *e;

	if (!map->n)
		return NULL;
	e = find_slot(map, key);
	return e->key ? &e->value : NULL;
}

void strmap_free(struct strmap *map)
{
	for (struct strmap_text *text = map->text, *next; text; text = next) {
		next = text->next;
		free(text);
	}
	free(map->slot);
	memset(map, 0, sizeof(*map));
}
