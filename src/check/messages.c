// SPDX-License-Identifier: GPL-2.0-only
/* What klpcheck said, for its JSON: see check/messages.h. */
#include "check/messages.h"

#include <stdlib.h>
#include <string.h>

#include "base/message_place.h"

struct said {
	const struct check *of; /* NULL: of all */
	enum message_kind kind;
	const char *check; /* the pass that ran, or NULL */
	char *text;	   /* with the end of its last line */
};

static const struct check *speaker;
static struct said *said;
static size_t saids, said_cap;

static bool keep(enum message_kind kind, const char *text)
{
	if (kind == MESSAGE_MORE) {
		if (saids)
			xappend(&said[saids - 1].text, "%s", text);
		return false;
	}
	GROW(said, saids, said_cap);
	said[saids++] = (struct said){
		.of = speaker,
		.kind = kind,
		.check = speaker && speaker->now ? speaker->now->pass->name : NULL,
		.text = xasprintf("%s\n", text),
	};
	return false;
}

void check_messages_keep(const struct check *c)
{
	speaker = c;
	message_hook = keep;
}

/* The text behind "NAME: ", or the text itself where it does not begin so. */
static const char *behind(const char *text, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(text, name, len) && str_starts(text + len, ": ") ? text + len + 2 : text;
}

static void json_said(struct json *j, const struct check *c, const struct said *s)
{
	static const char *const words[] = {"error", "warning", "waived"};
	char *module = xasprintf("'%s'", c->path), *file = NULL;
	char *whole = xasprintf("%.*s", (int)strlen(s->text) - 1, s->text);
	const char *text = behind(whole, module), *rest;
	uint64_t line;
	size_t len;

	if (s->check)
		text = behind(text, s->check);
	len = message_place(text, &line, &rest);
	if (len) {
		file = xasprintf("%.*s", (int)len, text);
		text = rest;
	}
	json_object(j, NULL);
	json_string(j, "severity", words[s->kind]);
	json_string(j, "file", file);
	if (file)
		json_number(j, "line", line);
	else
		json_string(j, "line", NULL);
	json_string(j, "check", s->check);
	json_string(j, "text", text);
	json_end(j);
	free(file);
	free(whole);
	free(module);
}

void check_messages_json(struct json *j, const struct check *c)
{
	json_array(j, "messages");
	for (size_t i = 0; i < saids; i++) {
		if (!said[i].of || said[i].of == c)
			json_said(j, c, &said[i]);
	}
	json_end(j);
}

void check_messages_free(void)
{
	for (size_t i = 0; i < saids; i++)
		free(said[i].text);
	free(said);
	said = NULL;
	saids = said_cap = 0;
	message_hook = NULL;
}
