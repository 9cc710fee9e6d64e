/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: "slow" is three things: the provider, our queue, the office's own network. The figures come from a
 * program that reads strangers' packets, so they are bounded here once more: a document may be odd, and must
 * neither make this daemon grow nor say more than a minute long what was once true.
 */
#include "latency.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"

#define WINDOWS 6u /* of 10 s: what comes sooner takes the oldest's place */
#define RTT_MAX_USEC (30 * INT64_C(1000000))
#define SAMPLES_MAX 1000000
#define ID_MAX 64

struct window {
	int64_t at_usec; /* when it came; samples 0: none */
	int64_t samples, p50_usec, p95_usec;
};

struct side {
	struct window windows[WINDOWS]; /* newest first */
};

struct office {
	char id[ID_MAX];
	struct side uplink, office;
	int64_t at_usec;
	UT_hash_handle hh;
};

struct latency {
	struct side uplink;
	struct office *offices;
};

struct latency *latency_new(void)
{
	return calloc(1, sizeof(struct latency));
}

static void forget(struct latency *latency, struct office *office)
{
	HASH_DEL(latency->offices, office);
	free(office);
}

struct latency *latency_free(struct latency *latency)
{
	struct office *office, *next;

	if (!latency)
		return NULL;
	HASH_ITER(hh, latency->offices, office, next)
	{
		forget(latency, office);
	}
	free(latency);
	return NULL;
}

/* ---- what comes ---- */

static bool get(const json_t *figure, const char *key, int64_t max, int64_t *out)
{
	const json_t *value = json_object_get(figure, key);

	if (!json_is_integer(value) || json_integer_value(value) < 1 || json_integer_value(value) > max)
		return false;
	*out = json_integer_value(value);
	return true;
}

/* A figure that is none, or not given, takes no place. */
static void push(struct side *side, const json_t *figure, int64_t now_usec)
{
	struct window window = {.at_usec = now_usec};

	if (!get(figure, "samples", SAMPLES_MAX, &window.samples) ||
	    !get(figure, "p50_usec", RTT_MAX_USEC, &window.p50_usec) ||
	    !get(figure, "p95_usec", RTT_MAX_USEC, &window.p95_usec))
		return;
	memmove(side->windows + 1, side->windows, (WINDOWS - 1) * sizeof(window));
	side->windows[0] = window;
}

static struct office *find(const struct latency *latency, const char *id)
{
	struct office *office;

	HASH_FIND_STR(latency->offices, id, office);
	return office;
}

/* 1: it is one too many. */
static int find_or_make(struct latency *latency, const char *id, struct office **out)
{
	struct office *office = find(latency, id);

	if (!office && HASH_COUNT(latency->offices) >= LATENCY_OFFICES)
		return 1;
	if (!office) {
		office = calloc(1, sizeof(*office));
		if (!office)
			return -ENOMEM;
		memcpy(office->id, id, strlen(id));
		HASH_ADD_STR(latency->offices, id, office);
	}
	*out = office;
	return 0;
}

static int take_office(struct latency *latency, const json_t *row, int64_t now_usec)
{
	const char *id = json_string_value(json_object_get(row, "id"));
	struct office *office;
	int r;

	if (!id || !*id || strlen(id) >= ID_MAX)
		return 0;
	r = find_or_make(latency, id, &office);
	if (r)
		return r < 0 ? r : 0;
	push(&office->uplink, json_object_get(row, "uplink"), now_usec);
	push(&office->office, json_object_get(row, "office"), now_usec);
	office->at_usec = now_usec;
	return 0;
}

static void forget_old(struct latency *latency, int64_t now_usec)
{
	struct office *office, *next;

	HASH_ITER(hh, latency->offices, office, next)
	{
		if (now_usec - office->at_usec > LATENCY_KEEP_USEC)
			forget(latency, office);
	}
}

int latency_take(struct latency *latency, const char *json, size_t length, int64_t now_mono_usec)
{
	json_auto_t *document = json_loadb(json, length, JSON_REJECT_DUPLICATES, NULL);
	const json_t *offices = json_object_get(document, "offices"), *row;
	size_t index;
	int r = 0;

	if (!json_is_object(document) || (offices && !json_is_array(offices)))
		return -EBADMSG;
	forget_old(latency, now_mono_usec);
	push(&latency->uplink, json_object_get(document, "uplink"), now_mono_usec);
	json_array_foreach(offices, index, row)
	{
		r = take_office(latency, row, now_mono_usec);
		if (r < 0)
			break;
	}
	return r;
}

/* ---- what is said of it ---- */

/* The newest windows, weighed by their samples. False: there are no samples of the last minute. */
static bool sum_up(const struct side *side, struct window *out)
{
	const int64_t now = clock_now().mono_usec;
	struct window sum = {0};

	for (unsigned i = 0; i < WINDOWS && sum.samples < LATENCY_ENOUGH; i++) {
		const struct window *window = &side->windows[i];

		if (!window->samples || now - window->at_usec > LATENCY_KEEP_USEC)
			break;
		sum.samples += window->samples;
		sum.p50_usec += window->p50_usec * window->samples;
		sum.p95_usec += window->p95_usec * window->samples;
	}
	if (!sum.samples)
		return false;
	sum.p50_usec /= sum.samples;
	sum.p95_usec /= sum.samples;
	*out = sum;
	return true;
}

static json_t *figure(bool known, const struct window *window)
{
	if (!known)
		return json_null();
	return json_pack("{s:I, s:I, s:I}", "samples", (json_int_t)window->samples, "p50_usec",
			 (json_int_t)window->p50_usec, "p95_usec", (json_int_t)window->p95_usec);
}

json_t *latency_uplink(const struct latency *latency)
{
	struct window window;
	bool known = latency && sum_up(&latency->uplink, &window);

	return figure(known, &window);
}

json_t *latency_office(const struct latency *latency, const char *id)
{
	const struct office *row = latency ? find(latency, id) : NULL;
	struct window provider, uplink, office;
	bool has_provider, has_uplink, has_office;

	if (!row)
		return json_null();
	has_provider = sum_up(&latency->uplink, &provider);
	has_uplink = sum_up(&row->uplink, &uplink);
	has_office = sum_up(&row->office, &office);
	if (!has_uplink && !has_office)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "uplink", figure(has_uplink, &uplink), "office",
			 figure(has_office, &office), "queue_usec",
			 has_provider && has_uplink
			     ? json_integer(MAX(uplink.p50_usec - provider.p50_usec, 0))
			     : json_null());
}
