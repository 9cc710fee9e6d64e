/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What a device has received and sent, from its own counters (RTM_GETSTATS): one small question to the
 * kernel, whatever the number of classes, and the truth about the device. Needs no capability.
 */
#include <net/if.h>
#include <stdint.h>

struct traffic;

struct traffic_bytes {
	uint64_t received, sent; /* as the driver counts: with Ethernet header, where the device has one */
	uint64_t received_packets, sent_packets;
};

int traffic_new(struct traffic **out); /* 0 or -errno */
struct traffic *traffic_free(struct traffic *traffic);
/* 0, -ENODEV, or -errno. */
int traffic_read(struct traffic *traffic, const char *device, struct traffic_bytes *out);
