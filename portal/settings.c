// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From the daemon's JSON to struct settings. The daemon is ours, but what it passes on was written by people:
 * a host name goes into headers, colours into a stylesheet, links into pages. So every value has its rule
 * here; one that breaks it refuses the whole, and the settings before stay.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <jansson.h>
#include "../lib/log.h"
#include "base64.h"
#include "redir.h"
#include "settings.h"

#define ZONES_MAX 1024
#define PARAGRAPHS_MAX 64
#define LINKS_MAX 16
#define LOGO_MAX 65536

static int fault(const char *key, const char *rule)
{
	log_error("the daemon's settings: %s: %s", key, rule);
	return -EBADMSG;
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int copy_text(const json_t *object, const char *key, bool (*good)(const char *), const char *rule,
		     char **out)
{
	const char *text = text_at(object, key);

	if (!text || (good && !good(text)))
		return fault(key, rule);
	*out = strdup(text);
	return *out ? 0 : -ENOMEM;
}

/* It stands unescaped in headers and JSON. */
static bool is_hostname(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

	return text[length] == '\0' && length <= 253;
}

static bool is_link(const char *text)
{
	return redir_good(text);
}

static bool is_link_or_none(const char *text)
{
	return !*text || redir_good(text);
}

static bool is_path_or_none(const char *text)
{
	return !*text || (*text == '/' && strlen(text) < PATH_MAX);
}

static bool is_colour(const char *text)
{
	if (*text++ != '#' || strlen(text) != 6)
		return false;
	while (isxdigit((unsigned char)*text))
		text++;
	return *text == '\0';
}

static int read_port(const json_t *root, const char *key, json_int_t least, uint16_t *out)
{
	const json_t *value = json_object_get(root, key);

	if (!json_is_integer(value) || json_integer_value(value) < least ||
	    json_integer_value(value) > UINT16_MAX)
		return fault(key, "must be a port");
	*out = (uint16_t)json_integer_value(value);
	return 0;
}

static int read_prefix(const json_t *zone, const char *key, struct prefix *out)
{
	const char *text = text_at(zone, key);

	if (!text || (*text && prefix_parse(text, out) < 0))
		return fault(key, "must be an address with its length, or empty");
	return 0;
}

/* Into an array inside a struct; "" is refused. */
static int copy_name(const json_t *object, const char *key, char *out, size_t size)
{
	const char *text = text_at(object, key);

	if (!text || !*text || strlen(text) >= size)
		return fault(key, "must be a name that fits");
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

static int read_zone(const json_t *object, struct settings_zone *out)
{
	int r = copy_name(object, "id", out->id, sizeof(out->id));

	r = r < 0 ? r : copy_name(object, "device", out->device, sizeof(out->device));
	r = r < 0 ? r : read_prefix(object, "address4", &out->address4);
	return r < 0 ? r : read_prefix(object, "address6", &out->address6);
}

/* Room for what an array holds, zeroed. */
static int make_room(const json_t *array, const char *key, size_t most, size_t size, void *out)
{
	size_t n = json_array_size(array);
	void *room;

	if (!json_is_array(array) || n > most)
		return fault(key, "must be a list, and no longer than any that is made");
	room = calloc(n ? n : 1, size);
	if (!room)
		return -ENOMEM;
	memcpy(out, &room, sizeof(room));
	return 0;
}

static int read_zones(const json_t *root, struct settings *settings)
{
	const json_t *array = json_object_get(root, "zones"), *zone;
	int r = make_room(array, "zones", ZONES_MAX, sizeof(*settings->zones), &settings->zones);
	size_t i;

	if (r < 0)
		return r;
	json_array_foreach(array, i, zone)
	{
		r = read_zone(zone, &settings->zones[settings->n_zones++]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_paragraphs(const json_t *terms, enum language language, struct settings *settings)
{
	const json_t *array = json_object_get(terms, language_code(language)), *text;
	char ***room = &settings->theme.terms[language];
	int r = make_room(array, "theme.terms", PARAGRAPHS_MAX, sizeof(**room), room);
	size_t i;

	if (r < 0)
		return r;
	json_array_foreach(array, i, text)
	{
		if (!json_is_string(text))
			return fault("theme.terms", "must be texts");
		(*room)[i] = strdup(json_string_value(text));
		if (!(*room)[i])
			return -ENOMEM;
		settings->theme.n_terms[language]++;
	}
	return 0;
}

static int read_link(const json_t *object, struct settings_link *out)
{
	int r = copy_text(object, "url", is_link, "must be an http or https address", &out->url);

	for (enum language language = 0; r == 0 && language < LANGUAGES; language++)
		r = copy_text(object, language_code(language), NULL, "must be a text", &out->text[language]);
	return r;
}

static int read_links(const json_t *theme, struct settings *settings)
{
	const json_t *array = json_object_get(theme, "links"), *link;
	int r = make_room(array, "theme.links", LINKS_MAX, sizeof(*settings->theme.links),
			  &settings->theme.links);
	size_t i;

	if (r < 0)
		return r;
	json_array_foreach(array, i, link)
	{
		r = read_link(link, &settings->theme.links[settings->theme.n_links++]);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool is_logo_type(const char *text)
{
	static const char *const types[] = {"",		  "image/png",	   "image/jpeg",
					    "image/webp", "image/svg+xml", "image/gif"};

	for (size_t i = 0; i < ELEMENTS(types); i++) {
		if (strcmp(types[i], text) == 0)
			return true;
	}
	return false;
}

static int read_logo(const json_t *theme, struct settings *settings)
{
	const char *text = text_at(theme, "logo");
	int r;

	if (!text || strlen(text) > LOGO_MAX)
		return fault("theme.logo", "must be base64, and not large");
	r = copy_text(theme, "logo_type", is_logo_type, "must be the type of an image",
		      &settings->theme.logo_type);
	if (r < 0)
		return r;
	r = base64_read(text, &settings->theme.logo, &settings->theme.logo_size);
	if (r == -EBADMSG || (r == 0 && settings->theme.logo_size > 0 && !*settings->theme.logo_type))
		return fault("theme.logo", "must be base64, with its type");
	return r;
}

static int read_colour(const json_t *theme, const char *key, char out[static 8])
{
	const char *text = text_at(theme, key);

	if (!text || !is_colour(text))
		return fault(key, "must be \"#rrggbb\"");
	memcpy(out, text, 8);
	return 0;
}

static int read_theme(const json_t *root, struct settings *settings)
{
	const json_t *theme = json_object_get(root, "theme"), *terms = json_object_get(theme, "terms");
	int r = copy_text(theme, "name", NULL, "must be a text", &settings->theme.name);

	r = r < 0 ? r : read_colour(theme, "accent", settings->theme.accent);
	r = r < 0 ? r : read_colour(theme, "background", settings->theme.background);
	r = r < 0 ? r : read_logo(theme, settings);
	for (enum language language = 0; r == 0 && language < LANGUAGES; language++)
		r = read_paragraphs(terms, language, settings);
	return r < 0 ? r : read_links(theme, settings);
}

static int read_language(const json_t *root, struct settings *settings)
{
	const char *code = text_at(root, "language");

	return code && language_find(code, &settings->language)
		   ? 0
		   : fault("language", "must be one of the portal's");
}

static int read_root(const json_t *root, struct settings *settings)
{
	const struct {
		const char *key, *rule;
		bool (*good)(const char *text);
		char **out;
	} texts[] = {
	    {"hostname", "must be a host name, or empty", is_hostname, &settings->hostname},
	    {"site", "must be a text", NULL, &settings->site},
	    {"certificate", "must be a path, or empty", is_path_or_none, &settings->certificate},
	    {"key", "must be a path, or empty", is_path_or_none, &settings->key},
	    {"venue", "must be an http or https address, or empty", is_link_or_none, &settings->venue},
	};
	int r = read_port(root, "port", 1, &settings->port);

	r = r < 0 ? r : read_port(root, "tls_port", 0, &settings->tls_port);
	for (size_t i = 0; r == 0 && i < ELEMENTS(texts); i++)
		r = copy_text(root, texts[i].key, texts[i].good, texts[i].rule, texts[i].out);
	r = r < 0 ? r : read_language(root, settings);
	r = r < 0 ? r : read_zones(root, settings);
	r = r < 0 ? r : read_theme(root, settings);
	if (r == 0 && settings->port == settings->tls_port)
		return fault("tls_port", "must differ from port");
	return r;
}

int settings_read(const void *json, size_t length, struct settings **out)
{
	_cleanup_(settings_freep) struct settings *settings = NULL;
	_cleanup_(json_decrefp) json_t *root = NULL;
	json_error_t error;
	int r;

	root = json_loadb(json, length, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		return fault("JSON", error.text);
	settings = calloc(1, sizeof(*settings));
	if (!settings)
		return -ENOMEM;
	r = read_root(root, settings);
	if (r < 0)
		return r;
	*out = settings;
	settings = NULL;
	return 0;
}

static void free_theme(struct settings *settings)
{
	for (enum language language = 0; language < LANGUAGES; language++) {
		for (size_t i = 0; i < settings->theme.n_terms[language]; i++)
			free(settings->theme.terms[language][i]);
		free(settings->theme.terms[language]);
	}
	for (size_t i = 0; i < settings->theme.n_links; i++) {
		free(settings->theme.links[i].url);
		for (enum language language = 0; language < LANGUAGES; language++)
			free(settings->theme.links[i].text[language]);
	}
	free(settings->theme.links);
	free(settings->theme.name);
	free(settings->theme.logo);
	free(settings->theme.logo_type);
}

struct settings *settings_free(struct settings *settings)
{
	if (!settings)
		return NULL;
	free_theme(settings);
	free(settings->hostname);
	free(settings->site);
	free(settings->certificate);
	free(settings->key);
	free(settings->venue);
	free(settings->zones);
	free(settings);
	return NULL;
}
