// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kinds of value that name something elsewhere: hosts, addresses of pages, files and folders. They judge
 * the form alone; whether a file is there is asked by who reads it. A host name or URL that passes here may
 * stand in HTML, in JSON and in dnsmasq's configuration without harm.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include "config_reader.h"

enum { URL_MOST = 500, PATH_BYTES_MOST = 1000 };

int config_keep(char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
	return *to ? 0 : -ENOMEM;
}

/* RFC 1123, 2.1: labels of letters, digits and inner hyphens; the last is not all digits, as an IPv4
 * address's is. */
static bool is_host(const char *text, size_t length)
{
	const char *end = text + length;

	if (length < 1 || length > 253)
		return false;
	for (;;) {
		size_t label =
		    strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

		label = MIN(label, (size_t)(end - text));
		if (label < 1 || label > 63 || text[0] == '-' || text[label - 1] == '-')
			return false;
		if (text + label == end)
			return strspn(text, "0123456789") < label;
		if (text[label] != '.')
			return false;
		text += label + 1;
	}
}

bool config_is_host(const char *text)
{
	return is_host(text, strlen(text));
}

static int read_host(_unused_ struct config_reader *r, config_setting_t *setting,
		     const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(setting);

	return config_is_host(text) ? config_keep(CONFIG_AT(char *, base, key), text) : -EINVAL;
}

/* RFC 3986's characters in ASCII, without what would end an attribute or a line anywhere; a % begins an
 * encoding. */
bool config_is_url_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '%' && isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2]))
			continue;
		if (!isalnum((unsigned char)*text) && !strchr("-._~:/?#[]@!$&()*+,;=", *text))
			return false;
	}
	return true;
}

bool config_is_port(const char *text, size_t length, unsigned *out)
{
	unsigned port = 0;

	for (size_t i = 0; i < length && i < 6; i++) {
		if (!isdigit((unsigned char)text[i]))
			return false;
		port = 10 * port + (unsigned)(text[i] - '0');
	}
	*out = port;
	return length >= 1 && length <= 5 && port >= 1 && port <= 65535;
}

/* "https://host[:port][/...]": a name, no user, no address. */
static bool is_url(const char *text)
{
	static const char *const schemes[] = {"https://", "http://"};
	size_t authority, host;
	unsigned port;

	if (!config_is_url_text(text) || strlen(text) > URL_MOST)
		return false;
	for (size_t i = 0; i < ELEMENTS(schemes); i++) {
		if (strncmp(text, schemes[i], strlen(schemes[i])))
			continue;
		text += strlen(schemes[i]);
		authority = strcspn(text, "/?#");
		host = MIN(strcspn(text, ":"), authority);
		return is_host(text, host) &&
		       (host == authority || config_is_port(text + host + 1, authority - host - 1, &port));
	}
	return false;
}

static int read_url(_unused_ struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		    void *base)
{
	const char *text = config_setting_get_string(setting);

	return is_url(text) ? config_keep(CONFIG_AT(char *, base, key), text) : -EINVAL;
}

static bool is_path(const char *text)
{
	return *text && strlen(text) <= PATH_BYTES_MOST && config_is_text(text);
}

/* As seen from the folder of the file that names it; other programs have another working directory. */
static int read_file(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		     void *base)
{
	char **to = CONFIG_AT(char *, base, key), *whole = NULL;
	_cleanup_(freep) char *path = NULL;
	char here[PATH_MAX];
	unsigned line;

	if (!is_path(config_setting_get_string(setting)))
		return -EINVAL;
	path =
	    config_source_beside(config_source_place(r->source, config_setting_source_line(setting), &line),
				 config_setting_get_string(setting));
	if (!path)
		return -ENOMEM;
	if (*path == '/' || !getcwd(here, sizeof(here)))
		return config_keep(to, path);
	if (asprintf(&whole, "%s/%s", here, path) < 0)
		return -ENOMEM;
	free(*to);
	*to = whole;
	return 0;
}

/* What this process itself reads: the path as a person knows it, so that a fault in it is told under that
 * name. */
static int read_folder(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		       void *base)
{
	char **to = CONFIG_AT(char *, base, key);
	unsigned line;

	if (!is_path(config_setting_get_string(setting)))
		return -EINVAL;
	free(*to);
	*to = config_source_beside(config_source_place(r->source, config_setting_source_line(setting), &line),
				   config_setting_get_string(setting));
	return *to ? 0 : -ENOMEM;
}

/* Short enough for "/daemon/control" behind it in a socket's address (unix(7): 108 bytes). */
static int read_directory(_unused_ struct config_reader *r, config_setting_t *setting,
			  const struct config_key *key, void *base)
{
	const char *text = config_setting_get_string(setting);

	if (*text != '/' || strlen(text) > 80 || !config_is_text(text) || strstr(text, "/../"))
		return -EINVAL;
	return config_keep(CONFIG_AT(char *, base, key), text);
}

const struct config_kind config_host = {CONFIG_TYPE_STRING, "must be a host name (RFC 1123)", read_host};
const struct config_kind config_url = {
    CONFIG_TYPE_STRING,
    "must be an address such as \"https://example.id/page\" (http or https, ASCII, at most 500 bytes)",
    read_url};
const struct config_kind config_file = {CONFIG_TYPE_STRING, "must be the path of a file, at most 1000 bytes",
					read_file};
const struct config_kind config_folder = {CONFIG_TYPE_STRING,
					  "must be the path of a folder, at most 1000 bytes", read_folder};
const struct config_kind config_directory = {CONFIG_TYPE_STRING,
					     "must be an absolute path of at most 80 bytes", read_directory};
