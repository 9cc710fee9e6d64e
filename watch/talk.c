/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: who talks is nobody's business until an admin asks, and then only for as long as the answer takes.
 * What was counted is gone with the answer. A flood makes the estimate coarser, never this program slower: a
 * look ends early when it has seen enough.
 */
#include "talk.h"
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "sample.h"
#include "segment.h"
#include "talkers.h"

#define GLANCE_USEC (200 * USEC_PER_MSEC)
#define GLANCE_SHARE (UINT32_MAX / 64 + 1) /* one in 64 */
#define LOOK_USEC (1800 * USEC_PER_MSEC)
#define ENOUGH (3 * TALK_PACKETS)

enum phase { PHASE_REST, PHASE_GLANCE, PHASE_LOOK };

struct waiting {
	uint64_t id;
	char office[64];
};

struct talk {
	struct sample *sample;
	struct talkers *talkers;
	sd_event_source *timer;
	const struct settings *settings;
	const struct owners *owners;
	enum phase phase;
	uint32_t share;
	int64_t began_usec;
	uint64_t packets, chosen, lost; /* of this look; counts when it began */
	struct waiting waiting[TALK_WAITING];
	size_t n_waiting;
	void (*answer)(void *userdata, uint64_t id, const char *json);
	void *userdata;
};

DEFINE_CLEANUP(struct talk *, talk_free)

/* ---- the answer ---- */

struct scale {
	double seconds, fraction, factor; /* bytes seen to bits a second */
};

static struct scale scale_of(const struct talk *talk)
{
	struct scale scale = {.fraction = talk->share == UINT32_MAX ? 1 : talk->share / 4294967296.0};
	uint64_t chosen, lost;

	sample_counts(talk->sample, &chosen, &lost);
	chosen -= talk->chosen;
	lost -= talk->lost;
	if (lost && chosen > lost)
		scale.fraction *= (double)(chosen - lost) / (double)chosen;
	scale.seconds = (double)(clock_now().mono_usec - talk->began_usec) / USEC_PER_SEC;
	scale.factor = 8 / (scale.fraction * scale.seconds);
	return scale;
}

static const char *owner_id(const struct talk *talk, int owner, const char **kind)
{
	const size_t i = (size_t)owner, n = talk->settings->n_offices;

	*kind = i < n ? "office" : "zone";
	return i < n ? talk->settings->offices[i].id : talk->settings->zones[i - n].id;
}

static json_t *row_json(const struct talk *talk, const struct talker *row, const struct scale *scale)
{
	char address[ADDR_TEXT];
	const char *kind, *id = owner_id(talk, row->owner, &kind);

	return json_pack("{s:s, s:s, s:I, s:I, s:I}", kind, id, "address", addr_text(&row->address, address),
			 "down_bps", (json_int_t)((double)row->down_bytes * scale->factor), "up_bps",
			 (json_int_t)((double)row->up_bytes * scale->factor), "packets",
			 (json_int_t)row->packets);
}

/* -1: everybody; -2: nobody of that name. */
static int owner_of(const struct talk *talk, const char *office)
{
	if (!*office)
		return -1;
	for (size_t i = 0; i < talk->settings->n_offices; i++)
		if (strcmp(talk->settings->offices[i].id, office) == 0)
			return (int)i;
	return -2;
}

static void answer(struct talk *talk, const struct waiting *waiting, const struct scale *scale)
{
	const int owner = owner_of(talk, waiting->office);
	struct talker *rows = calloc(TALK_ROWS, sizeof(*rows));
	size_t n = rows && owner != -2 ? talkers_top(talk->talkers, owner, rows, TALK_ROWS) : 0;
	json_t *array = json_array();
	json_auto_t *document = NULL;
	_cleanup_(freep) char *text = NULL;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, row_json(talk, &rows[i], scale));
	free(rows);
	document = json_pack("{s:f, s:f, s:o}", "seconds", scale->seconds, "fraction", scale->fraction,
			     "rows", array);
	text = document ? json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(4)) : NULL;
	if (text)
		talk->answer(talk->userdata, waiting->id, text);
}

/* At once; to rest takes the kernel a while. */
static void choose_nothing(struct talk *talk)
{
	struct filter nothing;

	filter_nothing(&nothing);
	(void)sample_filter(talk->sample, &nothing);
}

static void finish(struct talk *talk)
{
	struct scale scale;

	choose_nothing(talk);
	scale = scale_of(talk);
	sample_drain(talk->sample);
	(void)sample_rest(talk->sample);
	talk->phase = PHASE_REST;
	sd_event_source_set_enabled(talk->timer, SD_EVENT_OFF);
	for (size_t i = 0; i < talk->n_waiting; i++)
		answer(talk, &talk->waiting[i], &scale);
	talk->n_waiting = 0;
	talkers_clear(talk->talkers);
}

/* ---- looking ---- */

static void look(struct talk *talk, enum phase phase, uint32_t share, int64_t usec)
{
	size_t n;
	const unsigned *taps = owners_taps(talk->owners, &n);
	struct filter filter;
	int r;

	filter_random(share, taps, n, &filter);
	talk->phase = phase;
	talk->share = share;
	talk->packets = 0;
	sample_counts(talk->sample, &talk->chosen, &talk->lost);
	r = sample_filter(talk->sample, &filter);
	if (r < 0)
		log_warning("packets cannot be sampled: %s", strerror(-r));
	talk->began_usec = clock_now().mono_usec;
	sd_event_source_set_time_relative(talk->timer, (uint64_t)usec);
	sd_event_source_set_enabled(talk->timer, SD_EVENT_ONESHOT);
}

/* As many packets a second as the glance has seen, so large a share is taken. */
static uint32_t share_of(const struct talk *talk)
{
	uint64_t chosen, lost, rate;

	sample_counts(talk->sample, &chosen, &lost);
	rate = (chosen - talk->chosen) * 64 * USEC_PER_SEC / GLANCE_USEC;
	if (rate <= TALK_PACKETS)
		return UINT32_MAX;
	return (uint32_t)((uint64_t)UINT32_MAX * TALK_PACKETS / rate);
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct talk *talk = userdata;
	uint32_t share;

	if (talk->phase == PHASE_LOOK) {
		finish(talk);
		return 0;
	}
	share = share_of(talk);
	choose_nothing(talk);
	sample_drain(talk->sample); /* what the glance chose was for its number alone */
	look(talk, PHASE_LOOK, share, LOOK_USEC);
	return 0;
}

static void on_packet(void *userdata, const struct sample_packet *packet)
{
	struct talk *talk = userdata;
	struct addr from, to;
	int owner;

	if (talk->phase != PHASE_LOOK || segment_ends(packet->bytes, packet->length, &from, &to) < 0)
		return;
	talk->packets++;
	owner = owners_of_packet(talk->owners, packet->ifindex, packet->leaves, &from, &to);
	if (owner != OWNERS_NOBODY)
		talkers_seen(talk->talkers, owner, packet->leaves ? &to : &from, packet->leaves,
			     packet->whole);
	if (talk->packets == ENOUGH)
		sd_event_source_set_time_relative(talk->timer, 0);
}

static void on_failed(void *userdata, const char *why)
{
	struct talk *talk = userdata;

	log_warning("nobody can be seen talking any more: %s", why);
	talk->n_waiting = 0;
	talk->phase = PHASE_REST;
}

void talk_ask(struct talk *talk, uint64_t id, const char *office)
{
	struct waiting *waiting = &talk->waiting[talk->n_waiting];

	if (talk->n_waiting >= TALK_WAITING || strlen(office) >= sizeof(waiting->office))
		return;
	*waiting = (struct waiting){.id = id};
	memcpy(waiting->office, office, strlen(office));
	talk->n_waiting++;
	if (talk->phase == PHASE_REST)
		look(talk, PHASE_GLANCE, GLANCE_SHARE, GLANCE_USEC);
}

/* ---- for the child ---- */

void talk_set(struct talk *talk, const struct settings *settings, const struct owners *owners)
{
	if (talk->phase != PHASE_REST && settings != talk->settings)
		finish(talk); /* others have the numbers of owners from now on */
	talk->settings = settings;
	talk->owners = owners;
}

int talk_open(struct talk **out)
{
	_cleanup_(talk_freep) struct talk *talk = calloc(1, sizeof(*talk));
	int r;

	if (!talk)
		return -ENOMEM;
	talk->talkers = talkers_new();
	r = talk->talkers ? sample_open(true, &talk->sample) : -ENOMEM;
	if (r < 0)
		return r;
	*out = talk;
	talk = NULL;
	return 0;
}

int talk_start(struct talk *talk, sd_event *event,
	       void (*answer_to)(void *userdata, uint64_t id, const char *json), void *userdata)
{
	static const struct sample_events events = {.packet = on_packet, .failed = on_failed};
	int r = sample_start(talk->sample, event, &events, talk);

	talk->answer = answer_to;
	talk->userdata = userdata;
	if (r >= 0)
		r = sd_event_add_time(event, &talk->timer, CLOCK_MONOTONIC, UINT64_MAX, 1000, on_timer, talk);
	return r < 0 ? r : sd_event_source_set_enabled(talk->timer, SD_EVENT_OFF);
}

struct talk *talk_free(struct talk *talk)
{
	if (!talk)
		return NULL;
	sd_event_source_disable_unref(talk->timer);
	sample_free(talk->sample);
	talkers_free(talk->talkers);
	free(talk);
	return NULL;
}
