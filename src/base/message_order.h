/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages in the order of the lines of the source, which is how a person goes through them. The
 * programs find faults in the order of symbol tables.
 */
#ifndef KLP_MESSAGE_ORDER_H
#define KLP_MESSAGE_ORDER_H

/* From here on error(), warning() and waived() are held back; those of child processes are not. */
void messages_hold(void);

/*
 * Prints what was held back, and holds back nothing more. Files come in the order in which messages
 * first named them; a message that does not begin with a place stays behind the one that it
 * followed. If the program exits without calling this, it happens at exit.
 */
void messages_tell(void);

#endif
