// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang uplink` for people. Availability is cut and never rounded up: 99.996 per cent is not 100.
 */
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "dates.h"
#include "usage_render.h"
#include "values.h"

DEFINE_CLEANUP(struct table *, table_free)

static const char *minutes_text(const json_t *minutes, char text[static UNITS_TEXT])
{
	json_int_t n = json_integer_value(minutes);

	return units_duration_human((uint64_t)MAX(n, 0) * 60 * USEC_PER_SEC, text);
}

static void print_availability(const json_t *document)
{
	const json_t *percent = json_object_get(document, "availability_percent"),
		     *promised = json_object_get(document, "sla_percent");
	bool bad = json_is_number(promised) && json_is_number(percent) &&
		   json_number_value(percent) < json_number_value(promised);
	char measured[UNITS_TEXT], text[UNITS_TEXT];

	if (!json_is_number(percent)) {
		printf("%s\n", word(WORD_NOT_WATCHED));
		return;
	}
	printf("%s: %s%s%s", word(WORD_AVAILABLE), colour_start(bad ? COLOUR_BAD : COLOUR_GOOD),
	       percent_text(percent, 3, text), colour_end(COLOUR_GOOD));
	if (json_is_number(promised))
		printf(" (%s %s)", word(WORD_PROMISED), percent_text(promised, 1, text));
	putchar('\n');
	minutes_text(json_object_get(document, "measured_minutes"), measured);
	printf(word(WORD_DOWN_OF), minutes_text(json_object_get(document, "down_minutes"), text), measured);
	printf("\n%s %lld, %s %lld, %s %lld (%s)\n", word(WORD_CAUSE_CARRIER),
	       (long long)json_integer_value(json_object_get(document, "carrier_minutes")),
	       word(WORD_CAUSE_SILENT),
	       (long long)json_integer_value(json_object_get(document, "silent_minutes")),
	       word(WORD_CAUSE_LOSS),
	       (long long)json_integer_value(json_object_get(document, "loss_minutes")), word(WORD_MINUTES));
}

static const char *cause_text(const char *cause)
{
	static const struct {
		const char *name;
		enum word word;
	} causes[] = {
	    {"carrier", WORD_CAUSE_CARRIER}, {"silent", WORD_CAUSE_SILENT}, {"loss", WORD_CAUSE_LOSS}};

	for (size_t i = 0; i < ELEMENTS(causes); i++)
		if (strcmp(causes[i].name, cause) == 0)
			return word(causes[i].word);
	return cause;
}

static void print_outages(const json_t *outages)
{
	static const enum word words[] = {WORD_OUTAGE, WORD_ENDED, WORD_LENGTH, WORD_CAUSE};
	_cleanup_(table_freep) struct table *table = table_new("rrrl");
	char text[DATE_TEXT];
	const json_t *row;
	size_t i;

	putchar('\n');
	if (json_array_size(outages) == 0) {
		printf("%s\n", word(WORD_NO_OUTAGES));
		return;
	}
	cell_head(table, words, ELEMENTS(words));
	json_array_foreach(outages, i, row)
	{
		const char *ended = json_string_value(json_object_get(row, "ended"));

		cell_text(table, date_short(value_text(row, "began"), text));
		if (ended)
			cell_text(table, date_short(ended, text));
		else
			table_cell(table, COLOUR_BAD, word(WORD_LASTS));
		cell_seconds(table, json_object_get(row, "seconds"));
		cell_text(table, cause_text(value_text(row, "cause")));
	}
	table_print_fit(table);
}

static void print_targets(const json_t *targets)
{
	static const enum word words[] = {WORD_TARGET, WORD_ASKED, WORD_ANSWERED, WORD_ANSWERS};
	_cleanup_(table_freep) struct table *table = table_new("lrrr");
	const json_t *row;
	size_t i;

	if (json_array_size(targets) == 0)
		return;
	cell_head(table, words, ELEMENTS(words));
	json_array_foreach(targets, i, row)
	{
		double sent = json_number_value(json_object_get(row, "sent"));
		json_t *percent =
		    sent > 0 ? json_real(json_number_value(json_object_get(row, "answered")) * 100 / sent)
			     : json_null();

		cell_text(table, value_text(row, "address"));
		cell_count(table, json_object_get(row, "sent"));
		cell_count(table, json_object_get(row, "answered"));
		cell_percent(table, COLOUR_NONE, percent, 2);
		json_decref(percent);
	}
	putchar('\n');
	table_print_fit(table);
}

static void print_tests(const json_t *tests)
{
	static const enum word words[] = {WORD_TEST, WORD_RECEIVED, WORD_SENT, WORD_RESULT};
	_cleanup_(table_freep) struct table *table = table_new("rrrl");
	char text[DATE_TEXT];
	const json_t *row;
	size_t i;

	if (json_array_size(tests) == 0)
		return;
	cell_head(table, words, ELEMENTS(words));
	json_array_foreach(tests, i, row)
	{
		const char *error = json_string_value(json_object_get(row, "error"));

		cell_text(table, date_short(value_text(row, "time"), text));
		cell_rate(table, json_object_get(row, "down_bps"));
		cell_rate(table, json_object_get(row, "up_bps"));
		table_cell(table, error ? COLOUR_WARN : COLOUR_QUIET,
			   error ? error : value_text(row, "server"));
	}
	putchar('\n');
	table_print_fit(table);
}

void render_uplink(const json_t *document)
{
	usage_head(WORD_UPLINK_IN, document);
	print_availability(document);
	print_outages(json_object_get(document, "outages"));
	print_targets(json_object_get(document, "targets"));
	print_tests(json_object_get(document, "tests"));
}
