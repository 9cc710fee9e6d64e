// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: who changed what, and what a boot would begin with, has to be seen at a glance: as a list, and in the
 * status as one line. Shows what the daemon says and judges nothing.
 */
#include "history_render.h"
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "render_parts.h"
#include "values.h"

DEFINE_CLEANUP(struct table *, table_free)

/* ---- the list ---- */

struct named {
	const char *name;
	enum word word;
	enum colour colour;
};

static const struct named origins[] = {
    {"apply", WORD_BY_APPLY, COLOUR_NONE},
    {"rollback", WORD_BY_ROLLBACK, COLOUR_NONE},
    {"boot", WORD_BY_BOOT, COLOUR_NONE},
    {NULL},
};

static const struct named states[] = {
    {"good", WORD_WAS_GOOD, COLOUR_NONE},
    {"pending", WORD_TRIAL, COLOUR_WARN},
    {"refused", WORD_WAS_REFUSED, COLOUR_BAD},
    {"expired", WORD_WAS_EXPIRED, COLOUR_QUIET},
    {NULL},
};

static void named_cell(struct table *table, const struct named *names, const char *name)
{
	for (; names->name; names++) {
		if (strcmp(names->name, name) == 0) {
			table_cell(table, names->colour, word(names->word));
			return;
		}
	}
	table_cell(table, COLOUR_NONE, name);
}

/* Why it is not good, or whose files a rollback put back. */
static void note_cell(struct table *table, const json_t *entry)
{
	const char *text = json_string_value(json_object_get(entry, "text"));
	bool rollback = strcmp(value_text(entry, "origin"), "rollback") == 0;
	char note[64] = "";

	if (rollback)
		snprintf(note, sizeof(note), word(WORD_OF_NUMBER),
			 (long long)json_integer_value(json_object_get(entry, "of")));
	table_cell(table, COLOUR_QUIET, text && *text ? text : note);
}

static void entry_row(struct table *table, const json_t *entry, json_int_t current)
{
	json_int_t number = json_integer_value(json_object_get(entry, "number"));
	char text[UNITS_TEXT];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	table_cell(table, COLOUR_NONE, text);
	table_cell(table, COLOUR_NONE,
		   value_time(json_string_value(json_object_get(entry, "when")), false, text));
	table_cell(table, COLOUR_NONE, value_text(entry, "who"));
	named_cell(table, origins, value_text(entry, "origin"));
	if (number == current)
		table_cell(table, COLOUR_GOOD, word(WORD_IN_FORCE));
	else
		named_cell(table, states, value_text(entry, "state"));
	note_cell(table, entry);
}

static void print_edited(const json_t *edited)
{
	const char *state = value_text(edited, "state");
	bool broken = strcmp(state, "broken") == 0;

	printf("%s", colour_start(broken ? COLOUR_BAD : COLOUR_WARN));
	printf(word(broken ? WORD_EDITED_BROKEN : WORD_EDITED_DIFFERS), value_text(edited, "text"));
	printf("%s", colour_end(broken ? COLOUR_BAD : COLOUR_WARN));
}

static bool is_same(const json_t *edited)
{
	return !json_is_object(edited) || strcmp(value_text(edited, "state"), "same") == 0;
}

void render_history(const json_t *document)
{
	static const enum word words[] = {WORD_NUMBER, WORD_WHEN, WORD_WHO, WORD_HOW, WORD_STATE, WORD_NOTE};
	json_int_t pending = json_integer_value(json_object_get(document, "pending"));
	json_int_t current = pending ? 0 : json_integer_value(json_object_get(document, "current"));
	const json_t *entries = json_object_get(document, "entries"), *entry;
	const char *error = json_string_value(json_object_get(document, "error"));
	_cleanup_(table_freep) struct table *table = table_new("rlllll");
	size_t i;

	for (i = 0; i < ELEMENTS(words); i++)
		table_cell(table, COLOUR_HEAD, word(words[i]));
	json_array_foreach(entries, i, entry) entry_row(table, entry, current);
	if (json_array_size(entries) > 0)
		table_print_fit(table);
	else
		printf("%s\n", word(WORD_NO_HISTORY));
	if (!is_same(json_object_get(document, "edited"))) {
		putchar('\n');
		print_edited(json_object_get(document, "edited"));
		putchar('\n');
	}
	if (error) {
		printf(word(WORD_NOT_RECORDED), error);
		putchar('\n');
	}
}

/* ---- in the status ---- */

static void print_trial(const json_t *configuration, json_int_t pending, const char *today)
{
	json_int_t left = json_integer_value(json_object_get(configuration, "left_usec"));
	char human[UNITS_TEXT], when[UNITS_TEXT];

	printf("%s", colour_start(COLOUR_WARN));
	printf(
	    word(WORD_ON_TRIAL), (long long)pending, units_duration_human((uint64_t)MAX(left, 0), human),
	    value_near_time(json_string_value(json_object_get(configuration, "confirm_until")), today, when));
	printf("%s\n", colour_end(COLOUR_WARN));
}

bool render_trial(const json_t *status, const char *today)
{
	const json_t *configuration = json_object_get(status, "configuration");
	json_int_t pending = json_integer_value(json_object_get(configuration, "pending"));

	if (!pending)
		return false;
	render_label(WORD_CONFIGURATION);
	print_trial(configuration, pending, today);
	return true;
}

void render_configuration(const json_t *status, const char *today)
{
	const json_t *configuration = json_object_get(status, "configuration");
	const json_t *edited = json_object_get(configuration, "edited");
	const char *error = json_string_value(json_object_get(configuration, "error"));
	json_int_t number = json_integer_value(json_object_get(configuration, "number"));

	if (!json_is_object(configuration))
		return;
	if (!render_trial(status, today) && number) {
		render_label(WORD_CONFIGURATION);
		printf(word(WORD_HISTORY_N), (long long)number);
		putchar('\n');
	}
	if (!is_same(edited)) {
		render_label(WORD_CONFIGURATION);
		print_edited(edited);
		putchar('\n');
	}
	if (error) {
		render_label(WORD_CONFIGURATION);
		printf("%s", colour_start(COLOUR_BAD));
		printf(word(WORD_NOT_RECORDED), error);
		printf("%s\n", colour_end(COLOUR_BAD));
	}
}
