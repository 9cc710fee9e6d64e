/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * run/daemon/portal: what the portal may ask for a guest (message.h). The portal names an address; who that
 * is, and what becomes of it, is decided here. An ONLINE is sent after the kernel has the session, never
 * before.
 */
#include <stdint.h>

struct daemon;
struct guests;

#define GUESTS_PEERS 8u /* connections of the portal */

int guests_new(struct daemon *daemon, const char *path, struct guests **out);
struct guests *guests_free(struct guests *guests);
void guests_settings(struct guests *guests); /* the policy has changed: the portal hears of it */
