// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: the answer to "may I apply this on a Friday afternoon?" has to fit on a screen: first what was edited,
 * then what follows from it, and last whom it touches. Nothing is computed here that a script could not read
 * from the same document.
 */
#include "review.h"
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "history_render.h"
#include "render_parts.h"
#include "review_lines.h"

#define TIMES_SHOWN 3
#define PAIR 80

static const char *number_name(const json_t *number, enum word otherwise, char text[static PAIR])
{
	if (json_integer_value(number) > 0)
		snprintf(text, PAIR, word(WORD_HISTORY_N), (long long)json_integer_value(number));
	else
		snprintf(text, PAIR, "%s", word(otherwise));
	return text;
}

static void print_names(const json_t *document)
{
	const json_t *warnings = json_object_get(document, "warnings"), *line;
	char from[PAIR], to[PAIR];
	size_t i;

	json_array_foreach(warnings, i, line)
	    fprintf(stderr, "%s\n", json_string_value(line) ? json_string_value(line) : "-");
	render_label(WORD_CONFIGURATION);
	printf("%s -> %s\n", number_name(json_object_get(document, "from"), WORD_WHAT_RUNS, from),
	       number_name(json_object_get(document, "to"), WORD_EDITED_FILES, to));
}

static void print_restart(const json_t *keys)
{
	struct review_names names = {0};
	const json_t *key;
	size_t i;

	if (json_array_size(keys) == 0)
		return;
	json_array_foreach(keys, i, key) review_name(&names, json_string_value(key));
	printf("%s", colour_start(COLOUR_WARN));
	printf(word(WORD_RESTART), names.text);
	printf("%s\n", colour_end(COLOUR_WARN));
}

/* ---- coming states ---- */

static const char *fits_not(const json_t *state, char text[static 2 * PAIR])
{
	char sum[PAIR], budget[PAIR];

	review_value(json_object_get(state, "guaranteed"), sum, sizeof(sum));
	review_value(json_object_get(state, "budget"), budget, sizeof(budget));
	snprintf(text, (size_t)2 * PAIR, word(WORD_FITS_NOT), sum, budget);
	return text;
}

static bool is_worth_saying(const json_t *state)
{
	return json_array_size(json_object_get(state, "changes")) > 0 ||
	       json_is_false(json_object_get(state, "fits"));
}

/* Whoever is added or removed is so in every state: that is said once, above. */
static json_t *changes_of_those_that_stay(const json_t *changes)
{
	json_t *rows = json_array(), *row;
	size_t i;

	json_array_foreach(changes, i, row)
	{
		if (!json_is_null(json_object_get(row, "from")) && !json_is_null(json_object_get(row, "to")))
			json_array_append(rows, row);
	}
	return rows;
}

/* They stand once: "same_as" is the index of the row that has them. */
static const json_t *changes_of(const json_t *states, const json_t *state)
{
	const json_t *same = json_object_get(state, "same_as");

	if (json_is_integer(same) && json_integer_value(same) >= 0)
		state = json_array_get(states, (size_t)json_integer_value(same));
	return json_object_get(state, "changes");
}

static json_t *for_people(const json_t *states)
{
	json_t *rows = json_array(), *state;
	size_t i;

	json_array_foreach(states, i, state)
	{
		json_t *row = json_copy(state);

		json_object_set_new(row, "changes", changes_of_those_that_stay(changes_of(states, state)));
		json_array_append_new(rows, row);
	}
	return rows;
}

/* The same differs, whatever the cause: each working day ends alike. */
static bool is_alike(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "fits"), json_object_get(b, "fits")) &&
	       json_equal(json_object_get(a, "changes"), json_object_get(b, "changes"));
}

static bool is_said_before(const json_t *states, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_alike(json_array_get(states, k), json_array_get(states, i)))
			return true;
	return false;
}

/* "    also 2026-11-24 16:00, 2026-11-25 16:00 and 2 more" */
static void print_also(const json_t *states, size_t first, enum word says)
{
	char times[TIMES_SHOWN * UNITS_TEXT] = "", when[UNITS_TEXT];
	size_t n = 0;

	for (size_t i = first + 1; i < json_array_size(states); i++) {
		const json_t *state = json_array_get(states, i);
		size_t length = strlen(times);

		if (is_alike(json_array_get(states, first), state) && n++ < TIMES_SHOWN)
			snprintf(times + length, sizeof(times) - length, "%s%s", length ? ", " : "",
				 value_time(json_string_value(json_object_get(state, "time")), false, when));
	}
	if (n == 0)
		return;
	printf("    ");
	printf(word(says), times);
	if (n > TIMES_SHOWN)
		printf(word(WORD_AND_MORE_TIMES), n - TIMES_SHOWN);
	putchar('\n');
}

static void print_state(const json_t *states, size_t i)
{
	const json_t *state = json_array_get(states, i);
	char when[UNITS_TEXT], text[2 * PAIR];

	printf("%s%s%s  %s\n", colour_start(COLOUR_HEAD),
	       value_time(json_string_value(json_object_get(state, "time")), false, when),
	       colour_end(COLOUR_HEAD), value_text(state, "cause"));
	if (json_is_false(json_object_get(state, "fits")))
		printf("    %s%s%s\n", colour_start(COLOUR_BAD), fits_not(state, text),
		       colour_end(COLOUR_BAD));
	print_also(states, i, WORD_ALSO_AT);
	review_print(json_object_get(state, "changes"), NULL);
}

static json_int_t total(const json_t *state)
{
	const json_t *sum = json_object_get(state, "guaranteed");

	return json_integer_value(json_object_get(sum, "down_bps")) +
	       json_integer_value(json_object_get(sum, "up_bps"));
}

/* All fit: the fullest one says how nearly. */
static void print_all_fit(const json_t *states)
{
	const json_t *fullest = json_array_get(states, 0), *state;
	size_t i, n = json_array_size(states);
	char sum[PAIR], budget[PAIR], when[UNITS_TEXT];

	json_array_foreach(states, i, state)
	{
		if (!json_is_true(json_object_get(state, "fits")))
			return;
		if (total(state) > total(fullest))
			fullest = state;
	}
	if (n == 0)
		return;
	value_time(json_string_value(json_object_get(json_array_get(states, n - 1), "time")), false, when);
	printf(word(WORD_ALL_FIT), n, when,
	       review_value(json_object_get(fullest, "guaranteed"), sum, sizeof(sum)),
	       review_value(json_object_get(fullest, "budget"), budget, sizeof(budget)));
	putchar('\n');
}

static void print_coming(const json_t *states)
{
	size_t n = json_array_size(states), said = 0, differ = 0;
	char when[UNITS_TEXT];

	for (size_t i = 1; i < n; i++) {
		differ += is_worth_saying(json_array_get(states, i));
		if (!is_worth_saying(json_array_get(states, i)) || is_said_before(states, i))
			continue;
		if (said++ == 0)
			printf("\n%s%s%s\n", colour_start(COLOUR_HEAD), word(WORD_COMING),
			       colour_end(COLOUR_HEAD));
		print_state(states, i);
	}
	putchar('\n');
	if (differ == 0 && n > 1) {
		value_time(json_string_value(json_object_get(json_array_get(states, n - 1), "time")), false,
			   when);
		printf(word(WORD_NOTHING_COMING), n - 1, when);
		putchar('\n');
	}
}

static void print_states(const json_t *states)
{
	_cleanup_(json_decrefp) json_t *shown = for_people(states);

	if (is_worth_saying(json_array_get(shown, 0)))
		print_also(shown, 0, WORD_SAME_AT);
	print_coming(shown);
	print_all_fit(states);
}

static void print_now(const json_t *states)
{
	const json_t *now = json_array_get(states, 0), *changes = json_object_get(now, "changes");
	char text[2 * PAIR];

	putchar('\n');
	if (json_array_size(changes) > 0)
		review_print(changes, word(WORD_CHANGES_NOW));
	else
		printf("%s\n", word(WORD_NOTHING_NOW));
	if (json_is_false(json_object_get(now, "fits")))
		printf("%s%s%s\n", colour_start(COLOUR_BAD), fits_not(now, text), colour_end(COLOUR_BAD));
}

/* ---- who feels it ---- */

static const struct {
	const char *why;
	enum word session, flow; /* 0: never of this */
} reasons[] = {
    {"removed", WORD_TOUCH_ZONE_REMOVED, WORD_TOUCH_REMOVED},
    {"devices", WORD_TOUCH_ZONE_DEVICES, WORD_TOUCH_DEVICES},
    {"address", WORD_TOUCH_ZONE_ADDRESS, 0},
    {"closed", WORD_TOUCH_ZONE_CLOSED, 0},
    {"added", 0, WORD_TOUCH_ADDED},
    {"prefixes", 0, WORD_TOUCH_PREFIXES},
    {"services", 0, WORD_TOUCH_SERVICES},
    {"nat", 0, WORD_TOUCH_NAT},
    {"uplink", 0, WORD_TOUCH_UPLINK},
    {"between_offices", 0, WORD_TOUCH_BETWEEN},
};

static void print_sessions(const json_t *sessions)
{
	const json_t *row;
	size_t i;

	if (json_array_size(sessions) == 0)
		printf("%s\n", word(WORD_NO_SESSIONS_TOUCHED));
	json_array_foreach(sessions, i, row)
	{
		const char *why = value_text(row, "why");

		for (size_t k = 0; k < ELEMENTS(reasons); k++)
			if (strcmp(reasons[k].why, why) == 0 && reasons[k].session)
				why = word(reasons[k].session);
		printf("%s", colour_start(COLOUR_WARN));
		printf(word(WORD_SESSIONS_TOUCHED), value_text(row, "zone"),
		       (long long)json_integer_value(json_object_get(row, "sessions")), why);
		printf("%s\n", colour_end(COLOUR_WARN));
	}
}

/* All that are touched for one reason, in one line. */
static bool print_reason(const json_t *flows, const char *why, enum word says)
{
	struct review_names names = {0};
	const char *what = "";
	const json_t *row;
	size_t i;

	json_array_foreach(flows, i, row)
	{
		const char *id = json_string_value(json_object_get(row, "id"));

		if (strcmp(value_text(row, "why"), why) != 0)
			continue;
		review_name(&names, id ? id : word(WORD_SITE));
		what = value_text(row, "what");
	}
	if (names.n == 0)
		return false;
	review_names_end(&names, what);
	printf(word(WORD_FLOWS_TOUCHED), names.text, word(says));
	putchar('\n');
	return true;
}

static void print_touched(const json_t *touched)
{
	const json_t *flows = json_object_get(touched, "flows");
	bool any = false;

	print_sessions(json_object_get(touched, "sessions"));
	for (size_t i = 0; i < ELEMENTS(reasons); i++)
		if (reasons[i].flow)
			any = print_reason(flows, reasons[i].why, reasons[i].flow) || any;
	if (!any)
		printf("%s\n", word(WORD_NO_FLOWS_TOUCHED));
}

/* ---- the kernel ---- */

static void print_operations(const json_t *document)
{
	const char *error = json_string_value(json_object_get(document, "operations_error"));
	const json_t *operations = json_object_get(document, "operations"), *line;
	size_t i;

	if (error) {
		putchar('\n');
		printf(word(WORD_OPERATIONS_UNKNOWN), error);
		putchar('\n');
	}
	if (!json_is_array(operations))
		return;
	putchar('\n');
	if (json_array_size(operations) == 0)
		printf("%s\n", word(WORD_NO_OPERATIONS));
	else
		printf(word(WORD_OPERATIONS), json_array_size(operations)), putchar('\n');
	json_array_foreach(operations, i, line)
	    printf("  %s\n", json_string_value(line) ? json_string_value(line) : "-");
}

void render_review(const json_t *document)
{
	const json_t *settings = json_object_get(document, "settings"),
		     *states = json_object_get(document, "states");
	char from[PAIR], to[PAIR];

	print_names(document);
	render_trial(document, json_string_value(json_object_get(json_object_get(document, "plan"), "time")));
	print_restart(json_object_get(document, "restart"));
	if (json_array_size(settings) == 0 && json_array_size(json_object_get(document, "changes")) == 0) {
		printf(word(WORD_NO_DIFFERENCE),
		       number_name(json_object_get(document, "from"), WORD_WHAT_RUNS, from),
		       number_name(json_object_get(document, "to"), WORD_EDITED_FILES, to));
		putchar('\n');
		print_all_fit(states);
	} else {
		putchar('\n');
		review_print(settings, word(WORD_SETTINGS));
		print_now(states);
		print_states(states);
		print_touched(json_object_get(document, "touched"));
	}
	print_operations(document);
}
