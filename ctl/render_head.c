// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: an admin who is told "it is slow" looks at the head of `gerbang status`: is the line up, does it give
 * what was bought, and whose delay is it. Nothing is computed here that a script could not read from the same
 * document.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include "history_render.h"
#include "render_parts.h"
#include "table.h"
#include "values.h"
#include "words.h"

DEFINE_CLEANUP(struct table *, table_free)

#define LABEL_WIDTH 18

void render_label(enum word key)
{
	int width = LABEL_WIDTH - (int)strlen(word(key));

	printf("%s%s%s%*s", colour_start(COLOUR_HEAD), word(key), colour_end(COLOUR_HEAD), MAX(width, 1), "");
}

static void print_change(const json_t *change, const char *today)
{
	char when[UNITS_TEXT];

	if (!json_is_object(change)) {
		printf("%s\n", word(WORD_NO_CHANGE));
		return;
	}
	printf("%s  %s\n", value_near_time(json_string_value(json_object_get(change, "time")), today, when),
	       value_text(change, "cause"));
}

/* "up" is the device's word alone: while nobody answers beyond it, that is what is said. */
static void print_up(const json_t *up, const json_t *outage, const char *today)
{
	const char *since = json_string_value(json_object_get(outage, "since"));
	bool lossy = strcmp(value_text(outage, "cause"), "loss") == 0;
	enum colour colour = json_is_true(up) && !since ? COLOUR_GOOD : COLOUR_BAD;
	char when[UNITS_TEXT];

	if (!since && !json_is_boolean(up))
		return;
	printf(", %s", colour_start(colour));
	if (since)
		printf(word(json_is_false(up) ? WORD_DOWN_SINCE
			    : lossy	      ? WORD_LOSSY
					      : WORD_UNANSWERED),
		       value_near_time(since, today, when));
	else
		printf("%s", word(json_is_true(up) ? WORD_UP : WORD_DOWN));
	printf("%s", colour_end(colour));
}

/* Continues what its label said: "                  text". */
static void indent(void)
{
	printf("%*s", LABEL_WIDTH, "");
}

/* "download 312M of 500M", for each direction that `object` has. */
static void print_ways(const json_t *object, const char *key)
{
	static const struct {
		const char *key;
		enum word word;
	} ways[] = {{"down", WORD_DOWNLOAD}, {"up", WORD_UPLOAD}};
	const char *separator = "";

	for (size_t i = 0; i < ELEMENTS(ways); i++) {
		const json_t *way = json_object_get(object, ways[i].key);
		char is[UNITS_TEXT], configured[UNITS_TEXT];

		if (!json_is_object(way))
			continue;
		printf("%s%s %s %s %s", separator, word(ways[i].word),
		       value_rate(json_object_get(way, key), is), word(WORD_OF),
		       value_rate(json_object_get(way, "configured_bps"), configured));
		separator = ", ";
	}
}

/* Where the rate that is planned with follows the line: only what is another than the configured one. */
static void print_adjusted(const json_t *uplink)
{
	_cleanup_(json_decrefp) json_t *below = json_object();
	const char *key;
	json_t *way;

	json_object_foreach(json_object_get(uplink, "adjust"), key, way)
	{
		if (json_integer_value(json_object_get(way, "rate_bps")) <
		    json_integer_value(json_object_get(way, "configured_bps")))
			json_object_set(below, key, way);
	}
	if (!json_object_size(below))
		return;
	render_label(WORD_ADJUSTED);
	printf("%s", colour_start(COLOUR_WARN));
	print_ways(below, "rate_bps");
	printf("%s\n", colour_end(COLOUR_WARN));
}

static void print_alarm(const json_t *uplink, const char *today)
{
	const json_t *alarm = json_object_get(uplink, "alarm");
	const char *since = NULL, *key;
	json_t *way;
	char when[UNITS_TEXT];

	json_object_foreach(json_object_get(uplink, "alarm"), key, way)
	{
		const char *text = json_string_value(json_object_get(way, "since"));

		if (text && (!since || strcmp(text, since) < 0))
			since = text;
	}
	if (!since)
		return;
	render_label(WORD_ALARM);
	printf("%s%s ", colour_start(COLOUR_BAD), word(WORD_GIVES));
	print_ways(alarm, "given_bps");
	printf(", ");
	printf(word(WORD_SINCE), value_near_time(since, today, when));
	printf("%s\n", colour_end(COLOUR_BAD));
}

/* "12/34" milliseconds: median and 95th percentile; or one figure, or "-". */
static const char *latency_text(const json_t *figure, char text[static UNITS_TEXT])
{
	const json_t *median = json_object_get(figure, "p50_usec"),
		     *high = json_object_get(figure, "p95_usec");

	if (!json_is_integer(median))
		return "-";
	if (!json_is_integer(high))
		high = median;
	snprintf(text, UNITS_TEXT, "%.3g/%.3g", (double)json_integer_value(median) / 1e3,
		 (double)json_integer_value(high) / 1e3);
	return word_decimal(text);
}

static void print_latency(const json_t *uplink)
{
	const json_t *latency = json_object_get(uplink, "latency"), *probe = json_object_get(uplink, "probe");
	const json_t *empty = json_object_get(probe, "empty_usec"),
		     *late = json_object_get(probe, "late_usec");
	char text[UNITS_TEXT], sentence[160];
	enum colour colour;
	const char *state;

	if (!json_is_object(latency) && !json_is_object(probe))
		return;
	render_label(WORD_PROVIDER);
	if (json_is_object(latency))
		printf("%s ms%s", latency_text(latency, text), json_is_object(probe) ? ", " : "");
	if (json_is_object(probe)) {
		state = value_state(json_object_get(probe, "state"), &colour);
		snprintf(sentence, sizeof(sentence), word(WORD_PROBES),
			 (double)json_integer_value(empty) / 1e3, (double)json_integer_value(late) / 1e3);
		printf("%s: %s%s%s", word_decimal(sentence), colour_start(colour), state, colour_end(colour));
	}
	putchar('\n');
}

/* What carries the queues: once the shaper has looked. */
static void print_queue(const json_t *uplink)
{
	const char *leaf = json_string_value(json_object_get(uplink, "leaf"));
	const char *device = json_string_value(json_object_get(uplink, "download_device"));
	const json_t *reason = json_object_get(uplink, "leaf_reason");
	const json_t *overhead = json_object_get(json_object_get(uplink, "link"), "overhead_bytes");
	enum colour colour;

	if (!leaf || !*leaf)
		return;
	render_label(WORD_QUEUE);
	printf("%s", leaf);
	if (json_string_length(reason) > 0)
		printf(": %s", value_state(reason, &colour));
	putchar('\n');
	if (!device || !*device)
		return;
	indent();
	printf(word(WORD_QUEUED_ON), device);
	if (json_integer_value(overhead) > 0)
		printf(word(WORD_OVERHEAD), (long long)json_integer_value(overhead));
	putchar('\n');
}

static void print_uplink(const json_t *status, const char *today)
{
	const json_t *uplink = json_object_get(status, "uplink");
	const char *since = json_string_value(json_object_get(json_object_get(status, "outage"), "since"));
	char down_text[UNITS_TEXT], up_text[UNITS_TEXT], now[VALUE_PAIR];

	render_label(WORD_UPLINK);
	printf("%s", value_text(uplink, "device"));
	print_up(json_object_get(uplink, "up"), json_object_get(status, "outage"), today);
	if (since) {
		putchar('\n'); /* with a date it would be too long a line */
		indent();
	} else {
		printf(", ");
	}
	printf(
	    "%s %s, %s %s", word(WORD_DOWNLOAD),
	    units_rate_text((uint64_t)json_integer_value(json_object_get(uplink, "download_bps")), down_text),
	    word(WORD_UPLOAD),
	    units_rate_text((uint64_t)json_integer_value(json_object_get(uplink, "upload_bps")), up_text));
	if (json_is_object(json_object_get(uplink, "down")))
		printf(", %s %s", word(WORD_RATE_NOW), value_pair(uplink, "rate_bps", value_rate, now));
	putchar('\n');
	print_adjusted(uplink);
	print_alarm(uplink, today);
	print_queue(uplink);
	print_latency(uplink);
}

/* What a person has decided against the calendar: `gerbang zone`, `gerbang office`. */
static void print_overrides(const json_t *overrides, const char *today)
{
	const json_t *row;
	size_t i;

	json_array_foreach(overrides, i, row)
	{
		const char *until = json_string_value(json_object_get(row, "until"));
		char when[UNITS_TEXT];
		enum colour colour;
		const char *kind = value_state(json_object_get(row, "kind"), &colour);

		render_label(WORD_OVERRIDE);
		printf("%s%s %s, %s %s%s\n", colour_start(colour), kind, value_text(row, "id"),
		       word(WORD_UNTIL), until ? value_near_time(until, today, when) : "auto",
		       colour_end(colour));
	}
}

static void print_conflicts(const json_t *conflicts)
{
	if (json_array_size(conflicts) == 0)
		return;
	render_label(WORD_CONFLICTS);
	printf("%s%zu%s (%s)\n", colour_start(COLOUR_WARN), json_array_size(conflicts),
	       colour_end(COLOUR_WARN), word(WORD_LAST_BELOW));
}

void render_head(const json_t *status)
{
	const char *today = json_string_value(json_object_get(status, "time"));
	char when[UNITS_TEXT];
	enum colour colour;
	const char *phase = value_state(json_object_get(status, "phase"), &colour);
	const char *cause = json_string_value(json_object_get(status, "phase_cause"));

	render_label(WORD_TIME);
	printf("%s", value_time(today, true, when));
	if (json_is_true(json_object_get(status, "rehearsal")))
		printf(" %s(%s)%s", colour_start(COLOUR_WARN), word(WORD_REHEARSAL), colour_end(COLOUR_WARN));
	putchar('\n');
	render_label(WORD_PHASE);
	printf("%s%s%s%s%s\n", colour_start(colour), phase, colour_end(colour), cause ? ": " : "",
	       cause ? cause : "");
	render_label(WORD_NEXT_CHANGE);
	print_change(json_object_get(status, "next_change"), today);
	print_uplink(status, today);
	render_configuration(status, today);
	print_overrides(json_object_get(status, "overrides"), today);
	if (json_is_false(json_object_get(status, "shaper"))) {
		render_label(WORD_SHAPER);
		printf("%s%s%s\n", colour_start(COLOUR_BAD), word(WORD_SHAPER_AWAY), colour_end(COLOUR_BAD));
	}
	if (json_is_string(json_object_get(status, "alarm"))) {
		render_label(WORD_SHAPER);
		printf("%s%s%s\n", colour_start(COLOUR_BAD), value_text(status, "alarm"),
		       colour_end(COLOUR_BAD));
	}
	render_books(status, today);
	print_conflicts(json_object_get(status, "conflicts"));
}

/* ---- where it is slow ---- */

static bool has_latency(const json_t *offices)
{
	const json_t *office;
	size_t i;

	json_array_foreach(offices, i,
			   office) if (json_is_object(json_object_get(office, "latency"))) return true;
	return false;
}

static void queue_cell(struct table *table, const json_t *latency)
{
	const json_t *queue = json_object_get(latency, "queue_usec");
	char text[UNITS_TEXT] = "-";

	if (json_is_integer(queue))
		snprintf(text, sizeof(text), "%.3g", (double)json_integer_value(queue) / 1e3);
	table_cell(table, COLOUR_NONE, word_decimal(text));
}

static void slow_cell(struct table *table, const json_t *slow)
{
	static const struct {
		const char *name;
		enum word word;
	} places[] = {
	    {"provider", WORD_SLOW_PROVIDER}, {"queue", WORD_SLOW_QUEUE}, {"office", WORD_SLOW_OFFICE}};
	const char *name = json_string_value(slow);

	for (size_t i = 0; name && i < ELEMENTS(places); i++)
		if (strcmp(places[i].name, name) == 0) {
			table_cell(table, COLOUR_BAD, word(places[i].word));
			return;
		}
	table_cell(table, COLOUR_NONE, name ? name : word(WORD_NOWHERE));
}

void render_latency(const json_t *status)
{
	static const enum word words[] = {WORD_OFFICE, WORD_TO_INTERNET, WORD_OUR_QUEUE, WORD_OWN_NETWORK,
					  WORD_SLOW_IS};
	const json_t *offices = json_object_get(status, "offices"), *office;
	_cleanup_(table_freep) struct table *table = table_new("lrrrl");
	char text[UNITS_TEXT];
	size_t i;

	if (!has_latency(offices))
		return;
	for (i = 0; i < ELEMENTS(words); i++)
		table_cell(table, COLOUR_HEAD, word(words[i]));
	json_array_foreach(offices, i, office)
	{
		const json_t *latency = json_object_get(office, "latency");

		if (!json_is_object(latency))
			continue;
		table_cell(table, COLOUR_NONE, value_text(office, "id"));
		table_cell(table, COLOUR_NONE, latency_text(json_object_get(latency, "uplink"), text));
		queue_cell(table, latency);
		table_cell(table, COLOUR_NONE, latency_text(json_object_get(latency, "office"), text));
		slow_cell(table, json_object_get(office, "slow"));
	}
	putchar('\n');
	table_print(table);
	printf("%s%s%s\n", colour_start(COLOUR_QUIET), word(WORD_LATENCY_UNITS), colour_end(COLOUR_QUIET));
}
