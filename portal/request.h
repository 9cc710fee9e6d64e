/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * One HTTP request from its headers to its answer: whose it is, what it asks of the daemon, and what the
 * guest reads. The two callbacks are libmicrohttpd's; their userdata is a struct portal.
 */
#include <microhttpd.h>
#include "../lib/message.h"
#include "daemon.h"
#include "http.h"

struct portal {
	struct daemon *daemon;
	struct http *http;
	struct message_portal_settings settings;
};

enum MHD_Result request_handle(void *userdata, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version, const char *body, size_t *body_length,
			       void **context);
void request_completed(void *userdata, struct MHD_Connection *connection, void **context,
		       enum MHD_RequestTerminationCode code);
