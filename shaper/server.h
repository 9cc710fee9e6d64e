/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The socket that gerbangd connects to: one peer at a time, which must be the daemon's user or root. It gets
 * the kernel's state unasked on connection, and an answer to each request (message.h). A peer that breaks the
 * rules is disconnected; the process goes on.
 */
#include <systemd/sd-event.h>
#include "bounds.h"
#include "kernel.h"

struct server;
/* `path` is the socket's; kernel and bounds must outlive the server. 0 or -errno. */
int server_open(sd_event *event, const char *path, struct kernel *kernel, struct bounds *bounds,
		struct server **out);
struct server *server_close(struct server *server);
DEFINE_CLEANUP(struct server *, server_close)
