/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The bytes of an answer, with the headers that every answer has, and those that its kind has.
 */
#include "html.h"
#include "request.h"

#define COOKIE_NAME "gerbang"

struct reply {
	unsigned status;
	const char *type; /* NULL: HTML */
	const char *location, *allow;
	const char *etag, *seconds; /* how long it may be kept; NULL: not at all */
	const char *refresh;
	const char *policy; /* Content-Security-Policy; NULL: nothing at all may be loaded */
	const char *cookie; /* the value of Set-Cookie, or NULL */
	bool is_private;    /* the API's words for "not at all" */
	bool ends;	    /* the connection, with this answer */
};

enum MHD_Result reply_bytes(struct request *request, const struct reply *reply, const char *bytes,
			    size_t length);
enum MHD_Result reply_page(struct request *request, struct reply *reply, const struct html *page);
/* 304 where the client has it already. */
enum MHD_Result reply_file(struct request *request, const char *type, const char *bytes, size_t length);
/* To a page of ours. */
enum MHD_Result reply_elsewhere(struct request *request, unsigned status, const char *location);
/* To the portal's front page: the answer to whatever a captive guest asks of the rest of the world; it ends
 * the connection. `target`: what was asked for, to come back to; "": nothing. */
enum MHD_Result reply_redirect(struct request *request, const char *target);
/* What keeps this guest's resume code in the browser, or NULL where it has it already; valid until the next
 * call. */
const char *reply_cookie(struct request *request);
/* Frees what a listener keeps for reply_redirect(). */
void reply_forget(struct listener *listener);
