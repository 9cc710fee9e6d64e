/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * One HTTP request from its first line to its answer: whose it is, what it says, and what it asks of the
 * daemon. request.c judges it, answer.c finds the words, reply.c sends them. The callbacks are
 * libmicrohttpd's; their userdata is a struct listener.
 */
#include <microhttpd.h>
#include "../lib/message.h"
#include "daemon.h"
#include "http.h"
#include "origin.h"
#include "redir.h"
#include "settings.h"
#include "texts.h"

#define TARGET_MAX 2048 /* of a request's target this much is kept, or nothing */

struct tls;

struct portal {
	struct daemon *daemon;
	struct tls *tls;
	struct http *plain; /* port 80 of all the world is sent here */
	struct settings *settings;
};

struct listener {
	struct portal *portal;
	struct http *http;
	bool secure;
	struct MHD_Response *redirect; /* the last one that carried no `redir`: most are the same */
	char redirect_to[ORIGIN_TEXT + 16];
};

struct route;

struct form {
	char lang[8], code[48], name[GUEST_NAME], password[GUEST_SECRET], redir[REDIR_MAX];
	char out[2]; /* "1": after a log out; it chooses a sentence, and is never shown */
};

struct request {
	struct ask ask;
	struct listener *listener;
	struct MHD_Connection *connection;
	const struct route *route;
	struct addr local; /* family 0: not looked up yet */
	enum language language;
	bool started, post, asked;
	bool known; /* `state` is the daemon's answer, and says whether the guest is in */
	struct message_guest_state state;
	struct form form;
	char *body;
	size_t body_length;
	char target[]; /* as it came; "": too long */
};

void *request_target(void *userdata, const char *uri, struct MHD_Connection *connection);
enum MHD_Result request_handle(void *userdata, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version, const char *body, size_t *body_length,
			       void **context);
void request_completed(void *userdata, struct MHD_Connection *connection, void **context,
		       enum MHD_RequestTerminationCode code);

const char *request_header(const struct request *request, const char *name);
const struct addr *
request_local(struct request *request); /* the address that the guest's connection came in at */
