/* SPDX-License-Identifier: GPL-2.0-only */
/* Symbols without debug information: a global, locals with and without a type, an absolute. */
	.text
	.globl	asm_entry
	.type	asm_entry, @function
asm_entry:
	call	__fentry__
	lea	1(%rdi), %eax
	call	asm_local
	ret
	.size	asm_entry, . - asm_entry

	.type	asm_local, @function
asm_local:
	ret
	.size	asm_local, . - asm_local

asm_untyped:
	ret

	.globl	__fentry__
	.type	__fentry__, @function
__fentry__:
	ret
	.size	__fentry__, . - __fentry__

	.section .mini_exports, "", @progbits
	.ascii	"__fentry__\tEXPORT_SYMBOL\t\n"

	.data
	.type	asm_data, @object
asm_data:
	.long	4
	.size	asm_data, 4

	/* An absolute symbol is no entry of kallsyms: it must not count as a fourth state. */
	.set	state, 0x42

	.section __mcount_loc, "a", @progbits
	.quad	asm_entry

	.section .note.GNU-stack, "", @progbits
