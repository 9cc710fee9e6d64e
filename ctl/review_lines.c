// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: an edit of a ceiling for three hundred offices is one decision, and has to be read as one. Groups what
 * is equal and shows only what differs; reckons nothing.
 */
#include "review_lines.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "words.h"

DEFINE_CLEANUP(struct table *, table_free)

#define NAMED 3
#define ITEMS 4
#define GROUPS_SHOWN 40

static void __attribute__((format(printf, 3, 4))) add_text(char *out, size_t size, const char *format, ...)
{
	size_t length = strlen(out);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(out + length, size - length, format, arguments);
	va_end(arguments);
}

/* ---- values ---- */

static void list_text(const json_t *list, char *out, size_t size)
{
	const json_t *item;
	size_t i;

	if (json_array_size(list) == 0)
		snprintf(out, size, "-");
	json_array_foreach(list, i, item)
	{
		char text[96];

		if (i == ITEMS) {
			add_text(out, size, ", ...");
			return;
		}
		add_text(out, size, "%s%s", i ? ", " : "", review_value(item, text, sizeof(text)));
	}
}

/* {"down_bps", "up_bps"}, {"bytes"}, {"usec"}, or a period of a schedule */
static void object_text(const json_t *value, char *out, size_t size)
{
	const json_t *usec = json_object_get(value, "usec"), *down = json_object_get(value, "down_bps");
	char a[UNITS_TEXT], b[UNITS_TEXT], windows[96];

	if (usec)
		units_duration_human((uint64_t)MAX(json_integer_value(usec), 0), a);
	if (usec)
		snprintf(out, size, "%s", a);
	else if (down && json_equal(down, json_object_get(value, "up_bps")))
		snprintf(out, size, "%s", value_rate(down, a));
	else if (down)
		snprintf(out, size, "%s/%s", value_rate(down, a),
			 value_rate(json_object_get(value, "up_bps"), b));
	else if (json_object_get(value, "bytes"))
		snprintf(out, size, "%s", value_volume(json_object_get(value, "bytes"), a));
	else
		snprintf(out, size, "%s %s..%s %s", value_text(value, "name"), value_text(value, "from"),
			 value_text(value, "to"),
			 review_value(json_object_get(value, "windows"), windows, sizeof(windows)));
}

const char *review_value(const json_t *value, char *out, size_t size)
{
	*out = '\0';
	if (json_is_array(value))
		list_text(value, out, size);
	else if (json_is_object(value))
		object_text(value, out, size);
	else if (json_is_integer(value))
		snprintf(out, size, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(out, size, "%s", json_is_true(value) ? "true" : "false");
	else
		snprintf(out, size, "%s", json_is_string(value) ? json_string_value(value) : "-");
	return out;
}

/* ---- one row ---- */

static bool has(const json_t *list, const json_t *item)
{
	const json_t *other;
	size_t i;

	json_array_foreach(list, i, other)
	{
		if (json_equal(other, item))
			return true;
	}
	return false;
}

/* "+10.9.0.0/24": the items of `list` that `other` has not. */
static size_t list_differences(const json_t *list, const json_t *other, char sign, struct review_line *line,
			       size_t n)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		char text[96];

		if (has(other, item) || n++ > ITEMS)
			continue;
		if (n > ITEMS)
			add_text(line->text, sizeof(line->text), ", ...");
		else
			add_text(line->text, sizeof(line->text), "%s%c%s", n > 1 ? ", " : "", sign,
				 review_value(item, text, sizeof(text)));
	}
	return n;
}

static void arrow_text(const json_t *from, const json_t *to, struct review_line *line)
{
	char before[80], after[80];

	if (json_is_array(from) && json_is_array(to)) {
		size_t n = list_differences(to, from, '+', line, 0);

		if (list_differences(from, to, '-', line, n))
			return;
	}
	snprintf(line->text, sizeof(line->text), "%s -> %s", review_value(from, before, sizeof(before)),
		 review_value(to, after, sizeof(after)));
}

static struct review_line *next_line(struct review_block *block, const char *label)
{
	struct review_line *line = &block->lines[MIN(block->n_lines, REVIEW_LINES - 1u)];

	block->n_lines = MIN(block->n_lines + 1, (size_t)REVIEW_LINES);
	*line = (struct review_line){0};
	snprintf(line->label, sizeof(line->label), "%s", label);
	return line;
}

/* What an added one is, in one line: the rest is in the file. */
static void add_summary(struct review_block *block, const json_t *row)
{
	static const char *const keys[] = {
	    "schedule", "open", "inside.guaranteed", "inside.ceiling", "guaranteed",
	    "ceiling",	"rate", "priority",	     "windows",	       "name"};
	struct review_line *line = &block->lines[0];
	const char *key = value_text(row, "key");
	char text[80];

	for (size_t i = 0; i < ELEMENTS(keys); i++) {
		bool name = strcmp(key, "name") == 0;

		if (strcmp(key, keys[i]) || (name && strcmp(block->what, "holiday")))
			continue;
		add_text(line->text, sizeof(line->text), "%s%s%s%s", *line->text ? ", " : "", name ? "" : key,
			 name ? "" : " ", review_value(json_object_get(row, "to"), text, sizeof(text)));
	}
}

/* "down.guaranteed_bps": the direction, and what of it. False: no rate. */
static bool is_rate(const char *key, const char *way, enum word *word_of)
{
	size_t length = strlen(way);

	if (strncmp(key, way, length) || key[length] != '.')
		return false;
	*word_of = strcmp(key + length + 1, "guaranteed_bps") == 0 ? WORD_GUARANTEE : WORD_CEILING_OF;
	return true;
}

static const json_t *other_way(const json_t *rows, size_t from, size_t to, const char *key)
{
	char name[48];

	snprintf(name, sizeof(name), "up.%s", key + 5);
	for (size_t i = from; i < to; i++)
		if (strcmp(value_text(json_array_get(rows, i), "key"), name) == 0)
			return json_array_get(rows, i);
	return NULL;
}

static bool same_values(const json_t *a, const json_t *b)
{
	return b && json_equal(json_object_get(a, "from"), json_object_get(b, "from")) &&
	       json_equal(json_object_get(a, "to"), json_object_get(b, "to"));
}

static void rate_arrow(struct review_block *block, const json_t *row, const char *label)
{
	struct review_line *line = next_line(block, label);
	char from[UNITS_TEXT], to[UNITS_TEXT];

	snprintf(line->text, sizeof(line->text), "%s -> %s", value_rate(json_object_get(row, "from"), from),
		 value_rate(json_object_get(row, "to"), to));
}

/* Both directions in one line where they change alike. */
static void add_rate(struct review_block *block, const json_t *rows, size_t from, size_t to,
		     const json_t *row)
{
	const char *key = value_text(row, "key");
	char label[96];
	enum word of;

	if (is_rate(key, "down", &of) && same_values(row, other_way(rows, from, to, key))) {
		rate_arrow(block, row, word(of));
		return;
	}
	if (is_rate(key, "up", &of)) {
		for (size_t i = from; i < to; i++) {
			const json_t *down = json_array_get(rows, i);
			const char *down_key = value_text(down, "key");

			if (strncmp(down_key, "down.", 5) == 0 && strcmp(down_key + 5, key + 3) == 0 &&
			    same_values(row, down))
				return; /* said */
		}
	}
	is_rate(key, "down", &of);
	snprintf(label, sizeof(label), "%s (%s)", word(of), word(*key == 'd' ? WORD_DOWNLOAD : WORD_UPLOAD));
	rate_arrow(block, row, label);
}

static void add_state(struct review_block *block, const json_t *row)
{
	struct review_line *line = next_line(block, word(WORD_STATE_OF));
	const json_t *from = json_object_get(row, "from"), *to = json_object_get(row, "to");
	enum colour colour;

	snprintf(line->text, sizeof(line->text), "%s -> %s",
		 json_is_null(from) ? "-" : value_state(from, &colour),
		 json_is_null(to) ? "-" : value_state(to, &colour));
}

static void add_row(struct review_block *block, const json_t *rows, size_t from, size_t to, size_t i)
{
	const json_t *row = json_array_get(rows, i);
	const char *key = value_text(row, "key");
	bool added = strcmp(value_text(json_array_get(rows, from), "key"), "added") == 0;
	enum word of;

	if (strcmp(key, "added") == 0)
		next_line(block, word(WORD_ADDED));
	else if (strcmp(key, "removed") == 0)
		next_line(block, word(WORD_REMOVED_NOW));
	else if (added)
		add_summary(block, row);
	else if (is_rate(key, "down", &of) || is_rate(key, "up", &of))
		add_rate(block, rows, from, to, row);
	else if (strcmp(key, "state") == 0 || strcmp(key, "phase") == 0 ||
		 (strcmp(key, "open") == 0 && !json_is_string(json_object_get(row, "to")) &&
		  !json_is_string(json_object_get(row, "from"))))
		add_state(block, row);
	else
		arrow_text(json_object_get(row, "from"), json_object_get(row, "to"), next_line(block, key));
}

/* ---- blocks ---- */

static bool same_subject(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "id"), json_object_get(b, "id")) &&
	       strcmp(value_text(a, "what"), value_text(b, "what")) == 0;
}

struct review_block *review_blocks(const json_t *rows, size_t *n)
{
	size_t total = json_array_size(rows);
	struct review_block *blocks = total ? calloc(total, sizeof(*blocks)) : NULL;

	*n = 0;
	for (size_t from = 0, to; blocks && from < total; from = to) {
		const json_t *first = json_array_get(rows, from);
		struct review_block *block = &blocks[(*n)++];

		block->what = value_text(first, "what");
		block->id = json_string_value(json_object_get(first, "id"));
		for (to = from + 1; to < total && same_subject(first, json_array_get(rows, to)); to++)
			;
		for (size_t i = from; i < to; i++)
			add_row(block, rows, from, to, i);
	}
	return blocks;
}

static bool alike(const struct review_block *a, const struct review_block *b)
{
	if (strcmp(a->what, b->what) || a->n_lines != b->n_lines || !a->id || !b->id)
		return false;
	for (size_t i = 0; i < a->n_lines; i++)
		if (strcmp(a->lines[i].label, b->lines[i].label) ||
		    strcmp(a->lines[i].text, b->lines[i].text))
			return false;
	return true;
}

/* ---- names ---- */

void review_name(struct review_names *names, const char *name)
{
	if (names->n++ < NAMED)
		add_text(names->text, sizeof(names->text), "%s%s", *names->text ? ", " : "", name);
}

void review_names_end(struct review_names *names, const char *what)
{
	static const struct {
		const char *what;
		enum word many;
	} kinds[] = {{"office", WORD_OFFICES},
		     {"zone", WORD_ZONES},
		     {"service", WORD_SERVICES_OF},
		     {"schedule", WORD_SCHEDULES},
		     {"holiday", WORD_HOLIDAYS}};

	for (size_t i = 0; i < ELEMENTS(kinds) && names->n > NAMED; i++)
		if (strcmp(what, kinds[i].what) == 0)
			add_text(names->text, sizeof(names->text), word(WORD_AND_MORE), names->n - NAMED,
				 word(kinds[i].many));
}

static const char *class_name(const char *what)
{
	static const struct {
		const char *what;
		enum word word;
	} kinds[] = {{"site", WORD_SITE},
		     {"uplink", WORD_UPLINK},
		     {"own", WORD_OWN},
		     {"unattributed", WORD_UNATTRIBUTED}};

	for (size_t i = 0; i < ELEMENTS(kinds); i++)
		if (strcmp(what, kinds[i].what) == 0)
			return word(kinds[i].word);
	return what;
}

static void gather(struct review_block *blocks, size_t n, size_t first, struct review_names *names)
{
	*names = (struct review_names){0};
	for (size_t i = first; i < n; i++) {
		if (i != first && (blocks[i].said || !alike(&blocks[first], &blocks[i])))
			continue;
		blocks[i].said = true;
		review_name(names, blocks[i].id ? blocks[i].id : class_name(blocks[i].what));
	}
	review_names_end(names, blocks[first].what);
}

/* ---- the table ---- */

static void print_group(struct table *table, const struct review_block *block,
			const struct review_names *names, bool indent)
{
	char cell[REVIEW_TEXT + 8];

	for (size_t i = 0; i < block->n_lines; i++) {
		snprintf(cell, sizeof(cell), "%s%s", indent ? "    " : "", i ? "" : names->text);
		table_cell(table, COLOUR_NONE, cell);
		table_cell(table, COLOUR_QUIET, block->lines[i].label);
		table_cell(table, COLOUR_NONE, block->lines[i].text);
	}
}

void review_print(const json_t *rows, const char *heading)
{
	_cleanup_(table_freep) struct table *table = table_new("lll");
	size_t n, shown = 0, hidden = 0;
	_cleanup_(freep) struct review_block *blocks = review_blocks(rows, &n);

	if (heading) {
		table_cell(table, COLOUR_HEAD, heading);
		table_cell(table, COLOUR_HEAD, "");
		table_cell(table, COLOUR_HEAD, "");
	}
	for (size_t i = 0; i < n; i++) {
		struct review_names names;

		if (blocks[i].said)
			continue;
		gather(blocks, n, i, &names);
		if (blocks[i].n_lines == 0)
			continue;
		if (shown++ < GROUPS_SHOWN)
			print_group(table, &blocks[i], &names, !heading);
		else
			hidden += names.n;
	}
	table_print(table);
	if (hidden) {
		printf(word(WORD_MORE_LINES), hidden);
		putchar('\n');
	}
}
