/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names come from ELF files, DWARF and the file system, and whoever made these may have put escape
 * sequences there that a terminal obeys: they can hide an error, set its title, paste a command.
 * All that the programs print goes through here, so that no place can be forgotten.
 */
#ifndef KLP_PRINTABLE_H
#define KLP_PRINTABLE_H

/*
 * From now on what is printed to stdout and stderr has each control character but newline and tab,
 * and each byte that is not UTF-8, as \xNN. To be called first in main(), before anything is
 * printed.
 */
void printable_output(void);

#endif
