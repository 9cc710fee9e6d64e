/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the daemon tells the portal of the policy (message.h, PORTAL_SETTINGS): read from its JSON in one
 * piece, or not at all. The portal has no other configuration.
 */
#include <net/if.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/addr.h"
#include "../lib/cleanup.h"
#include "texts.h"

struct settings_zone {
	char id[33], device[IFNAMSIZ];
	struct prefix address4, address6; /* the gateway's, with the zone's length; family 0: none */
};

struct settings_link {
	char *url, *text[LANGUAGES];
};

struct settings {
	uint16_t port, tls_port; /* tls_port 0: no certificate is configured */
	char *hostname;		 /* "": none */
	char *site;
	enum language language;
	char *certificate, *key; /* paths, "" without */
	char *venue;		 /* URL, or "" */
	struct settings_zone *zones;
	size_t n_zones;
	struct {
		char *name;		       /* beside the logo */
		char accent[8], background[8]; /* "#rrggbb", checked */
		void *logo;
		size_t logo_size; /* 0: none */
		char *logo_type;
		char **terms[LANGUAGES]; /* paragraphs; n 0: the portal's own */
		size_t n_terms[LANGUAGES];
		struct settings_link *links;
		size_t n_links;
	} theme;
};

/* 0; -EBADMSG for anything that is not of this shape (said in the log); -ENOMEM. */
int settings_read(const void *json, size_t length, struct settings **out);
struct settings *settings_free(struct settings *settings); /* NULL */
DEFINE_CLEANUP(struct settings *, settings_free)
