/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: where a round trip was seen says whose it is. Between an office's packet that comes in and its answer
 * that leaves lie our queues and the provider; between what leaves to the office and its answer lies the
 * office's own network; at the uplink only the provider. Here packets meet the clock, the addresses and the
 * table of pairs, and become a few numbers; nothing of a packet is kept beyond that.
 */
#include "rtt.h"
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "devices.h"
#include "histogram.h"
#include "pairs.h"
#include "sample.h"
#include "segment.h"

#define TICK_USEC USEC_PER_SEC
#define QUIET_TICKS 5u /* so many quiet seconds thicken the sample by one level */
#define CLOCK_STEP_USEC (20 * USEC_PER_MSEC)

struct sides {
	struct histogram uplink, office;
};

struct rtt {
	struct sample *sample;
	struct pairs *pairs;
	sd_event_source *tick, *window;
	const struct settings *settings;
	const struct owners *owners;
	unsigned uplink; /* index; 0: it is not there */
	struct histogram provider;
	struct sides *offices; /* as settings->offices */
	size_t n_offices;
	uint32_t salt[2];
	unsigned level, packets, quiet;
	uint64_t lost;
	int64_t clock_usec; /* wall less monotonic */
	void (*tell)(void *userdata, const char *json);
	void *userdata;
};

DEFINE_CLEANUP(struct rtt *, rtt_free)

/* ---- how many packets ---- */

static int choose(struct rtt *rtt)
{
	unsigned devices[FILTER_DEVICES + 1] = {0};
	size_t n, used = 0;
	const unsigned *taps = owners_taps(rtt->owners, &n);
	struct filter filter;

	if (rtt->uplink)
		devices[used++] = rtt->uplink;
	if (n + used > FILTER_DEVICES)
		n = used = 0; /* too many to be told apart in the kernel */
	for (size_t i = 0; i < n; i++)
		devices[used++] = taps[i];
	filter_flows(rtt->level, rtt->salt, devices, used, &filter);
	return sample_filter(rtt->sample, &filter);
}

static void change_level(struct rtt *rtt, unsigned level)
{
	int r;

	rtt->level = level;
	rtt->packets = rtt->quiet = 0;
	r = choose(rtt);
	if (r < 0)
		log_warning("the sample of packets cannot be changed: %s", strerror(-r));
	log_debug("one in %u of timestamps and connections is looked at", 1u << level);
}

static void thin_out(struct rtt *rtt)
{
	if (rtt->level < FILTER_LEVELS)
		change_level(rtt, rtt->level + 1);
	else
		rtt->packets = 0;
}

static int on_tick(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct rtt *rtt = userdata;
	uint64_t chosen, lost;

	sample_counts(rtt->sample, &chosen, &lost);
	if (lost != rtt->lost)
		thin_out(rtt);
	else if (rtt->packets >= RTT_PACKETS / 4)
		rtt->quiet = 0;
	else if (++rtt->quiet >= QUIET_TICKS && rtt->level)
		change_level(rtt, rtt->level - 1);
	rtt->lost = lost;
	rtt->packets = 0;
	sd_event_source_set_time_relative(source, (uint64_t)TICK_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---- packets ---- */

static void measured_at_office(struct rtt *rtt, int office, bool leaves, int64_t rtt_usec)
{
	struct sides *sides = &rtt->offices[office];

	histogram_add(leaves ? &sides->uplink : &sides->office, rtt_usec);
}

static void on_packet(void *userdata, const struct sample_packet *packet)
{
	struct rtt *rtt = userdata;
	struct segment segment;
	int64_t rtt_usec;
	int owner;

	if (++rtt->packets > RTT_PACKETS)
		thin_out(rtt);
	if (segment_read(packet->bytes, packet->length, &segment) < 0)
		return;
	owner = owners_of_packet(rtt->owners, packet->ifindex, packet->leaves, &segment.from, &segment.to);
	if (packet->ifindex != rtt->uplink && (owner < 0 || (size_t)owner >= rtt->n_offices))
		return;
	if (!pairs_take(rtt->pairs, packet->ifindex, &segment, packet->wall_usec, &rtt_usec))
		return;
	if (owner >= 0 && (size_t)owner < rtt->n_offices)
		measured_at_office(rtt, owner, packet->leaves, rtt_usec);
	else if (packet->ifindex == rtt->uplink && !packet->leaves)
		histogram_add(&rtt->provider, rtt_usec);
}

static int64_t clock_offset(void)
{
	struct timespec wall, mono;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	return (wall.tv_sec - mono.tv_sec) * USEC_PER_SEC + (wall.tv_nsec - mono.tv_nsec) / 1000;
}

/* The kernel stamps packets by the wall clock, which may be set: then what waits has no meaning. */
static void on_turn(void *userdata)
{
	struct rtt *rtt = userdata;
	const int64_t offset = clock_offset();

	if (llabs(offset - rtt->clock_usec) > CLOCK_STEP_USEC)
		pairs_clear(rtt->pairs);
	rtt->clock_usec = offset;
}

static void on_failed(void *userdata _unused_, const char *why)
{
	log_warning("no round trips are measured any more: %s", why);
}

/* ---- figures ---- */

/* Steals nothing; adds `key` where there is a sample. */
static bool add_figure(json_t *object, const char *key, const struct histogram *histogram)
{
	if (!histogram->n)
		return false;
	json_object_set_new(object, key,
			    json_pack("{s:I, s:I, s:I}", "samples", (json_int_t)histogram->n, "p50_usec",
				      (json_int_t)histogram_percentile(histogram, 50), "p95_usec",
				      (json_int_t)histogram_percentile(histogram, 95)));
	return true;
}

static json_t *offices_json(const struct rtt *rtt)
{
	json_t *offices = json_array();

	for (size_t i = 0; i < rtt->n_offices; i++) {
		json_t *row = json_pack("{s:s}", "id", rtt->settings->offices[i].id);
		bool any = add_figure(row, "uplink", &rtt->offices[i].uplink);

		if (add_figure(row, "office", &rtt->offices[i].office) || any)
			json_array_append_new(offices, row);
		else
			json_decref(row);
	}
	return offices;
}

static void forget(struct rtt *rtt)
{
	memset(&rtt->provider, 0, sizeof(rtt->provider));
	if (rtt->n_offices)
		memset(rtt->offices, 0, rtt->n_offices * sizeof(*rtt->offices));
}

static int on_window(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct rtt *rtt = userdata;
	json_auto_t *document = json_pack("{s:o}", "offices", offices_json(rtt));
	_cleanup_(freep) char *text = NULL;

	if (document) {
		add_figure(document, "uplink", &rtt->provider);
		text = json_dumps(document, JSON_COMPACT);
	}
	if (text)
		rtt->tell(rtt->userdata, text);
	forget(rtt);
	sd_event_source_set_time_relative(source, (uint64_t)RTT_WINDOW_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---- for the child ---- */

static int begin_anew(struct rtt *rtt, const struct settings *settings)
{
	struct sides *offices = calloc(settings->n_offices + 1, sizeof(*offices));

	if (!offices)
		return -ENOMEM;
	free(rtt->offices);
	rtt->offices = offices;
	rtt->n_offices = settings->n_offices;
	rtt->settings = settings;
	memset(&rtt->provider, 0, sizeof(rtt->provider));
	return 0;
}

int rtt_set(struct rtt *rtt, const struct settings *settings, const struct owners *owners)
{
	int r = settings == rtt->settings ? 0 : begin_anew(rtt, settings);

	if (r < 0)
		return r;
	rtt->owners = owners;
	rtt->uplink = devices_index(settings->uplink);
	return choose(rtt);
}

int rtt_open(struct rtt **out)
{
	_cleanup_(rtt_freep) struct rtt *rtt = calloc(1, sizeof(*rtt));
	int r;

	if (!rtt)
		return -ENOMEM;
	rtt->level = FILTER_STAMP_LEVELS;
	rtt->pairs = pairs_new();
	if (!rtt->pairs || getrandom(rtt->salt, sizeof(rtt->salt), 0) != (ssize_t)sizeof(rtt->salt))
		return -ENOMEM;
	r = sample_open(false, &rtt->sample);
	if (r < 0)
		return r;
	*out = rtt;
	rtt = NULL;
	return 0;
}

int rtt_start(struct rtt *rtt, sd_event *event, void (*tell)(void *userdata, const char *json),
	      void *userdata)
{
	static const struct sample_events events = {
	    .packet = on_packet, .turn = on_turn, .failed = on_failed};
	int r;

	rtt->tell = tell;
	rtt->userdata = userdata;
	rtt->clock_usec = clock_offset();
	r = sample_start(rtt->sample, event, &events, rtt);
	if (r >= 0)
		r = sd_event_add_time_relative(event, &rtt->tick, CLOCK_MONOTONIC, (uint64_t)TICK_USEC, 1000,
					       on_tick, rtt);
	if (r >= 0)
		r = sd_event_add_time_relative(event, &rtt->window, CLOCK_MONOTONIC,
					       (uint64_t)RTT_WINDOW_USEC, 1000, on_window, rtt);
	return r;
}

struct rtt *rtt_free(struct rtt *rtt)
{
	if (!rtt)
		return NULL;
	sd_event_source_disable_unref(rtt->tick);
	sd_event_source_disable_unref(rtt->window);
	sample_free(rtt->sample);
	pairs_free(rtt->pairs);
	free(rtt->offices);
	free(rtt);
	return NULL;
}
