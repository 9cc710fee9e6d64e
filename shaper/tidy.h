/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Forgetting the connections of guests who have gone, a little later and many at once: each round reads the
 * whole connection table, and nobody waits for it (the gate has closed already).
 */
#include <systemd/sd-event.h>
#include "../lib/cleanup.h"
#include "../lib/plan.h"

struct tidy;
int tidy_open(sd_event *event, struct tidy **out);
struct tidy *tidy_close(struct tidy *tidy);
DEFINE_CLEANUP(struct tidy *, tidy_close)
/* keep_ports: the portal's own answers to the guest go on. Best effort: what cannot be noted is left to its
 * timeout. */
void tidy_session(struct tidy *tidy, const struct plan_session *session, const uint16_t keep_ports[static 2]);
/* This guest is in again: what is open now is not to be cut. */
void tidy_returned(struct tidy *tidy, const struct plan_session *session);
