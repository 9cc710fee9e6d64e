// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes libmicrohttpd's responses. No answer leaves without its security headers and its word on caching:
 * they are written in one place, from one table.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "form.h"
#include "pages.h"
#include "reply.h"

#define HTML_TYPE "text/html; charset=utf-8"
#define CACHE_TEXT 40
#define POLICY_TEXT 256
#define LOGO_SECONDS "600"   /* so long a new theme may go unseen */
#define COOKIE_SECONDS 86400 /* a visit, and the rest of the day whose data is counted */
#define ETAG_TEXT 20

#define POLICY_NOTHING "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
#define POLICY_IMAGE "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/* Everybody's. "no-referrer" would make browsers send "Origin: null" with our own form. */
static const struct {
	const char *name, *value;
} reply_headers[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"},
};

DEFINE_CLEANUP(struct MHD_Response *, MHD_destroy_response)

static void add(struct MHD_Response *response, const char *name, const char *value)
{
	if (value && *value)
		MHD_add_response_header(response, name, value);
}

/* RFC 8910, section 3: an answer about a guest is nobody else's, and never an old one. */
static const char *caching(const struct reply *reply, char out[static CACHE_TEXT])
{
	snprintf(out, CACHE_TEXT, "max-age=%s", reply->seconds ? reply->seconds : "");
	if (reply->seconds)
		return out;
	return reply->is_private ? "private, no-store" : "no-store";
}

static struct MHD_Response *make(const struct reply *reply, const char *bytes, size_t length)
{
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(length, (void *)(uintptr_t)bytes, MHD_RESPMEM_MUST_COPY);
	unsigned retry = page_retry(reply->status);
	char cache[CACHE_TEXT], seconds[12] = "";

	if (!response)
		return NULL;
	if (retry)
		snprintf(seconds, sizeof(seconds), "%u", retry);
	if (length > 0)
		add(response, "Content-Type", reply->type ? reply->type : HTML_TYPE);
	add(response, "Location", reply->location);
	add(response, "Cache-Control", caching(reply, cache));
	add(response, "Content-Security-Policy", reply->policy ? reply->policy : POLICY_NOTHING);
	for (size_t i = 0; i < ELEMENTS(reply_headers); i++)
		add(response, reply_headers[i].name, reply_headers[i].value);
	add(response, "ETag", reply->etag);
	add(response, "Allow", reply->allow);
	add(response, "Set-Cookie", reply->cookie);
	add(response, "Refresh", reply->refresh);
	add(response, "Retry-After", seconds);
	if (reply->ends)
		add(response, "Connection", "close");
	return response;
}

enum MHD_Result reply_bytes(struct request *request, const struct reply *reply, const char *bytes,
			    size_t length)
{
	struct reply whole = *reply;
	_cleanup_(MHD_destroy_responsep) struct MHD_Response *response = NULL;

	whole.ends = reply->ends || !http_may_keep(request->listener->http, request->connection);
	response = make(&whole, bytes, length);
	return response ? MHD_queue_response(request->connection, reply->status, response) : MHD_NO;
}

enum MHD_Result reply_page(struct request *request, struct reply *reply, const struct html *page)
{
	char policy[POLICY_TEXT];

	if (page->overflow) { /* cannot be sent: half a page may end inside markup */
		log_error("a page for state %u does not fit into %d bytes", request->state.state, HTML_MAX);
		return reply_bytes(request, &(struct reply){.status = 500, .type = "text/plain"}, "-\n", 2);
	}
	snprintf(policy, sizeof(policy),
		 "default-src 'none'; style-src %s; img-src 'self'; form-action 'self'; base-uri 'none'; "
		 "frame-ancestors 'none'",
		 page_style_hash(request->listener->portal->settings));
	reply->policy = policy;
	reply->refresh = page->refresh;
	return reply_bytes(request, reply, page->bytes, page->length);
}

/* FNV-1a: it tells versions of one logo apart, and nothing depends on it. */
static void make_etag(const char *bytes, size_t length, char out[static ETAG_TEXT])
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
	snprintf(out, ETAG_TEXT, "\"%016llx\"", (unsigned long long)hash);
}

enum MHD_Result reply_file(struct request *request, const char *type, const char *bytes, size_t length)
{
	const char *known = request_header(request, "If-None-Match");
	char etag[ETAG_TEXT];
	struct reply reply = {
	    .status = 200, .type = type, .etag = etag, .seconds = LOGO_SECONDS, .policy = POLICY_IMAGE};

	make_etag(bytes, length, etag);
	if (!known || !strstr(known, etag))
		return reply_bytes(request, &reply, bytes, length);
	reply.status = MHD_HTTP_NOT_MODIFIED;
	return reply_bytes(request, &reply, "", 0);
}

static const char link_text[] =
    "<!doctype html><html lang=\"id\"><title>Wi-Fi</title><p><a href=\"{}\">Masuk / Log in</a>\n";

enum MHD_Result reply_elsewhere(struct request *request, unsigned status, const char *location)
{
	struct reply reply = {.status = status, .location = location, .cookie = reply_cookie(request)};
	static struct html html;

	html_start(&html);
	html_fill(&html, link_text, false, (const char *const[]){location, NULL});
	return reply_bytes(request, &reply, html.bytes, html.length);
}

static struct MHD_Response *make_redirect(const char *location)
{
	struct reply reply = {.status = MHD_HTTP_FOUND, .location = location, .ends = true};
	static struct html html;

	html_start(&html);
	html_fill(&html, link_text, false, (const char *const[]){location, NULL});
	return make(&reply, html.bytes, html.length);
}

void reply_forget(struct listener *listener)
{
	if (listener->redirect)
		MHD_destroy_response(listener->redirect);
	listener->redirect = NULL;
}

/* A guest's first request is a probe in most cases, and all probes have the same answer. */
static struct MHD_Response *plain_redirect(struct listener *listener, const char *url)
{
	if (listener->redirect && strcmp(listener->redirect_to, url) == 0)
		return listener->redirect;
	reply_forget(listener);
	memccpy(listener->redirect_to, url, '\0', sizeof(listener->redirect_to));
	listener->redirect = make_redirect(url);
	return listener->redirect;
}

/* An absolute target is an address already. */
static bool wanted_page(const struct request *request, const char *target, char out[static REDIR_MAX])
{
	const char *host = request_header(request, "Host");

	*out = '\0';
	if (*target != '/' && strlen(target) < REDIR_MAX && redir_good(target))
		memcpy(out, target, strlen(target) + 1);
	else if (host)
		redir_make(host, target, out);
	return *out;
}

enum MHD_Result reply_redirect(struct request *request, const char *target)
{
	struct listener *listener = request->listener;
	char host[ORIGIN_TEXT], page[REDIR_MAX], encoded[REDIR_ENCODED],
	    url[ORIGIN_TEXT + REDIR_ENCODED + 32];
	struct MHD_Response *response;
	const char *hostname = listener->portal->settings->hostname;
	enum MHD_Result result;
	int length;

	origin_host(hostname, *hostname ? &request->local : request_local(request), host);
	length = snprintf(url, sizeof(url), "%s://%s/", listener->secure ? "https" : "http", host);
	if (!wanted_page(request, target, page)) {
		response = plain_redirect(listener, url);
		return response ? MHD_queue_response(request->connection, MHD_HTTP_FOUND, response) : MHD_NO;
	}
	snprintf(url + length, sizeof(url) - (size_t)length, "?redir=%s", redir_encode(page, encoded));
	response = make_redirect(url);
	if (!response)
		return MHD_NO;
	result = MHD_queue_response(request->connection, MHD_HTTP_FOUND, response);
	MHD_destroy_response(response);
	return result;
}

const char *reply_cookie(struct request *request)
{
	static char cookie[160];
	const char *header = request_header(request, "Cookie");
	char kept[GUEST_CODE];

	if (!request->known || !*request->state.code)
		return NULL;
	if (!request->post && header && form_cookie(header, COOKIE_NAME, kept, sizeof(kept)) &&
	    strcmp(kept, request->state.code) == 0)
		return NULL;
	snprintf(cookie, sizeof(cookie), COOKIE_NAME "=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax",
		 request->state.code, COOKIE_SECONDS);
	return cookie;
}
