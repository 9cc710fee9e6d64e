/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Notices that the kernel may no longer hold the plan: a device of ours came, went or got another name, somebody touched its queues or
 * addresses or our tables, forwarding was switched off. At once where the kernel announces it, and else by looking: the switches each 5 s,
 * all of it each 30 s. It repairs nothing: applying the plan again does, and writes nothing if all is well. What others did is said
 * in the log. What the kernel tells of a class that somebody else deleted goes to the remains.
 */
#include <systemd/sd-event.h>
#include "bounds.h"
#include "kernel.h"

struct drift;
struct drift_events {
	void (*seen)(void *data);			/* 300 ms after the first of a burst of events; or it is time to look */
	void (*alarm)(void *data, const char *text); /* what is no drift and must be heard of; "": it is over */
};

/* `kernel` tells what the download tree depends on. 0 or -errno. */
int drift_open(sd_event *event, const struct bounds *bounds, const struct kernel *kernel, const struct drift_events *events,
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
const char *drift_alarm(const struct drift *drift); /* the last, "": none */
