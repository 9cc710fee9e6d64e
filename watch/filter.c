/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a full uplink is a hundred thousand packets a second, and gerbang-watch is to see two thousand. pcap's
 * own language has neither multiplication nor chance, so these programs are written by hand, each step one
 * line: jumps to "keep" and "leave" are resolved at the end, jumps over lines are counted.
 */
#include "filter.h"
#include <string.h>

/* Jump targets until finish() knows where they are. */
#define KEEP 254
#define LEAVE 255
#define NEXT 0
#define WHOLE 0x40000

#define LOAD_BYTE(at) BPF_STMT(BPF_LD | BPF_B | BPF_ABS, at)
#define LOAD_HALF(at) BPF_STMT(BPF_LD | BPF_H | BPF_ABS, at)
/* behind the IP header: X is its length */
#define TCP_BYTE(at) BPF_STMT(BPF_LD | BPF_B | BPF_IND, at)
#define TCP_HALF(at) BPF_STMT(BPF_LD | BPF_H | BPF_IND, at)
#define TCP_WORD(at) BPF_STMT(BPF_LD | BPF_W | BPF_IND, at)
#define STORE(slot) BPF_STMT(BPF_ST, slot)
#define RECALL(slot) BPF_STMT(BPF_LD | BPF_MEM, slot)
#define STORE_X(slot) BPF_STMT(BPF_STX, slot)
#define RECALL_X(slot) BPF_STMT(BPF_LDX | BPF_MEM, slot)
#define SET_X(value) BPF_STMT(BPF_LDX | BPF_IMM, value)
#define HEADER_X BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0) /* an IPv4 header's length */
#define AND(value) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, value)
#define ADD_X BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0)
#define SUB_X BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0)
#define MULTIPLY(value) BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, value)
#define SHIFT_RIGHT(bits) BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, bits)
#define IF_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define IF_ANY_BIT(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, value, yes, no)
#define IF_AT_LEAST(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, value, yes, no)
#define SKIP(lines) BPF_STMT(BPF_JMP | BPF_JA, lines)

enum { SLOT_LENGTH, SLOT_PORT, SLOT_X }; /* the machine's own memory */

static void emit(struct filter *filter, const struct sock_filter *lines, size_t n)
{
	memcpy(filter->code + filter->length, lines, n * sizeof(*lines));
	filter->length = (uint16_t)(filter->length + n);
}

#define EMIT(filter, ...)                                                                                    \
	emit(filter, (const struct sock_filter[]){__VA_ARGS__},                                              \
	     sizeof((const struct sock_filter[]){__VA_ARGS__}) / sizeof(struct sock_filter))

static uint8_t resolve(uint8_t target, size_t at, size_t keep)
{
	if (target == KEEP)
		return (uint8_t)(keep - at - 1);
	if (target == LEAVE)
		return (uint8_t)(keep - at);
	return target;
}

static void finish(struct filter *filter)
{
	const size_t keep = filter->length;

	EMIT(filter, BPF_STMT(BPF_RET | BPF_K, WHOLE), BPF_STMT(BPF_RET | BPF_K, 0));
	for (size_t i = 0; i < keep; i++) {
		if (BPF_CLASS(filter->code[i].code) != BPF_JMP || BPF_OP(filter->code[i].code) == BPF_JA)
			continue;
		filter->code[i].jt = resolve(filter->code[i].jt, i, keep);
		filter->code[i].jf = resolve(filter->code[i].jf, i, keep);
	}
}

void filter_nothing(struct filter *out)
{
	out->length = 0;
	EMIT(out, BPF_STMT(BPF_RET | BPF_K, 0));
}

/* Ends the program: only of these devices. */
static void emit_devices(struct filter *filter, const unsigned *devices, size_t n)
{
	if (n && n <= FILTER_DEVICES) {
		EMIT(filter, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_IFINDEX)));
		for (size_t i = 0; i < n; i++)
			EMIT(filter, IF_EQUAL(devices[i], KEEP, i + 1 < n ? NEXT : LEAVE));
	}
	finish(filter);
}

/* TCP, no fragment; then X is the IP header's length, SLOT_LENGTH what is behind it. */
static void emit_tcp(struct filter *filter)
{
	EMIT(filter, LOAD_BYTE(0), AND(0xf0), IF_EQUAL(0x40, NEXT, 9));
	/* IPv4: 9 lines */
	EMIT(filter, LOAD_BYTE(9), IF_EQUAL(6, NEXT, LEAVE), LOAD_HALF(6), IF_ANY_BIT(0x3fff, LEAVE, NEXT),
	     HEADER_X, LOAD_HALF(2), SUB_X, STORE(SLOT_LENGTH), SKIP(6));
	/* IPv6: 6 lines */
	EMIT(filter, IF_EQUAL(0x60, NEXT, LEAVE), LOAD_BYTE(6), IF_EQUAL(6, NEXT, LEAVE), LOAD_HALF(4),
	     STORE(SLOT_LENGTH), SET_X(40));
}

/* A is hashed, and must be what the sample has; `yes` and `no` as in a jump. */
static void emit_choice(struct filter *filter, unsigned bits, uint32_t salt, uint8_t yes, uint8_t no)
{
	EMIT(filter, MULTIPLY(salt | 1), SHIFT_RIGHT(16), AND((1u << bits) - 1), IF_EQUAL(0, yes, no));
}

static void emit_ports(struct filter *filter, unsigned bits, uint32_t salt)
{
	EMIT(filter, TCP_HALF(0), STORE(SLOT_PORT), TCP_HALF(2), STORE_X(SLOT_X), RECALL_X(SLOT_PORT), ADD_X,
	     RECALL_X(SLOT_X));
	emit_choice(filter, bits, salt, NEXT, LEAVE);
}

#define CHOICE_LINES 4

/* The sum is the same for a SYN/ACK's answer, whatever was said before. */
static void emit_bare(struct filter *filter, unsigned bits, uint32_t salt)
{
	EMIT(filter, RECALL(SLOT_LENGTH), IF_EQUAL(20, NEXT, LEAVE), TCP_WORD(4), STORE(SLOT_PORT),
	     TCP_WORD(8), RECALL_X(SLOT_PORT), ADD_X);
	emit_choice(filter, bits, salt, NEXT, LEAVE);
}

/* NOP, NOP, timestamps: as everybody sends them. */
static void emit_stamps(struct filter *filter, unsigned bits, uint32_t salt)
{
	EMIT(filter, TCP_WORD(20), IF_EQUAL(0x0101080a, NEXT, LEAVE), TCP_WORD(24));
	emit_choice(filter, bits, salt, 1 + CHOICE_LINES, NEXT);
	EMIT(filter, TCP_WORD(28));
	emit_choice(filter, bits, salt, NEXT, LEAVE);
}

#define STAMP_LINES (3 + CHOICE_LINES + 1 + CHOICE_LINES)
#define BARE_LINES (7 + CHOICE_LINES)

void filter_flows(unsigned level, const uint32_t salt[static 2], const unsigned *devices, size_t n_devices,
		  struct filter *out)
{
	const unsigned stamps = level < FILTER_STAMP_LEVELS ? level : FILTER_STAMP_LEVELS;

	out->length = 0;
	emit_tcp(out);
	emit_ports(out, level - stamps, salt[0]);
	/* SYN: at once to the devices. */
	EMIT(out, TCP_BYTE(13), IF_ANY_BIT(4, LEAVE, NEXT),
	     IF_ANY_BIT(2, 5 + BARE_LINES + STAMP_LINES, NEXT));
	EMIT(out, TCP_BYTE(12), AND(0xf0), IF_EQUAL(0x50, NEXT, 1 + BARE_LINES));
	emit_bare(out, stamps, salt[1]);
	EMIT(out, SKIP(1 + STAMP_LINES), IF_AT_LEAST(0x80, NEXT, LEAVE));
	emit_stamps(out, stamps, salt[1]);
	emit_devices(out, devices, n_devices);
}

void filter_random(uint32_t share, const unsigned *devices, size_t n_devices, struct filter *out)
{
	out->length = 0;
	EMIT(out, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_RANDOM)));
	if (share != UINT32_MAX)
		EMIT(out, IF_AT_LEAST(share, LEAVE, NEXT));
	EMIT(out, LOAD_BYTE(0), AND(0xf0), IF_EQUAL(0x40, 1, NEXT), IF_EQUAL(0x60, NEXT, LEAVE));
	emit_devices(out, devices, n_devices);
}
