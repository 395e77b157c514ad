/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests: KLPAPPLY_HOOK=POINT:SIGNAL in the environment sends this program that signal when it
 * comes to that point; POINT:SIGNAL:N, when it comes there for the Nth time. SIGKILL there shows
 * that dying is harmless, SIGSTOP gives a test the time to do something to the process meanwhile.
 * Who can set it could send the signal as well.
 */
#ifndef KLP_HOOK_H
#define KLP_HOOK_H

void hook(const char *point);

#endif
