// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: what wants a person's attention stands at the head of `gerbang status`: a quota that is nearly gone,
 * an entitlement that was not met, a ledger that cannot be written, a notice that reaches nobody. Where all
 * is well nothing is said.
 */
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include "render_parts.h"
#include "table.h"
#include "values.h"

#define LINES 5 /* of one matter: with hundreds of offices the head stays a head */

static long long number(const json_t *object, const char *key)
{
	return (long long)json_integer_value(json_object_get(object, key));
}

/* ---- one line an office or zone, the first LINES of them ---- */

/* False: there is nothing to say of it. `key` has been printed by then where true. */
typedef bool say_row(const json_t *row, const char *today, bool print);

static void print_matter(enum word key, const json_t *rows, say_row *say, const char *today)
{
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(rows, i, row)
	{
		if (!say(row, today, false))
			continue;
		if (n++ >= LINES)
			continue;
		render_label(key);
		say(row, today, true);
		putchar('\n');
	}
	if (n <= LINES)
		return;
	render_label(key);
	printf(word(WORD_MORE), n - LINES);
	putchar('\n');
}

static const char *cut_percent(const json_t *percent, char text[static UNITS_TEXT])
{
	snprintf(text, UNITS_TEXT, "%lld%%", (long long)json_number_value(percent));
	return text;
}

/* "dinkes 104%, throttled", "dinkes 104%, exempt until 30 Nov ..." */
static bool say_quota(const json_t *office, const char *today, bool print)
{
	const json_t *quota = json_object_get(office, "quota");
	const char *stage = value_text(quota, "stage"),
		   *exempt = json_string_value(json_object_get(quota, "exempt_until"));
	char text[UNITS_TEXT];
	enum colour colour;

	if (!json_is_object(quota) || (strcmp(stage, "none") == 0 && !exempt))
		return false;
	if (!print)
		return true;
	value_state(json_object_get(quota, "stage"), &colour);
	printf("%s%s %s", colour_start(colour), value_text(office, "id"),
	       cut_percent(json_object_get(quota, "percent"), text));
	if (json_is_true(json_object_get(quota, "throttled")))
		printf(", %s", word(WORD_THROTTLED));
	printf("%s", colour_end(colour));
	if (exempt) {
		printf(", ");
		printf(word(WORD_EXEMPT_UNTIL), value_near_time(exempt, today, text));
	}
	return true;
}

static bool say_shortfall(const json_t *row, const char *today _unused_, bool print)
{
	const json_t *borrowed = json_object_get(row, "borrowed_today");

	if (number(borrowed, "short_minutes") <= 0)
		return false;
	if (!print)
		return true;
	printf("%s%s ", colour_start(COLOUR_BAD), value_text(row, "id"));
	printf(word(WORD_SHORT_TODAY), number(borrowed, "short_minutes"));
	printf("%s", colour_end(COLOUR_BAD));
	return true;
}

/* ---- the ledger ---- */

static void print_trouble(const char *error)
{
	render_label(WORD_LEDGER);
	printf("%s", colour_start(COLOUR_BAD));
	printf(word(WORD_LEDGER_AWAY), error);
	printf("%s\n", colour_end(COLOUR_BAD));
}

static const char *seconds_text(const json_t *object, const char *key, char text[static UNITS_TEXT])
{
	return units_duration_human((uint64_t)MAX(number(object, key), 0LL) * USEC_PER_SEC, text);
}

static void print_ledger(const json_t *ledger)
{
	const char *error =
	    json_string_value(json_is_object(ledger) ? json_object_get(ledger, "error") : ledger);
	char text[UNITS_TEXT];

	if (error && strcmp(error, "ok") != 0)
		print_trouble(error);
	if (number(ledger, "gap_seconds_today") <= 0)
		return;
	render_label(WORD_LEDGER);
	printf("%s", colour_start(COLOUR_WARN));
	printf(word(WORD_GAPS_TODAY), seconds_text(ledger, "gap_seconds_today", text));
	if (number(ledger, "lost_seconds_today") > 0)
		printf(word(WORD_LOST_TODAY), seconds_text(ledger, "lost_seconds_today", text));
	printf("%s\n", colour_end(COLOUR_WARN));
}

/* ---- evidence and notices ---- */

/* While one of them is silent: which. */
static void print_targets(const json_t *evidence)
{
	const json_t *targets = json_object_get(evidence, "targets"), *row;
	bool silent = false;
	size_t i;

	json_array_foreach(targets, i, row) silent =
	    silent || (number(row, "sent") > 0 && number(row, "answered") * 2 < number(row, "sent"));
	if (!silent)
		return;
	render_label(WORD_TARGETS);
	json_array_foreach(targets, i, row)
	    printf("%s%s %lld/%lld", i > 0 ? ", " : "", value_text(row, "address"), number(row, "answered"),
		   number(row, "sent"));
	putchar('\n');
}

static void print_notices(const json_t *notices)
{
	const char *error = json_string_value(json_object_get(notices, "error"));
	bool away = json_array_size(json_object_get(notices, "ways")) > 0 &&
		    json_is_false(json_object_get(notices, "courier"));

	if (!away && number(notices, "waiting") <= 0 && number(notices, "given_up") <= 0)
		return;
	render_label(WORD_NOTICES);
	printf("%s", colour_start(COLOUR_WARN));
	printf(word(WORD_WAITING), number(notices, "waiting"));
	if (number(notices, "given_up") > 0) {
		printf(", ");
		printf(word(WORD_GIVEN_UP), number(notices, "given_up"));
	}
	if (away)
		printf(", %s", word(WORD_NO_COURIER));
	printf("%s%s%s\n", error ? ": " : "", error ? error : "", colour_end(COLOUR_WARN));
}

void render_books(const json_t *status, const char *today)
{
	const json_t *offices = json_object_get(status, "offices");

	print_matter(WORD_QUOTAS, offices, say_quota, today);
	print_matter(WORD_SHORTFALLS, offices, say_shortfall, today);
	print_matter(WORD_SHORTFALLS, json_object_get(status, "zones"), say_shortfall, today);
	print_ledger(json_object_get(status, "ledger"));
	print_targets(json_object_get(status, "evidence"));
	print_notices(json_object_get(status, "notices"));
}
