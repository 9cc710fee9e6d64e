// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What changes, for people: the rows that the policy library lists one by one are put together by office and
 * zone, so that a line of the schedule stays a line.
 */
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "render.h"
#include "values.h"
#include "words.h"

DEFINE_CLEANUP(struct table *, table_free)

/* ---- changes ---- */

/* A value of a change: a rate, a state, or nothing. */
static const char *change_value(const json_t *value, char text[static UNITS_TEXT])
{
	enum colour colour;

	if (json_is_integer(value))
		return value_rate(value, text);
	return json_is_null(value) ? "-" : value_state(value, &colour);
}

static const json_t *find_change(const json_t *changes, size_t from, size_t to, const char *key)
{
	for (size_t i = from; i < to; i++) {
		const json_t *change = json_array_get(changes, i);

		if (strcmp(value_text(change, "key"), key) == 0)
			return change;
	}
	return NULL;
}

static void arrow(const json_t *change, const char *prefix, char *out, size_t size)
{
	char from[UNITS_TEXT], to[UNITS_TEXT];

	snprintf(out, size, "%s%s -> %s", prefix, change_value(json_object_get(change, "from"), from),
		 change_value(json_object_get(change, "to"), to));
}

/* down.KEY and up.KEY of one subject in one cell: "40M -> 4M", or each direction with its name. */
static void change_cell(struct table *table, const json_t *changes, size_t from, size_t to, const char *key)
{
	char name[48], text[256], prefix[32], down_text[96] = "", up_text[96] = "";
	const json_t *down, *up;

	snprintf(name, sizeof(name), "down.%s", key);
	down = find_change(changes, from, to, name);
	snprintf(name, sizeof(name), "up.%s", key);
	up = find_change(changes, from, to, name);
	if (down && up && json_equal(json_object_get(down, "from"), json_object_get(up, "from")) &&
	    json_equal(json_object_get(down, "to"), json_object_get(up, "to"))) {
		arrow(down, "", text, sizeof(text));
	} else {
		snprintf(prefix, sizeof(prefix), "%s ", word(WORD_DOWNLOAD));
		if (down)
			arrow(down, prefix, down_text, sizeof(down_text));
		snprintf(prefix, sizeof(prefix), "%s ", word(WORD_UPLOAD));
		if (up)
			arrow(up, prefix, up_text, sizeof(up_text));
		snprintf(text, sizeof(text), "%s%s%s", down_text, down && up ? ", " : "", up_text);
	}
	table_cell(table, COLOUR_NONE, text);
}

static void state_change_cell(struct table *table, const json_t *changes, size_t from, size_t to)
{
	static const char *const keys[] = {"state", "open", "phase"};
	char text[96] = "";

	for (size_t i = 0; i < ELEMENTS(keys) && !*text; i++) {
		const json_t *change = find_change(changes, from, to, keys[i]);

		if (change)
			arrow(change, "", text, sizeof(text));
	}
	table_cell(table, COLOUR_NONE, text);
}

static const char *subject(const json_t *change)
{
	const char *id = json_string_value(json_object_get(change, "id"));

	return id ? id : value_text(change, "what");
}

/* The same for people. */
static const char *whose_kind(const json_t *change)
{
	static const struct {
		const char *what;
		enum word word;
	} names[] = {{"site", WORD_SITE},
		     {"uplink", WORD_UPLINK},
		     {"own", WORD_OWN},
		     {"unattributed", WORD_UNATTRIBUTED}};

	for (size_t i = 0; i < ELEMENTS(names); i++)
		if (strcmp(subject(change), names[i].what) == 0 &&
		    strcmp(value_text(change, "what"), names[i].what) == 0)
			return word(names[i].word);
	return subject(change);
}

/* Where the rows about the same subject as row `from` end. */
static size_t subject_end(const json_t *changes, size_t from)
{
	const json_t *first = json_array_get(changes, from);
	size_t to = from + 1;

	while (to < json_array_size(changes)) {
		const json_t *next = json_array_get(changes, to);

		if (strcmp(subject(first), subject(next)) != 0 ||
		    strcmp(value_text(first, "what"), value_text(next, "what")) != 0)
			break;
		to++;
	}
	return to;
}

void render_changes(const json_t *changes)
{
	static const enum word words[] = {WORD_CHANGES, WORD_STATE, WORD_GUARANTEED, WORD_CEILING};
	_cleanup_(table_freep) struct table *table = table_new("llll");

	if (json_array_size(changes) == 0) {
		printf("%s: %s\n", word(WORD_CHANGES), word(WORD_NO_CHANGE));
		return;
	}
	for (size_t i = 0; i < ELEMENTS(words); i++)
		table_cell(table, COLOUR_HEAD, word(words[i]));
	for (size_t from = 0, to; from < json_array_size(changes); from = to) {
		to = subject_end(changes, from);
		table_cell(table, COLOUR_NONE, whose_kind(json_array_get(changes, from)));
		state_change_cell(table, changes, from, to);
		change_cell(table, changes, from, to, "guaranteed_bps");
		change_cell(table, changes, from, to, "ceiling_bps");
	}
	table_print(table);
}

/* ---- schedule ---- */

#define NAMED_MAX 3

/* Subjects of one kind that come into one state. */
static const struct group {
	const char *what, *key, *state;
	enum word title, many;
} groups[] = {
    {"office", "state", "inside", WORD_INSIDE, WORD_OFFICES},
    {"office", "state", "outside", WORD_OUTSIDE, WORD_OFFICES},
    {"office", "state", "throttled", WORD_THROTTLED, WORD_OFFICES},
    {"zone", "open", "true", WORD_OPEN, WORD_ZONES},
    {"zone", "open", "false", WORD_CLOSED, WORD_ZONES},
};

static bool belongs(const json_t *change, const struct group *group)
{
	return strcmp(value_text(change, "what"), group->what) == 0 &&
	       strcmp(value_text(change, "key"), group->key) == 0 &&
	       strcmp(value_state_name(json_object_get(change, "to")), group->state) == 0;
}

/* "    outside: 30 offices", "    open: taman-kota": named where they are few. */
static void print_group(const json_t *changes, const struct group *group)
{
	char names[NAMED_MAX * 40] = "";
	const json_t *change;
	size_t i, n = 0;

	json_array_foreach(changes, i, change)
	{
		size_t length = strlen(names);

		if (belongs(change, group) && n++ < NAMED_MAX)
			snprintf(names + length, sizeof(names) - length, "%s%s", length ? ", " : "",
				 subject(change));
	}
	if (n > NAMED_MAX)
		snprintf(names, sizeof(names), "%zu %s", n, word(group->many));
	if (n > 0)
		printf("    %s: %s\n", word(group->title), names);
}

static void print_event(const json_t *event)
{
	char when[UNITS_TEXT];

	printf("%s%s%s  %s\n", colour_start(COLOUR_HEAD),
	       value_time(json_string_value(json_object_get(event, "time")), false, when),
	       colour_end(COLOUR_HEAD), value_text(event, "cause"));
	for (size_t i = 0; i < ELEMENTS(groups); i++)
		print_group(json_object_get(event, "changes"), &groups[i]);
}

void render_schedule(const json_t *schedule)
{
	const json_t *event;
	size_t i;

	if (json_array_size(schedule) == 0)
		printf("%s: %s\n", word(WORD_CHANGES), word(WORD_NO_CHANGE));
	json_array_foreach(schedule, i, event) print_event(event);
}
