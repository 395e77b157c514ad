// SPDX-License-Identifier: GPL-2.0-only
/* What is applied to which process: see apply/list.h. */
#include "apply/list.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "apply/record.h"
#include "base/json.h"

static const char *const states[] = {
	[RECORD_OLD] = "old",
	[RECORD_NEW] = "new",
	[RECORD_FOREIGN] = "changed by somebody else",
	[RECORD_UNMAPPED] = "target gone",
};

static const char *summary(const struct process *p, const struct record *r)
{
	if (record_count(p, r, RECORD_NEW) == r->head.funcs)
		return "applied";
	if (record_count(p, r, RECORD_OLD) == r->head.funcs)
		return "not applied";
	if (record_count(p, r, RECORD_UNMAPPED) == r->head.funcs)
		return "target gone";
	return "partly applied";
}

static void print_text(const struct process *p, const struct record *r)
{
	printf("%d %s: %s version %u: %s\n", p->pid, p->command, r->head.name, r->head.version,
	       summary(p, r));
	for (uint32_t i = 0; i < r->head.funcs; i++) {
		const struct record_func *f = &r->func[i];

		printf("  %s: %s: %s\n", r->target[f->target].name, f->name,
		       states[record_state(p, f)]);
	}
}

static void print_json(struct json *j, const struct process *p, const struct record *r)
{
	json_object(j, NULL);
	json_number(j, "pid", (uint64_t)p->pid);
	json_string(j, "command", p->command);
	json_string(j, "patch", r->head.name);
	json_number(j, "version", r->head.version);
	json_string(j, "state", summary(p, r));
	json_array(j, "functions");
	for (uint32_t i = 0; i < r->head.funcs; i++) {
		const struct record_func *f = &r->func[i];

		json_object(j, NULL);
		json_string(j, "target", r->target[f->target].name);
		json_string(j, "name", f->name);
		json_address(j, "address", f->addr);
		json_address(j, "entry", f->entry);
		json_string(j, "state", states[record_state(p, f)]);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

/* json: NULL for text. */
static int list_one(pid_t pid, struct json *json, struct process_outcome *outcome)
{
	struct record *record;
	struct process p;
	size_t count;

	if (process_open(&p, pid, outcome))
		return -1;
	record_list(&p, &record, &count);
	for (size_t i = 0; i < count; i++) {
		if (json)
			print_json(json, &p, &record[i]);
		else
			print_text(&p, &record[i]);
	}
	record_list_free(record, count);
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
