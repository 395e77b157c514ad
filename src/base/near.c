// SPDX-License-Identifier: GPL-2.0-only
/* Nearest names by edit distance: see base/near.h. */
#include "base/near.h"

#include <string.h>

#include "base/util.h"

#define LONGEST 128

/* Levenshtein's distance, or limit + 1 when it is larger than limit. */
static size_t distance(const char *a, size_t alen, const char *b, size_t blen, size_t limit)
{
	size_t row[LONGEST + 1];

	for (size_t j = 0; j <= blen; j++)
		row[j] = j;
	for (size_t i = 1; i <= alen; i++) {
		size_t diagonal = row[0], best = row[0] = i;

		for (size_t j = 1; j <= blen; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
			if (change < row[j])
				row[j] = change;
			if (row[j] < best)
				best = row[j];
		}
		if (best > limit)
			return limit + 1;
	}
	return row[blen];
}

void near_offer(struct near *list, const char *name)
{
	size_t alen = strlen(list->wanted), blen = strlen(name);
	size_t limit = alen / 4 + 1, d, i;

	if (alen > LONGEST || blen > LONGEST || alen + limit < blen || blen + limit < alen)
		return;
	if (list->n == NEAR_MAX && list->distance[NEAR_MAX - 1] <= limit)
		limit = list->distance[NEAR_MAX - 1] - 1;
	d = distance(list->wanted, alen, name, blen, limit);
	if (d == 0 || d > limit)
		return;
	for (i = 0; i < list->n; i++) {
		if (!strcmp(list->name[i], name))
			return;
	}
	if (list->n < NEAR_MAX)
		list->n++;
	for (i = list->n - 1; i > 0 && list->distance[i - 1] > d; i--) {
		list->name[i] = list->name[i - 1];
		list->distance[i] = list->distance[i - 1];
	}
	list->name[i] = name;
	list->distance[i] = d;
}

void near_print(const struct near *list, const char *what)
{
	for (size_t i = 0; i < list->n; i++)
		message_more("%s%s", i ? ", " : what, list->name[i]);
	if (list->n)
		message_more("\n");
}
