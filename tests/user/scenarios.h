/* SPDX-License-Identifier: GPL-2.0-only */
/* What the program and the library of tests/user-scenarios.t share. */
#ifndef SCENARIOS_H
#define SCENARIOS_H

/* What a patch replaces or uses: no caller knows more than its type. */
#define OLD __attribute__((noipa))

long lib_both(void);
long lib_shared(void);
long lib_ref_glibc(void);
long lib_tls(void);
long lib_endbr64(void);
long lib_hidden(void);
/* Waits for SIGUSR2 within the library, then says what lib_blocked() does. */
long lib_wait(void);
long lib_blocked(void);
/* An IFUNC. */
long lib_pick(void);

#endif
