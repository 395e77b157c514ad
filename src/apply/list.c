// SPDX-License-Identifier: GPL-2.0-only
/* What is applied to which process: see apply/list.h. */
#include "apply/list.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "apply/jumps.h"
#include "base/json.h"

static const char *const states[] = {
	[RECORD_OLD] = "old",
	[RECORD_NEW] = "new",
	[RECORD_FOREIGN] = "changed by somebody else",
	[RECORD_UNMAPPED] = "target gone",
};

/* The records of a process. */
struct listing {
	const struct process *process;
	struct record *record;
	size_t count;
	struct jumps jumps;
};

struct counts {
	size_t old, new, replaced, foreign, unmapped;
};

/* Whose jump stands in place of that of this patch: another version's, after a replacement. */
static const struct record *instead(const struct listing *l, const struct record_func *f)
{
	const struct standing_jump *j = jumps_at(&l->jumps, f->at);

	return j && record_state(l->process, f) == RECORD_FOREIGN ? j->record : NULL;
}

static struct counts count(const struct listing *l, const struct record *r)
{
	struct counts n = {0};

	for (uint32_t i = 0; i < r->head.funcs; i++) {
		switch (record_state(l->process, &r->func[i])) {
		case RECORD_OLD:
			n.old++;
			break;
		case RECORD_NEW:
			n.new ++;
			break;
		case RECORD_FOREIGN:
			if (instead(l, &r->func[i]))
				n.replaced++;
			else
				n.foreign++;
			break;
		case RECORD_UNMAPPED:
			n.unmapped++;
			break;
		}
	}
	return n;
}

static const char *summary(const struct counts *n, const struct record *r)
{
	if (n->new == r->head.funcs)
		return "applied";
	if (n->unmapped == r->head.funcs)
		return "target gone";
	if (!n->new && !n->foreign)
		return "not applied";
	return "partly applied";
}

/* Whoever switched it was killed between two functions. */
static bool is_unfinished(const struct counts *n)
{
	return n->new && (n->old || n->replaced) && !n->foreign;
}

/* A patch of another name that has replaced one of its functions, or NULL. */
static const struct record *in_the_way(const struct listing *l, const struct record *r)
{
	for (uint32_t i = 0; i < r->head.funcs; i++) {
		const struct record *other = instead(l, &r->func[i]);

		if (other && strcmp(other->head.name, r->head.name) != 0)
			return other;
	}
	return NULL;
}

static void print_unfinished(const struct listing *l, const struct record *r)
{
	const struct record *other = in_the_way(l, r);

	if (other)
		printf("; revert %s first, then apply or revert it again, which finishes that",
		       other->head.name);
	else
		printf("; apply or revert it again, which finishes that");
}

static void print_text(const struct listing *l, const struct record *r)
{
	const struct counts n = count(l, r);

	printf("%d %s: %s version %u: %s", l->process->pid, l->process->command, r->head.name,
	       r->head.version, summary(&n, r));
	if (is_unfinished(&n))
		print_unfinished(l, r);
	putchar('\n');
	for (uint32_t i = 0; i < r->head.funcs; i++) {
		const struct record_func *f = &r->func[i];
		const struct record *other = instead(l, f);

		printf("  %s: %s: ", r->target[f->target].name, f->name);
		if (other)
			printf("replaced by %s version %u\n", other->head.name,
			       other->head.version);
		else
			printf("%s\n", states[record_state(l->process, f)]);
	}
}

static void print_json(struct json *j, const struct listing *l, const struct record *r)
{
	const struct counts n = count(l, r);

	json_object(j, NULL);
	json_number(j, "pid", (uint64_t)l->process->pid);
	json_string(j, "command", l->process->command);
	json_string(j, "patch", r->head.name);
	json_number(j, "version", r->head.version);
	json_string(j, "state", summary(&n, r));
	json_array(j, "functions");
	for (uint32_t i = 0; i < r->head.funcs; i++) {
		const struct record_func *f = &r->func[i];

		json_object(j, NULL);
		json_string(j, "target", r->target[f->target].name);
		json_string(j, "name", f->name);
		json_address(j, "address", f->addr);
		json_address(j, "entry", f->entry);
		json_string(j, "state",
			    instead(l, f) ? "replaced" : states[record_state(l->process, f)]);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

/* json: NULL for text. */
static int list_one(pid_t pid, struct json *json, struct process_outcome *outcome)
{
	struct process p;
	struct listing l = {.process = &p};

	if (process_open(&p, pid, outcome))
		return -1;
	record_list(&p, &l.record, &l.count);
	jumps_read(&p, l.record, l.count, &l.jumps);
	for (size_t i = 0; i < l.count; i++) {
		if (json)
			print_json(json, &l, &l.record[i]);
		else
			print_text(&l, &l.record[i]);
	}
	jumps_free(&l.jumps);
	record_list_free(l.record, l.count);
	process_close(&p);
	return 0;
}

/* Processes that may not be looked at are left out, as are those that end meanwhile. */
static void list_all(struct json *json)
{
	DIR *proc = opendir("/proc");
	struct process_outcome outcome;
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		if (isdigit((unsigned char)entry->d_name[0]))
			list_one((pid_t)strtol(entry->d_name, NULL, 10), json, &outcome);
	}
	if (proc)
		closedir(proc);
}

int list_processes(pid_t pid, bool json)
{
	struct json j = {.out = stdout};
	struct process_outcome outcome = {VERDICT_DONE, ""};
	int status = 0;

	if (json) {
		json_object(&j, NULL);
		json_array(&j, "patches");
	}
	if (pid)
		status = list_one(pid, json ? &j : NULL, &outcome);
	else
		list_all(json ? &j : NULL);
	if (json) {
		json_end(&j);
		json_end(&j);
	}
	if (status)
		error("process %d: %s", pid, outcome.why);
	return status;
}
