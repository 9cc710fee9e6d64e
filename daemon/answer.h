/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the portal is told: a guest's state (message.h).
 */
#include "engine.h"
#include "../lib/message.h"

/* What a request came to, beside the state; all 0 where it did what was asked, or nothing was. */
struct answer_note {
	bool busy;    /* it could not be had now */
	bool used_up; /* no data is left before again_wall_usec */
	int64_t again_wall_usec;
	uint8_t refusal; /* enum guest_refusal */
	int64_t retry_seconds;
};

/* As it is now. `cookie`: the resume code of the guest's browser, or "". */
struct message_guest_state answer_state(struct daemon *daemon, const char *device, const struct mac *mac,
					const char *cookie, const struct answer_note *note);
