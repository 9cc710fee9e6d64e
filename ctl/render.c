// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON to tables. Nothing is computed here that a script could not read from the same document: it names,
 * aligns and shortens.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include "render.h"
#include "render_parts.h"
#include "table.h"
#include "values.h"
#include "words.h"

DEFINE_CLEANUP(struct table *, table_free)

static void state_cell(struct table *table, const json_t *value)
{
	enum colour colour;
	const char *text = value_state(value, &colour);

	table_cell(table, colour, text);
}

static void pair_cell(struct table *table, const json_t *object, const char *key, value_format shorten_value)
{
	char text[VALUE_PAIR];

	table_cell(table, COLOUR_NONE, value_pair(object, key, shorten_value, text));
}

static void heading(struct table *table, const enum word *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		table_cell(table, COLOUR_HEAD, word(words[i]));
}

static void share_cells(struct table *table, const json_t *row)
{
	pair_cell(table, row, "guaranteed_bps", value_rate);
	pair_cell(table, row, "ceiling_bps", value_rate);
}

static void measure_cells(struct table *table, const json_t *row)
{
	pair_cell(table, row, "rate_bps", value_rate);
	pair_cell(table, row, "delivered_bytes", value_volume);
}

/* ---- status and plan ---- */

/* "62% of 2T" */
static void month_cell(struct table *table, const json_t *office)
{
	json_int_t used = json_integer_value(json_object_get(office, "month_bytes"));
	const json_t *quota = json_object_get(office, "quota_bytes");
	char text[VALUE_PAIR], volume[UNITS_TEXT];
	json_int_t percent;

	if (!json_is_integer(quota) || json_integer_value(quota) <= 0) {
		table_cell(table, COLOUR_NONE, value_volume(json_object_get(office, "month_bytes"), volume));
		return;
	}
	percent = (json_int_t)((double)used * 100 / (double)json_integer_value(quota));
	snprintf(text, sizeof(text), "%lld%% %s %s", (long long)percent, word(WORD_OF),
		 value_volume(quota, volume));
	table_cell(table, percent >= 100 ? COLOUR_BAD : percent >= 80 ? COLOUR_WARN : COLOUR_NONE, text);
}

/* Below their office, of whose figures theirs are a part. */
static void service_rows(struct table *table, const json_t *services, bool measured)
{
	const json_t *service;
	size_t i;

	json_array_foreach(services, i, service)
	{
		char name[80];

		snprintf(name, sizeof(name), "  %s", value_text(service, "id"));
		table_cell(table, COLOUR_NONE, name);
		state_cell(table, json_object_get(service, "priority"));
		share_cells(table, service);
		if (!measured)
			continue;
		measure_cells(table, service);
		table_cell(table, COLOUR_NONE, "");
	}
}

static void office_table(const json_t *offices, bool measured)
{
	static const enum word words[] = {WORD_OFFICE, WORD_STATE,     WORD_GUARANTEED, WORD_CEILING,
					  WORD_NOW,    WORD_DELIVERED, WORD_MONTH};
	_cleanup_(table_freep) struct table *table = table_new(measured ? "llrrrrr" : "llrr");
	const json_t *office;
	size_t i;

	heading(table, words, measured ? 7 : 4);
	json_array_foreach(offices, i, office)
	{
		table_cell(table, COLOUR_NONE, value_text(office, "id"));
		state_cell(table, json_object_get(office, "state"));
		share_cells(table, office);
		if (measured) {
			measure_cells(table, office);
			month_cell(table, office);
		}
		service_rows(table, json_object_get(office, "services"), measured);
	}
	table_print(table);
}

static void count_cell(struct table *table, const json_t *value)
{
	char text[24] = "-";

	if (json_is_integer(value))
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
	table_cell(table, COLOUR_NONE, text);
}

static void next_cell(struct table *table, const json_t *row, const char *today)
{
	char when[UNITS_TEXT];
	const json_t *next = json_object_get(row, "next_change");

	table_cell(table, COLOUR_NONE,
		   value_near_time(json_string_value(json_object_get(next, "time")), today, when));
}

static void zone_table(const json_t *zones, const char *today, bool measured)
{
	static const enum word full[] = {WORD_ZONE, WORD_STATE,	    WORD_GUARANTEED, WORD_CEILING,
					 WORD_NOW,  WORD_DELIVERED, WORD_SESSIONS,   WORD_NEXT};
	static const enum word brief[] = {WORD_ZONE, WORD_STATE, WORD_GUARANTEED, WORD_CEILING, WORD_NEXT};
	_cleanup_(table_freep) struct table *table = table_new(measured ? "llrrrrrr" : "llrrr");
	const json_t *zone;
	size_t i;

	heading(table, measured ? full : brief, measured ? ELEMENTS(full) : ELEMENTS(brief));
	json_array_foreach(zones, i, zone)
	{
		table_cell(table, COLOUR_NONE, value_text(zone, "id"));
		state_cell(table, json_object_get(zone, "open"));
		share_cells(table, zone);
		if (measured) {
			measure_cells(table, zone);
			count_cell(table, json_object_get(zone, "sessions"));
		}
		next_cell(table, zone, today);
	}
	table_print(table);
}

static void other_table(const json_t *status, bool measured)
{
	static const enum word words[] = {WORD_OTHER, WORD_GUARANTEED, WORD_CEILING, WORD_NOW,
					  WORD_DELIVERED};
	static const struct {
		const char *key;
		enum word word;
	} rows[] = {{"own", WORD_OWN}, {"unattributed", WORD_UNATTRIBUTED}};
	_cleanup_(table_freep) struct table *table = table_new(measured ? "lrrrr" : "lrr");

	heading(table, words, measured ? 5 : 3);
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const json_t *row = json_object_get(status, rows[i].key);

		table_cell(table, COLOUR_NONE, word(rows[i].word));
		share_cells(table, row);
		if (measured)
			measure_cells(table, row);
	}
	table_print(table);
}

#define CONFLICTS_SHOWN 5

/* Who is in another's way, the newest first; the JSON has more of them, and whose way it is. */
static void conflict_table(const json_t *conflicts, const char *today)
{
	static const enum word words[] = {WORD_CONFLICT, WORD_ZONE, WORD_DEVICE, WORD_DOES};
	_cleanup_(table_freep) struct table *table = table_new("llll");
	const json_t *conflict;
	size_t i;

	if (json_array_size(conflicts) == 0)
		return;
	heading(table, words, ELEMENTS(words));
	json_array_foreach(conflicts, i, conflict)
	{
		char when[UNITS_TEXT];

		if (i == CONFLICTS_SHOWN)
			break;
		table_cell(
		    table, COLOUR_NONE,
		    value_near_time(json_string_value(json_object_get(conflict, "time")), today, when));
		table_cell(table, COLOUR_NONE, value_text(conflict, "zone"));
		table_cell(table, COLOUR_NONE, value_text(conflict, "other_mac"));
		state_cell(table, json_object_get(conflict, "what"));
	}
	putchar('\n');
	table_print(table);
}

static void print_site(const json_t *status, bool measured)
{
	const char *today = json_string_value(json_object_get(status, "time"));

	render_head(status);
	putchar('\n');
	office_table(json_object_get(status, "offices"), measured);
	if (measured)
		render_latency(status);
	putchar('\n');
	zone_table(json_object_get(status, "zones"), today, measured);
	putchar('\n');
	other_table(status, measured);
	conflict_table(json_object_get(status, "conflicts"), today);
	printf("%s%s%s\n", colour_start(COLOUR_QUIET), word(WORD_UNITS), colour_end(COLOUR_QUIET));
}

void render_status(const json_t *status)
{
	print_site(status, true);
}

void render_plan(const json_t *document)
{
	const json_t *changes = json_object_get(document, "changes");

	print_site(json_object_get(document, "plan"), false);
	if (!json_is_array(changes))
		return;
	putchar('\n');
	render_changes(changes);
}

/* ---- sessions and orders ---- */

/* The first address (IPv4 where there is one) and how many more. */
static void address_cell(struct table *table, const json_t *addresses)
{
	const char *shown = "-", *text;
	char cell[80];
	const json_t *value;
	size_t i, n = json_array_size(addresses);

	json_array_foreach(addresses, i, value)
	{
		text = json_string_value(value);
		if (text && (i == 0 || strchr(text, '.')))
			shown = text;
	}
	snprintf(cell, sizeof(cell), n > 1 ? "%s +%zu" : "%s", shown, n - 1);
	table_cell(table, COLOUR_NONE, cell);
}

static void session_row(struct table *table, const json_t *session)
{
	const char *started = json_string_value(json_object_get(session, "started"));
	json_int_t left = json_integer_value(json_object_get(session, "seconds_remaining"));
	char text[UNITS_TEXT];

	table_cell(table, COLOUR_NONE, value_text(session, "zone"));
	table_cell(table, COLOUR_NONE, value_text(session, "mac"));
	address_cell(table, json_object_get(session, "addresses"));
	table_cell(table, COLOUR_NONE, value_text(session, "login"));
	snprintf(text, sizeof(text), "%.5s", started && strlen(started) > 16 ? started + 11 : "-");
	table_cell(table, COLOUR_NONE, text);
	table_cell(table, COLOUR_NONE, units_duration_human((uint64_t)MAX(left, 0) * USEC_PER_SEC, text));
	table_cell(table, COLOUR_NONE, value_volume(json_object_get(session, "down_bytes"), text));
	table_cell(table, COLOUR_NONE, value_volume(json_object_get(session, "up_bytes"), text));
}

void render_sessions(const json_t *sessions)
{
	static const enum word words[] = {WORD_ZONE,	WORD_DEVICE, WORD_ADDRESS,  WORD_LOGIN,
					  WORD_STARTED, WORD_LEFT,   WORD_RECEIVED, WORD_SENT};
	_cleanup_(table_freep) struct table *table = table_new("lllllrrr");
	const json_t *session;
	size_t i;

	if (json_array_size(sessions) == 0) {
		printf("%s\n", word(WORD_NO_SESSIONS));
		return;
	}
	heading(table, words, ELEMENTS(words));
	json_array_foreach(sessions, i, session) session_row(table, session);
	table_print(table);
}

void render_done(const json_t *document)
{
	static const char *const keys[] = {"text", "message", "note", "warning"};
	bool said = false;

	for (size_t i = 0; i < ELEMENTS(keys); i++) {
		const char *text = json_string_value(json_object_get(document, keys[i]));

		if (text && *text) {
			printf("%s\n", text);
			said = true;
		}
	}
	if (!said)
		printf("%s\n", word(WORD_DONE));
}

void render_apply(const json_t *document)
{
	const json_t *warnings = json_object_get(document, "warnings"), *line;
	size_t i;

	json_array_foreach(warnings, i, line)
	    fprintf(stderr, "%s\n", json_string_value(line) ? json_string_value(line) : "-");
	render_done(document);
	if (json_array_size(json_object_get(document, "changes")) > 0)
		render_changes(json_object_get(document, "changes"));
}

void render_json(const json_t *document)
{
	json_dumpf(document, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
	putchar('\n');
}
