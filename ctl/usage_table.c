// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang usage` for people: who used how much. The identifier leads each line, because commands take it and
 * it is unique; the name stands last and is what gives way where a line is full.
 */
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "usage_render.h"
#include "values.h"

DEFINE_CLEANUP(struct table *, table_free)

#define CLOSES_PERCENT 1
#define CLOSES_BYTES 10000000

static const json_t *subjects_of(const json_t *document)
{
	return json_object_get(document, "subjects");
}

static json_int_t corrected(const json_t *subject, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(subject, "correction"), key));
}

static bool has_correction(const json_t *subject)
{
	return corrected(subject, "down_bytes") != 0 || corrected(subject, "up_bytes") != 0;
}

static bool has_quota(const json_t *subject)
{
	return json_is_number(json_object_get(subject, "quota_percent"));
}

static bool any(const json_t *subjects, bool (*has)(const json_t *subject))
{
	const json_t *subject;
	size_t i;

	json_array_foreach(subjects, i, subject)
	{
		if (has(subject))
			return true;
	}
	return false;
}

/* ---- volumes ---- */

struct columns {
	bool correction, quota, measured; /* measured: in place of the name */
};

static void volume_head(struct table *table, const struct columns *columns)
{
	static const enum word first[] = {WORD_WHOSE_BRIEF, WORD_RECEIVED, WORD_SENT, WORD_TOTAL};
	enum word rest[3];
	size_t n = 0;

	cell_head(table, first, ELEMENTS(first));
	if (columns->correction)
		rest[n++] = WORD_CORRECTION;
	if (columns->quota)
		rest[n++] = WORD_QUOTA;
	rest[n++] = columns->measured ? WORD_MEASURED : WORD_NAME;
	cell_head(table, rest, n);
}

static void correction_cell(struct table *table, const json_t *subject)
{
	json_t *sum = json_integer(corrected(subject, "down_bytes") + corrected(subject, "up_bytes"));

	if (has_correction(subject))
		cell_volume(table, sum);
	else
		cell_text(table, "-");
	json_decref(sum);
}

static void quota_cell(struct table *table, const json_t *subject)
{
	const json_t *percent = json_object_get(subject, "quota_percent");
	const char *stage = value_text(subject, "quota_stage");
	enum colour colour = json_number_value(percent) >= 100 ? COLOUR_BAD
			     : strcmp(stage, "noticed") == 0   ? COLOUR_WARN
							       : COLOUR_NONE;

	if (has_quota(subject))
		cell_percent(table, colour, percent, 0);
	else
		cell_text(table, "-");
}

static void volume_row(struct table *table, const struct columns *columns, const json_t *subject)
{
	cell_text(table, whose_text(subject));
	cell_volume(table, json_object_get(json_object_get(subject, "down"), "bytes"));
	cell_volume(table, json_object_get(json_object_get(subject, "up"), "bytes"));
	cell_volume(table, json_object_get(subject, "total_bytes"));
	if (columns->correction)
		correction_cell(table, subject);
	if (columns->quota)
		quota_cell(table, subject);
	if (columns->measured)
		cell_seconds(table, json_object_get(subject, "measured_seconds"));
	else
		table_cell(table, COLOUR_QUIET, whose_title(subject));
}

static void volume_table(const json_t *subjects, bool measured)
{
	struct columns columns = {.correction = any(subjects, has_correction),
				  .quota = any(subjects, has_quota),
				  .measured = measured};
	char align[8] = "lrrr";
	_cleanup_(table_freep) struct table *table = NULL;
	const json_t *subject;
	size_t i, n = 4;

	for (i = (size_t)columns.correction + columns.quota; i > 0; i--)
		align[n++] = 'r';
	align[n] = measured ? 'r' : 'l';
	table = table_new(align);
	volume_head(table, &columns);
	json_array_foreach(subjects, i, subject) volume_row(table, &columns, subject);
	table_print_fit(table);
}

/* ---- rates, losses ---- */

static void rate_table(const json_t *subjects)
{
	static const enum word words[] = {WORD_WHOSE_BRIEF, WORD_AVERAGE, WORD_P95, WORD_PEAK,
					  WORD_MISSING_ROWS};
	_cleanup_(table_freep) struct table *table = table_new("lrrrr");
	const json_t *subject;
	size_t i;

	cell_head(table, words, ELEMENTS(words));
	json_array_foreach(subjects, i, subject)
	{
		cell_text(table, whose_text(subject));
		cell_rates(table, subject, "average_bps");
		cell_rates(table, subject, "p95_bps");
		cell_rates(table, subject, "peak_bps");
		cell_count(table, json_object_get(subject, "missing_samples"));
	}
	putchar('\n');
	table_print_fit(table);
}

static json_t *both(const json_t *subject, const char *key)
{
	return json_integer(json_integer_value(json_object_get(json_object_get(subject, "down"), key)) +
			    json_integer_value(json_object_get(json_object_get(subject, "up"), key)));
}

static void sum_cell(struct table *table, const json_t *subject, const char *key)
{
	json_t *sum = both(subject, key);

	cell_volume(table, sum);
	json_decref(sum);
}

static void loss_table(const json_t *subjects)
{
	static const enum word words[] = {WORD_WHOSE_BRIEF,   WORD_PACKETS,  WORD_DROPPED,
					  WORD_DROPPED_BYTES, WORD_BORROWED, WORD_LATE};
	_cleanup_(table_freep) struct table *table = table_new("lrrrrr");
	const json_t *subject;
	size_t i;

	cell_head(table, words, ELEMENTS(words));
	json_array_foreach(subjects, i, subject)
	{
		cell_text(table, whose_text(subject));
		cell_volumes(table, subject, "packets");
		sum_cell(table, subject, "dropped_packets");
		sum_cell(table, subject, "dropped_bytes_estimate");
		sum_cell(table, subject, "borrowed_bytes");
		sum_cell(table, subject, "late_bytes");
	}
	putchar('\n');
	table_print_fit(table);
}

/* ---- one subject alone ---- */

typedef void cell_format(struct table *table, const json_t *value);

static void card_row(struct table *table, enum word label, const json_t *subject, const char *key,
		     cell_format *format)
{
	const json_t *down = json_object_get(json_object_get(subject, "down"), key);

	if (!down)
		return;
	table_cell(table, COLOUR_HEAD, word(label));
	format(table, down);
	format(table, json_object_get(json_object_get(subject, "up"), key));
}

static void card_correction(struct table *table, const json_t *subject)
{
	const json_t *correction = json_object_get(subject, "correction");

	table_cell(table, COLOUR_HEAD, word(WORD_CARD_CORRECTION));
	cell_volume(table, json_object_get(correction, "down_bytes"));
	cell_volume(table, json_object_get(correction, "up_bytes"));
}

static void card_line(enum word label, const char *text)
{
	printf("%s%s%s: %s\n", colour_start(COLOUR_HEAD), word(label), colour_end(COLOUR_HEAD), text);
}

static void card_lines(const json_t *subject)
{
	char text[2 * UNITS_TEXT + 80], part[UNITS_TEXT], quota[UNITS_TEXT];
	json_int_t measured = json_integer_value(json_object_get(subject, "measured_seconds"));

	card_line(WORD_CARD_TOTAL, value_volume(json_object_get(subject, "total_bytes"), text));
	if (has_quota(subject)) {
		snprintf(text, sizeof(text), "%s %s %s",
			 percent_text(json_object_get(subject, "quota_percent"), 1, part), word(WORD_OF),
			 value_volume(json_object_get(subject, "quota_bytes"), quota));
		card_line(WORD_CARD_QUOTA, text);
	}
	card_line(WORD_CARD_MEASURED, units_duration_human((uint64_t)MAX(measured, 0) * USEC_PER_SEC, text));
	if (json_object_get(subject, "samples")) {
		snprintf(text, sizeof(text), word(WORD_CARD_SAMPLES),
			 (long long)json_integer_value(json_object_get(subject, "samples")),
			 (long long)json_integer_value(json_object_get(subject, "missing_samples")));
		printf("%s\n", text);
	}
}

static void print_card(const json_t *subject)
{
	static const struct {
		enum word label;
		const char *key;
		cell_format *format;
	} rows[] = {
	    {WORD_CARD_DELIVERED, "bytes", cell_volume},
	    {WORD_CARD_LATE, "late_bytes", cell_volume},
	    {WORD_CARD_BORROWED, "borrowed_bytes", cell_volume},
	    {WORD_CARD_PACKETS, "packets", cell_count},
	    {WORD_CARD_DROPPED, "dropped_packets", cell_count},
	    {WORD_CARD_DROPPED_BYTES, "dropped_bytes_estimate", cell_volume},
	    {WORD_CARD_AVERAGE, "average_bps", cell_rate},
	    {WORD_CARD_P95, "p95_bps", cell_rate},
	    {WORD_CARD_PEAK, "peak_bps", cell_rate},
	    {WORD_CARD_DEMAND, "demand_seconds", cell_seconds},
	    {WORD_CARD_SHORT, "short_seconds", cell_seconds},
	};
	_cleanup_(table_freep) struct table *table = table_new("lrr");

	printf("%s  %s\n\n", whose_text(subject), whose_title(subject));
	cell_text(table, "");
	table_cell(table, COLOUR_HEAD, word(WORD_RECEIVED));
	table_cell(table, COLOUR_HEAD, word(WORD_SENT));
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		card_row(table, rows[i].label, subject, rows[i].key, rows[i].format);
	card_correction(table, subject);
	table_print_fit(table);
	putchar('\n');
	card_lines(subject);
}

/* ---- what closes it ---- */

static void print_closing_way(enum word way, const json_t *side)
{
	const json_t *percent = json_object_get(side, "difference_percent");
	json_int_t bytes = json_integer_value(json_object_get(side, "difference_bytes"));
	json_int_t own = json_integer_value(json_object_get(side, "own_bytes")),
		   dropped = json_integer_value(json_object_get(side, "dropped_bytes_estimate"));
	double value = json_number_value(percent);
	bool bad = (value > CLOSES_PERCENT || value < -CLOSES_PERCENT) &&
		   (bytes > CLOSES_BYTES || bytes < -CLOSES_BYTES);
	char classes[UNITS_TEXT], uplink[UNITS_TEXT], text[UNITS_TEXT];

	printf(word(way), value_volume(json_object_get(side, "classes_bytes"), classes));
	if (own > 0)
		printf(" + %s %s", word(WORD_CLOSING_OWN),
		       value_volume(json_object_get(side, "own_bytes"), text));
	if (dropped > 0)
		printf(" + %s ~%s", word(WORD_CLOSING_DROPPED),
		       value_volume(json_object_get(side, "dropped_bytes_estimate"), text));
	printf(word(WORD_CLOSING_UPLINK), value_volume(json_object_get(side, "uplink_bytes"), uplink));
	printf(" %s%s%s\n", colour_start(bad ? COLOUR_BAD : COLOUR_NONE), percent_text(percent, 2, text),
	       colour_end(bad ? COLOUR_BAD : COLOUR_NONE));
}

static void print_gaps(const json_t *document)
{
	const json_t *gaps = json_object_get(document, "gaps"), *gap;
	json_int_t seconds = json_integer_value(json_object_get(document, "gap_seconds"));
	size_t i, lost = 0;
	char text[UNITS_TEXT];

	json_array_foreach(gaps, i, gap) lost += json_is_true(json_object_get(gap, "lost"));
	if (json_array_size(gaps) == 0) {
		printf("%s\n", word(WORD_NO_GAPS));
		return;
	}
	printf(word(WORD_GAPS), json_array_size(gaps),
	       units_duration_human((uint64_t)MAX(seconds, 0) * USEC_PER_SEC, text), lost);
	putchar('\n');
}

static void print_foot(const json_t *document)
{
	const json_t *closing = json_object_get(document, "closing");

	putchar('\n');
	if (json_is_object(closing)) {
		print_closing_way(WORD_CLOSING_DOWN, json_object_get(closing, "down"));
		print_closing_way(WORD_CLOSING_UP, json_object_get(closing, "up"));
	}
	print_gaps(document);
	usage_note(WORD_USAGE_UNITS);
}

static void print_tables(const json_t *document, bool detail)
{
	const json_t *subjects = subjects_of(document);

	usage_head(WORD_USAGE_IN, document);
	if (json_array_size(subjects) == 0) {
		printf("%s\n", word(WORD_NOTHING_THEN));
		return;
	}
	if (json_array_size(subjects) == 1) {
		print_card(json_array_get(subjects, 0));
	} else {
		volume_table(subjects, detail);
		if (detail) {
			rate_table(subjects);
			loss_table(subjects);
		}
	}
	print_foot(document);
	if (detail && json_array_size(subjects) > 1)
		usage_note(WORD_DETAIL_UNITS);
}

void render_usage(const json_t *document)
{
	print_tables(document, false);
}

void render_usage_detail(const json_t *document)
{
	print_tables(document, true);
}
