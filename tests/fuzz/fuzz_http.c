/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes into what the portal reads of a stranger, and of the daemon: forms and queries, cookies, the page
 * to come back to, Accept, Host and Origin, the settings. The first byte chooses; each is held to what its
 * header promises.
 *
 *   clang-14 -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
 *	-DPORTAL_LANGUAGES='"id"' -DPORTAL_LOCALE_DIRECTORY='"/nonexistent"' tests/fuzz/fuzz_http.c \
 *	portal/form.c portal/redir.c portal/api.c portal/origin.c portal/settings.c portal/base64.c \
 *	portal/texts.c portal/values.c portal/catalogue.c portal/locale.c lib/addr.c lib/units.c \
 *	-ljansson -lm -o fuzz_http
 *   ./fuzz_http -max_total_time=60 -max_len=4096 tests/fuzz/corpus/http
 */
#include "../../lib/log.h"
#include "../../portal/api.h"
#include "../../portal/base64.h"
#include "../../portal/form.h"
#include "../../portal/origin.h"
#include "../../portal/redir.h"
#include "../../portal/settings.h"
#include <errno.h>
#include <jansson.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* In lib/log.c's place: what is refused is logged, and a fuzzer refuses a lot. */
void log_line(int priority _unused_, const char *format _unused_, ...)
{
}

/* An independent reading: what is no text cannot become a JSON string. */
static bool is_utf8(const char *text)
{
	_cleanup_(json_decrefp) json_t *string = json_string(text);

	return string;
}

static bool is_plain(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	}
	return true;
}

static void fuzz_form(const char *text, size_t length)
{
	char code[48], name[65], redir[REDIR_MAX];
	const struct form_field fields[] = {
	    {"code", code, sizeof(code)}, {"name", name, sizeof(name)}, {"redir", redir, sizeof(redir)}};
	int r = form_read(text, length, fields, 3);

	check(r == 0 || r == -EBADMSG);
	for (size_t i = 0; i < 3; i++) {
		check(memchr(fields[i].value, '\0', fields[i].size));
		check(r == 0 || !*fields[i].value);
		check(is_utf8(fields[i].value) && is_plain(fields[i].value));
	}
}

static void fuzz_cookie(const char *text, size_t length _unused_)
{
	char value[16];
	bool found = form_cookie(text, "gerbang", value, sizeof(value));

	check(memchr(value, '\0', sizeof(value)) && (found || !*value));
	check(!*value || strstr(text, value));
}

/* What was carried in a query comes out of the form reader as it went in. */
static void check_carried(const char *url)
{
	char query[REDIR_ENCODED + 8] = "redir=", encoded[REDIR_ENCODED], back[REDIR_MAX];
	const struct form_field field = {"redir", back, sizeof(back)};

	strcat(query, redir_encode(url, encoded));
	check(strspn(encoded, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/%") ==
	      strlen(encoded));
	check(form_read(query, strlen(query), &field, 1) == 0 && strcmp(back, url) == 0);
}

static void fuzz_redir(const char *text, size_t length)
{
	char out[REDIR_MAX];
	const char *authority, *target = memchr(text, '\n', length);
	char host[128] = "";

	if (redir_good(text)) {
		size_t n = origin_of_url(text, &authority);

		check(n > 0 && !memchr(authority, '@', n) && !strpbrk(text, "\"<>\\ \r\n") &&
		      strlen(text) < REDIR_MAX);
		check_carried(text);
	}
	if (target)
		snprintf(host, sizeof(host), "%.*s", (int)MIN((size_t)(target - text), sizeof(host) - 1),
			 text);
	if (redir_make(host, target ? target + 1 : text, out))
		check(redir_good(out));
	else
		check(!*out);
}

static void fuzz_accept(const char *text, size_t length _unused_)
{
	bool page = api_wants_page(text);

	check(!page || strcasestr(text, "text/html") || strcasestr(text, "application/xhtml+xml"));
}

static void fuzz_origin(const char *text, size_t length)
{
	const struct addr local = {AF_INET, {10, 200, 0, 1}};
	const char *authority;
	size_t n = origin_of_url(text, &authority);

	if (origin_is_ours(text, length, "wifi.example", &local))
		check(strcasestr(text, "wifi.example") || strstr(text, "10.200.0.1") || strchr(text, '['));
	check(n <= length);
	if (n > 0)
		origin_is_ours(authority, n, "wifi.example", &local);
}

static void fuzz_settings(const char *text, size_t length)
{
	_cleanup_(settings_freep) struct settings *settings = NULL;
	int r = settings_read(text, length, &settings);

	check(r == -EBADMSG ||
	      (r == 0 && settings->port && settings->hostname && settings->theme.accent[0] == '#'));
}

static void fuzz_base64(const char *text, size_t length _unused_)
{
	_cleanup_(freep) void *bytes = NULL;
	size_t n = 0;
	int r = base64_read(text, &bytes, &n);

	check(r == -EBADMSG || (r == 0 && n <= strlen(text) / 4 * 3));
}

/* Whatever the daemon says, what goes out is JSON. */
static void fuzz_api(const char *text, size_t length)
{
	struct message_guest_state state = {0};
	char out[API_TEXT];
	json_t *document;
	size_t n;

	memcpy(&state, text, MIN(length, sizeof(state)));
	n = api_write(out, &state, "https://wifi.example/", is_utf8(text) && strlen(text) < 512 ? text : "");
	check(n <= sizeof(out));
	document = n ? json_loadb(out, n, 0, NULL) : NULL;
	check(!n || json_is_boolean(json_object_get(document, "captive")));
	json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static void (*const targets[])(const char *text,
				       size_t length) = {fuzz_form,   fuzz_cookie,   fuzz_redir,  fuzz_accept,
							 fuzz_origin, fuzz_settings, fuzz_base64, fuzz_api};
	_cleanup_(freep) char *text = NULL;

	if (length == 0)
		return 0;
	text = malloc(length); /* the choice's byte becomes the NUL behind the end */
	check(text);
	memcpy(text, bytes + 1, length - 1);
	text[length - 1] = '\0';
	targets[bytes[0] % ELEMENTS(targets)](text, length - 1);
	return 0;
}
