// SPDX-License-Identifier: GPL-2.0
//KLPMAKE target/two.c
#include <linux/kernel.h>

static const char *twin(void);
static const char *pair(void);
extern const char *word;
extern char buffer[64];

const char *livepatch_answer(const char *a, const char *b);

const char *livepatch_answer(const char *a, const char *b)
{
	snprintf(buffer, sizeof(buffer), "patched %s, %s, %s; ", twin(), pair(), word);
	return buffer;
}
