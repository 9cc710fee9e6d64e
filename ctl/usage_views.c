// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The other views of `gerbang usage`, for people: in time, by machine, what was lent, the busiest hours.
 */
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "dates.h"
#include "usage_render.h"
#include "values.h"

DEFINE_CLEANUP(struct table *, table_free)

/* ---- in time ---- */

static const char *period_text(const char *at, char out[static DATE_TEXT])
{
	return strlen(at) == 7 ? date_month(at, out) : date_short(at, out);
}

/* False: every row is of the same subject, so it need not be said. */
static bool many_subjects(const json_t *rows)
{
	const json_t *first = json_array_get(rows, 0), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (!json_equal(json_object_get(row, "id"), json_object_get(first, "id")) ||
		    !json_equal(json_object_get(row, "kind"), json_object_get(first, "kind")))
			return true;
	}
	return false;
}

struct series {
	bool many, corrected; /* columns that there are */
};

static json_int_t correction_of(const json_t *row)
{
	const json_t *correction = json_object_get(row, "correction");

	return json_integer_value(json_object_get(correction, "down_bytes")) +
	       json_integer_value(json_object_get(correction, "up_bytes"));
}

static bool any_corrected(const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (correction_of(row) != 0)
			return true;
	}
	return false;
}

static void series_row(struct table *table, const json_t *row, const struct series *series)
{
	json_t *correction = json_integer(correction_of(row));
	char text[DATE_TEXT];

	cell_text(table, period_text(value_text(row, "at"), text));
	if (series->many)
		cell_text(table, whose_text(row));
	cell_volume(table, json_object_get(json_object_get(row, "down"), "bytes"));
	cell_volume(table, json_object_get(json_object_get(row, "up"), "bytes"));
	cell_volume(table, json_object_get(row, "total_bytes"));
	if (series->corrected)
		cell_volume(table, correction);
	if (!series->many) {
		cell_rates(table, row, "average_bps");
		cell_volumes(table, row, "dropped_packets");
		cell_seconds(table, json_object_get(row, "measured_seconds"));
	}
	json_decref(correction);
}

static void series_table(const json_t *rows, const struct series *series)
{
	static const enum word volumes[] = {WORD_RECEIVED, WORD_SENT, WORD_TOTAL};
	static const enum word rest[] = {WORD_AVERAGE, WORD_DROPPED, WORD_MEASURED};
	char align[10];
	_cleanup_(table_freep) struct table *table = NULL;
	const json_t *row;
	size_t i;

	snprintf(align, sizeof(align), "r%srrr%s%s", series->many ? "l" : "", series->corrected ? "r" : "",
		 series->many ? "" : "rrr");
	table = table_new(align);
	cell_head(table, &(enum word){WORD_PERIOD}, 1);
	if (series->many)
		cell_head(table, &(enum word){WORD_WHOSE_BRIEF}, 1);
	cell_head(table, volumes, ELEMENTS(volumes));
	if (series->corrected)
		cell_head(table, &(enum word){WORD_CORRECTION}, 1);
	if (!series->many)
		cell_head(table, rest, ELEMENTS(rest));
	json_array_foreach(rows, i, row) series_row(table, row, series);
	table_print_fit(table);
}

void render_series(const json_t *document)
{
	const json_t *rows = json_object_get(document, "rows"), *first = json_array_get(rows, 0);
	struct series series = {.many = many_subjects(rows), .corrected = any_corrected(rows)};

	usage_head(WORD_USAGE_IN, document);
	if (json_array_size(rows) == 0) {
		printf("%s\n", word(WORD_NOTHING_THEN));
		return;
	}
	if (!series.many)
		printf("%s  %s\n\n", whose_text(first), whose_title(first));
	series_table(rows, &series);
	putchar('\n');
	usage_note(WORD_USAGE_UNITS);
}

/* ---- by machine ---- */

/* Its office once above the machines of it. */
static void host_head(struct table *table, const json_t *row)
{
	const char *name = json_string_value(json_object_get(row, "name"));

	cell_text(table, value_text(row, "office"));
	for (int i = 0; i < 3; i++)
		cell_text(table, "");
	table_cell(table, COLOUR_QUIET, name ? name : word(WORD_REMOVED));
}

static void host_row(struct table *table, const json_t *row)
{
	char address[64];

	snprintf(address, sizeof(address), "  %.50s", value_text(row, "address"));
	cell_text(table, address);
	cell_volume(table, json_object_get(row, "down_bytes"));
	cell_volume(table, json_object_get(row, "up_bytes"));
	cell_volume(table, json_object_get(row, "total_bytes"));
	cell_text(table, "");
}

void render_hosts(const json_t *document)
{
	static const enum word words[] = {WORD_OFFICE, WORD_RECEIVED, WORD_SENT, WORD_TOTAL, WORD_NAME};
	const json_t *rows = json_object_get(document, "hosts"), *row, *last = NULL;
	_cleanup_(table_freep) struct table *table = table_new("lrrrl");
	size_t i;

	usage_head(WORD_HOSTS_IN, document);
	if (json_array_size(rows) == 0) {
		printf("%s\n", word(json_is_false(json_object_get(document, "kept")) ? WORD_HOSTS_NOT_KEPT
										     : WORD_NOTHING_THEN));
		return;
	}
	cell_head(table, words, ELEMENTS(words));
	json_array_foreach(rows, i, row)
	{
		if (!last || !json_equal(last, json_object_get(row, "office")))
			host_head(table, row);
		last = json_object_get(row, "office");
		host_row(table, row);
	}
	table_print_fit(table);
	putchar('\n');
	usage_note(WORD_HOSTS_ESTIMATES);
}

/* ---- lent and borrowed ---- */

static void two_cell(struct table *table, const json_t *row, const char *one, const char *other)
{
	json_t *sum = json_integer(json_integer_value(json_object_get(row, one)) +
				   json_integer_value(json_object_get(row, other)));

	cell_volume(table, json_is_integer(json_object_get(row, one)) ? sum : NULL);
	json_decref(sum);
}

/* The three who borrowed most are enough for a line; the document has them all. */
#define BORROWERS 3

static json_int_t borrowed(const json_t *row)
{
	return json_integer_value(json_object_get(row, "down_bytes")) +
	       json_integer_value(json_object_get(row, "up_bytes"));
}

static void borrowers_cell(struct table *table, const json_t *rows)
{
	const json_t *most[BORROWERS] = {NULL}, *row;
	char text[BORROWERS * 40] = "";
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const json_t *place = row, *moved;

		for (size_t k = 0; k < BORROWERS && place; k++) {
			if (most[k] && borrowed(most[k]) >= borrowed(place))
				continue;
			moved = most[k];
			most[k] = place;
			place = moved;
		}
	}
	for (i = 0; i < BORROWERS && most[i]; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.32s", i > 0 ? ", " : "",
			 value_text(most[i], "id"));
	table_cell(table, COLOUR_QUIET, text);
}

static void minutes_cell(struct table *table, const json_t *minutes)
{
	char text[24] = "-";

	if (json_integer_value(minutes) > 0)
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(minutes));
	table_cell(table, json_integer_value(minutes) > 0 ? COLOUR_BAD : COLOUR_NONE, text);
}

static void lending_days(const json_t *days)
{
	static const enum word words[] = {WORD_PERIOD, WORD_PUBLIC, WORD_LENT_PUBLIC, WORD_LENT_OFFICES,
					  WORD_SPARE,  WORD_SHORT,  WORD_BORROWERS};
	_cleanup_(table_freep) struct table *table = table_new("rrrrrrl");
	char text[DATE_TEXT];
	const json_t *day;
	size_t i;

	cell_head(table, words, ELEMENTS(words));
	json_array_foreach(days, i, day)
	{
		cell_text(table, date_short(value_text(day, "day"), text));
		two_cell(table, day, "public_down_bytes", "public_up_bytes");
		cell_volume(table, json_object_get(day, "public_borrowed_bytes"));
		cell_volume(table, json_object_get(day, "offices_borrowed_bytes"));
		two_cell(table, day, "spare_down_bytes", "spare_up_bytes");
		minutes_cell(table, json_object_get(day, "short_minutes"));
		borrowers_cell(table, json_object_get(day, "borrowed"));
	}
	table_print_fit(table);
}

static void lending_subjects(const json_t *subjects)
{
	static const enum word words[] = {WORD_WHOSE_BRIEF, WORD_BORROWED, WORD_DEMAND,
					  WORD_SHORT,	    WORD_WORST,	   WORD_NAME};
	_cleanup_(table_freep) struct table *table = table_new("lrrrrl");
	const json_t *row;
	size_t i;

	cell_head(table, words, ELEMENTS(words));
	json_array_foreach(subjects, i, row)
	{
		cell_text(table, whose_text(row));
		two_cell(table, row, "borrowed_down_bytes", "borrowed_up_bytes");
		cell_seconds(table, json_object_get(row, "demand_seconds"));
		minutes_cell(table, json_object_get(row, "short_minutes"));
		cell_percent(table, COLOUR_NONE, json_object_get(row, "worst_percent"), 0);
		table_cell(table, COLOUR_QUIET, whose_title(row));
	}
	putchar('\n');
	table_print_fit(table);
}

void render_lending(const json_t *document)
{
	usage_head(WORD_LENDING_IN, document);
	if (json_array_size(json_object_get(document, "days")) == 0) {
		printf("%s\n", word(WORD_NOTHING_THEN));
		return;
	}
	lending_days(json_object_get(document, "days"));
	lending_subjects(json_object_get(document, "subjects"));
	putchar('\n');
	usage_note(WORD_LENDING_UNITS);
}

/* ---- the busiest hour ---- */

static void busy_cells(struct table *table, const json_t *way)
{
	const char *hour = json_string_value(json_object_get(way, "hour"));
	char text[8];

	snprintf(text, sizeof(text), "%.5s", hour && strlen(hour) > 16 ? hour + 11 : "-");
	cell_text(table, text);
	cell_rate(table, json_object_get(way, "bps"));
	cell_percent(table,
		     json_number_value(json_object_get(way, "percent")) >= 90 ? COLOUR_WARN : COLOUR_NONE,
		     json_object_get(way, "percent"), 0);
}

void render_busy(const json_t *document)
{
	static const enum word words[] = {WORD_PERIOD, WORD_HOUR, WORD_RECEIVED, WORD_BOUGHT,
					  WORD_HOUR,   WORD_SENT, WORD_BOUGHT};
	const json_t *days = json_object_get(document, "days"), *day,
		     *bought = json_object_get(document, "bought");
	_cleanup_(table_freep) struct table *table = table_new("rrrrrrr");
	char text[DATE_TEXT], down[UNITS_TEXT], up[UNITS_TEXT];
	size_t i;

	usage_head(WORD_BUSY_IN, document);
	if (json_array_size(days) == 0) {
		printf("%s\n", word(WORD_NOTHING_THEN));
		return;
	}
	cell_head(table, words, ELEMENTS(words));
	json_array_foreach(days, i, day)
	{
		cell_text(table, date_short(value_text(day, "day"), text));
		busy_cells(table, json_object_get(day, "down"));
		busy_cells(table, json_object_get(day, "up"));
	}
	table_print_fit(table);
	putchar('\n');
	printf(word(WORD_BOUGHT_IS), value_rate(json_object_get(bought, "down_bps"), down),
	       value_rate(json_object_get(bought, "up_bps"), up));
	putchar('\n');
	usage_note(WORD_BUSY_UNITS);
}
