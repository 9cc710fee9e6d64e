// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: what every page carries, and the order of the sections. The order is the reader's: what it was, what
 * it cost, what to do, what is missing, how to check. It must never put the time of writing into a document:
 * the same month gives the same document.
 */
#include "sections.h"
#include <errno.h>
#include <string.h>
#include "due.h"

/* ---- putting tables together ---- */

size_t put_block_count(const struct scribe *s)
{
	const struct report_document *document = s->build.document;

	return document->n_sections ? document->sections[document->n_sections - 1].n_blocks : 0;
}

void put_section(struct scribe *s, const char *key, const char *id, const char *en, const char *sheet_id,
		 const char *sheet_en)
{
	build_section(&s->build, key, SAY(s, id, en), SAY(s, sheet_id, sheet_en));
}

static enum report_formula formula_of(unsigned flags)
{
	return flags & C_SUM ? REPORT_SUM_OF : flags & C_DIFFERENCE ? REPORT_DIFFERENCE : REPORT_GIVEN;
}

#define COLUMNS_MOST 16
size_t put_table(struct scribe *s, const struct table_words *words)
{
	struct report_column columns[COLUMNS_MOST];
	struct report_table table = {
	    .key = words->key,
	    .title = (char *)words_of(s, &words->title),
	    .note = (char *)words_of(s, &words->note),
	    .columns = columns,
	    .n_columns = words->columns ? MIN(words->n, COLUMNS_MOST) : 0,
	    .facts = !words->columns,
	    .group = words->grouped ? 0 : -1,
	    .narrow = words->narrow,
	    .open = words->description.id != NULL,
	    .description = {words->description.id, words->description.en},
	};

	for (size_t i = 0; i < table.n_columns; i++) {
		const struct column_words *from = &words->columns[i];

		columns[i] = (struct report_column){
		    .key = from->key,
		    .title = (char *)words_of(s, &from->title),
		    .unit = from->unit,
		    .total = from->flags & C_TOTAL,
		    .formula = formula_of(from->flags),
		    .a = from->a,
		    .b = from->b,
		    .weight = from->weight,
		    .open = from->flags & C_OPEN,
		};
		table.total |= columns[i].total;
	}
	build_table(&s->build, &table);
	return put_block_count(s) ? put_block_count(s) - 1 : 0;
}

void put_cells(struct scribe *s, const struct report_cell *cells, size_t n)
{
	build_row(&s->build, cells, n);
}

void put_fact(struct scribe *s, const char *id, const char *en, enum report_unit unit,
	      struct report_cell value)
{
	build_fact(&s->build, SAY(s, id, en), unit, value);
}

struct report_cell cell_words(const char *text)
{
	return text && *text ? cell_text(text) : cell_absent();
}

/* ---- what each is called ---- */

static char *label(const char *name, const char *id, bool shared)
{
	char *text;

	if (!name || !*name)
		return strdup(id);
	if (!shared)
		return strdup(name);
	return asprintf(&text, "%s (%s)", name, id) < 0 ? NULL : text;
}

static bool same_name(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static char **labels(struct scribe *s, size_t n, const char *(*name)(const struct report_month *, size_t),
		     const char *(*id)(const struct report_month *, size_t))
{
	char **all = calloc(n ? n : 1, sizeof(*all));

	for (size_t i = 0; all && i < n; i++) {
		bool shared = false;

		for (size_t j = 0; j < n && !shared; j++)
			shared = i != j && same_name(name(s->month, i), name(s->month, j));
		all[i] = label(name(s->month, i), id(s->month, i), shared);
		if (!all[i])
			s->build.error = -ENOMEM;
	}
	if (!all)
		s->build.error = -ENOMEM;
	return all;
}

static const char *office_name(const struct report_month *month, size_t i)
{
	return month->offices[i].name;
}

static const char *office_id(const struct report_month *month, size_t i)
{
	return month->offices[i].id;
}

static const char *zone_name(const struct report_month *month, size_t i)
{
	return month->zones[i].name;
}

static const char *zone_id(const struct report_month *month, size_t i)
{
	return month->zones[i].id;
}

static void labels_free(char **all, size_t n)
{
	for (size_t i = 0; all && i < n; i++)
		free(all[i]);
	free(all);
}

/* ---- what every page carries ---- */

static char *own(struct scribe *s, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		s->build.error = -ENOMEM;
	return copy;
}

static void head(struct scribe *s)
{
	const struct policy_report *report = &s->settings->policy->report;
	const size_t n = report->n_letterhead ? report->n_letterhead : 1;
	struct report_document *document = s->build.document;

	document->letterhead = calloc(n, sizeof(*document->letterhead));
	if (!document->letterhead) {
		s->build.error = -ENOMEM;
		return;
	}
	for (document->n_letterhead = 0; document->n_letterhead < n; document->n_letterhead++)
		document->letterhead[document->n_letterhead] = own(
		    s, report->n_letterhead ? report->letterhead[document->n_letterhead] : s->month->site);
	document->logo = own(s, report->logo);
}

static void titles(struct scribe *s)
{
	struct report_document *document = s->build.document;
	const struct report_month *month = s->month;
	const char *name = SHOW(s, month->month, REPORT_MONTH);

	document->title =
	    own(s, SAY(s, "Laporan Pemakaian Bandwidth Internet", "Internet Bandwidth Usage Report"));
	document->subtitle = own(s, name);
	document->footer = words_say(s, s->english ? "Report of %s · %s" : "Laporan %s · %s", name,
				     month->site ? month->site : "");
	if (month->provisional && month->rehearsal)
		document->mark = own(s, SAY(s, "SEMENTARA · GELADI", "PROVISIONAL · REHEARSAL"));
	else if (month->provisional)
		document->mark = own(s, SAY(s, "SEMENTARA", "PROVISIONAL"));
	else if (month->rehearsal)
		document->mark = own(s, SAY(s, "GELADI", "REHEARSAL"));
}

/* A month that is over for good is signed on the first working day after it; else the date is left to the
 * hand. */
static void signature(struct scribe *s)
{
	const struct policy *policy = s->settings->policy;
	struct report_document *document = s->build.document;
	const char *place = policy->signatory.place ? policy->signatory.place : "",
		   *comma = *place ? ", " : "";

	if (!policy->signatory.office)
		return;
	if (s->month->provisional)
		document->sign_place_date = words_say(s, "%s%s......................", place, comma);
	else
		document->sign_place_date = words_say(
		    s, "%s%s%s", place, comma, SHOW(s, due_day(policy, s->month->month + 1), REPORT_DAY));
	document->sign_office = own(s, policy->signatory.office);
	document->sign_name = own(s, policy->signatory.name);
	if (policy->signatory.nip && *policy->signatory.nip)
		document->sign_nip = words_say(s, "NIP %s", policy->signatory.nip);
}

static void verification(struct scribe *s)
{
	const char *url = s->settings->policy->report.verify, *hash = s->month->hash;
	struct report_document *document = s->build.document;
	const char *day = SHOW(s, s->month->hash_day, REPORT_DAY);
	char plain[FORMAT_TEXT];

	if (*hash)
		document->verify_words =
		    words_say(s,
			      s->english ? "Chain hash of %s: %s. To check it: gerbang verify%s%s"
					 : "Sidik rantai %s: %s. Cara memeriksa: gerbang verify%s%s",
			      day, hash, url ? SAY(s, ", atau ", ", or ") : "", url ? url : "");
	else if (url)
		document->verify_words =
		    words_say(s, s->english ? "To check it: %s" : "Cara memeriksa: %s", url);
	if (url)
		document->verify = own(s, url);
	else if (*hash)
		document->verify =
		    words_say(s, "gerbang %s %s", format_plain(s->month->month, REPORT_MONTH, plain), hash);
}

/* ---- the document ---- */

static void (*const sections[])(struct scribe *s) = {
    section_summary,	  section_uplink, section_uplink_days, section_offices,
    section_offices_more, section_daily,  section_zones,       section_cost,
    section_cost_offices, section_need,	  section_corrections, section_method,
};

static void write_all(struct scribe *s)
{
	head(s);
	titles(s);
	signature(s);
	verification(s);
	for (size_t i = 0; i < ELEMENTS(sections) && !s->build.error; i++)
		sections[i](s);
}

int report_document_make(const struct report_month *month, const struct report_settings *settings,
			 bool english, struct report_document **out)
{
	_cleanup_(report_document_freep) struct report_document *document = calloc(1, sizeof(*document));
	struct scribe s = {
	    .build.document = document, .month = month, .settings = settings, .english = english};

	if (!document)
		return -ENOMEM;
	document->english = english;
	document->month = month->month;
	s.offices = labels(&s, month->n_offices, office_name, office_id);
	s.zones = labels(&s, month->n_zones, zone_name, zone_id);
	if (!s.build.error)
		write_all(&s);
	labels_free(s.offices, month->n_offices);
	labels_free(s.zones, month->n_zones);
	if (s.build.error)
		return s.build.error;
	*out = document;
	document = NULL;
	return 0;
}
