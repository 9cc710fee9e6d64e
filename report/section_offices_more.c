// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: what happened to each office besides volume: its quota, the service that it got, and what was agreed
 * anew within the month. An office without a quota is left out of that table, never shown as one of zero.
 */
#include "sections.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

static struct report_cell instant(int64_t wall_usec)
{
	return cell_if(wall_usec != 0, wall_usec / 1000000);
}

static void quota_row(struct scribe *s, size_t i)
{
	const struct report_office *office = &s->month->offices[i];

	PUT_ROW(s, cell_text(s->offices[i]), cell((int64_t)office->quota_bytes),
		cell((int64_t)(office->down.bytes + office->up.bytes)), cell(office->quota_permyriad),
		cell_text(word_quota(s, office)), instant(office->noticed_wall_usec),
		instant(office->over_wall_usec), cell(office->exemptions));
}

static void quotas(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 7, C_OPEN),
	    COLUMN("quota_bytes", "Kuota (GB)", "Quota (GB)", REPORT_BYTES, 3, C_OPEN),
	    COLUMN("used_bytes", "Terpakai (GB)", "Used (GB)", REPORT_BYTES, 3, C_OPEN),
	    COLUMN("used_permyriad", "Terpakai dari kuota", "Used of the quota", REPORT_PERCENT, 3, C_OPEN),
	    COLUMN("stage", "Kejadian", "What happened", REPORT_TEXT, 4, C_OPEN),
	    COLUMN("noticed", "Diberi tahu", "Notice given", REPORT_TIME, 4, 0),
	    COLUMN("exceeded", "Terlampaui", "Exceeded", REPORT_TIME, 4, 0),
	    COLUMN("exemptions", "Pengecualian", "Exemptions", REPORT_COUNT, 2, C_OPEN),
	};
	static const struct table_words table = {
	    .key = "quotas",
	    .title = {"Kuota dan kejadiannya", "Quotas and what happened"},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Kuota bulan ini tiap kantor yang mempunyainya",
			    "The month's quota of each office that has one"},
	};
	size_t n = 0;

	for (size_t i = 0; i < s->month->n_offices; i++)
		n += s->month->offices[i].quota_bytes > 0;
	if (n == 0) {
		TELL(s, REPORT_PARAGRAPH, "Kuota: tidak ada kantor yang mempunyai kuota pada bulan ini.",
		     "Quotas: no office had one in this month.");
		return;
	}
	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_offices; i++)
		if (s->month->offices[i].quota_bytes > 0)
			quota_row(s, i);
}

static void service_row(struct scribe *s, size_t i)
{
	const struct report_office *office = &s->month->offices[i];

	PUT_ROW(s, cell_text(s->offices[i]), cell(office->measured_min), cell(office->down_min),
		cell_if(office->measured_min > 0, office->available_permyriad), cell(office->measured_sec),
		cell(office->demand_sec), cell(office->short_sec), cell(office->short_minutes),
		cell_if(office->rated, office->samples), cell_if(office->rated, office->missing));
}

static void service(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 7, C_OPEN),
	    COLUMN("measured_min", "Menit terukur", "Minutes measured", REPORT_COUNT, 2, C_OPEN),
	    COLUMN("down_min", "Menit putus", "Minutes down", REPORT_COUNT, 2, C_OPEN),
	    COLUMN("available_permyriad", "Ketersediaan", "Availability", REPORT_PERCENT, 3, C_OPEN),
	    COLUMN("measured_seconds", "Waktu terukur (j:mm:dd)", "Time measured (h:mm:ss)", REPORT_SECONDS,
		   3, C_OPEN),
	    COLUMN("demand_seconds", "Kebutuhan melebihi yang diberikan (j:mm:dd)",
		   "Demand beyond what was given (h:mm:ss)", REPORT_SECONDS, 3, C_OPEN | C_TOTAL),
	    COLUMN("short_seconds", "Di bawah 95 % hak (j:mm:dd)", "Below 95 % of entitlement (h:mm:ss)",
		   REPORT_SECONDS, 3, C_OPEN | C_TOTAL),
	    COLUMN("short_minutes", "Menit kekurangan", "Minutes short", REPORT_COUNT, 2, C_OPEN | C_TOTAL),
	    COLUMN("samples", "Sampel", "Samples", REPORT_COUNT, 2, C_OPEN),
	    COLUMN("missing_samples", "Sampel hilang", "Samples missing", REPORT_COUNT, 2, C_OPEN),
	};
	static const struct table_words table = {
	    .key = "service",
	    .title = {"Layanan yang diterima tiap kantor", "Service that each office got"},
	    .note = {"Ketersediaan: menit uplink pada hari-hari kantor itu ada. Menit kekurangan: menit "
		     "ketika kantor "
		     "membutuhkan dan menerima kurang dari 95 % haknya. Waktu kebutuhan dan kekurangan: "
		     "unduh dan unggah "
		     "dijumlahkan.",
		     "Availability: the uplink's minutes on the days of the office. Minutes short: minutes "
		     "in which the "
		     "office had demand and got less than 95 % of its entitlement. Times of demand and of "
		     "shortage: "
		     "download plus upload."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Ketersediaan dan kekurangan layanan tiap kantor",
			    "Availability and shortage of service of each office"},
	};

	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_offices; i++)
		service_row(s, i);
}

/* ---- what changed ---- */

/* "over" has words of its own; figures are in base units. Anything else is shown as it was recorded. */
static const char *value_words(struct scribe *s, const char *what, const char *value,
			       char out[static FORMAT_TEXT])
{
	const enum report_unit unit = word_change_unit(what);
	int64_t number;
	char *end;

	if (!strcmp(what, "over") && *value)
		return !strcmp(value, "throttle") ? SAY(s, "laju diturunkan", "slowed down")
						  : SAY(s, "pemberitahuan saja", "notice only");
	if (unit == REPORT_TEXT || !*value)
		return value;
	errno = 0;
	number = strtoimax(value, &end, 10);
	return errno || *end ? value : format_value(number, unit, s->english, false, out);
}

static size_t change_rows(struct scribe *s, size_t i, bool write)
{
	const struct report_office *office = &s->month->offices[i];

	for (size_t j = 0; write && j < office->n_changes; j++) {
		const struct report_change *change = &office->changes[j];
		char from[FORMAT_TEXT], to[FORMAT_TEXT];

		PUT_ROW(s, cell(change->day), cell_text(s->offices[i]),
			cell_text(word_change(s, change->what)),
			cell_words(value_words(s, change->what, change->from ? change->from : "", from)),
			cell_words(value_words(s, change->what, change->to ? change->to : "", to)));
	}
	return office->n_changes;
}

static void changes(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("day", "Tanggal", "Day", REPORT_DAY, 3, 0),
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 6, 0),
	    COLUMN("what", "Yang berubah", "What changed", REPORT_TEXT, 5, 0),
	    COLUMN("before", "Semula", "Before", REPORT_TEXT, 4, 0),
	    COLUMN("after", "Menjadi", "After", REPORT_TEXT, 4, 0),
	};
	static const struct table_words table = {
	    .key = "office_changes",
	    .title = {"Perubahan ketentuan kantor dalam bulan ini",
		      "Changes of offices' terms in this month"},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	};
	size_t n = 0;

	for (size_t i = 0; i < s->month->n_offices; i++)
		n += change_rows(s, i, false);
	if (n == 0) {
		TELL(s, REPORT_PARAGRAPH, "Perubahan ketentuan kantor: tidak ada pada bulan ini.",
		     "Changes of offices' terms: none in this month.");
		return;
	}
	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_offices; i++)
		change_rows(s, i, true);
}

void section_offices_more(struct scribe *s)
{
	if (s->month->n_offices == 0)
		return;
	quotas(s);
	service(s);
	changes(s);
}
