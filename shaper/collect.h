/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * One COUNT, in pieces: the dump of ten thousand classes takes longer than a guest wants to wait, so each piece is a
 * turn of the event loop (a quarter of a millisecond), and whoever else asks is answered in between. What changes the
 * classes meanwhile makes it begin anew.
 */
#include <systemd/sd-event.h>
#include "counters.h"
#include "drift.h"

struct collect;
/* The rows are the callee's until it returns. error: 0, -EAGAIN (the classes change too often to be counted), -errno. */
typedef void (*collect_fn)(void *data, int error, const struct message_counter *rows, size_t n);

int collect_open(sd_event *event, struct kernel *kernel, struct drift *drift, collect_fn done, void *data,
		 struct collect **out);
struct collect *collect_close(struct collect *collect);
DEFINE_CLEANUP(struct collect *, collect_close)
/* `done` will be called once, perhaps from within; one that runs already will do. 0 or -errno: it will not. */
int collect_start(struct collect *collect);
/* A plan has just been applied: its trees are where they should be. */
void collect_place(struct collect *collect);
void collect_stop(struct collect *collect); /* nobody waits any more: `done` is not called */
