/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A limit to the time that a program runs, because its input may come from anybody: some work grows
 * with the product of two sizes in a file, and a run that never ends is not an answer.
 */
#ifndef KLP_CPU_LIMIT_H
#define KLP_CPU_LIMIT_H

/*
 * Limits this process to ten minutes of processor time, or to what the user has set (ulimit -t); a
 * large module takes a second. When the time is up, it names the file in a message and exits with
 * EXIT_REFUSED. Each process that is started later has the same limit.
 */
void cpu_limit(const char *path);

#endif
