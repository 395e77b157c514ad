// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module says about a place in its code: whether an instruction can begin there, and to
 * which function it belongs.
 */
#include <string.h>

#include "arch/step.h"
#include "check/say.h"
#include "symbols/functions.h"

const char *check_no_instruction(const struct check *c, size_t section, uint64_t offset)
{
	if (offset % step_align(c->target.arch))
		return "instructions are aligned";
	return check_within_instruction(c, section, offset) ? "an instruction goes on" : NULL;
}

static bool holds(const struct elf_symbol *s, size_t section, uint64_t offset)
{
	return !s->special && GELF_ST_TYPE(s->sym.st_info) == STT_FUNC && s->shndx == section &&
	       offset >= s->sym.st_value && offset - s->sym.st_value < s->sym.st_size;
}

/*
 * Does the place b lie in a cold part of this function, or in the function whose cold part this is?
 */
static bool is_joined(const struct check *c, const char *function, const struct code_place *b)
{
	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (holds(&s, b->section, b->offset) && (function_is_cold_of(s.name, function) ||
							 function_is_cold_of(function, s.name)))
			return true;
	}
	return false;
}

bool check_other_function(const struct check *c, const struct code_place *a,
			  const struct code_place *b)
{
	bool known = false;

	for (size_t i = 1; i < c->mod->symnum; i++) {
		struct elf_symbol s;

		elf_file_symbol(c->mod, i, &s);
		if (!holds(&s, a->section, a->offset))
			continue;
		if (holds(&s, b->section, b->offset) || is_joined(c, s.name, b))
			return false;
		known = true;
	}
	return known;
}
