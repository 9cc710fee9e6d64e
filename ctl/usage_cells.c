// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cells and lines that all tables of the ledger are made of. A value that is missing is "-".
 */
#include <stdio.h>
#include <string.h>
#include "../lib/units.h"
#include "dates.h"
#include "usage_render.h"
#include "values.h"
#include "words.h"

void cell_text(struct table *table, const char *text)
{
	table_cell(table, COLOUR_NONE, text);
}

void cell_head(struct table *table, const enum word *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		table_cell(table, COLOUR_HEAD, word(words[i]));
}

void cell_volume(struct table *table, const json_t *bytes)
{
	char text[UNITS_TEXT + 1] = "-";
	json_t *positive;

	if (json_is_integer(bytes) && json_integer_value(bytes) < 0) {
		positive = json_integer(-json_integer_value(bytes));
		snprintf(text + 1, sizeof(text) - 1, "%s", value_volume(positive, (char[UNITS_TEXT]){0}));
		json_decref(positive);
		cell_text(table, text);
		return;
	}
	cell_text(table, value_volume(bytes, text));
}

void cell_rate(struct table *table, const json_t *bps)
{
	char text[UNITS_TEXT];

	cell_text(table, value_rate(bps, text));
}

void cell_rates(struct table *table, const json_t *row, const char *key)
{
	char text[VALUE_PAIR];

	cell_text(table, value_pair(row, key, value_rate, text));
}

void cell_volumes(struct table *table, const json_t *row, const char *key)
{
	char text[VALUE_PAIR];

	cell_text(table, value_pair(row, key, value_volume, text));
}

void cell_count(struct table *table, const json_t *count)
{
	char text[24] = "-";

	if (json_is_integer(count))
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(count));
	cell_text(table, text);
}

void cell_seconds(struct table *table, const json_t *seconds)
{
	char text[UNITS_TEXT] = "-";

	if (json_is_integer(seconds) && json_integer_value(seconds) >= 0)
		units_duration_human((uint64_t)json_integer_value(seconds) * USEC_PER_SEC, text);
	cell_text(table, text);
}

const char *percent_text(const json_t *percent, int decimals, char text[static UNITS_TEXT])
{
	double scale = 1, value = json_number_value(percent);

	if (!json_is_number(percent))
		return "-";
	for (int i = 0; i < decimals; i++)
		scale *= 10;
	value = (double)(int64_t)(value * scale + (value < 0 ? -1e-9 : 1e-9)) /
		scale; /* cut: 99.9996 is not 100 */
	snprintf(text, UNITS_TEXT, "%.*f%%", decimals, value);
	return word_decimal(text);
}

void cell_percent(struct table *table, enum colour colour, const json_t *percent, int decimals)
{
	char text[UNITS_TEXT];

	table_cell(table, colour, percent_text(percent, decimals, text));
}

/* ---- lines around tables ---- */

/* "November 2026", "23 Nov 2026", "1 Nov 2026 - 15 Nov 2026", "23 Nov 2026 08:00 - 23 Nov 2026 12:00" */
static void print_span(const json_t *document)
{
	const char *month = json_string_value(json_object_get(document, "month"));
	const char *from = value_text(document, "from"), *until = value_text(document, "until");
	char text[DATE_TEXT], last[DATE_TEXT], first[DATE_TEXT];

	if (month) {
		printf("%s", date_month(month, text));
		return;
	}
	if (strlen(from) >= 19 && memcmp(from + 10, "T00:00:00", 9) == 0 && date_before(until, last)) {
		snprintf(first, sizeof(first), "%.10s", from);
		printf("%s", date_short(first, text));
		if (strcmp(first, last) != 0)
			printf(" - %s", date_short(last, text));
		return;
	}
	printf("%s", date_short(from, text));
	printf(" - %s", date_short(until, text));
}

void usage_head(enum word title, const json_t *document)
{
	printf("%s%s: ", colour_start(COLOUR_HEAD), word(title));
	print_span(document);
	printf("%s", colour_end(COLOUR_HEAD));
	if (json_is_true(json_object_get(document, "rehearsal")))
		printf(" %s(%s)%s", colour_start(COLOUR_WARN), word(WORD_REHEARSAL), colour_end(COLOUR_WARN));
	if (json_is_string(json_object_get(document, "site")))
		printf("\n%s", value_text(document, "site"));
	puts("\n");
}

void usage_note(enum word note)
{
	printf("%s%s%s\n", colour_start(COLOUR_QUIET), word(note), colour_end(COLOUR_QUIET));
}

const char *whose_text(const json_t *subject)
{
	static const struct {
		const char *kind;
		enum word word;
	} others[] = {{"own", WORD_OWN}, {"unattributed", WORD_UNATTRIBUTED}, {"uplink", WORD_THE_UPLINK}};
	const char *kind = value_text(subject, "kind");

	for (size_t i = 0; i < ELEMENTS(others); i++)
		if (strcmp(others[i].kind, kind) == 0)
			return word(others[i].word);
	return value_text(subject, "id");
}

/* The configuration has it no more: its identifier is all that is left. */
const char *whose_title(const json_t *subject)
{
	const char *kind = value_text(subject, "kind"),
		   *name = json_string_value(json_object_get(subject, "name"));

	if (strcmp(kind, "office") != 0 && strcmp(kind, "zone") != 0)
		return "";
	return name ? name : word(WORD_REMOVED);
}
