// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RFC 8908. What is not known or has no meaning in a state is left out, never guessed: a telephone that
 * believes a wrong number shows it to a person, or cuts a connection that works.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <jansson.h>
#include "../lib/cleanup.h"
#include "api.h"

static bool is_captive(const struct message_guest_state *guest)
{
	return guest->state != GUEST_ONLINE && guest->state != GUEST_UNKNOWN;
}

/* Section 5: the remains are an unconfined client's alone, and only where there is a limit. */
static void add_remains(json_t *object, const struct message_guest_state *guest)
{
	if (guest->state != GUEST_ONLINE)
		return;
	if (guest->seconds_remaining >= 0)
		json_object_set_new(object, "seconds-remaining", json_integer(guest->seconds_remaining));
	if (guest->bytes_remaining >= 0)
		json_object_set_new(object, "bytes-remaining", json_integer(guest->bytes_remaining));
	json_object_set_new(object, "can-extend-session", json_boolean(guest->extensible));
}

size_t api_write(char out[static API_TEXT], const struct message_guest_state *guest, const char *portal,
		 const char *venue)
{
	_cleanup_(json_decrefp) json_t *object = json_object();
	size_t length;

	json_object_set_new(object, "captive", json_boolean(is_captive(guest)));
	json_object_set_new(object, "user-portal-url", json_string(portal));
	if (*venue)
		json_object_set_new(object, "venue-info-url", json_string(venue));
	add_remains(object, guest);
	length = json_dumpb(object, out, API_TEXT, JSON_COMPACT);
	return length <= API_TEXT ? length : 0;
}

struct wish {
	int html, json, wildcard; /* quality in thousandths; -1: not named */
};

/* "0.8" -> 800; anything strange is 1000, as if it were not there. */
static int quality(const char *parameters, size_t length)
{
	static const int places[] = {100, 10, 1};
	const char *end = parameters + length, *at = parameters;
	int value;

	while (at < end && (*at == ' ' || *at == '\t' || *at == ';'))
		at++;
	while (end - at >= 3 && strncasecmp(at, "q=", 2) != 0) {
		const char *next = memchr(at, ';', (size_t)(end - at));

		if (!next)
			return 1000;
		for (at = next; at < end && (*at == ';' || *at == ' ' || *at == '\t');)
			at++;
	}
	if (end - at < 3 || (at[2] != '0' && at[2] != '1'))
		return 1000;
	value = at[2] == '1' ? 1000 : 0;
	at += 3;
	if (at < end && *at == '.')
		at++;
	for (size_t i = 0; value < 1000 && i < ELEMENTS(places) && at < end && *at >= '0' && *at <= '9'; i++)
		value += (*at++ - '0') * places[i];
	return value;
}

static bool type_is(const char *range, size_t length, const char *type)
{
	return strlen(type) == length && strncasecmp(range, type, length) == 0;
}

/* One media range with its parameters. */
static void range_read(const char *range, size_t length, struct wish *wish)
{
	size_t type;
	int q;

	while (length > 0 && (*range == ' ' || *range == '\t')) {
		range++;
		length--;
	}
	for (type = 0; type < length && !strchr("; \t", range[type]);)
		type++;
	q = quality(range + type, length - type);
	if (type_is(range, type, "text/html") || type_is(range, type, "application/xhtml+xml"))
		wish->html = MAX(wish->html, q);
	else if (type_is(range, type, API_TYPE) || type_is(range, type, "application/json"))
		wish->json = MAX(wish->json, q);
	else if (type_is(range, type, "*/*") || type_is(range, type, "application/*"))
		wish->wildcard = MAX(wish->wildcard, q);
}

bool api_wants_page(const char *accept)
{
	struct wish wish = {-1, -1, -1};

	while (accept && *accept) {
		size_t length = strcspn(accept, ",");

		range_read(accept, length, &wish);
		accept += length + (accept[length] == ',');
	}
	if (wish.html <= 0)
		return false;
	return wish.json >= 0 ? wish.html > wish.json : wish.html >= wish.wildcard;
}
