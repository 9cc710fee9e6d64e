/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the daemon tells gerbang-watch: the JSON of MESSAGE_WATCH_SETTINGS (lib/message.h), read into a
 * struct.
 */
#include <net/if.h>
#include <stddef.h>
#include "../lib/addr.h"

#define SETTINGS_API_MAX 512

struct settings_zone {
	char id[64];
	char device[IFNAMSIZ];
	struct prefix address4, address6; /* the gateway's own there; family 0: none */
	char **garden;			  /* names in lower case */
	size_t n_garden;
};

struct settings_office {
	char id[64];
	char (*devices)[IFNAMSIZ];
	size_t n_devices;
	struct prefix *prefixes;
	size_t n_prefixes;
};

#define SETTINGS_PROBE_MIN_USEC (200 * INT64_C(1000))
#define SETTINGS_PROBE_MAX_USEC (5 * INT64_C(1000000))

struct settings {
	char uplink[IFNAMSIZ];
	int64_t probe_usec; /* between two rounds */
	char api[SETTINGS_API_MAX]; /* URI of the captive portal API; "": none */
	struct addr *probes;
	size_t n_probes;
	struct settings_zone *zones;
	size_t n_zones;
	struct settings_office *offices;
	size_t n_offices;
};

/* 0, -ENOMEM, or -EBADMSG: said in the log. */
int settings_read(const char *json, size_t length, struct settings **out);
struct settings *settings_free(struct settings *settings);
const struct settings_zone *settings_zone(const struct settings *settings, const char *device); /* or NULL */
