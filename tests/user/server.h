/* SPDX-License-Identifier: GPL-2.0-only */
/* What programs, library and patches of these tests share. */
#ifndef SERVER_H
#define SERVER_H

/* The library. */
int lib_work(int x);
extern int lib_public;
/* Calls back, so that a frame of the library lies under one of the program. */
int lib_call(int (*f)(int), int x);

/* In an object without unwind information. */
int plain_call(int (*f)(int), int x);

#endif
