/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the portal is told: a guest's state, the site's settings (message.h).
 */
#include "engine.h"
#include "../lib/message.h"

/* As it is now; `busy` where the guest asked for something that could not be had. */
struct message_guest_state answer_state(const struct daemon *daemon, const char *device,
					const struct mac *mac, bool busy);
/* What the portal needs to know of the site. */
union message answer_settings(const struct policy *policy);
