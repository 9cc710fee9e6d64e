// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the portal, the watch and dnsmasq need to know, made anew from the policy each time somebody asks:
 * none of them reads the configuration, so none needs a right to it. It must never pass on more than its
 * reader needs: rates, names and contracts stay here.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <jansson.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "../lib/wire.h"
#include "../policy/dnsmasq.h"
#include "settings.h"

#define DNSMASQ_FILE "daemon/dnsmasq.conf"
#define DNSMASQ_MOST (16u << 20)
#define PROBE_USEC (5 * USEC_PER_SEC)
#define PROBE_FAST_USEC (250 * USEC_PER_MSEC) /* an adjusted rate follows a queue within a second */

/* ---- values ---- */

static json_t *text_json(const char *text)
{
	return json_string(text ? text : "");
}

static json_t *texts_json(char *const *texts, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(texts[i]));
	return array;
}

/* "10.200.0.1/20", or "" for none. */
static json_t *prefix_json(const struct prefix *prefix)
{
	char text[PREFIX_TEXT];

	return json_string(prefix->addr.family ? prefix_text(prefix, text) : "");
}

static json_t *network_json(const struct prefix *prefix)
{
	struct prefix network = prefix_network(prefix);

	return prefix_json(&network);
}

/* RFC 4648, 4. Malloc'd. */
static char *base64(const uint8_t *bytes, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = malloc((n + 2) / 3 * 4 + 1), *to = text;

	for (size_t i = 0; text && i < n; i += 3) {
		size_t left = n - i;
		uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
				 (left > 2 ? bytes[i + 2] : 0);

		*to++ = digits[group >> 18];
		*to++ = digits[group >> 12 & 63];
		*to++ = left > 1 ? digits[group >> 6 & 63] : '=';
		*to++ = left > 2 ? digits[group & 63] : '=';
	}
	if (text)
		*to = '\0';
	return text;
}

/* A sealed memfd with the document, which is freed. */
static int blob(json_t *document)
{
	_cleanup_(json_decrefp) json_t *owned = document;
	_cleanup_(freep) char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;

	return text ? wire_blob(text, strlen(text)) : -ENOMEM;
}

/* ---- the portal's ---- */

static json_t *logo_json(const struct policy_theme *theme)
{
	_cleanup_(freep) char *text = base64(theme->logo, theme->logo_size);

	return text ? json_string(text) : NULL;
}

static json_t *links_json(const struct policy_theme *theme)
{
	json_t *array = json_array();

	for (size_t i = 0; i < theme->n_links; i++)
		json_array_append_new(array,
				      json_pack("{s:s, s:s, s:s}", "url", theme->links[i].url, "id",
						theme->links[i].text[0], "en", theme->links[i].text[1]));
	return array;
}

static json_t *theme_json(const struct policy_theme *theme)
{
	return json_pack("{s:o, s:s, s:s, s:o, s:o, s:{s:o, s:o}, s:o}", "name", text_json(theme->name),
			 "accent", theme->accent, "background", theme->background, "logo", logo_json(theme),
			 "logo_type", text_json(theme->logo ? theme->logo_type : NULL), "terms", "id",
			 texts_json(theme->terms[0], theme->n_terms[0]), "en",
			 texts_json(theme->terms[1], theme->n_terms[1]), "links", links_json(theme));
}

static json_t *portal_zones(const struct policy *policy)
{
	json_t *array = json_array();

	for (size_t i = 0; i < policy->n_zones; i++) {
		const struct policy_zone *zone = &policy->zones[i];

		json_array_append_new(
		    array, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "id", zone->id, "device", zone->device,
				     "network4", network_json(&zone->address4), "network6",
				     network_json(&zone->address6), "address4", prefix_json(&zone->address4),
				     "address6", prefix_json(&zone->address6)));
	}
	return array;
}

int settings_portal(const struct policy *policy)
{
	bool tls = policy->portal.certificate;

	return blob(json_pack(
	    "{s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "port", policy->portal.port, "tls_port",
	    tls ? policy->portal.tls_port : 0, "hostname", text_json(policy->portal.hostname), "site",
	    text_json(policy->site_name), "language", text_json(policy->language), "certificate",
	    text_json(tls ? policy->portal.certificate : NULL), "key",
	    text_json(tls ? policy->portal.key : NULL), "venue", text_json(policy->portal.venue), "zones",
	    portal_zones(policy), "theme", theme_json(&policy->theme)));
}

/* ---- the watch's ---- */

static json_t *probes_json(const struct policy *policy)
{
	json_t *array = json_array();
	char text[ADDR_TEXT];

	for (size_t i = 0; i < policy->n_probes; i++)
		json_array_append_new(array, json_string(addr_text(&policy->probes[i], text)));
	return array;
}

/* In lower case, as the watch compares. */
static json_t *garden_json(const struct policy_zone *zone)
{
	json_t *array = json_array();
	char name[256];

	for (size_t i = 0; i < zone->n_garden; i++) {
		snprintf(name, sizeof(name), "%s", zone->garden[i]);
		for (char *c = name; *c; c++)
			*c = (char)tolower((unsigned char)*c);
		json_array_append_new(array, json_string(name));
	}
	return array;
}

static json_t *watch_zones(const struct policy *policy)
{
	json_t *array = json_array();

	for (size_t i = 0; i < policy->n_zones; i++) {
		const struct policy_zone *zone = &policy->zones[i];

		json_array_append_new(array, json_pack("{s:s, s:s, s:o, s:o, s:o}", "id", zone->id, "device",
						       zone->device, "address4", prefix_json(&zone->address4),
						       "address6", prefix_json(&zone->address6), "garden",
						       garden_json(zone)));
	}
	return array;
}

/* Where the API is announced, or "" (RFC 8910 asks for HTTPS, so for a certificate). */
static json_t *api_json(const struct policy *policy)
{
	return policy->portal.certificate && policy->portal.hostname
		   ? json_sprintf("https://%s/api", policy->portal.hostname)
		   : json_string("");
}

static json_t *watch_office(const struct policy_office *office)
{
	json_t *devices = json_array(), *prefixes = json_array();

	for (size_t i = 0; i < office->n_devices; i++)
		json_array_append_new(devices, json_string(office->devices[i]));
	for (size_t i = 0; i < office->n_prefixes; i++)
		json_array_append_new(prefixes, prefix_json(&office->prefixes[i]));
	return json_pack("{s:s, s:o, s:o}", "id", office->id, "devices", devices, "prefixes", prefixes);
}

static json_t *watch_offices(const struct policy *policy)
{
	json_t *array = json_array();

	for (size_t i = 0; i < policy->n_offices; i++)
		json_array_append_new(array, watch_office(&policy->offices[i]));
	return array;
}

int settings_watch(const struct policy *policy)
{
	json_int_t probe_usec = policy->adjust.minimum.down_bps ? PROBE_FAST_USEC : PROBE_USEC;

	return blob(json_pack("{s:s, s:o, s:I, s:o, s:o, s:o, s:o}", "uplink", policy->uplink, "probes",
			      probes_json(policy), "probe_usec", probe_usec, "api", api_json(policy),
			      "hostname", text_json(policy->portal.hostname), "zones", watch_zones(policy),
			      "offices", watch_offices(policy)));
}

/* ---- dnsmasq's ---- */

static int dnsmasq_text(const struct policy *policy, char **text, size_t *length)
{
	_cleanup_(freep) char *lease_file = NULL;
	FILE *out;
	int r;

	if (asprintf(&lease_file, "%s-dnsmasq/leases", policy->state_directory) < 0) {
		lease_file = NULL;
		return -ENOMEM;
	}
	out = open_memstream(text, length);
	if (!out)
		return -ENOMEM;
	r = dnsmasq_write(out, policy, lease_file);
	return fclose(out) == EOF && r == 0 ? -ENOMEM : r;
}

static bool is_as_before(const char *path, const char *text, size_t length)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	_cleanup_(freep) char *before = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uintmax_t)st.st_size != length ||
	    length > DNSMASQ_MOST)
		return false;
	before = malloc(length + 1);
	return before && read(fd, before, length) == (ssize_t)length && !memcmp(before, text, length);
}

/* Readable to dnsmasq's user, whatever the umask: nothing in it is a secret. */
static int write_fresh(const char *path, const char *text, size_t length)
{
	_cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	size_t done = 0;

	if (fd < 0 || fchmod(fd, 0644) < 0)
		return -errno;
	while (done < length) {
		ssize_t n = write(fd, text + done, length - done);

		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	return 0;
}

static int replace(const char *path, const char *text, size_t length)
{
	_cleanup_(freep) char *fresh = NULL;
	int r;

	if (asprintf(&fresh, "%s.new", path) < 0) {
		fresh = NULL;
		return -ENOMEM;
	}
	r = write_fresh(fresh, text, length);
	if (r == 0 && rename(fresh, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(fresh);
	return r;
}

int settings_dnsmasq(const struct policy *policy)
{
	_cleanup_(freep) char *path = NULL;
	_cleanup_(freep) char *text = NULL;
	size_t length = 0;
	int r;

	if (asprintf(&path, "%s/" DNSMASQ_FILE, policy->run_directory) < 0) {
		path = NULL;
		r = -ENOMEM;
	} else {
		r = dnsmasq_text(policy, &text, &length);
	}
	if (r == 0 && is_as_before(path, text, length))
		return 0;
	if (r == 0)
		r = replace(path, text, length);
	if (r < 0) {
		log_error("%s cannot be written (%s): dnsmasq goes on with what it had",
			  path ? path : "dnsmasq's configuration", strerror(-r));
		return r;
	}
	log_info("%s is written: dnsmasq serves %zu zones", path, policy->n_zones);
	return 1;
}
