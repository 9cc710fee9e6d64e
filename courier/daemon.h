/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The courier's end of the socket to gerbangd: errands come, answers go. While the daemon is away it is looked for; what was on its way then is
 * finished and told to nobody (the daemon asks again, under the same message id).
 */
#include <systemd/sd-event.h>
#include "../lib/cleanup.h"
#include "desk.h"

struct daemon;

int daemon_new(sd_event *event, const char *run_directory, struct desk *desk, struct daemon **out);
struct daemon *daemon_free(struct daemon *daemon);
DEFINE_CLEANUP(struct daemon *, daemon_free)
