// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What one request gets. A request for any other site is redirected to the portal; a request for the portal
 * is looked up in the table of paths, waits suspended for the daemon, and is answered from the daemon's words
 * alone. Only a POST from our own page changes anything. The body of a request is never read: buttons carry
 * all in their address.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "../lib/log.h"
#include "origin.h"
#include "pages.h"
#include "request.h"

#define BODY_MAX 4096	   /* no form of ours is longer; what comes beyond is not kept */
#define BODY_ENDURED 65536 /* and after this much the connection ends */

enum method { METHOD_READ = 1, METHOD_POST = 2, METHOD_OTHER = 4 };

struct request;

struct route {
	const char *path;
	const char *allow; /* the header of a 405 */
	unsigned methods;
	enum guest_request asks; /* 0: nothing */
	enum MHD_Result (*answer)(struct request *request);
};

struct request {
	struct ask ask;
	struct portal *portal;
	struct MHD_Connection *connection;
	const struct route *route;
	struct addr local;
	enum language language;
	size_t body_length;
	bool asked, known; /* known: `state` is the daemon's answer */
	struct message_guest_state state;
};

static struct html page; /* one request is answered at a time */

struct reply {
	unsigned status;
	const char *type; /* NULL: HTML */
	const char *location, *allow;
};

/* RFC 8910, section 3: an answer about a guest is nobody else's, and never an old one. */
static const struct {
	const char *name, *value;
	bool html_only;
} reply_headers[] = {
    {"Cache-Control", "no-store", false},
    {"Connection", "close", false},
    {"X-Content-Type-Options", "nosniff", false},
    {"Referrer-Policy", "same-origin",
     true}, /* "no-referrer" would make browsers send "Origin: null" with our own form */
    {"X-Frame-Options", "DENY", true},
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors "
     "'none'",
     true},
};

#define HTML_TYPE "text/html; charset=utf-8"

static enum MHD_Result respond(struct MHD_Connection *connection, const struct reply *reply,
			       const char *bytes, size_t length)
{
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(length, (void *)(uintptr_t)bytes, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;
	char seconds[12];

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", reply->type ? reply->type : HTML_TYPE);
	for (size_t i = 0; i < ELEMENTS(reply_headers); i++) {
		if (!reply_headers[i].html_only || !reply->type)
			MHD_add_response_header(response, reply_headers[i].name, reply_headers[i].value);
	}
	if (reply->location)
		MHD_add_response_header(response, "Location", reply->location);
	if (reply->allow)
		MHD_add_response_header(response, "Allow", reply->allow);
	if (page_retry(reply->status)) {
		snprintf(seconds, sizeof(seconds), "%u", page_retry(reply->status));
		MHD_add_response_header(response, "Retry-After", seconds);
	}
	result = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return result;
}

static struct page_context context_of(const struct request *request)
{
	return (struct page_context){.language = request->language, .site = request->portal->settings.site};
}

static enum MHD_Result respond_page(struct request *request, unsigned status, const char *allow)
{
	struct reply reply = {.status = status, .allow = allow};

	if (page.overflow) { /* cannot be sent: half a page may end inside markup */
		log_error("a page for state %u does not fit into %d bytes", request->state.state, HTML_MAX);
		reply.status = 500;
		page.length = 0;
	}
	return respond(request->connection, &reply, page.bytes, page.length);
}

static enum MHD_Result respond_notice(struct request *request, enum notice notice, const char *allow)
{
	struct page_context context = context_of(request);

	return respond_page(request, page_notice(&page, &context, notice), allow);
}

/* To the portal's own page: the answer to whatever a captive guest asks of the rest of the world. */
static enum MHD_Result respond_redirect(struct request *request)
{
	char host[ORIGIN_TEXT], url[ORIGIN_TEXT + 16];
	struct reply reply = {.status = MHD_HTTP_FOUND, .location = url};

	origin_host(request->portal->settings.hostname, &request->local, host);
	snprintf(url, sizeof(url), "http://%s/", host);
	html_start(&page);
	html_write(&page, "<!doctype html><title>Wi-Fi</title><p><a href=\"{}\">Masuk / Log in</a></p>\n",
		   url);
	return respond(request->connection, &reply, page.bytes, page.length);
}

static enum MHD_Result answer_front(struct request *request)
{
	struct page_context context = context_of(request);

	if (!request->known)
		return respond_notice(request, NOTICE_WAIT, NULL);
	return respond_page(request, page_guest(&page, &context, &request->state), NULL);
}

/* 303: reloading the page that follows asks for "/", and posts nothing again. */
static enum MHD_Result see_front(struct request *request)
{
	struct reply reply = {.status = MHD_HTTP_SEE_OTHER,
			      .location = request->language == LANGUAGE_ID ? "/?lang=id" : "/?lang=en"};
	static const char text[] = "<!doctype html><title>Wi-Fi</title><p><a href=\"/\">Wi-Fi</a></p>\n";

	return respond(request->connection, &reply, text, sizeof(text) - 1);
}

/* "Online" is said only where the daemon has the kernel's word for it. */
static enum MHD_Result answer_login(struct request *request)
{
	if (request->known && request->state.state == GUEST_ONLINE) {
		http_end_idle(request->portal->http, request->connection);
		return see_front(request);
	}
	if (request->known && request->state.state == GUEST_CAPTIVE)
		return respond_notice(request, NOTICE_BUSY, NULL);
	return answer_front(request);
}

static enum MHD_Result answer_logout(struct request *request)
{
	if (!request->known || request->state.state == GUEST_ONLINE)
		return respond_notice(request, NOTICE_WAIT, NULL);
	return see_front(request);
}

static enum MHD_Result answer_missing_icon(struct request *request)
{
	return respond(request->connection, &(struct reply){.status = 404, .type = "text/plain"}, "-\n", 2);
}

/* RFC 8908, section 5. The host is our configured name or an address: it needs no escaping. */
static enum MHD_Result answer_api(struct request *request)
{
	bool captive = request->state.state != GUEST_ONLINE && request->state.state != GUEST_UNKNOWN;
	char host[ORIGIN_TEXT], json[ORIGIN_TEXT + 128], seconds[48] = "";
	struct reply reply = {.status = 200, .type = "application/captive+json"};
	int length;

	if (!request->known)
		return respond(request->connection, &(struct reply){.status = 503, .type = "text/plain"},
			       "wait\n", 5);
	if (request->state.state == GUEST_ONLINE)
		snprintf(seconds, sizeof(seconds), ",\"seconds-remaining\":%lld",
			 (long long)MAX(request->state.seconds_remaining, 0));
	origin_host(request->portal->settings.hostname, &request->local, host);
	length = snprintf(json, sizeof(json), "{\"captive\":%s,\"user-portal-url\":\"http://%s/\"%s}\n",
			  captive ? "true" : "false", host, seconds);
	return respond(request->connection, &reply, json, (size_t)length);
}

static const struct route routes[] = {
    {"/", "GET, HEAD", METHOD_READ, GUEST_ASK, answer_front},
    {"/login", "POST", METHOD_POST, GUEST_LOGIN_CLICK, answer_login},
    {"/logout", "POST", METHOD_POST, GUEST_LOGOUT, answer_logout},
    {"/api", "GET, HEAD", METHOD_READ, GUEST_ASK, answer_api},
    {"/favicon.ico", "GET, HEAD", METHOD_READ, 0, answer_missing_icon},
};

static const struct route *find_route(const char *path)
{
	for (size_t i = 0; i < ELEMENTS(routes); i++) {
		if (strcmp(routes[i].path, path) == 0)
			return &routes[i];
	}
	return NULL;
}

static enum method method_of(const char *method)
{
	if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
		return METHOD_READ;
	return strcmp(method, "POST") == 0 ? METHOD_POST : METHOD_OTHER;
}

static const char *header(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

static bool ours(const struct request *request, const char *authority, size_t length)
{
	return origin_is_ours(authority, length, request->portal->settings.hostname, &request->local);
}

/* An absolute target (RFC 9112, 3.2.2) wins over Host. *path is then what follows the authority. */
static bool for_us(const struct request *request, const char *url, const char **path)
{
	const char *authority, *host = header(request, "Host");
	size_t length = origin_of_url(url, &authority);

	*path = url;
	if (length > 0) {
		*path = authority[length] == '/' ? authority + length : "/";
		return ours(request, authority, length);
	}
	return host && ours(request, host, strlen(host));
}

/* A browser says where a form came from; a client that says nothing is no browser and cannot be tricked. */
static bool from_our_page(const struct request *request)
{
	const char *source = header(request, "Origin"), *authority;
	size_t length;

	if (!source)
		source = header(request, "Referer");
	if (!source)
		return true;
	length = origin_of_url(source, &authority);
	return length > 0 && ours(request, authority, length);
}

static enum language language_of(const struct request *request)
{
	const char *wish = MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, "lang");
	enum language language = LANGUAGE_ID;

	if (language_find(wish, &language))
		return language;
	language_find(request->portal->settings.language, &language);
	return language_accept(header(request, "Accept-Language"), language);
}

static void on_answer(struct ask *ask, const struct message_guest_state *state)
{
	struct request *request = (struct request *)((char *)ask - offsetof(struct request, ask));

	request->known = state != NULL;
	if (state)
		request->state = *state;
	http_resume(request->portal->http, request->connection);
}

static const struct sockaddr *guest_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return info ? info->client_addr : NULL;
}

static enum MHD_Result ask_or_answer(struct request *request)
{
	const struct sockaddr *guest = guest_of(request->connection);

	if (request->asked || !request->route->asks || !guest)
		return request->route->answer(request);
	request->asked = true;
	request->ask.answered = on_answer;
	if (daemon_ask(request->portal->daemon, &request->ask, guest, request->route->asks) < 0)
		return request->route->answer(request);
	MHD_suspend_connection(request->connection);
	return MHD_YES;
}

static enum MHD_Result route_request(struct request *request, const char *url, const char *method)
{
	enum method kind = method_of(method);
	const char *path;

	if (!for_us(request, url, &path))
		return respond_redirect(request);
	request->language = language_of(request);
	request->route = find_route(path);
	if (!request->route)
		return respond_notice(request, NOTICE_MISSING, NULL);
	if (!(request->route->methods & kind))
		return respond_notice(request, NOTICE_METHOD, request->route->allow);
	if (kind == METHOD_POST && !from_our_page(request))
		return respond_notice(request, NOTICE_REFUSED, NULL);
	return ask_or_answer(request);
}

static void local_address(struct request *request)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct sockaddr_storage local = {0};
	socklen_t length = sizeof(local);

	if (info && getsockname(info->connect_fd, (struct sockaddr *)&local, &length) == 0)
		request->local = addr_from_sockaddr((struct sockaddr *)&local);
}

static enum MHD_Result request_start(struct portal *portal, struct MHD_Connection *connection, void **context)
{
	struct request *request = calloc(1, sizeof(*request));

	if (!request)
		return MHD_NO;
	request->portal = portal;
	request->connection = connection;
	http_busy(portal->http, connection);
	local_address(request);
	*context = request;
	return MHD_YES;
}

/* libmicrohttpd calls once for the headers, for each piece of a body, at the end of the request, and after a
 * resume. */
enum MHD_Result request_handle(void *userdata, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version _unused_, const char *body _unused_,
			       size_t *body_length, void **context)
{
	struct request *request = *context;

	if (!request)
		return request_start(userdata, connection, context);
	if (*body_length > 0) {
		request->body_length += *body_length;
		*body_length = 0;
		return request->body_length > BODY_ENDURED ? MHD_NO : MHD_YES;
	}
	return route_request(request, url, method);
}

void request_completed(void *userdata _unused_, struct MHD_Connection *connection _unused_, void **context,
		       enum MHD_RequestTerminationCode code _unused_)
{
	free(*context);
	*context = NULL;
}
