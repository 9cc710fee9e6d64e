/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Notices that the kernel may no longer hold the plan: a device of ours came or went, somebody touched its
 * queues or addresses, or deleted from our tables. It does not look closer: applying the plan again does, and
 * writes nothing if all is well. What the kernel tells of a class that somebody else deleted goes to the remains.
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
/* Counts what happened to devices and queues of ours: as long as it is the same, they are where and what they were. Reading
 * takes what waits at the event socket into account now. Our own writing is said by drift_touch(). */
unsigned drift_changes(const struct drift *drift);
void drift_read(struct drift *drift);
void drift_touch(struct drift *drift);
/* Our own writing is no drift: queue events are not listened to while `paused`. */
void drift_pause(struct drift *drift, bool paused);
