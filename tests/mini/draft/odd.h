/* SPDX-License-Identifier: GPL-2.0-only */
/* A header that no module can include: its types have to be written anew. */
#ifndef ODD_H
#define ODD_H

#include "mini.h"

enum odd_state { ODD_OFF, ODD_ON = 4, ODD_BAD = -1 };

struct odd_elsewhere;

typedef int (*odd_fn)(struct odd_elsewhere *where, const char *fmt, ...);

typedef struct {
	int counter;
} odd_count;

struct odd_packed {
	char tag;
	long number;
	u8 bits : 3;
	u8 more : 5;
} __attribute__((packed));

struct odd_aligned {
	int first;
	int second __attribute__((aligned(64)));
};

struct odd_padded {
	char a;
	unsigned int x : 3;
	unsigned int : 7;
	unsigned int y : 4;
	unsigned long : 0;
	bool flag;
};

union odd_value {
	const volatile int *in;
	char text[8];
	struct odd_packed packed;
};

struct odd {
	const char *const name;
	enum odd_state state;
	enum { ODD_SMALL, ODD_LARGE } size;
	union {
		union odd_value value;
		struct {
			int row, column;
		};
	};
	struct odd_aligned aligned;
	struct odd_padded padded[2][3];
	odd_fn fn;
	int (*table[4])(const struct odd *);
	int (*(*chosen)(int))[5];
	struct record *record; /* of a header that modules have */
	struct odd *next;
	odd_count count;
	unsigned long flags : 40;
	struct odd_elsewhere *nowhere[0];
	int rest[];
};

#endif
