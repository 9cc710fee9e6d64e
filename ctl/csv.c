// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: figures go into somebody's spreadsheet, and names come from whoever edits the configuration. What
 * opens the file must compute nothing and change nothing of it.
 */
#include "csv.h"
#include <stdbool.h>
#include <string.h>
#include "../lib/cleanup.h"

static void text_field(FILE *out, const char *text)
{
	bool risky = *text && strchr("=+-@\t\r", *text), quoted = strpbrk(text, ",\"\r\n") != NULL;

	if (quoted)
		putc('"', out);
	if (risky)
		putc('\'', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	if (quoted)
		putc('"', out);
}

static void field(FILE *out, const json_t *value)
{
	if (json_is_string(value))
		text_field(out, json_string_value(value));
	else if (json_is_integer(value))
		fprintf(out, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		fprintf(out, "%.4f", json_real_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "true" : "false", out);
}

static const json_t *look_up(const json_t *object, const char *path)
{
	const char *dot = strchr(path, '.');
	char outer[32];

	if (!dot)
		return json_object_get(object, path);
	snprintf(outer, sizeof(outer), "%.*s", (int)(dot - path), path);
	return json_object_get(json_object_get(object, outer), dot + 1);
}

static void row_line(FILE *out, const json_t *document, const json_t *row, const struct csv_column *columns,
		     size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const json_t *value = look_up(row, columns[i].path);

		if (i > 0)
			putc(',', out);
		field(out, value ? value : look_up(document, columns[i].path));
	}
	fputs("\r\n", out);
}

void csv_rows(FILE *out, const json_t *document, const json_t *rows, const struct csv_column *columns,
	      size_t n)
{
	const json_t *row;
	size_t i;

	for (i = 0; i < n; i++)
		fprintf(out, "%s%s", i > 0 ? "," : "", columns[i].head);
	fputs("\r\n", out);
	json_array_foreach(rows, i, row) row_line(out, document, row, columns, n);
}

/* ---- views ---- */

#define SAME(name)                                                                                           \
	{                                                                                                    \
		name, name                                                                                   \
	}
#define FLOW(way)                                                                                            \
	{way "_bytes", way ".bytes"}, {way "_packets", way ".packets"},                                      \
	    {way "_dropped_packets", way ".dropped_packets"},                                                \
	    {way "_dropped_bytes_estimate", way ".dropped_bytes_estimate"},                                  \
	    {way "_borrowed_bytes", way ".borrowed_bytes"}, {way "_late_bytes", way ".late_bytes"},          \
	{                                                                                                    \
		way "_average_bps", way ".average_bps"                                                       \
	}
#define RATES(way)                                                                                           \
	{way "_p95_bps", way ".p95_bps"},                                                                    \
	{                                                                                                    \
		way "_peak_bps", way ".peak_bps"                                                             \
	}
#define CORRECTION                                                                                           \
	{"correction_down_bytes", "correction.down_bytes"}, {"correction_up_bytes", "correction.up_bytes"},  \
	    SAME("total_bytes"), SAME("measured_seconds")

static const struct csv_column sums[] = {
    SAME("from"),	 SAME("until"),		SAME("kind"),	 SAME("id"),
    SAME("name"),	 FLOW("down"),		FLOW("up"),	 CORRECTION,
    RATES("down"),	 RATES("up"),		SAME("samples"), SAME("missing_samples"),
    SAME("quota_bytes"), SAME("quota_percent"),
};
static const struct csv_column series[] = {
    SAME("at"), SAME("kind"), SAME("id"), SAME("name"), FLOW("down"), FLOW("up"), CORRECTION,
};
static const struct csv_column hosts[] = {
    SAME("office"), SAME("name"), SAME("address"), SAME("down_bytes"), SAME("up_bytes"), SAME("total_bytes"),
};
static const struct csv_column lending[] = {
    SAME("day"),
    SAME("public_down_bytes"),
    SAME("public_up_bytes"),
    SAME("public_borrowed_bytes"),
    SAME("offices_borrowed_bytes"),
    SAME("spare_down_bytes"),
    SAME("spare_up_bytes"),
    SAME("short_minutes"),
};
static const struct csv_column busy[] = {
    SAME("day"),
    {"down_hour", "down.hour"},
    {"down_bps", "down.bps"},
    {"down_percent", "down.percent"},
    {"up_hour", "up.hour"},
    {"up_bps", "up.bps"},
    {"up_percent", "up.percent"},
};

static const struct {
	const char *besides, *rows; /* the keys that only this view has */
	const struct csv_column *columns;
	size_t n;
} views[] = {
    {"by", "rows", series, ELEMENTS(series)},	    {"hosts", "hosts", hosts, ELEMENTS(hosts)},
    {"bought", "days", busy, ELEMENTS(busy)},	    {"days", "days", lending, ELEMENTS(lending)},
    {"subjects", "subjects", sums, ELEMENTS(sums)},
};

void csv_usage(const json_t *document)
{
	for (size_t i = 0; i < ELEMENTS(views); i++) {
		if (!json_object_get(document, views[i].besides))
			continue;
		csv_rows(stdout, document, json_object_get(document, views[i].rows), views[i].columns,
			 views[i].n);
		return;
	}
}
