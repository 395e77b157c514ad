// SPDX-License-Identifier: GPL-2.0-only
/* What kallsympos answers: see answer/answers.h. */
#include "answer/answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/util.h"

/* Where what does not fit into the first line goes on. */
#define INDENT "     "

/* "NAME at PATH:LINE" of a list that is at this one; to be freed. */
static char *inlined_line(const char *list)
{
	list += strspn(list, "\n ");
	return xasprintf("%.*s", (int)strcspn(list, "\n"), list);
}

/* Can it be replaced? Says nothing for data. To be freed. */
static char *verdict(const struct answer *a, const char *able)
{
	static const char *const words[] = {
		[UNABLE] = "not ", [ABLE] = "", [NOT_KNOWN] = "unknown whether "};

	if (!a->sym || str_starts(a->note, "not a function"))
		return xstrdup(a->note);
	return xasprintf("%s%s%s%s", words[a->traceable], able, a->note[0] ? ": " : "", a->note);
}

/* Below the line, and not broken where it need not be. */
static void print_below(const char *text)
{
	char *wrapped = text_wrap(INDENT, text);

	printf("%s\n", wrapped + 1);
	free(wrapped);
}

static void print_answer(const struct answer *a, const char *able)
{
	char place[512] = "?", *head, *text = verdict(a, able);

	if (a->line)
		snprintf(place, sizeof(place), "%s:%llu", a->file, (unsigned long long)a->line);
	else if (a->file[0])
		snprintf(place, sizeof(place), "%s", a->file);
	if (a->sym)
		head = xasprintf("%3zu  %016llx  %c  %s  %s", a->position,
				 (unsigned long long)a->addr, a->sym->type, a->object, place);
	else
		head = xasprintf("  -  %-16s  -  %s  %s", "no symbol", a->object, place);
	if (strlen(head) + 2 + strlen(text) <= TEXT_COLUMNS) {
		printf("%s  %s\n", head, text);
	} else {
		printf("%s\n", head);
		print_below(text);
	}
	free(text);
	free(head);
	for (const char *line = a->inlined; line; line = strchr(line + 1, '\n')) {
		char *one = inlined_line(line);

		print_below(one);
		free(one);
	}
}

void answers_print(const struct answers *all, const char *able)
{
	for (size_t i = 0; i < all->n; i++)
		print_answer(&all->a[i], able);
}

/* null where it is unknown. */
static void json_ability(struct json *j, const char *key, enum ability ability)
{
	if (ability == NOT_KNOWN)
		json_string(j, key, NULL);
	else
		json_bool(j, key, ability == ABLE);
}

static void print_inlined(struct json *j, const char *inlined)
{
	json_array(j, "inlined");
	for (const char *line = inlined; line; line = strchr(line + 1, '\n')) {
		char *one = inlined_line(line);

		json_string(j, NULL, one);
		free(one);
	}
	json_end(j);
}

void answers_print_json(const struct answers *all, const char *name)
{
	struct json j = {.out = stdout};

	json_object(&j, NULL);
	json_number(&j, "schema", ANSWERS_JSON_SCHEMA);
	json_array(&j, "symbols");
	for (size_t i = 0; i < all->n; i++) {
		const struct answer *a = &all->a[i];

		json_object(&j, NULL);
		json_string(&j, "name", name);
		if (a->sym) {
			json_number(&j, "position", a->position);
			json_address(&j, "address", a->addr);
			json_string(&j, "type", (char[]){a->sym->type, '\0'});
		} else {
			json_string(&j, "position", NULL);
			json_string(&j, "address", NULL);
			json_string(&j, "type", NULL);
		}
		json_string(&j, "object", a->object);
		json_string(&j, "file", a->file[0] ? a->file : NULL);
		if (a->line)
			json_number(&j, "line", a->line);
		else
			json_string(&j, "line", NULL);
		json_ability(&j, "traceable", a->traceable);
		json_string(&j, "note", a->note);
		print_inlined(&j, a->inlined);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

void answers_free(struct answers *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->a[i].file);
		free(all->a[i].note);
		free(all->a[i].inlined);
	}
	free(all->a);
}
