// SPDX-License-Identifier: GPL-2.0-only
/* Words that depend on the process: see apply/fixups.h. */
#include "apply/fixups.h"

#include <string.h>

#include "apply/exports.h"
#include "apply/machine.h"

struct filling {
	struct process *process;
	const struct loaded_list *objects;
	const struct patch_file *patch;
	const struct loaded *const *target;
	uint64_t base;
};

static int refuse_word(const struct filling *f, const struct user_fixup *x, const char *why)
{
	return outcome_refuse(f->process->outcome, "'%s' (%s): %s",
			      patch_file_name(f->patch, x->name), user_fixup_kinds[x->kind], why);
}

static int find_export(const struct filling *f, const struct user_fixup *x, uint64_t *ret)
{
	struct exports_symbol symbol;

	if (x->type == USER_TYPE_TLS)
		return refuse_word(f, x, "thread-local variables of other objects have no address");
	if (exports_find(f->process, f->objects, patch_file_name(f->patch, x->name),
			 patch_file_name(f->patch, x->version), x->type, &symbol))
		return -1;
	*ret = symbol.addr + (uint64_t)x->addend;
	return 0;
}

/*
 * What the target itself uses. Before the first call a word of the PLT leads back into the target,
 * whose code would ask the dynamic linker.
 */
static int read_slot(const struct filling *f, const struct user_fixup *x, uint64_t *ret)
{
	const struct loaded *o = f->target[x->target];
	uint64_t at = o->bias + x->value, value;

	if (!loaded_has(o, at, sizeof(value)) ||
	    !process_read(f->process, at, &value, sizeof(value)))
		return refuse_word(f, x, "the target has no such word");
	if (!value)
		return refuse_word(f, x,
				   "the target's word is empty: the symbol was weak and "
				   "nobody has it, or it is not bound yet");
	if (x->unbound && value == o->bias + x->unbound)
		return find_export(f, x, ret);
	*ret = value + (uint64_t)x->addend;
	return 0;
}

static int tls_module(const struct filling *f, const struct user_fixup *x, uint64_t *ret)
{
	const struct loaded *o = f->target[x->target];
	uint64_t at = o->bias + x->value;

	*ret = 1;
	if (o->program)
		return 0;
	if (!loaded_has(o, at, sizeof(*ret)) || !process_read(f->process, at, ret, sizeof(*ret)) ||
	    !*ret || *ret > UINT32_MAX)
		return refuse_word(f, x,
				   "the library's number for thread-local storage is not "
				   "where it should be");
	return 0;
}

static int thread_offset(const struct filling *f, const struct user_fixup *x, uint64_t *ret)
{
	const Elf64_Phdr *ph = loaded_phdr(f->target[x->target], PT_TLS);

	if (!ph || x->value >= ph->p_memsz || (ph->p_align & (ph->p_align - 1)))
		return refuse_word(f, x, "the program has no such thread-local storage");
	*ret = x->value + (uint64_t)machine_here.tls(ph->p_vaddr, ph->p_memsz, ph->p_align);
	return 0;
}

static int value_of(const struct filling *f, const struct user_fixup *x, uint64_t *ret)
{
	const struct user_func *fn;

	switch ((enum user_fixup_kind)x->kind) {
	case USER_IMAGE:
		*ret = f->base + x->value;
		return 0;
	case USER_OBJECT:
		*ret = f->target[x->target]->bias + x->value;
		return 0;
	case USER_SLOT:
		return read_slot(f, x, ret);
	case USER_EXPORT:
		return find_export(f, x, ret);
	case USER_TLSMOD:
		return tls_module(f, x, ret);
	case USER_TLSOFF:
		*ret = x->value;
		return 0;
	case USER_TPOFF:
		return thread_offset(f, x, ret);
	case USER_OLD:
		fn = &f->patch->func[x->value];
		*ret = f->target[fn->target]->bias + fn->addr;
		return 0;
	case USER_FIXUP_KINDS:
		break;
	}
	program_error("a word of kind %u in a patch file that was checked", x->kind);
}

int fixups_fill(struct process *p, const struct loaded_list *objects,
		const struct patch_file *patch, const struct loaded *const *target, uint64_t base,
		unsigned char *image)
{
	const struct filling f = {p, objects, patch, target, base};

	for (size_t i = 0; i < patch->fixup_count; i++) {
		uint64_t value;

		if (value_of(&f, &patch->fixup[i], &value))
			return -1;
		memcpy(image + patch->fixup[i].place, &value, sizeof(value));
	}
	return 0;
}
