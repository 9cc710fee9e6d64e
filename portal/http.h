/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * libmicrohttpd inside the event loop, one instance a listening port, and the bounds that keep strangers from
 * using it up: connections in all and for each address, memory for each, and how long one may live at most in
 * each of its states.
 */
#include <microhttpd.h>
#include <systemd/sd-event.h>
#include "../lib/addr.h"
#include "../lib/cleanup.h"

#define HTTP_MEMORY 8192     /* bytes a connection: request line and headers must fit */
#define HTTP_FIRST_SECONDS 5 /* for the first request's headers: who drips them, or only waits, ends here */
#define HTTP_FIRST_SECONDS_TLS 10  /* a handshake before them */
#define HTTP_KEEP_SECONDS 5	   /* after an answer, for the next request */
#define HTTP_KEEP_UNTIL_SECONDS 30 /* from then on an answer closes its connection */
#define HTTP_REQUEST_SECONDS                                                                                 \
	20 /* for a request from its headers to its answer: a slow body, a slow daemon                       \
	    */

struct http;

/* The callbacks are libmicrohttpd's, `userdata` is theirs. */
struct http_service {
	const char *name; /* "HTTP", for the log */
	bool tls;	  /* with the certificate of tls.h */
	unsigned connections;
	unsigned crowd; /* from here on each newcomer ends the oldest connection: an idle one, as answers take
			   milliseconds */
	unsigned per_address;
	void *(*target)(void *userdata, const char *uri, struct MHD_Connection *connection);
	MHD_AccessHandlerCallback handler;
	MHD_RequestCompletedCallback completed;
	void *userdata;
};

int http_new(sd_event *event, const struct http_service *service, struct http **out);
/* Listens on `port`, now or as soon as it can be bound; leaves another port. The same port again does
 * nothing; 0: on none. No connection may be suspended. */
void http_listen(struct http *http, uint16_t port);
/* The headers of a request have come: the connection is no idle one. */
void http_busy(struct http *http, struct MHD_Connection *connection);
/* The request is answered: the connection may wait for another, but not for long. */
void http_idle(struct http *http, struct MHD_Connection *connection);
/* Whether the connection is young enough to be kept after this answer. */
bool http_may_keep(struct http *http, struct MHD_Connection *connection);
/* Ends this guest's other connections that have asked nothing yet. A browser opens some ahead; those to other
 * sites end at the portal for as long as they live, even when the guest is online by then. */
void http_end_idle(struct http *http, const struct addr *guest);
/* MHD_resume_connection(), and the turn that it needs: a resumed connection is announced by no descriptor. */
void http_resume(struct http *http, struct MHD_Connection *connection);
struct http *http_free(struct http *http);
DEFINE_CLEANUP(struct http *, http_free)
