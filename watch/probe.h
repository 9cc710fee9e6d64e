/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whether the uplink reaches anybody: an echo request to each address every 5 seconds. Down after all of them
 * were silent three times in a row, up again with the first answer.
 */
#include <stdbool.h>
#include <systemd/sd-event.h>
#include "../lib/addr.h"

enum probe_state { PROBE_UNKNOWN, PROBE_DOWN, PROBE_UP };

struct probe;

/* Opens the sockets, bound to the uplink; needs CAP_NET_RAW. `changed` is called with each change of state.
 */
int probe_new(sd_event *event, const char *uplink, void (*changed)(void *userdata, enum probe_state state),
	      void *userdata, struct probe **out);
struct probe *probe_free(struct probe *probe);
/* From now on these, copied; none: nothing is sent and the state is unknown. */
int probe_set(struct probe *probe, const struct addr *addresses, size_t n);
enum probe_state probe_state(const struct probe *probe);
