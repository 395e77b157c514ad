// SPDX-License-Identifier: GPL-2.0-only
/* Messages in the order of the source: see base/message_order.h. */
#include "base/message_order.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message_place.h"
#include "base/search.h"
#include "base/util.h"

struct held {
	enum message_kind kind;
	char *text;  /* with the end of its last line */
	size_t file; /* number of the first message that has the same file */
	uint64_t line;
	size_t number;
};

static struct held *held;
static size_t helds, held_cap;
static pid_t holder;

/* The first message that speaks of the same file; itself when there is none before. */
static size_t first_of_file(const char *text, size_t len)
{
	for (size_t i = 0; i < helds; i++) {
		uint64_t line;
		const char *behind;

		if (message_place(held[i].text, &line, &behind) == len &&
		    !strncmp(held[i].text, text, len))
			return held[i].file;
	}
	return helds;
}

static bool hold(enum message_kind kind, const char *text)
{
	struct held h = {.kind = kind, .number = helds};
	const char *behind;
	size_t len;

	if (getpid() != holder || (kind == MESSAGE_MORE && !helds))
		return false;
	if (kind == MESSAGE_MORE) {
		xappend(&held[helds - 1].text, "%s", text);
		return true;
	}
	len = message_place(text, &h.line, &behind);
	if (len) {
		h.file = first_of_file(text, len);
	} else if (helds) {
		h.file = held[helds - 1].file;
		h.line = held[helds - 1].line;
	}
	h.text = xasprintf("%s\n", text);
	GROW(held, helds, held_cap);
	held[helds++] = h;
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	return ORDER(x->file, y->file) ?: ORDER(x->line, y->line) ?: ORDER(x->number, y->number);
}

void messages_hold(void)
{
	holder = getpid();
	message_hook = hold;
	atexit(messages_tell);
}

void messages_tell(void)
{
	if (message_hook != hold || getpid() != holder)
		return;
	message_hook = NULL;
	if (helds)
		qsort(held, helds, sizeof(*held), by_place);
	for (size_t i = 0; i < helds; i++) {
		held[i].text[strlen(held[i].text) - 1] = '\0';
		message_print(held[i].kind, held[i].text);
		free(held[i].text);
	}
	free(held);
	held = NULL;
	helds = held_cap = 0;
}
