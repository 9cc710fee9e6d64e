// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of the portal's pages. "Online" is said only where the daemon has the kernel's word for it, and
 * nothing here decides who is let in.
 *
 * Where a guest is sent: the page is the same in HTTP and HTTPS, and a tap needs no secret. So port 80 leads
 * to HTTP, which no telephone warns about, whatever its clock says and however old its list of authorities
 * is; only a zone that asks for a password goes on to HTTPS, while the certificate is good. The API names the
 * HTTPS page (RFC 8908, section 5: MUST).
 */
#include <stdio.h>
#include <string.h>
#include "../lib/log.h"
#include "answer.h"
#include "api.h"
#include "reply.h"
#include "tls.h"

#define LOCATION (sizeof("/?lang=xxxxxxxx&out=1&redir=") + REDIR_ENCODED)
#define ICON_SECONDS "86400"

struct way_to_answer {
	enum guest_request asks;
	enum MHD_Result (*answer)(struct request *request); /* NULL: not taken */
};

struct route {
	const char *path, *allow; /* the header of a 405 */
	struct way_to_answer read, post;
};

static struct html page; /* one request is answered at a time */

static bool is_out(const struct request *request)
{
	return strcmp(request->form.out, "1") == 0;
}

static struct page_context context_of(const struct request *request)
{
	return (struct page_context){
	    .language = request->language,
	    .settings = request->listener->portal->settings,
	    .redir = *request->form.redir ? request->form.redir : NULL,
	    .code = *request->form.code ? request->form.code : NULL,
	    .out = is_out(request),
	};
}

enum MHD_Result answer_notice(struct request *request, enum notice notice)
{
	struct page_context context = context_of(request);
	struct reply reply = {.status = page_notice(&page, &context, notice)};

	if (notice == NOTICE_METHOD)
		reply.allow = request->route->allow;
	return reply_page(request, &reply, &page);
}

typedef unsigned page_writer(struct html *html, const struct page_context *context,
			     const struct message_guest_state *guest);

static enum MHD_Result answer_page(struct request *request, page_writer *writer, bool account)
{
	struct page_context context = context_of(request);
	struct reply reply = {.cookie = reply_cookie(request)};

	if (!request->known)
		return answer_notice(request, NOTICE_WAIT);
	if (account)
		context.name = request->form.name;
	reply.status = writer(&page, &context, &request->state);
	return reply_page(request, &reply, &page);
}

static void write_query(const struct request *request, char out[static LOCATION])
{
	char encoded[REDIR_ENCODED];

	snprintf(out, LOCATION, "/?lang=%s%s%s%s", language_code(request->language),
		 is_out(request) ? "&out=1" : "", *request->form.redir ? "&redir=" : "",
		 redir_encode(request->form.redir, encoded));
}

/* 303: reloading the page that follows asks for "/", and posts nothing again. */
static enum MHD_Result see_front(struct request *request)
{
	char location[LOCATION];

	write_query(request, location);
	return reply_elsewhere(request, MHD_HTTP_SEE_OTHER, location);
}

static bool wants_password(const struct request *request)
{
	return request->known && request->state.state == GUEST_CAPTIVE && request->state.logins & WAY_ACCOUNT;
}

static enum MHD_Result see_secure_front(struct request *request)
{
	char query[LOCATION], url[LOCATION + ORIGIN_TEXT + 16];

	write_query(request, query);
	snprintf(url, sizeof(url), "https://%s%s", request->listener->portal->settings->hostname, query);
	return reply_elsewhere(request, MHD_HTTP_FOUND, url);
}

static enum MHD_Result answer_front(struct request *request)
{
	if (!request->listener->secure && wants_password(request) &&
	    tls_trustworthy(request->listener->portal->tls))
		return see_secure_front(request);
	return answer_page(request, page_guest, false);
}

static enum MHD_Result answer_voucher(struct request *request)
{
	return answer_page(request, page_voucher, false);
}

static enum MHD_Result answer_resume(struct request *request)
{
	return answer_page(request, page_resume, false);
}

/* After a POST: the front page where it worked, else the page with the form and what is wrong. */
static enum MHD_Result answer_attempt(struct request *request, page_writer *writer, bool account)
{
	bool refused = request->state.refusal != GUEST_REFUSED_NOT;

	if (request->known && request->state.state == GUEST_ONLINE && !refused) {
		http_end_idle(request->listener->portal->plain, &request->ask.message.guest.address);
		return see_front(request);
	}
	if (request->known && request->state.state == GUEST_CAPTIVE && !refused)
		return answer_notice(request, NOTICE_BUSY);
	return answer_page(request, writer, account);
}

static enum MHD_Result attempt_click(struct request *request)
{
	return answer_attempt(request, page_guest, false);
}

static enum MHD_Result attempt_voucher(struct request *request)
{
	return answer_attempt(request, page_voucher, false);
}

static enum MHD_Result attempt_account(struct request *request)
{
	return answer_attempt(request, page_guest, true);
}

static enum MHD_Result attempt_resume(struct request *request)
{
	return answer_attempt(request, page_resume, false);
}

static enum MHD_Result answer_logout(struct request *request)
{
	if (!request->known || request->state.state == GUEST_ONLINE)
		return answer_notice(request, NOTICE_WAIT);
	memcpy(request->form.out, "1", sizeof("1"));
	return see_front(request);
}

static enum MHD_Result answer_terms(struct request *request)
{
	struct page_context context = context_of(request);
	struct reply reply = {.status = page_terms(&page, &context)};

	return reply_page(request, &reply, &page);
}

static enum MHD_Result answer_icon(struct request *request)
{
	return reply_bytes(request, &(struct reply){.status = MHD_HTTP_NO_CONTENT, .seconds = ICON_SECONDS},
			   "", 0);
}

static enum MHD_Result answer_logo(struct request *request)
{
	const struct settings *settings = request->listener->portal->settings;

	if (settings->theme.logo_size == 0)
		return answer_notice(request, NOTICE_MISSING);
	return reply_file(request, settings->theme.logo_type, settings->theme.logo,
			  settings->theme.logo_size);
}

static enum MHD_Result answer_api(struct request *request)
{
	const struct portal *portal = request->listener->portal;
	char host[ORIGIN_TEXT], url[ORIGIN_TEXT + 16], json[API_TEXT];
	size_t length;

	if (api_wants_page(request_header(request, "Accept")))
		return reply_elsewhere(request, MHD_HTTP_FOUND, PATH_FRONT);
	if (!request->known)
		return reply_bytes(request, &(struct reply){.status = 503, .type = "text/plain"}, "wait\n",
				   5);
	origin_host(portal->settings->hostname, request_local(request), host);
	snprintf(url, sizeof(url), "http%s://%s/", tls_ready(portal->tls) ? "s" : "", host);
	length = api_write(json, &request->state, url, portal->settings->venue);
	if (length == 0)
		return reply_bytes(request, &(struct reply){.status = 500, .type = "text/plain"}, "-\n", 2);
	return reply_bytes(request, &(struct reply){.status = 200, .type = API_TYPE, .is_private = true},
			   json, length);
}

#define READ "GET, HEAD"
#define POST "POST"
static const struct route routes[] = {
    {PATH_FRONT, READ, {GUEST_ASK, answer_front}, {0}},
    {PATH_LOGIN, POST, {0}, {GUEST_LOGIN_CLICK, attempt_click}},
    {PATH_VOUCHER, READ ", " POST, {GUEST_ASK, answer_voucher}, {GUEST_LOGIN_VOUCHER, attempt_voucher}},
    {PATH_ACCOUNT, POST, {0}, {GUEST_LOGIN_ACCOUNT, attempt_account}},
    {PATH_RESUME, READ ", " POST, {GUEST_ASK, answer_resume}, {GUEST_RESUME, attempt_resume}},
    {PATH_LOGOUT, POST, {0}, {GUEST_LOGOUT, answer_logout}},
    {PATH_TERMS, READ, {0, answer_terms}, {0}},
    {PATH_LOGO, READ, {0, answer_logo}, {0}},
    {PATH_API, READ, {GUEST_ASK, answer_api}, {0}},
    {"/favicon.ico", READ, {0, answer_icon}, {0}},
};

const struct route *answer_find(const char *path)
{
	for (size_t i = 0; i < ELEMENTS(routes); i++) {
		if (strcmp(routes[i].path, path) == 0)
			return &routes[i];
	}
	return NULL;
}

bool answer_takes(const struct route *route, bool post, bool read)
{
	return (post && route->post.answer) || (read && route->read.answer);
}

enum guest_request answer_asks(const struct route *route, bool post)
{
	return post ? route->post.asks : route->read.asks;
}

enum MHD_Result answer_route(struct request *request)
{
	return request->post ? request->route->post.answer(request) : request->route->read.answer(request);
}
