// SPDX-License-Identifier: GPL-2.0-only
/* What klplink will do to a module: see link/plan.h. */
#include "link/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "klp/format.h"

const char *link_plan_section(const struct link_plan *plan, size_t index)
{
	static const char *const own[LINK_OWN] = {".data..klp_slots", KLP_STUBS};

	return index < plan->in->shnum ? plan->in->sec[index].name : own[index - plan->in->shnum];
}

size_t link_plan_add_symbol(struct link_plan *plan, struct new_symbol symbol)
{
	GROW(plan->added, plan->added_num, plan->added_cap);
	plan->added[plan->added_num] = symbol;
	return plan->in->symnum + plan->added_num++;
}

struct link_relas *link_plan_klp(struct link_plan *plan, size_t target, const char *object)
{
	struct klp_section *k;

	for (size_t i = 0; i < plan->klps; i++) {
		k = &plan->klp[i];
		if (k->target == target && !strcmp(k->object, object))
			return &k->relas;
	}
	GROW(plan->klp, plan->klps, plan->klps_cap);
	k = &plan->klp[plan->klps++];
	memset(k, 0, sizeof(*k));
	k->target = target;
	k->object = object;
	/* .klp.rela.OBJECT.SECTION, the section with its own dot */
	k->name = xasprintf(KLP_RELA_PREFIX "%s.%s", object, link_plan_section(plan, target));
	return &k->relas;
}

void link_relas_add(struct link_relas *relas, Elf64_Rela r)
{
	GROW(relas->r, relas->n, relas->cap);
	relas->r[relas->n++] = r;
}

struct link_edit *link_plan_edit(struct link_plan *plan, size_t section, uint64_t offset,
				 size_t size)
{
	struct link_edit *e;

	GROW(plan->edit, plan->edits, plan->edits_cap);
	e = &plan->edit[plan->edits++];
	*e = (struct link_edit){.section = section, .offset = offset, .size = size};
	return e;
}

void link_plan_free(struct link_plan *plan)
{
	for (size_t i = 0; plan->new_name && i < plan->in->symnum; i++)
		free(plan->new_name[i]);
	for (size_t i = 0; plan->kept && i < plan->in->shnum; i++)
		free(plan->kept[i].r);
	for (size_t i = 0; i < plan->added_num; i++)
		free(plan->added[i].name);
	for (size_t i = 0; i < plan->klps; i++) {
		free(plan->klp[i].name);
		free(plan->klp[i].relas.r);
	}
	for (size_t i = 0; i < LINK_OWN; i++) {
		free(plan->own[i].data);
		free(plan->own[i].relas.r);
	}
	relocs_free(&plan->relocs);
	free(plan->modinfo_data);
	free(plan->klp);
	free(plan->slot);
	free(plan->edit);
	free(plan->added);
	free(plan->address);
	free(plan->symbol);
	free(plan->new_name);
	free(plan->drop);
	free(plan->kept);
}
