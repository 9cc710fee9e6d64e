/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * run/daemon/courier: gerbang-courier, who runs the daemon's errands in the world outside (message.h, COURIER). An errand is asked
 * once and answered once: by the courier, or with NULL where it went away or took too long; then nobody knows whether it was done.
 */
#include <jansson.h>
#include <stdbool.h>

struct daemon;
struct courier;

int courier_new(struct daemon *daemon, struct courier **out); /* after the engine: its policy says where. 0 or -errno */
struct courier *courier_free(struct courier *courier);	      /* answers what is open with NULL */

/* `answer` is the caller's only during the call. */
typedef void (*courier_done)(void *userdata, const json_t *answer);

bool courier_there(const struct courier *courier);
/* Steals `errand`. 0: `done` will be called, never from within this call. -ENOTCONN: nobody there; -EBUSY: too many are open. */
int courier_ask(struct courier *courier, json_t *errand, courier_done done, void *userdata);
/* Forgets all that was asked with this userdata: its `done` is not called any more. */
void courier_forget(struct courier *courier, const void *userdata);
