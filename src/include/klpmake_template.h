/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For patches that 'klpmake new' has made of a template, until their functions have bodies.
 */
#ifndef KLPMAKE_TEMPLATE_H
#define KLPMAKE_TEMPLATE_H

/*
 * For the init function of what 'klpmake new' has made of a template: as long as it asks this of a
 * function, the patch refuses to be loaded. (The compiler is not to know the answer: it would leave
 * out the patch, and nothing could check it.)
 */
#define KLP_UNWRITTEN(FUNCTION)                                                            \
	({                                                                                 \
		int klp_unwritten = 1;                                                     \
		__asm__("" : "+r"(klp_unwritten));                                         \
		if (klp_unwritten)                                                         \
			pr_err("%s: " #FUNCTION "() has no body yet\n", THIS_MODULE->name); \
		klp_unwritten;                                                             \
	})

#endif
