/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The report's sections, one function each, in the order of the document: document.c calls them. They choose words, tables and charts, and
 * compute nothing but sums and shares of what the month says. All words stand in both languages side by side, Indonesian first, so that who changes one sees the other.
 */
#include "document.h"
#include "format.h"
#include "month.h"

struct scribe {
	struct report_build build;
	const struct report_month *month;
	const struct report_settings *settings;
	bool english;
	char **offices, **zones; /* what each is called in tables: its name; with its id where another has the same */
};
#define SAY(s, id, en) ((s)->english ? (en) : (id))
/* Text of the last section in the document's language; both formats are checked. */
#define TELL(s, kind, id, en, ...) build_text(&(s)->build, kind, (s)->english ? (en) : (id), ##__VA_ARGS__)
/* A value within a sentence; lives as long as the block that it stands in. */
#define SHOW(s, value, unit) format_value(value, unit, (s)->english, false, (char[FORMAT_TEXT]){0})
#define SHOW_VOLUME(s, bytes) format_volume(bytes, (s)->english, (char[FORMAT_TEXT]){0})
#define SHOW_LENGTH(s, seconds) format_length(seconds, (s)->english, (char[FORMAT_TEXT]){0})

struct words { const char *id, *en; };
static inline const char *words_of(const struct scribe *s, const struct words *words) { return s->english ? words->en : words->id; }

/* ---- tables as data ---- */

enum column_flags { C_OPEN = 1, C_TOTAL = 2, C_SUM = 4 /* a + b */, C_DIFFERENCE = 8 /* a - b */ };
struct column_words { const char *key; struct words title; enum report_unit unit; unsigned weight, flags; size_t a, b; };
#define COLUMN(k, id, en, u, w, f) {.key = (k), .title = {id, en}, .unit = (u), .weight = (w), .flags = (f)}
#define COMPUTED(k, id, en, u, w, f, of, with) {.key = (k), .title = {id, en}, .unit = (u), .weight = (w), .flags = (f), .a = (of), .b = (with)}
struct table_words {
	const char *key;
	struct words title, note;	 /* note NULL: none */
	const struct column_words *columns; /* NULL: facts */
	size_t n;
	bool grouped; /* by the first column */
	bool narrow;
	struct words description; /* NULL: not open */
};
/* Both return the block's index in its section, for charts. */
size_t put_table(struct scribe *s, const struct table_words *words);
size_t put_block_count(const struct scribe *s);
void put_section(struct scribe *s, const char *key, const char *id, const char *en, const char *sheet_id, const char *sheet_en);
#define PUT_ROW(s, ...) put_cells(s, (const struct report_cell[]){__VA_ARGS__}, ELEMENTS(((const struct report_cell[]){__VA_ARGS__})))
void put_cells(struct scribe *s, const struct report_cell *cells, size_t n);
void put_fact(struct scribe *s, const char *id, const char *en, enum report_unit unit, struct report_cell value);
/* A text or nothing: "" and NULL are absent. */
struct report_cell cell_words(const char *text);

/* What an office or zone is called in tables; of others what they are; an id that is not in the month: itself. */
const char *label_of(const struct scribe *s, enum ledger_subject kind, const char *id);

/* ---- words.c ---- */

const char *word_outage(const struct scribe *s, enum ledger_outage_cause cause);
const char *word_gap(const struct scribe *s, enum ledger_gap_cause cause);
const char *word_need(const struct scribe *s, enum report_need need);
const char *word_reason(const struct scribe *s, enum report_need_reason reason);
const char *word_quota(const struct scribe *s, const struct report_office *office);
const char *word_change(const struct scribe *s, const char *what);
enum report_unit word_change_unit(const char *what); /* of `from` and `to`; TEXT: as they are */
const char *word_split(const struct scribe *s, enum policy_split split);
const char *word_yes(const struct scribe *s, bool yes);
const char *word_way(const struct scribe *s, bool up);
/* malloc'd; NULL: no memory, and the build has failed. */
char *words_say(struct scribe *s, const char *format, ...) _printf_(2, 3);
#define WORDS(s, id, en, ...) words_say(s, (s)->english ? (en) : (id), ##__VA_ARGS__)
char *words_split(struct scribe *s, const struct policy_contract *contract);   /* "30 % sama rata, 70 % pemakaian" */
char *words_refunds(struct scribe *s, const struct policy_contract *contract); /* "di bawah 99,50 %: 5 %; ..."; "" */
char *words_remark(struct scribe *s, const struct report_office *office);      /* "baru, dahulu: X"; "" */
char *words_hours(struct scribe *s, const char *schedule);			   /* of "mon-fri 07:30-16:00": "Senin–Jumat 07.30–16.00" */
char *words_join(struct scribe *s, char *list, const char *separator, const char *format, ...) _printf_(4, 5); /* steals list */
/* Indices of the largest `most` of n by value, largest first, equal ones in their order. Returns how many. */
size_t words_largest(const int64_t *values, size_t n, size_t *out, size_t most);

/* ---- the sections ---- */

void section_summary(struct scribe *s);
void section_uplink(struct scribe *s);
void section_uplink_days(struct scribe *s); /* more of the same section */
void section_offices(struct scribe *s);
void section_offices_more(struct scribe *s); /* quota, service, changes */
void section_daily(struct scribe *s);
void section_zones(struct scribe *s);
void section_cost(struct scribe *s);
void section_cost_offices(struct scribe *s);
void section_need(struct scribe *s);
void section_corrections(struct scribe *s);
void section_method(struct scribe *s);
#define CHART_MOST 15
