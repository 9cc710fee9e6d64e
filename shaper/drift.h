/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Notices that the kernel may no longer hold the plan: a device of ours came or went, somebody touched its
 * queues or addresses, or deleted from our tables. It does not look closer: applying the plan again does, and
 * writes nothing if all is well.
 */
#include <systemd/sd-event.h>
#include "bounds.h"
#include "kernel.h"

struct drift;
typedef void (*drift_fn)(void *data);

/* `seen` is called 300 ms after the first of a burst of events; `kernel` tells what the download tree depends
 * on. 0 or -errno. */
int drift_open(sd_event *event, const struct bounds *bounds, const struct kernel *kernel, drift_fn seen,
	       void *data, struct drift **out);
struct drift *drift_close(struct drift *drift);
DEFINE_CLEANUP(struct drift *, drift_close)
/* Our own writing is no drift: queue events are not listened to while `paused`. */
void drift_pause(struct drift *drift, bool paused);
