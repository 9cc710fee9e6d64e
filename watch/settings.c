/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the daemon is trusted to decide, not to be free of faults: a document that does not fit is refused as
 * a whole, and what was known before stays.
 */
#include "settings.h"
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"

DEFINE_CLEANUP(struct settings *, settings_free)

static int bad(const char *key, const char *rule)
{
	log_error("the daemon's settings: %s: must be %s", key, rule);
	return -EBADMSG;
}

static int get_text(const json_t *object, const char *key, char *out, size_t size)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (!text || strlen(text) >= size)
		return bad(key, "a text that is not too long");
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

static int get_prefix(const json_t *object, const char *key, struct prefix *out)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (!text)
		return bad(key, "a text");
	if (*text && prefix_parse(text, out) < 0)
		return bad(key, "an address with its prefix length");
	return 0;
}

static char *lower(const char *text)
{
	char *copy = strdup(text);

	for (char *c = copy; c && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + ('a' - 'A'));
	return copy;
}

static int get_garden(const json_t *object, struct settings_zone *zone)
{
	const json_t *names = json_object_get(object, "garden"), *name;
	size_t index;

	if (!json_is_array(names))
		return bad("garden", "a list of names");
	zone->garden = calloc(json_array_size(names) + 1, sizeof(*zone->garden));
	if (!zone->garden)
		return -ENOMEM;
	json_array_foreach(names, index, name)
	{
		if (!json_is_string(name))
			return bad("garden", "a list of names");
		zone->garden[index] = lower(json_string_value(name));
		if (!zone->garden[index])
			return -ENOMEM;
		zone->n_garden++;
	}
	return 0;
}

static int get_zone(const json_t *object, struct settings_zone *zone)
{
	int r = get_text(object, "id", zone->id, sizeof(zone->id));

	if (r >= 0)
		r = get_text(object, "device", zone->device, sizeof(zone->device));
	if (r >= 0)
		r = get_prefix(object, "address4", &zone->address4);
	if (r >= 0)
		r = get_prefix(object, "address6", &zone->address6);
	return r < 0 ? r : get_garden(object, zone);
}

static int get_zones(const json_t *document, struct settings *settings)
{
	const json_t *zones = json_object_get(document, "zones"), *zone;
	size_t index;
	int r;

	if (!json_is_array(zones))
		return bad("zones", "a list");
	settings->zones = calloc(json_array_size(zones) + 1, sizeof(*settings->zones));
	if (!settings->zones)
		return -ENOMEM;
	json_array_foreach(zones, index, zone)
	{
		settings->n_zones++;
		r = get_zone(zone, &settings->zones[index]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- offices ---- */

static int get_devices(const json_t *object, struct settings_office *office)
{
	const json_t *names = json_object_get(object, "devices"), *name;
	size_t index;

	if (!json_is_array(names))
		return bad("devices", "a list of names");
	office->devices = calloc(json_array_size(names) + 1, sizeof(*office->devices));
	if (!office->devices)
		return -ENOMEM;
	json_array_foreach(names, index, name)
	{
		const char *text = json_string_value(name);

		if (!text || strlen(text) >= IFNAMSIZ)
			return bad("devices", "a list of names that are not too long");
		memcpy(office->devices[office->n_devices++], text, strlen(text) + 1);
	}
	return 0;
}

/* What is no prefix ("delegated") names no address that could be looked for. */
static int get_prefixes(const json_t *object, struct settings_office *office)
{
	const json_t *texts = json_object_get(object, "prefixes"), *text;
	size_t index;

	if (!json_is_array(texts))
		return bad("prefixes", "a list of prefixes");
	office->prefixes = calloc(json_array_size(texts) + 1, sizeof(*office->prefixes));
	if (!office->prefixes)
		return -ENOMEM;
	json_array_foreach(texts, index, text)
	{
		if (!json_is_string(text))
			return bad("prefixes", "a list of prefixes");
		if (prefix_parse(json_string_value(text), &office->prefixes[office->n_prefixes]) == 0)
			office->n_prefixes++;
	}
	return 0;
}

static int get_office(const json_t *object, struct settings_office *office)
{
	int r = get_text(object, "id", office->id, sizeof(office->id));

	if (r >= 0)
		r = get_devices(object, office);
	return r < 0 ? r : get_prefixes(object, office);
}

/* A daemon that does not tell of offices has none that could be measured. */
static int get_offices(const json_t *document, struct settings *settings)
{
	const json_t *offices = json_object_get(document, "offices"), *office;
	size_t index;
	int r;

	if (offices && !json_is_array(offices))
		return bad("offices", "a list");
	settings->offices = calloc(json_array_size(offices) + 1, sizeof(*settings->offices));
	if (!settings->offices)
		return -ENOMEM;
	json_array_foreach(offices, index, office)
	{
		settings->n_offices++;
		r = get_office(office, &settings->offices[index]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- probes ---- */

static int get_period(const json_t *document, struct settings *settings)
{
	const json_t *period = json_object_get(document, "probe_usec");
	const json_int_t usec = period ? json_integer_value(period) : SETTINGS_PROBE_MAX_USEC;

	if (period && !json_is_integer(period))
		return bad("probe_usec", "a number");
	settings->probe_usec = CLAMP(usec, SETTINGS_PROBE_MIN_USEC, SETTINGS_PROBE_MAX_USEC);
	return 0;
}

static int get_probes(const json_t *document, struct settings *settings)
{
	const json_t *probes = json_object_get(document, "probes"), *probe;
	size_t index;

	if (!json_is_array(probes))
		return bad("probes", "a list of addresses");
	settings->probes = calloc(json_array_size(probes) + 1, sizeof(*settings->probes));
	if (!settings->probes)
		return -ENOMEM;
	json_array_foreach(probes, index, probe)
	{
		if (!json_is_string(probe) ||
		    addr_parse(json_string_value(probe), &settings->probes[index]) < 0)
			return bad("probes", "a list of addresses");
		settings->n_probes++;
	}
	return 0;
}

int settings_read(const char *json, size_t length, struct settings **out)
{
	_cleanup_(settings_freep) struct settings *settings = calloc(1, sizeof(*settings));
	json_auto_t *document = NULL;
	int r;

	if (!settings)
		return -ENOMEM;
	document = json_loadb(json, length, JSON_REJECT_DUPLICATES, NULL);
	if (!document)
		return bad("document", "JSON");
	r = get_text(document, "uplink", settings->uplink, sizeof(settings->uplink));
	if (r >= 0)
		r = get_text(document, "api", settings->api, sizeof(settings->api));
	if (r >= 0)
		r = get_probes(document, settings);
	if (r >= 0)
		r = get_period(document, settings);
	if (r >= 0)
		r = get_zones(document, settings);
	if (r >= 0)
		r = get_offices(document, settings);
	if (r < 0)
		return r;
	*out = settings;
	settings = NULL;
	return 0;
}

struct settings *settings_free(struct settings *settings)
{
	if (!settings)
		return NULL;
	for (size_t i = 0; i < settings->n_zones; i++) {
		for (size_t j = 0; j < settings->zones[i].n_garden; j++)
			free(settings->zones[i].garden[j]);
		free(settings->zones[i].garden);
	}
	free(settings->zones);
	for (size_t i = 0; i < settings->n_offices; i++) {
		free(settings->offices[i].devices);
		free(settings->offices[i].prefixes);
	}
	free(settings->offices);
	free(settings->probes);
	free(settings);
	return NULL;
}

const struct settings_zone *settings_zone(const struct settings *settings, const char *device)
{
	for (size_t i = 0; i < settings->n_zones; i++)
		if (strcmp(settings->zones[i].device, device) == 0)
			return &settings->zones[i];
	return NULL;
}
