// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What people come in with, as tables. A limit that is none is "-".
 */
#include "people.h"
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "render.h"
#include "table.h"
#include "values.h"
#include "words.h"

DEFINE_CLEANUP(struct table *, table_free)

static void heading(struct table *table, const enum word *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		table_cell(table, COLOUR_HEAD, word(words[i]));
}

static void number_cell(struct table *table, const json_t *value)
{
	char text[24] = "-";

	if (json_is_integer(value))
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
	table_cell(table, COLOUR_NONE, text);
}

static void duration_cell(struct table *table, const json_t *seconds)
{
	char text[UNITS_TEXT] = "-";

	if (json_is_integer(seconds) && json_integer_value(seconds) >= 0)
		units_duration_human((uint64_t)json_integer_value(seconds) * USEC_PER_SEC, text);
	table_cell(table, COLOUR_NONE, text);
}

static void volume_cell(struct table *table, const json_t *bytes)
{
	char text[UNITS_TEXT];

	table_cell(table, COLOUR_NONE, value_volume(bytes, text));
}

/* "2026-12-23 14:35": the minute is what counts. */
static void time_cell(struct table *table, const json_t *time)
{
	char text[UNITS_TEXT], minute[17];

	snprintf(minute, sizeof(minute), "%s", value_time(json_string_value(time), false, text));
	table_cell(table, COLOUR_NONE, minute);
}

static void zone_cell(struct table *table, const json_t *row)
{
	const json_t *zone = json_object_get(row, "zone");

	table_cell(table, COLOUR_NONE, json_is_null(zone) ? word(WORD_EVERY) : value_text(row, "zone"));
}

/* ---- vouchers ---- */

void render_created(const json_t *document)
{
	const json_t *codes = json_object_get(document, "codes"), *code;
	size_t i;

	render_done(document);
	json_array_foreach(codes, i, code)
	    printf("%s\n", json_string_value(code) ? json_string_value(code) : "-");
}

static void voucher_row(struct table *table, const json_t *voucher)
{
	enum colour colour;
	const char *state = value_state(json_object_get(voucher, "state"), &colour);

	table_cell(table, COLOUR_NONE, value_text(voucher, "code"));
	number_cell(table, json_object_get(voucher, "batch"));
	zone_cell(table, voucher);
	table_cell(table, colour, state);
	time_cell(table, json_object_get(voucher, "valid_until"));
	duration_cell(table, json_object_get(voucher, "seconds_remaining"));
	volume_cell(table, json_object_get(voucher, "bytes_remaining"));
	number_cell(table, json_object_get(voucher, "devices"));
}

void render_vouchers(const json_t *document)
{
	static const enum word words[] = {WORD_CODE,	 WORD_BATCH, WORD_ZONE,	     WORD_STATE,
					  WORD_VALID_TO, WORD_LEFT,  WORD_DATA_LEFT, WORD_DEVICES};
	const json_t *vouchers = json_object_get(document, "vouchers"), *voucher;
	_cleanup_(table_freep) struct table *table = table_new("lrlllrrr");
	size_t i;

	if (json_array_size(vouchers) == 0) {
		printf("%s\n", word(WORD_NO_VOUCHERS));
		return;
	}
	heading(table, words, ELEMENTS(words));
	json_array_foreach(vouchers, i, voucher) voucher_row(table, voucher);
	table_print(table);
}

void render_sheet(const json_t *document)
{
	json_int_t vouchers = json_integer_value(json_object_get(document, "vouchers")),
		   pages = json_integer_value(json_object_get(document, "pages"));

	printf(word(WORD_PRINTED), value_text(document, "file"), (long long)vouchers,
	       word(vouchers == 1 ? WORD_VOUCHER : WORD_VOUCHERS), (long long)pages,
	       word(pages == 1 ? WORD_PAGE : WORD_PAGES));
	putchar('\n');
}

/* ---- accounts ---- */

static void account_row(struct table *table, const json_t *account)
{
	table_cell(table, COLOUR_NONE, value_text(account, "name"));
	zone_cell(table, account);
	number_cell(table, json_object_get(account, "devices"));
	duration_cell(table, json_object_get(account, "session_seconds"));
	volume_cell(table, json_object_get(account, "daily_bytes"));
	volume_cell(table, json_object_get(account, "today_bytes"));
	time_cell(table, json_object_get(account, "created"));
}

void render_accounts(const json_t *document)
{
	static const enum word words[] = {WORD_NAME,  WORD_ZONE,  WORD_DEVICES, WORD_SESSION,
					  WORD_DAILY, WORD_TODAY, WORD_CREATED};
	const json_t *accounts = json_object_get(document, "accounts"), *account;
	_cleanup_(table_freep) struct table *table = table_new("llrrrrl");
	size_t i;

	if (json_array_size(accounts) == 0) {
		printf("%s\n", word(WORD_NO_ACCOUNTS));
		return;
	}
	heading(table, words, ELEMENTS(words));
	json_array_foreach(accounts, i, account) account_row(table, account);
	table_print(table);
}
