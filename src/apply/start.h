/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bringing a program that has just been executed to its entry: its libraries are loaded and
 * relocated then, and main() has not run.
 *
 * No breakpoint is set, which would kill the program if we died. The dynamic linker learns the
 * entry from the kernel's auxiliary vector; there it gets the address of some code of ours, which
 * makes a system call and goes to the entry. Without us that call does nothing.
 */
#ifndef KLP_START_H
#define KLP_START_H

#include "apply/stop.h"

/* The thread is in the stop of its exec, and then at the entry, stopped. -1 with the outcome. */
int start_to_entry(struct stop_thread *t, struct process_outcome *outcome);

#endif
