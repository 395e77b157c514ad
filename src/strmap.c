// SPDX-License-Identifier: GPL-2.0-only
/* A string map with open addressing: see strmap.h. */
#include "strmap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

/* FNV-1a: short keys, no attacker gains more than time by colliding them. */
static uint64_t hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	return h ^ (h >> 32);
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
		e->key = key;
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
	free(map->slot);
	memset(map, 0, sizeof(*map));
}
