// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: whoever checks the books is no programmer. What closes is said in one line, what does not is said
 * first, and a hash is written in groups that can be copied by hand.
 */
#include "ledger_render.h"
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "dates.h"
#include "usage_render.h"
#include "values.h"

DEFINE_CLEANUP(struct table *, table_free)

#define FINDINGS_SHOWN 20

static long long number(const json_t *object, const char *key)
{
	return (long long)json_integer_value(json_object_get(object, key));
}

/* ---- verify ---- */

/* Eight groups of eight. */
static void print_hash(const char *hash)
{
	char text[DATE_TEXT * 2];
	size_t n = 0, length = strlen(hash);

	for (size_t i = 0; i < length && n + 2 < sizeof(text); i++) {
		if (i > 0 && i % 8 == 0)
			text[n++] = ' ';
		text[n++] = hash[i];
	}
	text[n] = '\0';
	printf("%s: %s\n", word(WORD_HASH), text);
}

void render_closed_day(const json_t *day)
{
	char text[DATE_TEXT];

	printf("%s: %s\n", word(WORD_LAST_CLOSED), date_short(value_text(day, "day"), text));
	print_hash(value_text(day, "hash"));
}

static void print_findings(const json_t *findings)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding)
	{
		const char *day = json_string_value(json_object_get(finding, "day"));

		if (i == FINDINGS_SHOWN) {
			printf("... (--json)\n");
			return;
		}
		printf("%s%s%s%s\n", colour_start(COLOUR_BAD), day ? day : "", day ? ": " : "",
		       value_text(finding, "text"));
		fputs(colour_end(COLOUR_BAD), stdout);
	}
}

void render_verified(const json_t *document)
{
	const json_t *last = json_object_get(document, "last");
	char text[UNITS_TEXT];

	if (json_is_true(json_object_get(document, "closes"))) {
		printf("%s", colour_start(COLOUR_GOOD));
		printf(word(WORD_CLOSES), number(document, "days"), number(document, "rows"));
	} else {
		printf("%s", colour_start(COLOUR_BAD));
		printf(word(WORD_CLOSES_NOT), number(document, "findings_count"));
	}
	printf("%s\n", colour_end(COLOUR_GOOD));
	print_findings(json_object_get(document, "findings"));
	if (number(document, "days_pruned") > 0) {
		printf(word(WORD_DAYS_PRUNED), number(document, "days_pruned"));
		putchar('\n');
	}
	if (!json_is_object(last)) {
		printf("%s\n", word(WORD_NO_DAY_CLOSED));
		return;
	}
	printf("%s: %s\n", word(WORD_WORST_DAY),
	       percent_text(json_object_get(document, "uplink_percent"), 2, text));
	render_closed_day(last);
	printf("%s\n", word(WORD_WRITE_DOWN));
}

/* ---- what is kept ---- */

static const char *kept_text(const char *what)
{
	static const struct {
		const char *name;
		enum word word;
	} kinds[] = {
	    {"rows", WORD_KEPT_ROWS},	    {"hours", WORD_KEPT_HOURS},	  {"days", WORD_KEPT_DAYS},
	    {"months", WORD_KEPT_MONTHS},   {"chain", WORD_KEPT_CHAIN},	  {"sessions", WORD_KEPT_SESSIONS},
	    {"hosts", WORD_KEPT_HOSTS},	    {"events", WORD_KEPT_EVENTS}, {"evidence", WORD_KEPT_EVIDENCE},
	    {"notices", WORD_KEPT_NOTICES},
	};

	for (size_t i = 0; i < ELEMENTS(kinds); i++)
		if (strcmp(kinds[i].name, what) == 0)
			return word(kinds[i].word);
	return what;
}

static void date_cell(struct table *table, const json_t *time)
{
	char text[DATE_TEXT], day[12];

	snprintf(day, sizeof(day), "%.10s", json_string_value(time) ? json_string_value(time) : "-");
	cell_text(table, date_short(day, text));
}

static void kept_row(struct table *table, const json_t *row)
{
	cell_text(table, kept_text(value_text(row, "what")));
	cell_count(table, json_object_get(row, "rows"));
	cell_volume(table, json_object_get(row, "bytes"));
	date_cell(table, json_object_get(row, "oldest"));
	if (json_is_integer(json_object_get(row, "keep_seconds")))
		cell_seconds(table, json_object_get(row, "keep_seconds"));
	else
		cell_text(table, word(WORD_FOR_EVER));
	date_cell(table, json_object_get(row, "next_pruning"));
}

void render_ledger(const json_t *document)
{
	static const enum word words[] = {WORD_WHAT,   WORD_ROWS, WORD_SIZE,
					  WORD_OLDEST, WORD_KEPT, WORD_NEXT_PRUNING};
	const json_t *rows = json_object_get(document, "kept"), *row,
		     *chain = json_object_get(document, "chain");
	_cleanup_(table_freep) struct table *table = table_new("lrrrrr");
	char text[DATE_TEXT];
	size_t i;

	printf("%s: %s", word(WORD_LEDGER_AT), value_text(document, "directory"));
	if (json_is_true(json_object_get(document, "rehearsal")))
		printf(" %s(%s)%s", colour_start(COLOUR_WARN), word(WORD_REHEARSAL), colour_end(COLOUR_WARN));
	puts("\n");
	cell_head(table, words, ELEMENTS(words));
	json_array_foreach(rows, i, row) kept_row(table, row);
	table_print_fit(table);
	printf("\n%s: ", word(WORD_CHAIN));
	if (!json_is_object(chain)) {
		printf("%s\n", word(WORD_NO_DAY_CLOSED));
		return;
	}
	printf(word(WORD_CHAIN_STATE), number(chain, "days"), date_short(value_text(chain, "last"), text));
	putchar('\n');
	print_hash(value_text(chain, "hash"));
}

/* ---- the journal ---- */

/* What was typed somewhere must not steer a terminal. */
static void print_plain(const char *text)
{
	for (; *text; text++)
		putchar((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text);
}

static void event_lines(const json_t *event)
{
	const char *subject = value_text(event, "subject"), *who = value_text(event, "who");
	char when[UNITS_TEXT];

	printf("%s%s  %s%s", colour_start(COLOUR_HEAD),
	       value_time(json_string_value(json_object_get(event, "time")), true, when),
	       value_text(event, "kind"), colour_end(COLOUR_HEAD));
	if (*subject && strcmp(subject, "-") != 0)
		printf("  %s", subject);
	if (*who && strcmp(who, "-") != 0)
		printf("  (%s)", who);
	printf("\n  ");
	print_plain(value_text(event, "text"));
	putchar('\n');
}

void render_log(const json_t *document)
{
	const json_t *events = json_object_get(document, "events"), *event;
	size_t i;

	if (json_array_size(events) == 0)
		printf("%s\n", word(WORD_NO_EVENTS));
	json_array_foreach(events, i, event) event_lines(event);
}

/* ---- quotas ---- */

static void stage_cell(struct table *table, const json_t *quota)
{
	enum colour colour;
	const char *text = value_state(json_object_get(quota, "stage"), &colour);

	if (json_is_true(json_object_get(quota, "throttled")))
		table_cell(table, COLOUR_BAD, word(WORD_THROTTLED));
	else if (json_is_string(json_object_get(quota, "exempt_until")))
		table_cell(table, COLOUR_WARN, word(WORD_STAGE_EXEMPT));
	else
		table_cell(table, colour, text);
}

static void office_row(struct table *table, const json_t *office)
{
	const json_t *quota = json_object_get(office, "quota");

	cell_text(table, value_text(office, "id"));
	cell_volume(table, json_object_get(office, "month_bytes"));
	cell_volume(table, json_object_get(office, "quota_bytes"));
	cell_percent(table,
		     json_number_value(json_object_get(quota, "percent")) >= 100 ? COLOUR_BAD : COLOUR_NONE,
		     json_object_get(quota, "percent"), 0);
	stage_cell(table, quota);
	table_cell(table, COLOUR_QUIET, value_text(office, "name"));
}

/* "3  dinkes, exempt until 31 Aug 2026 23:59 (root)", and why below it. */
static void exemption_lines(const json_t *exemption)
{
	bool revoked = json_is_string(json_object_get(exemption, "revoked"));
	bool in_force = json_is_true(json_object_get(exemption, "in_force"));
	const char *end = value_text(exemption, revoked ? "revoked" : "until");
	char text[DATE_TEXT];

	printf("%s%lld%s  %s, ", colour_start(in_force ? COLOUR_WARN : COLOUR_QUIET), number(exemption, "id"),
	       colour_end(COLOUR_WARN), value_text(exemption, "office"));
	printf(word(revoked ? WORD_REVOKED_AT : WORD_EXEMPT_UNTIL), date_short(end, text));
	printf(" (");
	print_plain(value_text(exemption, "who"));
	printf(")\n   ");
	print_plain(value_text(exemption, "reason"));
	putchar('\n');
}

static void print_exemptions(const json_t *exemptions)
{
	const json_t *exemption;
	size_t i;

	if (json_array_size(exemptions) == 0)
		return;
	printf("\n%s%s%s\n", colour_start(COLOUR_HEAD), word(WORD_EXEMPTIONS), colour_end(COLOUR_HEAD));
	json_array_foreach(exemptions, i, exemption) exemption_lines(exemption);
}

void render_quota(const json_t *document)
{
	static const enum word words[] = {WORD_OFFICE,	WORD_USED,  WORD_QUOTA,
					  WORD_PERCENT, WORD_STAGE, WORD_NAME};
	const json_t *offices = json_object_get(document, "offices"), *office;
	_cleanup_(table_freep) struct table *table = table_new("lrrrll");
	size_t i;

	if (json_array_size(offices) == 0) {
		printf("%s\n", word(WORD_NO_QUOTAS));
	} else {
		cell_head(table, words, ELEMENTS(words));
		json_array_foreach(offices, i, office) office_row(table, office);
		table_print_fit(table);
	}
	print_exemptions(json_object_get(document, "exemptions"));
}
