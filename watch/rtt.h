/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Latency as a figure: TCP round trips of a sample of what passes, sorted by where they were seen, summed up
 * every RTT_WINDOW_USEC into the JSON of MESSAGE_WATCH_LATENCY. At most about RTT_PACKETS packets a second
 * reach this program: the kernel's filter is thinned out as soon as there are more, and slowly thickened when
 * there are few.
 */
#include <systemd/sd-event.h>
#include "owners.h"
#include "settings.h"

#define RTT_PACKETS 2000u
#define RTT_WINDOW_USEC (10 * INT64_C(1000000))

struct rtt;

int rtt_open(struct rtt **out); /* needs CAP_NET_RAW. 0 or -errno */
/* `tell` gets each window's document, and does not keep it. */
int rtt_start(struct rtt *rtt, sd_event *event, void (*tell)(void *userdata, const char *json),
	      void *userdata);
/* From now on these; both stay the caller's until the next call. With other settings what was measured is dropped. */
int rtt_set(struct rtt *rtt, const struct settings *settings, const struct owners *owners);
struct rtt *rtt_free(struct rtt *rtt);
