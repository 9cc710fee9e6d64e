// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Judges and writes the address that a guest came for. It comes from the guest's request, or, by a link that
 * anybody can make, from somebody else: so that it may become a link on our page only where it is plainly a
 * web address, and never the target of a redirect.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "../lib/cleanup.h"
#include "redir.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static size_t scheme_length(const char *url)
{
	if (strncasecmp(url, "http://", 7) == 0)
		return 7;
	return strncasecmp(url, "https://", 8) == 0 ? 8 : 0;
}

/* A name or IPv4 address, or an IPv6 address in brackets; its length, 0 for none. */
static size_t host_length(const char *text)
{
	size_t n;

	if (*text == '[') {
		n = 1 + strspn(text + 1, DIGITS "ABCDEFabcdef:.");
		return n > 2 && text[n] == ']' ? n + 1 : 0;
	}
	n = strspn(text, LETTERS DIGITS ".-_");
	return n > 0 && *text != '.' && *text != '-' ? n : 0;
}

static size_t port_length(const char *text)
{
	size_t n;

	if (*text != ':')
		return 0;
	n = strspn(text + 1, DIGITS);
	return n <= 5 ? n + 1 : 0;
}

/* Every byte is a URL's, and every percent sign an encoding. */
static bool is_path(const char *text)
{
	if (*text && !strchr("/?#", *text))
		return false;
	while (*text) {
		text += strspn(text, LETTERS DIGITS "-._~:/?#[]@!$&'()*+,;=");
		if (*text != '%')
			return *text == '\0';
		if (strspn(text + 1, DIGITS "ABCDEFabcdef") < 2)
			return false;
		text += 3;
	}
	return true;
}

bool redir_good(const char *url)
{
	size_t scheme = scheme_length(url), host = scheme ? host_length(url + scheme) : 0;

	if (host == 0 || strnlen(url, REDIR_MAX) == REDIR_MAX)
		return false;
	url += scheme + host;
	return is_path(url + port_length(url));
}

/* tests/netns/probes.py names the systems and the sources of what they ask for. */
static const char *const probe_hosts[] = {
    "connectivitycheck.android.com",
    "connectivitycheck.gstatic.com",
    "clients1.google.com",
    "clients3.google.com",
    "captive.apple.com",
    "www.msftconnecttest.com",
    "ipv6.msftconnecttest.com",
    "www.msftncsi.com",
    "ipv6.msftncsi.com",
    "detectportal.firefox.com",
    "nmcheck.gnome.org",
    "network-test.debian.org",
    "connectivity-check.ubuntu.com",
    "fedoraproject.org",
    "networkcheck.kde.org",
    "spectrum.s3.amazonaws.com",
    "connect.rom.miui.com",
    "connectivitycheck.platform.hicloud.com",
    "connectivitycheck.samsung.com",
};
static const char *const probe_paths[] = {
    "/generate_204",	"/gen_204",  "/generate204",	"/hotspot-detect.html", "/library/test/success.html",
    "/connecttest.txt", "/ncsi.txt", "/canonical.html", "/success.txt",		"/favicon.ico",
};

static bool begins(const char *text, const char *const words[], size_t n, const char *ends)
{
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(words[i]);

		if (strncasecmp(text, words[i], length) == 0 && (!text[length] || strchr(ends, text[length])))
			return true;
	}
	return false;
}

bool redir_make(const char *host, const char *target, char out[static REDIR_MAX])
{
	int length;

	*out = '\0';
	if (*target != '/' || begins(host, probe_hosts, ELEMENTS(probe_hosts), ":.") ||
	    begins(target, probe_paths, ELEMENTS(probe_paths), "?"))
		return false;
	length = snprintf(out, REDIR_MAX, "http://%s%s", host, target);
	if (length > 0 && length < REDIR_MAX && redir_good(out))
		return true;
	*out = '\0';
	return false;
}

const char *redir_encode(const char *url, char out[static REDIR_ENCODED])
{
	static const char hex[] = "0123456789ABCDEF";
	char *at = out;

	for (; *url && at < out + REDIR_ENCODED - 3; url++) {
		if (strchr(LETTERS DIGITS "-._~:/", *url)) {
			*at++ = *url;
			continue;
		}
		*at++ = '%';
		*at++ = hex[(unsigned char)*url >> 4];
		*at++ = hex[(unsigned char)*url & 15];
	}
	*at = '\0';
	return out;
}
