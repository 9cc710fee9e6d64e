/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A zone device's frames in one direction (libpcap). What came in is said by strangers, what goes out by this
 * machine: the kernel tells them apart, and a capture has only the one. Opened with CAP_NET_RAW; needs
 * nothing afterwards.
 */
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

enum capture_direction {
	CAPTURE_IN, /* ARP, neighbour discovery, and DHCP servers that are not ours */
	CAPTURE_OUT /* answers of our DNS and DHCP servers */
};

struct capture;

struct capture_events {
	void (*frame)(void *userdata, enum capture_direction direction, const uint8_t *bytes, size_t length);
	void (*failed)(void *userdata); /* the device is gone or down; it captures nothing more */
};

/* 0 or -errno, said in the log. */
int capture_open(const char *device, enum capture_direction direction, struct capture **out);
int capture_start(struct capture *capture, sd_event *event, const struct capture_events *events,
		  void *userdata);
struct capture *capture_free(struct capture *capture);
