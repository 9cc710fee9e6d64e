/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what opens the gate to an address without a login deserves a second look, by somebody who knows the
 * policy. It must never open a way to the gateway, an office or a zone, whatever a name server says.
 */
#include "garden.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <uthash.h>
#include "daemon.h"
#include "engine.h"
#include "shaper.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/rate.h"
#include "../lib/units.h"

#define ROWS_MAX 8192u
#define LIFETIME_MAX_SECONDS 86400u
#define GROWN_USEC (30 * USEC_PER_SEC) /* so much later an end is worth another transaction */

struct row_key {
	char device[IFNAMSIZ];
	struct addr address;
};

struct row {
	struct row_key key;
	int64_t end_mono_usec;
	UT_hash_handle hh; /* in order of being sent */
};

struct garden {
	struct daemon *daemon;
	struct row *rows;
	struct rate rate, complaints;
};

struct garden *garden_new(struct daemon *daemon)
{
	struct garden *garden = calloc(1, sizeof(*garden));

	if (garden)
		*garden = (struct garden){.daemon = daemon,
					  .rate = {.every_usec = 10 * USEC_PER_MSEC, .burst = 500},
					  .complaints = {.every_usec = USEC_PER_MINUTE, .burst = 1}};
	return garden;
}

static void forget(struct garden *garden, struct row *row)
{
	HASH_DEL(garden->rows, row);
	free(row);
}

static void forget_all(struct garden *garden)
{
	while (garden->rows)
		forget(garden, garden->rows);
}

struct garden *garden_free(struct garden *garden)
{
	if (!garden)
		return NULL;
	forget_all(garden);
	free(garden);
	return NULL;
}

/* ---- judging ---- */

static bool is_named(const struct policy_zone *zone, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < zone->n_garden; i++) {
		size_t tail = strlen(zone->garden[i]);

		if (tail && tail <= length && strcasecmp(name + length - tail, zone->garden[i]) == 0 &&
		    (tail == length || name[length - tail - 1] == '.'))
			return true;
	}
	return false;
}

/* What no public site has: RFC 6890's private and special networks. Of IPv6 only what is assigned to sites.
 */
static bool is_public(const struct addr *address)
{
	static const struct prefix special[] = {
	    {{AF_INET, {0}}, 8},
	    {{AF_INET, {10}}, 8},
	    {{AF_INET, {100, 64}}, 10},
	    {{AF_INET, {127}}, 8},
	    {{AF_INET, {169, 254}}, 16},
	    {{AF_INET, {172, 16}}, 12},
	    {{AF_INET, {192, 168}}, 16},
	    {{AF_INET, {224}}, 3},
	    {{AF_INET6, {0x20, 0x02}}, 16}, /* 6to4 and Teredo carry an IPv4 address of anybody's */
	    {{AF_INET6, {0x20, 0x01, 0x00, 0x00}}, 32},
	};

	for (size_t i = 0; i < ELEMENTS(special); i++)
		if (prefix_contains(&special[i], address))
			return false;
	return address->family == AF_INET || (address->octets[0] & 0xe0) == 0x20; /* 2000::/3 */
}

static bool is_inside(const struct policy *policy, const struct addr *address)
{
	for (size_t i = 0; i < policy->n_zones; i++)
		if (prefix_contains(&policy->zones[i].address4, address) ||
		    prefix_contains(&policy->zones[i].address6, address))
			return true;
	for (size_t i = 0; i < policy->n_offices; i++)
		for (size_t j = 0; j < policy->offices[i].n_prefixes; j++)
			if (prefix_contains(&policy->offices[i].prefixes[j], address))
				return true;
	return false;
}

/* Whether it is one of this machine's: only then a socket can have it. */
static bool is_own(const struct addr *address)
{
	_cleanup_(closep) int fd = socket(address->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	memcpy(&v4.sin_addr, address->octets, sizeof(v4.sin_addr));
	memcpy(&v6.sin6_addr, address->octets, sizeof(v6.sin6_addr));
	if (address->family == AF_INET)
		return bind(fd, (const void *)&v4, sizeof(v4)) == 0;
	return bind(fd, (const void *)&v6, sizeof(v6)) == 0;
}

static bool is_allowed(const struct garden *garden, const char *device, const char *name,
		       const struct addr *address)
{
	const struct engine_zone *zone = engine_zone_by_device(garden->daemon->engine, device);

	if (!zone || !is_named(zone->zone, name))
		return false;
	if (address->family != AF_INET && (address->family != AF_INET6 || !zone->zone->address6.addr.family))
		return false;
	return is_public(address) && !is_inside(engine_policy(garden->daemon->engine), address) &&
	       !is_own(address);
}

/* ---- sending ---- */

static void on_done(void *userdata, uint64_t tag _unused_, const struct shaper_answer *answer)
{
	struct garden *garden = userdata;

	if (answer->error == -ECONNRESET)
		forget_all(garden); /* what the next shaper holds is not known */
	else if (answer->error < 0 && rate_take(&garden->complaints, clock_now().mono_usec))
		log_warning("an address of a garden could not be opened: %s%s%s", strerror(-answer->error),
			    answer->result ? ": " : "", answer->result ? answer->result->text : "");
}

static struct row_key key_of(const char *device, const struct addr *address)
{
	struct row_key key = {.address = *address};

	snprintf(key.device, sizeof(key.device), "%s", device);
	return key;
}

static void remember(struct garden *garden, const struct row_key *key, int64_t end_mono_usec)
{
	struct row *row;

	HASH_FIND(hh, garden->rows, key, sizeof(*key), row);
	if (row)
		HASH_DEL(garden->rows, row);
	else if (HASH_COUNT(garden->rows) >= ROWS_MAX)
		forget(garden, garden->rows);
	if (!row)
		row = malloc(sizeof(*row));
	if (!row)
		return; /* sent again with the next answer */
	row->key = *key;
	row->end_mono_usec = end_mono_usec;
	HASH_ADD(hh, garden->rows, key, sizeof(row->key), row);
}

static bool is_remembered(const struct garden *garden, const struct row_key *key, int64_t end_mono_usec)
{
	const struct row *row;

	HASH_FIND(hh, garden->rows, key, sizeof(*key), row);
	return row && end_mono_usec < row->end_mono_usec + GROWN_USEC;
}

void garden_heard(struct garden *garden, const char *device, const char *name, const struct addr *address,
		  uint32_t lifetime_seconds)
{
	const struct row_key key = key_of(device, address);
	const int64_t now = clock_now().mono_usec;
	const uint32_t lifetime = MIN(lifetime_seconds, LIFETIME_MAX_SECONDS);
	const int64_t end = now + lifetime * USEC_PER_SEC;
	struct message_garden message = {.address = *address, .lifetime_seconds = lifetime};

	if (!lifetime || is_remembered(garden, &key, end) || !rate_take(&garden->rate, now) ||
	    !is_allowed(garden, device, name, address))
		return;
	memcpy(message.device, key.device, sizeof(message.device));
	if (shaper_garden(garden->daemon->shaper, &message, on_done, garden, 0) >= 0)
		remember(garden, &key, end);
}
