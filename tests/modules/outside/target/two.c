// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/kernel.h>
#include "outside.h"

static noinline const char *twin(void)
{
	barrier();
	return "twin two";
}

static noinline const char *pair(void)
{
	barrier();
	return "pair two";
}

static const char *word = "word two";
static char buffer[64];

static noinline const char *answer(const char *a, const char *b)
{
	snprintf(buffer, sizeof(buffer), "%s, %s, %s; ", a, b, word);
	return buffer;
}

static noinline int __init early(void)
{
	barrier();
	return 2;
}

int __init two_early(void)
{
	word = early() == 2 ? word : NULL;
	return early();
}

const char *two_words(void)
{
	return answer(twin(), pair());
}
#ifdef NAMESPACE_IS_WORD
EXPORT_SYMBOL_NS_GPL(two_words, OUTSIDE);
#else
EXPORT_SYMBOL_NS_GPL(two_words, "OUTSIDE");
#endif
