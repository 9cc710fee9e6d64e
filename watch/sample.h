/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The heads of packets that pass any device of this machine (libpcap, cooked: from the IP header on), as few
 * as a filter (filter.h) chooses. One capture for all devices, however many VLANs there are. Opened with
 * CAP_NET_RAW and seeing nothing; filters are set later, without it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "filter.h"

struct sample;

struct sample_packet {
	unsigned ifindex;
	bool leaves; /* this machine sends it there; else it came in */
	const uint8_t *bytes;
	size_t length;	   /* of what is here */
	uint32_t whole;	   /* of the packet, by segmentation offload up to 64 KiB and more */
	int64_t wall_usec; /* the kernel's, as it passed */
};

struct sample_events {
	void (*packet)(void *userdata, const struct sample_packet *packet);
	void (*turn)(void *userdata);			 /* before the packets of a turn, or NULL */
	void (*failed)(void *userdata, const char *why); /* it sees nothing more */
};

/* `prompt`: each packet at once; else in heaps, a tenth of a second late at most, which costs less. 0 or
 * -errno. */
int sample_open(bool prompt, struct sample **out);
int sample_start(struct sample *sample, sd_event *event, const struct sample_events *events, void *userdata);
struct sample *sample_free(struct sample *sample);
/* What passes from now on. 0 or -errno. */
int sample_filter(struct sample *sample, const struct filter *filter);
/* Nothing more: not even looked at by the kernel. sample_filter() begins anew. */
int sample_rest(struct sample *sample);
void sample_drain(struct sample *sample); /* what has been seen and not been told is told, at most so much as
					     the buffer holds */
/* Since it was opened: packets that the filter chose, and those of them for which there was no room. */
void sample_counts(const struct sample *sample, uint64_t *chosen, uint64_t *lost);
