/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * `gerbang apply`: an edited configuration is written ahead (history.h), takes the place of the running one whole, and is good once the
 * shaper has read it back from the kernel; with a time to confirm in, once somebody has said so. Until then the former one is kept in
 * memory, and on the disk it is still the one that a start goes by.
 */
#include <jansson.h>
#include "control.h"

struct reload;
struct policy;

int reload_new(struct daemon *daemon, struct reload **out);
struct reload *reload_free(struct reload *reload); /* after the engine, which answers whoever waits */

/* From the engine: the shaper is connected (again); the kernel holds all that was decided. */
void reload_connected(struct reload *reload);
void reload_settled(struct reload *reload);

/* What waits to be confirmed: how much of its time is left, or -1 where nothing does. */
int64_t reload_left_usec(const struct reload *reload);

/* The end of what waits (confirm.c). 0 or -errno: it could not be recorded, and still waits. */
int reload_confirm(struct reload *reload);

/* For the command. -EINPROGRESS: one is on its way; -EBUSY: one waits to be confirmed, for so long; 0: nothing stands in the way any more. */
int reload_make_way(struct reload *reload, int64_t *left_usec);
struct reload_about {
	uint64_t number;
	bool recorded; /* it is a pending entry; not, where it is the current one once more */
	int64_t confirm_usec; /* 0: none has to */
};
/* Puts `policy` in place. 0: it and `document`, the answer, are taken, and the ticket gets its answer; -errno: nothing of it, and the ticket
 * is still the caller's to refuse. */
int reload_put(struct reload *reload, const struct ticket *ticket, const struct reload_about *about, struct policy *policy,
	       json_t *document);

/* status["configuration"] (history.h says what is in it) */
json_t *reload_json(struct daemon *daemon);
