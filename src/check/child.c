// SPDX-License-Identifier: GPL-2.0-only
/* A child process and what it finds: see check/child.h. */
#include "check/child.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"

/* Far more than any sane module takes; damaged debug information may lead in circles. */
#define CPU_SECONDS 60

/* What the pipe carries for each finding: this, then the pass's name and the text. */
struct head {
	enum finding_kind kind;
	size_t symbol;
	size_t pass, text; /* bytes */
};

static FILE *to_parent;

static void send(enum finding_kind kind, size_t symbol, const char *pass, const char *text)
{
	struct head head = {kind, symbol, strlen(pass), strlen(text)};

	fwrite(&head, sizeof(head), 1, to_parent);
	fwrite(pass, head.pass, 1, to_parent);
	fwrite(text, head.text, 1, to_parent);
	fflush(to_parent);
}

void found(const char *pass, enum finding_kind kind, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	send(kind, 0, pass, text);
	free(text);
}

void found_place(size_t symbol, const char *place)
{
	send(FOUND_PLACE, symbol, "", place);
}

/* The parent prints it. */
static bool send_message(enum message_kind kind, const char *text)
{
	if (kind == MESSAGE_MORE)
		return false;
	send(kind == MESSAGE_ERROR ? FOUND_ERROR : FOUND_WARNING, 0, "", text);
	return true;
}

static _Noreturn void run_child(struct check *c, int (*fn)(struct check *c), int fd)
{
	struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS + 1};
	int status;

	to_parent = fdopen(fd, "w");
	if (!to_parent)
		_exit(EXIT_REFUSED);
	message_hook = send_message;
	/* The parent says how it ended. */
	signal(SIGXCPU, SIG_DFL);
	setrlimit(RLIMIT_CPU, &cpu);
	status = fn(c);
	_exit(fclose(to_parent) || status ? EXIT_REFUSED : 0);
}

static char *read_text(FILE *in, size_t len)
{
	char *text = xcalloc(len + 1, 1);

	if (fread(text, 1, len, in) == len)
		return text;
	free(text);
	return NULL;
}

/* If a finding breaks off in the middle, its child did not end well. */
static void read_findings(FILE *in, struct findings *ret)
{
	struct head head;

	while (fread(&head, sizeof(head), 1, in) == 1) {
		struct finding f = {
			.kind = head.kind, .symbol = head.symbol, .pass = read_text(in, head.pass)};

		f.text = f.pass ? read_text(in, head.text) : NULL;
		if (!f.text) {
			free(f.pass);
			return;
		}
		GROW(ret->f, ret->n, ret->cap);
		ret->f[ret->n++] = f;
	}
}

static bool has_told(const struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		if (findings->f[i].kind == FOUND_ERROR)
			return true;
	}
	return false;
}

/*
 * Reports how the child ended, unless fn itself refused and has said so. This cannot be waived:
 * what was not read may be wrong in any way.
 */
static int check_end(const struct check *c, int status, const struct findings *findings)
{
	const char *remedy = "take it out with 'eu-strip -g' to have the rest checked";

	if (WIFSIGNALED(status))
		error("'%s': its debug information is damaged: reading it ended with signal %d "
		      "(%s)\n  %s",
		      c->mod->path, WTERMSIG(status), strsignal(WTERMSIG(status)), remedy);
	else if (status && !has_told(findings))
		error("'%s': its debug information is damaged: reading it ended with exit status "
		      "%d\n  %s",
		      c->mod->path, WEXITSTATUS(status), remedy);
	return status ? -1 : 0;
}

/* A process that runs fn, and what it writes; -1 after error(). */
static pid_t start_child(struct check *c, int (*fn)(struct check *c), FILE **ret)
{
	int fd[2];
	pid_t pid;

	fflush(NULL);
	if (pipe(fd)) {
		error("no pipe to a child process: %s", strerror(errno));
		return -1;
	}
	*ret = fdopen(fd[0], "r");
	pid = *ret ? child_start() : -1;
	if (pid < 0) {
		error("no child process: %s", strerror(errno));
		close(fd[1]);
		if (*ret)
			fclose(*ret);
		else
			close(fd[0]);
		return -1;
	}
	if (pid == 0) {
		close(fd[0]);
		run_child(c, fn, fd[1]);
	}
	close(fd[1]);
	return pid;
}

struct findings *findings_begin(struct check *c, int (*fn)(struct check *c))
{
	struct findings *ret = xcalloc(1, sizeof(*ret));
	pid_t pid = start_child(c, fn, &ret->in);

	ret->pid = pid < 0 ? 0 : pid;
	return ret;
}

void findings_end(struct check *c, struct findings *findings)
{
	if (!findings->pid)
		return;
	read_findings(findings->in, findings);
	fclose(findings->in);
	findings->whole = !check_end(c, child_wait(findings->pid), findings);
	findings->pid = 0;
	for (size_t i = 0; i < findings->n; i++) {
		if (findings->f[i].kind == FOUND_ERROR)
			error("%s", findings->f[i].text);
		else if (findings->f[i].kind == FOUND_WARNING)
			warning("%s", findings->f[i].text);
	}
}

struct findings *findings_gather(struct check *c, int (*fn)(struct check *c))
{
	struct findings *ret = findings_begin(c, fn);

	findings_end(c, ret);
	return ret;
}

void findings_tell(struct check *c, const struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		const struct finding *f = &findings->f[i];

		if (strcmp(f->pass, c->now->pass->name) != 0)
			continue;
		if (f->kind == FOUND_BAD)
			bad(c, "%s", f->text);
		else if (f->kind == FOUND_ODD)
			odd(c, "%s", f->text);
		else if (f->kind == FOUND_NOTE)
			note(c, "%s", f->text);
		else if (f->kind == FOUND_CHECKED)
			checked(c, "%s", f->text);
	}
}

void findings_free(struct findings *findings)
{
	for (size_t i = 0; findings && i < findings->n; i++) {
		free(findings->f[i].pass);
		free(findings->f[i].text);
	}
	if (findings)
		free(findings->f);
	free(findings);
}
