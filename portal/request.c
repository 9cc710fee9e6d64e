// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Judges one request. What is for any other site is redirected to the portal; what is for the portal is
 * looked up in the table of paths (answer.c), waits suspended for the daemon, and is answered from the
 * daemon's words alone. Only a POST from our own page changes anything. Secrets live in the request, and are
 * wiped with it.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include "../lib/code.h"
#include "../lib/log.h"
#include "answer.h"
#include "form.h"
#include "reply.h"
#include "request.h"

#define BODY_MAX 2048	   /* no form of ours is longer: one that is, is refused */
#define BODY_ENDURED 65536 /* and after this much the connection ends */
#define FORM_TYPE "application/x-www-form-urlencoded"
#define COOKIE_VALUE 64

const char *request_header(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const struct addr *request_local(struct request *request)
{
	const union MHD_ConnectionInfo *info;
	struct sockaddr_storage local = {0};
	socklen_t length = sizeof(local);

	if (request->local.family)
		return &request->local;
	info = MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info && getsockname(info->connect_fd, (struct sockaddr *)&local, &length) == 0)
		request->local = addr_from_sockaddr((struct sockaddr *)&local);
	return &request->local;
}

/* The kernel is asked for our address only where an address is what was named. */
static bool ours(struct request *request, const char *authority, size_t length)
{
	static const struct addr none = {0};
	bool is_address = length > 0 && strchr("[0123456789", *authority);

	return origin_is_ours(authority, length, request->listener->portal->settings->hostname,
			      is_address ? request_local(request) : &none);
}

/* An absolute target (RFC 9112, 3.2.2) wins over Host. *path is then what follows the authority. */
static bool for_us(struct request *request, const char *url, const char **path)
{
	const char *authority, *host = request_header(request, "Host");
	size_t length = origin_of_url(url, &authority);

	*path = url;
	if (length > 0) {
		*path = authority[length] == '/' ? authority + length : "/";
		return ours(request, authority, length);
	}
	return host && ours(request, host, strlen(host));
}

/*
 * A browser says where a form came from; a client that says nothing is no browser and cannot be tricked.
 * Sec-Fetch-Site (Fetch Metadata) is sent over HTTPS alone, and only confirms: between our page in HTTP and
 * in HTTPS it says "cross-site", so that an Origin of ours decides before it.
 */
static bool from_our_page(struct request *request)
{
	const char *source = request_header(request, "Origin"),
		   *site = request_header(request, "Sec-Fetch-Site"), *authority;
	size_t length;

	if (!source)
		source = request_header(request, "Referer");
	if (!source)
		return !site || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
	length = origin_of_url(source, &authority);
	return length > 0 && ours(request, authority, length);
}

static enum language language_of(const struct request *request)
{
	enum language language = LANGUAGE_ID;

	if (language_find(request->form.lang, &language))
		return language;
	return language_accept(request_header(request, "Accept-Language"),
			       request->listener->portal->settings->language);
}

/* A field that the query gave and the body does not stays. */
static int read_fields(struct form *form, const char *text, size_t length)
{
	struct form read = {0};
	const struct {
		struct form_field field;
		char *keep;
	} rows[] = {
	    {{"lang", read.lang, sizeof(read.lang)}, form->lang},
	    {{"code", read.code, sizeof(read.code)}, form->code},
	    {{"name", read.name, sizeof(read.name)}, form->name},
	    {{"password", read.password, sizeof(read.password)}, form->password},
	    {{"redir", read.redir, sizeof(read.redir)}, form->redir},
	    {{"out", read.out, sizeof(read.out)}, form->out},
	};
	struct form_field fields[ELEMENTS(rows)];
	int r;

	for (size_t i = 0; i < ELEMENTS(rows); i++)
		fields[i] = rows[i].field;
	r = form_read(text, length, fields, ELEMENTS(fields));
	for (size_t i = 0; r == 0 && i < ELEMENTS(rows); i++) {
		if (*fields[i].value)
			memcpy(rows[i].keep, fields[i].value, fields[i].size);
	}
	explicit_bzero(&read, sizeof(read));
	return r;
}

/* A query names a language, a page to come back to, a code to fill in: never a name or a password. */
static void read_query(struct request *request)
{
	const char *query = strchr(request->target, '?');

	if (!query || read_fields(&request->form, query + 1, strlen(query + 1)) < 0)
		return;
	explicit_bzero(request->form.name, sizeof(request->form.name));
	explicit_bzero(request->form.password, sizeof(request->form.password));
}

static bool is_form(const struct request *request)
{
	const char *type = request_header(request, "Content-Type");
	size_t length = strlen(FORM_TYPE);

	return type && strncasecmp(type, FORM_TYPE, length) == 0 &&
	       (!type[length] || strchr("; \t", type[length]));
}

/* Telephones put a space behind a word that they complete. */
static void trim(char *text)
{
	size_t length = strlen(text), skip = strspn(text, " ");

	while (length > skip && text[length - 1] == ' ')
		length--;
	memmove(text, text + skip, length - skip);
	text[length - skip] = '\0';
}

static bool read_body(struct request *request)
{
	if (request->body_length == 0)
		return true;
	if (request->body_length > BODY_MAX || !request->body || !is_form(request))
		return false;
	if (read_fields(&request->form, request->body, request->body_length) < 0)
		return false;
	trim(request->form.name);
	return true;
}

/* It is offered as a link: only what may be one, and leads away from here. */
static void judge_redir(struct request *request)
{
	const char *authority;
	size_t length = origin_of_url(request->form.redir, &authority);

	if (length == 0 || !redir_good(request->form.redir) || ours(request, authority, length))
		request->form.redir[0] = '\0';
}

static void on_answer(struct ask *ask, const struct message_guest_state *state)
{
	struct request *request = (struct request *)((char *)ask - offsetof(struct request, ask));

	/* a daemon that cannot tell is as good as none: whatever is said of a guest may be false */
	request->known = state && state->state != GUEST_UNSURE;
	if (state)
		request->state = *state;
	http_resume(request->listener->http, request->connection);
}

static const struct sockaddr *guest_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return info ? info->client_addr : NULL;
}

/* The resume code that the browser kept, in the form that the daemon compares. */
static const char *cookie_of(const struct request *request, char out[static CODE_TEXT])
{
	const char *header = request_header(request, "Cookie");
	char value[COOKIE_VALUE];

	return header && form_cookie(header, COOKIE_NAME, value, sizeof(value)) && code_read(value, out)
		   ? out
		   : NULL;
}

static int ask(struct request *request, enum guest_request asks)
{
	const struct sockaddr *guest = guest_of(request->connection);
	char cookie[CODE_TEXT];
	struct question question = {.request = asks, .cookie = cookie_of(request, cookie)};

	if (!guest)
		return -ENOTCONN;
	if (asks == GUEST_LOGIN_VOUCHER || asks == GUEST_RESUME)
		question.secret = request->form.code;
	if (asks == GUEST_LOGIN_ACCOUNT) {
		question.name = request->form.name;
		question.secret = request->form.password;
	}
	request->asked = true;
	request->ask.answered = on_answer;
	return daemon_ask(request->listener->portal->daemon, &request->ask, guest, &question);
}

static enum MHD_Result ask_or_answer(struct request *request)
{
	enum guest_request asks = answer_asks(request->route, request->post);

	if (request->asked || !asks || ask(request, asks) < 0)
		return answer_route(request);
	MHD_suspend_connection(request->connection);
	return MHD_YES;
}

static bool is_read(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static enum MHD_Result route_request(struct request *request, const char *url, const char *method)
{
	const char *path;

	if (request->asked) /* again, with the daemon's answer */
		return answer_route(request);
	if (!for_us(request, url, &path))
		return reply_redirect(request, is_read(method) ? request->target : "");
	read_query(request);
	request->post = strcmp(method, "POST") == 0;
	request->route = answer_find(path);
	if (request->post && request->route && (!from_our_page(request) || !read_body(request))) {
		request->language = language_of(request);
		return answer_notice(request, NOTICE_REFUSED);
	}
	request->language = language_of(request);
	judge_redir(request);
	if (!request->route)
		return answer_notice(request, NOTICE_MISSING);
	if (!answer_takes(request->route, request->post, is_read(method)))
		return answer_notice(request, NOTICE_METHOD);
	return ask_or_answer(request);
}

void *request_target(void *userdata, const char *uri, struct MHD_Connection *connection)
{
	size_t length = strnlen(uri, TARGET_MAX);
	struct request *request = calloc(1, sizeof(*request) + length + 1);

	if (!request)
		return NULL;
	request->listener = userdata;
	request->connection = connection;
	if (length < TARGET_MAX)
		memcpy(request->target, uri, length);
	return request;
}

static void keep_body(struct request *request, const char *body, size_t length)
{
	if (!request->body && request->body_length == 0)
		request->body = malloc(BODY_MAX);
	if (request->body && request->body_length + length <= BODY_MAX)
		memcpy(request->body + request->body_length, body, length);
	request->body_length += length;
}

/* libmicrohttpd calls once for the headers, for each piece of a body, at the end of the request, and after a
 * resume. */
enum MHD_Result request_handle(void *userdata _unused_, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version _unused_, const char *body,
			       size_t *body_length, void **context)
{
	struct request *request = *context;

	if (!request)
		return MHD_NO;
	if (!request->started) {
		request->started = true;
		http_busy(request->listener->http, connection);
		return MHD_YES;
	}
	if (*body_length > 0) {
		keep_body(request, body, *body_length);
		*body_length = 0;
		return request->body_length > BODY_ENDURED ? MHD_NO : MHD_YES;
	}
	return route_request(request, url, method);
}

void request_completed(void *userdata _unused_, struct MHD_Connection *connection, void **context,
		       enum MHD_RequestTerminationCode code)
{
	struct request *request = *context;

	*context = NULL;
	if (!request)
		return;
	if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		http_idle(request->listener->http, connection);
	if (request->body)
		explicit_bzero(request->body, BODY_MAX);
	free(request->body);
	explicit_bzero(&request->form, sizeof(request->form));
	free(request);
}
