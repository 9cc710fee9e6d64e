// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads argv without judging it: the command is not known yet, and one of a later version may have options
 * that this one has never heard of. dispatch.c says what is wrong.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "options.h"

static const struct {
	const char *name, *letter;
	bool value, maybe; /* maybe: a number behind it is its value, and it may have none */
} table[OPTIONS] = {
    [OPTION_CONFIG] = {"--config", "-c", true},
    [OPTION_JSON] = {"--json", NULL, false},
    [OPTION_AT] = {"--at", NULL, true},
    [OPTION_DAYS] = {"--days", NULL, true},
    [OPTION_UNTIL] = {"--until", NULL, true},
    [OPTION_FOR] = {"--for", NULL, true},
    [OPTION_ZONE] = {"--zone", NULL, true},
    [OPTION_CONFIRM] = {"--confirm", NULL, true},
    [OPTION_ALL_ZONES] = {"--all-zones", NULL, false},
    [OPTION_COUNT] = {"--count", NULL, true},
    [OPTION_VALID] = {"--valid", NULL, true},
    [OPTION_TIME] = {"--time", NULL, true},
    [OPTION_DATA] = {"--data", NULL, true},
    [OPTION_DEVICES] = {"--devices", NULL, true},
    [OPTION_BATCH] = {"--batch", NULL, true},
    [OPTION_OUTPUT] = {"--output", NULL, true},
    [OPTION_SESSION] = {"--session", NULL, true},
    [OPTION_DAILY] = {"--daily", NULL, true},
    [OPTION_OFFICE] = {"--office", NULL, true},
    [OPTION_ONCE] = {"--once", NULL, false},
    [OPTION_MONTH] = {"--month", NULL, true},
    [OPTION_SINCE] = {"--since", NULL, true},
    [OPTION_BY] = {"--by", NULL, true},
    [OPTION_HOSTS] = {"--hosts", NULL, true, true},
    [OPTION_LENDING] = {"--lending", NULL, false},
    [OPTION_BUSY] = {"--busy", NULL, false},
    [OPTION_DETAIL] = {"--detail", NULL, false},
    [OPTION_CSV] = {"--csv", NULL, false},
    [OPTION_REHEARSAL] = {"--rehearsal", NULL, false},
    [OPTION_DAY] = {"--day", NULL, true},
    [OPTION_DOWN] = {"--down", NULL, true},
    [OPTION_UP] = {"--up", NULL, true},
    [OPTION_REASON] = {"--reason", NULL, true},
    [OPTION_KIND] = {"--kind", NULL, true},
    [OPTION_FORMAT] = {"--format", NULL, true},
    [OPTION_LANGUAGE] = {"--language", NULL, true},
    [OPTION_OPEN] = {"--open", NULL, false},
    [OPTION_DUE] = {"--due", NULL, false},
    [OPTION_OPS] = {"--ops", NULL, false},
    [OPTION_HELP] = {"--help", "-h", false},
    [OPTION_VERSION] = {"--version", NULL, false},
};

const char *option_name(enum option option)
{
	return table[option].name;
}

static bool is_option(const char *argument, size_t option)
{
	size_t length = strcspn(argument, "=");

	if (table[option].letter && strcmp(argument, table[option].letter) == 0)
		return true;
	return length == strlen(table[option].name) && strncmp(argument, table[option].name, length) == 0;
}

static bool is_number(const char *text)
{
	return text && *text && text[strspn(text, "0123456789")] == '\0';
}

/* How many further arguments it took. */
static int take_option(const char *argument, const char *next, struct options *out)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		const char *equals = strchr(argument, '=');

		if (!is_option(argument, i) || (equals && !table[i].value))
			continue;
		if (table[i].maybe && !equals && !is_number(next))
			next = "";
		out->names[i] = table[i].name;
		out->values[i] = table[i].value ? (equals ? equals + 1 : next) : "";
		if (!out->values[i] && !out->valueless)
			out->valueless = table[i].name;
		return table[i].value && !equals && next && !(table[i].maybe && !*next) ? 1 : 0;
	}
	if (!out->unknown)
		out->unknown = argument;
	return 0;
}

void options_read(int argc, char **argv, struct options *out)
{
	bool words_only = false;

	*out = (struct options){0};
	for (int i = 1; i < argc; i++) {
		if (!words_only && strcmp(argv[i], "--") == 0)
			words_only = true;
		else if (!words_only && argv[i][0] == '-' && argv[i][1])
			i += take_option(argv[i], i + 1 < argc ? argv[i + 1] : NULL, out);
		else if (out->n_words < WORDS_MAX)
			out->words[out->n_words++] = argv[i];
		else if (!out->extra)
			out->extra = argv[i];
	}
}

/* The number of words that `name` is made of where the words typed begin with it, else 0. */
static size_t words_of(const char *name, const struct options *options)
{
	const char *space = strchr(name, ' ');
	size_t first = space ? (size_t)(space - name) : strlen(name);

	if (options->n_words < 1 || strlen(options->words[0]) != first ||
	    strncmp(options->words[0], name, first) != 0)
		return 0;
	if (!space)
		return 1;
	return options->n_words >= 2 && strcmp(options->words[1], space + 1) == 0 ? 2 : 0;
}

const struct command *command_find(const struct command *commands, size_t n, const struct options *options,
				   size_t *used)
{
	for (size_t i = 0; i < n; i++) {
		*used = words_of(commands[i].name, options);
		if (*used)
			return &commands[i];
	}
	return NULL;
}

#define LENGTH_MAX 64 /* longer words are nothing like a command */

/* Levenshtein, and two letters that changed places are one mistake: the rows of i - 1, i and i + 1 in turn.
 */
static unsigned distance(const char *a, const char *b, size_t length_b)
{
	uint8_t rows[3][LENGTH_MAX];
	size_t i;

	if (length_b >= LENGTH_MAX || strlen(a) >= LENGTH_MAX)
		return UINT8_MAX;
	for (size_t j = 0; j <= length_b; j++)
		rows[0][j] = (uint8_t)j;
	for (i = 0; a[i]; i++) {
		const uint8_t *before = rows[(i + 2) % 3], *above = rows[i % 3];
		uint8_t *row = rows[(i + 1) % 3];

		row[0] = (uint8_t)(i + 1);
		for (size_t j = 0; j < length_b; j++) {
			unsigned least = MIN(row[j], above[j + 1]) + 1u;

			least = MIN(least, (unsigned)above[j] + (a[i] != b[j]));
			if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j])
				least = MIN(least, before[j - 1] + 1u);
			row[j + 1] = (uint8_t)least;
		}
	}
	return rows[i % 3][length_b];
}

/* What is nearest so far. */
struct suggestion {
	unsigned distance;
	size_t length;
	const char *name;
};

static void consider(struct suggestion *best, const char *name, size_t length, unsigned how_far)
{
	if (how_far < best->distance)
		*best = (struct suggestion){how_far, length, name};
}

/* Half a name must be nearer than a whole one: "sheet" is of "voucher sheet", "vouchre" is "voucher". */
static unsigned half_distance(const char *typed, const char *half, size_t length)
{
	unsigned d = distance(typed, half, length);

	return d <= MAX(strlen(typed) / 3, 1u) ? d : UINT8_MAX;
}

static void consider_command(struct suggestion *best, const char *name, const struct options *options)
{
	const char *space = strchr(name, ' ');
	bool two = space && options->n_words > 1;
	char typed[LENGTH_MAX];

	snprintf(typed, sizeof(typed), "%s%s%s", options->words[0], two ? " " : "",
		 two ? options->words[1] : "");
	consider(best, name, strlen(name), distance(typed, name, strlen(name)));
	if (!space)
		return;
	consider(best, name, strlen(name), half_distance(options->words[0], space + 1, strlen(space + 1)));
	if (!two)
		consider(best, name, (size_t)(space - name),
			 half_distance(options->words[0], name, (size_t)(space - name)));
}

const char *command_suggest(const struct command *commands, size_t n, const struct options *options,
			    char out[static SUGGESTION])
{
	struct suggestion best = {.distance = 4};

	for (size_t i = 0; i < n; i++)
		consider_command(&best, commands[i].name, options);
	if (!best.name)
		return NULL;
	snprintf(out, SUGGESTION, "%.*s", (int)best.length, best.name);
	return out;
}
