/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Classic BPF programs that choose packets in the kernel, for cooked captures (the first byte is the IP
 * header's). What they leave out costs a few instructions and is never copied. Pure.
 */
#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#define FILTER_MAX 128u
#define FILTER_DEVICES 48u /* more are not told apart here */

struct filter {
	struct sock_filter code[FILTER_MAX];
	uint16_t length;
};

void filter_nothing(struct filter *out);

/* TCP whose ports, and whose timestamps (or, of bare acknowledgements without, whose sequence numbers),
 * belong to the sample. Both directions of a connection give the same answer, so does a timestamp and its
 * echo; SYN and SYN/ACK of a chosen connection always pass. Of others without timestamps nothing does.
 * `level`: each halves the share. The first FILTER_STAMP_LEVELS thin out the timestamps, what is beyond the
 * connections. `salt`: random, so that nobody knows which ones. */
#define FILTER_STAMP_LEVELS 5u
#define FILTER_LEVELS 16u
void filter_flows(unsigned level, const uint32_t salt[static 2], const unsigned *devices, size_t n_devices,
		  struct filter *out);

/* IP packets at random: `share` of 2^32, UINT32_MAX for all. */
void filter_random(uint32_t share, const unsigned *devices, size_t n_devices, struct filter *out);
