// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Comparing a stranger's Host, Origin and Referer with our own names. Anything that is not plainly ours is
 * somebody else's: the worst that a wrong "no" does is one more redirect.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "origin.h"

const char *origin_host(const char *hostname, const struct addr *local, char out[static ORIGIN_TEXT])
{
	char text[ADDR_TEXT];

	if (*hostname)
		snprintf(out, ORIGIN_TEXT, "%s", hostname);
	else
		snprintf(out, ORIGIN_TEXT, local->family == AF_INET6 ? "[%s]" : "%s", addr_text(local, text));
	return out;
}

static bool port_or_nothing(const char *rest, size_t length)
{
	if (length == 0)
		return true;
	if (rest[0] != ':' || length > 6)
		return false;
	for (size_t i = 1; i < length; i++) {
		if (rest[i] < '0' || rest[i] > '9')
			return false;
	}
	return true;
}

static bool same_name(const char *host, size_t length, const char *hostname)
{
	if (length > 1 && host[length - 1] == '.')
		length--;
	return *hostname && strlen(hostname) == length && strncasecmp(host, hostname, length) == 0;
}

static bool same_address(const char *host, size_t length, const struct addr *local)
{
	char text[ADDR_TEXT];
	struct addr addr;

	if (length >= sizeof(text))
		return false;
	memcpy(text, host, length);
	text[length] = '\0';
	return addr_parse(text, &addr) == 0 && addr_equal(&addr, local);
}

bool origin_is_ours(const char *authority, size_t length, const char *hostname, const struct addr *local)
{
	const char *end;
	size_t host;

	if (length > 0 && authority[0] == '[') {
		end = memchr(authority, ']', length);
		host = end ? (size_t)(end - authority) + 1 : 0;
		return end && port_or_nothing(end + 1, length - host) &&
		       same_address(authority + 1, host - 2, local);
	}
	end = memchr(authority, ':', length);
	host = end ? (size_t)(end - authority) : length;
	if (!port_or_nothing(authority + host, length - host))
		return false;
	return same_name(authority, host, hostname) || same_address(authority, host, local);
}

size_t origin_of_url(const char *url, const char **authority)
{
	static const char *const schemes[] = {"http://", "https://"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t scheme = strlen(schemes[i]);

		if (strncasecmp(url, schemes[i], scheme) == 0) {
			*authority = url + scheme;
			return strcspn(*authority, "/?#");
		}
	}
	return 0;
}
