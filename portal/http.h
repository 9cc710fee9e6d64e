/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * libmicrohttpd inside the event loop, and the bounds that keep strangers from using it up: connections in
 * all and for each address, memory for each, silence, and the whole life of a connection.
 */
#include <microhttpd.h>
#include <systemd/sd-event.h>
#include "../lib/cleanup.h"

#define HTTP_CONNECTIONS 4096
#define HTTP_CROWD                                                                                           \
	3840 /* from here on, each newcomer ends the oldest connection: an idle one, as answers take         \
		milliseconds */
#define HTTP_CONNECTIONS_PER_ADDRESS 32
#define HTTP_MEMORY 8192 /* bytes a connection: request line and headers must fit */
#define HTTP_SILENCE_SECONDS 15
#define HTTP_FIRST_SECONDS 5 /* for the first request's headers: who drips them, or only waits, ends here */
#define HTTP_LIFE_SECONDS 60 /* for everything */
#define HTTP_DESCRIPTORS (HTTP_CONNECTIONS + 64)

struct http;

int http_new(sd_event *event, MHD_AccessHandlerCallback handler, MHD_RequestCompletedCallback completed,
	     void *userdata, struct http **out);
/* Listens on `port`, now or as soon as it can be bound; leaves another port. The same port again does
 * nothing. No connection may be suspended. */
void http_listen(struct http *http, uint16_t port);
/* The headers of a request have come: the connection is no idle one. */
void http_busy(struct http *http, struct MHD_Connection *connection);
/* Ends this guest's other connections that have asked nothing yet. A browser opens some ahead; those to other
 * sites end at the portal for as long as they live, even when the guest is online by then. */
void http_end_idle(struct http *http, struct MHD_Connection *connection);
/* MHD_resume_connection(), and the turn that it needs: a resumed connection is announced by no descriptor. */
void http_resume(struct http *http, struct MHD_Connection *connection);
struct http *http_free(struct http *http);
DEFINE_CLEANUP(struct http *, http_free)
