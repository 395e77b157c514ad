// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long instructions of x86_64 are, and where they lead: Intel SDM volume 2, chapter 2 and
 * appendix A, for 64-bit mode. What an instruction does otherwise is not looked at.
 */
#include "arch/step_rows.h"

#include <string.h>

/*
 * What follows each opcode: '.' nothing, 'm' ModRM, 'b' a byte, 'z' a word of four bytes or (with a
 * prefix) two, 'M' ModRM and a byte, 'Z' ModRM and a word; 'w' two bytes, 'e' three, 'o' an
 * address, 'v' what fits the register, 'd' a distance of four bytes; 'g', 'G' ModRM and, when that
 * says so, a byte or a word; 'x' no such instruction.
 */
static const char one_byte[] = "mmmmbzxxmmmmbzxx"  /* 0x00 */
			       "mmmmbzxxmmmmbzxx"  /* 0x10 */
			       "mmmmbzxxmmmmbzxx"  /* 0x20 */
			       "mmmmbzxxmmmmbzxx"  /* 0x30 */
			       "xxxxxxxxxxxxxxxx"  /* 0x40: REX */
			       "................"  /* 0x50 */
			       "xxxmxxxxzZbM...."  /* 0x60 */
			       "bbbbbbbbbbbbbbbb"  /* 0x70 */
			       "MZxMmmmmmmmmmmmm"  /* 0x80 */
			       "..........x....."  /* 0x90 */
			       "oooo....bz......"  /* 0xa0 */
			       "bbbbbbbbvvvvvvvv"  /* 0xb0 */
			       "MMw.xxMZe.w..bx."  /* 0xc0 */
			       "mmmmxxx.mmmmmmmm"  /* 0xd0 */
			       "bbbbbbbbddxb...."  /* 0xe0 */
			       "x.xx..gG......mm"; /* 0xf0 */

static const char two_bytes[] = "mmmmx.....x.xm.M"  /* 0x0f 0x00 */
				"mmmmmmmmmmmmmmmm"  /* 0x10 */
				"mmmmxxxxmmmmmmmm"  /* 0x20 */
				"......x.xxxxxxxx"  /* 0x30 */
				"mmmmmmmmmmmmmmmm"  /* 0x40 */
				"mmmmmmmmmmmmmmmm"  /* 0x50 */
				"mmmmmmmmmmmmmmmm"  /* 0x60 */
				"MMMMmmm.mmxxmmmm"  /* 0x70 */
				"dddddddddddddddd"  /* 0x80 */
				"mmmmmmmmmmmmmmmm"  /* 0x90 */
				"...mMmxx...mMmmm"  /* 0xa0 */
				"mmmmmmmmmmMmmmmm"  /* 0xb0 */
				"mmMmMMMm........"  /* 0xc0 */
				"mmmmmmmmmmmmmmmm"  /* 0xd0 */
				"mmmmmmmmmmmmmmmm"  /* 0xe0 */
				"mmmmmmmmmmmmmmmm"; /* 0xf0 */

struct instruction {
	const unsigned char *code;
	size_t at, size; /* what has been read, and what is there */
	bool word16, address32, rex_w;
	int map; /* 0: opcodes of one byte, 1: behind 0x0f, 2, 3: 0x0f 0x38, 0x0f 0x3a */
	unsigned char opcode, modrm;
	bool vector; /* VEX or EVEX: in map 1, too, all but 0x77 have ModRM */
};

/* The next byte; 0 behind the end, which is found in the end. */
static unsigned char peek(const struct instruction *i)
{
	return i->at < i->size ? i->code[i->at] : 0;
}

static unsigned char next(struct instruction *i)
{
	unsigned char byte = peek(i);

	i->at++;
	return byte;
}

static void read_prefixes(struct instruction *i)
{
	while (i->at < i->size && i->at < 15 &&
	       memchr("\x66\x67\xf0\xf2\xf3\x26\x2e\x36\x3e\x64\x65", peek(i), 11)) {
		i->word16 |= peek(i) == 0x66;
		i->address32 |= peek(i) == 0x67;
		i->at++;
	}
	if ((peek(i) & 0xf0) == 0x40)
		i->rex_w = next(i) & 8;
}

static void read_opcode(struct instruction *i)
{
	unsigned char byte = next(i);

	if (byte == 0xc5 || byte == 0xc4 || byte == 0x62) {
		i->vector = true;
		i->map = byte == 0xc5 ? 1 : peek(i) & (byte == 0x62 ? 7 : 31);
		i->at += byte == 0xc5 ? 1 : byte == 0xc4 ? 2 : 3;
		byte = next(i);
	} else if (byte == 0x0f) {
		byte = next(i);
		i->map = byte == 0x38 ? 2 : byte == 0x3a ? 3 : 1;
		if (i->map > 1)
			byte = next(i);
	}
	i->opcode = byte;
}

static char kind_of(const struct instruction *i)
{
	char kind = i->map ? two_bytes[i->opcode] : one_byte[i->opcode];

	if (i->map > 1)
		return i->map == 3 ? 'M' : 'm';
	return i->vector && kind != 'M' && i->opcode != 0x77 ? 'm' : kind;
}

/* ModRM, SIB and displacement. */
static void read_operand(struct instruction *i)
{
	unsigned int mod, rm, base;

	i->modrm = next(i);
	mod = i->modrm >> 6;
	rm = base = i->modrm & 7;
	if (mod != 3 && rm == 4)
		base = next(i) & 7;
	if (mod == 1)
		i->at += 1;
	else if (mod == 2 || (mod == 0 && base == 5))
		i->at += 4;
}

static void read_rest(struct instruction *i, char kind)
{
	size_t word = i->word16 ? 2 : 4;

	if (strchr("mMZgG", kind))
		read_operand(i);
	switch (kind) {
	case 'b':
	case 'M':
		i->at += 1;
		break;
	case 'z':
	case 'Z':
		i->at += word;
		break;
	case 'w':
		i->at += 2;
		break;
	case 'e':
		i->at += 3;
		break;
	case 'o':
		i->at += i->address32 ? 4 : 8;
		break;
	case 'v':
		i->at += i->rex_w ? 8 : word;
		break;
	case 'd':
		i->at += 4;
		break;
	case 'g':
		i->at += i->modrm & 0x30 ? 0 : 1;
		break;
	case 'G':
		i->at += i->modrm & 0x30 ? 0 : word;
		break;
	default:
		break;
	}
}

static struct step flow_of(const struct instruction *i)
{
	struct step step = {.size = (uint8_t)i->at, .goes_on = true};
	unsigned int op = i->opcode, reg = i->modrm >> 3 & 7;
	const unsigned char *end = i->code + i->at;

	if (i->vector || i->map > 1)
		return step;
	if (i->map) {
		step.to = (op & 0xf0) == 0x80;
		step.trap = op == 0x0b || op == 0xb9;	/* ud2, ud1 */
		step.leaves = op == 0x07 || op == 0x35; /* sysret, sysexit */
		step.goes_on = !step.leaves;
		step.distance = step.to ? (int32_t)code_word(end - 4) : 0;
		return step;
	}
	if (op == 0xe8 || op == 0xe9) {
		step.to = true;
		step.call = step.goes_on = op == 0xe8;
		step.distance = (int32_t)code_word(end - 4);
	} else if (op == 0xeb || (op & 0xf0) == 0x70 || (op & 0xfc) == 0xe0) {
		step.to = true;
		step.goes_on = op != 0xeb;
		step.distance = (int8_t)end[-1];
	} else if (memchr("\xc2\xc3\xca\xcb\xcf", (int)op, 5)) { /* ret, iret */
		step.leaves = true;
		step.goes_on = false;
	} else if (op == 0xff && reg >= 2 && reg <= 5) { /* call, jmp by a pointer */
		step.call = step.goes_on = reg < 4;
		step.leaves = !step.call;
	}
	return step;
}

struct step x86_64_step(const unsigned char *code, size_t size)
{
	struct instruction i = {.code = code, .size = size};
	char kind;

	read_prefixes(&i);
	read_opcode(&i);
	kind = kind_of(&i);
	if (kind == 'x')
		return (struct step){.size = 0};
	read_rest(&i, kind);
	if (i.at > size || i.at > 15)
		return (struct step){.size = 0};
	return flow_of(&i);
}
