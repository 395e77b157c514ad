/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An end for programs that are given files of anybody's: sizes that a file may have make some work
 * grow with their product, and a run that never ends is no answer.
 */
#ifndef KLP_CPU_LIMIT_H
#define KLP_CPU_LIMIT_H

/*
 * Ten minutes of the processor's time, or what the user has set (ulimit -t), for this process; what
 * takes a second for large modules. Then it says so of the file and exits with EXIT_REFUSED.
 * Processes that are started later have as much each.
 */
void cpu_limit(const char *path);

#endif
