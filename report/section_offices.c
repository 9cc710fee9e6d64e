// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: what each office was given and what it took, so that a payment can be tested against a use. The
 * figures stand in several tables of few columns, in the same order, because nobody reads a line of thirty;
 * each table has every office, also one that came or went.
 */
#include "sections.h"
#include <errno.h>

static void volume_row(struct scribe *s, size_t i)
{
	const struct report_office *office = &s->month->offices[i];
	const struct report_rate *down = &office->down, *up = &office->up;

	PUT_ROW(s, cell_text(s->offices[i]), cell_text(office->id), cell((int64_t)down->bytes),
		cell((int64_t)up->bytes), cell((int64_t)(down->bytes + up->bytes)),
		cell(down->corrected + up->corrected), cell((int64_t)(down->late_bytes + up->late_bytes)),
		cell(office->days_active));
}

static void volumes(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 7, C_OPEN),
	    COLUMN("office_id", "Kode", "Id", REPORT_TEXT, 3, C_OPEN),
	    COLUMN("down_bytes", "Unduh (GB)", "Download (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL),
	    COLUMN("up_bytes", "Unggah (GB)", "Upload (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL),
	    COMPUTED("total_bytes", "Jumlah (GB)", "Total (GB)", REPORT_BYTES, 3, C_OPEN | C_TOTAL | C_SUM, 2,
		     3),
	    COLUMN("corrected_bytes", "Termasuk koreksi (GB)", "Corrections included (GB)", REPORT_BYTES, 3,
		   C_OPEN | C_TOTAL),
	    COLUMN("late_bytes", "Termasuk menyusul (GB)", "Late included (GB)", REPORT_BYTES, 3,
		   C_OPEN | C_TOTAL),
	    COLUMN("active_days", "Hari aktif", "Days active", REPORT_COUNT, 2, C_OPEN),
	};
	static const struct table_words table = {
	    .key = "offices",
	    .title = {"Pemakaian tiap kantor", "Use by each office"},
	    .note = {"Hari aktif: hari dengan sedikitnya 1 MB, unduh dan unggah bersama. Menyusul: lewat "
		     "ketika penghitung "
		     "tidak dibaca; ditagihkan, tetapi tidak masuk persentil.",
		     "Day active: a day with at least 1 MB, download and upload together. Late: passed while "
		     "nobody read "
		     "the counters; billed, and in no percentile."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Volume tiap kantor dalam bulan ini", "Volume of each office in the month"},
	};

	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_offices; i++)
		volume_row(s, i);
}

/* ---- the largest ---- */

static void largest_chart(struct scribe *s, size_t table, size_t shown)
{
	_cleanup_(freep) char *text =
	    WORDS(s, "%zu kantor dengan pemakaian terbesar, unduh dan unggah, dari %zu kantor.",
		  "The %zu offices with the largest use, download and upload, of %zu offices.", shown,
		  s->month->n_offices);
	const struct report_chart chart = {
	    .kind = REPORT_STACK,
	    .title =
		(char *)SAY(s, "Kantor dengan pemakaian terbesar (GB)", "Offices with the largest use (GB)"),
	    .description = text,
	    .table = table,
	    .label = 0,
	    .series = {1, 2},
	    .n_series = 2,
	    .most = CHART_MOST,
	};

	build_chart(&s->build, &chart);
}

static void largest_rows(struct scribe *s, const int64_t *totals, const size_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct report_office *office = &s->month->offices[order[i]];

		PUT_ROW(s, cell_text(s->offices[order[i]]), cell((int64_t)office->down.bytes),
			cell((int64_t)office->up.bytes), cell(totals[order[i]]));
	}
}

static void largest(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 7, C_OPEN),
	    COLUMN("down_bytes", "Unduh (GB)", "Download (GB)", REPORT_BYTES, 3, C_OPEN),
	    COLUMN("up_bytes", "Unggah (GB)", "Upload (GB)", REPORT_BYTES, 3, C_OPEN),
	    COMPUTED("total_bytes", "Jumlah (GB)", "Total (GB)", REPORT_BYTES, 3, C_OPEN | C_SUM, 1, 2),
	};
	static const struct table_words table = {
	    .key = "largest_offices",
	    .title = {"Kantor dengan pemakaian terbesar", "Offices with the largest use"},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Kantor dengan pemakaian terbesar, yang terbesar lebih dahulu",
			    "The offices with the largest use, the largest first"},
	};
	const size_t n = s->month->n_offices;
	_cleanup_(freep) int64_t *totals = calloc(n ? n : 1, sizeof(*totals));
	size_t order[CHART_MOST], shown, block;

	if (!totals) {
		s->build.error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < n; i++)
		totals[i] = (int64_t)(s->month->offices[i].down.bytes + s->month->offices[i].up.bytes);
	shown = words_largest(totals, n, order, CHART_MOST);
	while (shown > 0 && totals[order[shown - 1]] <= 0) /* who used nothing is not large */
		shown--;
	block = put_table(s, &table);
	largest_rows(s, totals, order, shown);
	largest_chart(s, block, shown);
}

/* ---- given, and how fast it was used ---- */

static void capacity_row(struct scribe *s, size_t i)
{
	const struct report_office *office = &s->month->offices[i];
	_cleanup_(freep) char *remark = words_remark(s, office);

	PUT_ROW(s, cell_text(s->offices[i]), cell((int64_t)office->down.guaranteed_bps),
		cell((int64_t)office->up.guaranteed_bps), cell((int64_t)office->down.ceiling_bps),
		cell((int64_t)office->up.ceiling_bps), cell(office->first_day), cell(office->last_day),
		cell_words(remark));
}

static void capacity(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 7, C_OPEN),
	    COLUMN("guaranteed_down_bps", "Jaminan unduh (Mbit/s)", "Guaranteed download (Mbit/s)",
		   REPORT_BPS, 3, C_OPEN | C_TOTAL),
	    COLUMN("guaranteed_up_bps", "Jaminan unggah (Mbit/s)", "Guaranteed upload (Mbit/s)", REPORT_BPS,
		   3, C_OPEN | C_TOTAL),
	    COLUMN("ceiling_down_bps", "Batas atas unduh (Mbit/s)", "Ceiling of download (Mbit/s)",
		   REPORT_BPS, 3, C_OPEN),
	    COLUMN("ceiling_up_bps", "Batas atas unggah (Mbit/s)", "Ceiling of upload (Mbit/s)", REPORT_BPS,
		   3, C_OPEN),
	    COLUMN("first_day", "Sejak", "From", REPORT_DAY, 3, C_OPEN),
	    COLUMN("last_day", "Sampai", "To", REPORT_DAY, 3, C_OPEN),
	    COLUMN("remark", "Keterangan", "Remark", REPORT_TEXT, 4, C_OPEN),
	};
	static const struct table_words table = {
	    .key = "capacity",
	    .title = {"Jaminan dan batas atas tiap kantor", "Guarantee and ceiling of each office"},
	    .note = {"Yang berlaku dalam jam kerja pada hari terakhir kantor itu ada dalam bulan ini. "
		     "Jumlahnya memuat juga "
		     "kantor yang berakhir bulan ini.",
		     "What was valid in working hours on the last day of the office in this month. The sums "
		     "include "
		     "offices that ended in this month."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Laju yang dijamin dan batas atas tiap kantor",
			    "Rate guaranteed to each office, and its ceiling"},
	};

	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_offices; i++)
		capacity_row(s, i);
}

static void rates_row(struct scribe *s, size_t i)
{
	const struct report_office *office = &s->month->offices[i];
	const struct report_rate *down = &office->down, *up = &office->up;
	const bool rated = office->rated;

	PUT_ROW(s, cell_text(s->offices[i]), cell((int64_t)down->mean_bps), cell((int64_t)up->mean_bps),
		cell_if(rated, (int64_t)down->p95_bps), cell_if(rated, (int64_t)up->p95_bps),
		cell_if(rated, (int64_t)down->peak_bps), cell_if(rated, (int64_t)up->peak_bps),
		cell_if(rated && down->guaranteed_bps, down->used_permyriad),
		cell_if(rated && up->guaranteed_bps, up->used_permyriad));
}

static void rates(struct scribe *s)
{
	static const struct column_words columns[] = {
	    COLUMN("office", "Kantor", "Office", REPORT_TEXT, 7, C_OPEN),
	    COLUMN("mean_down_bps", "Rata-rata unduh (Mbit/s)", "Average download (Mbit/s)", REPORT_BPS, 3,
		   C_OPEN),
	    COLUMN("mean_up_bps", "Rata-rata unggah (Mbit/s)", "Average upload (Mbit/s)", REPORT_BPS, 3,
		   C_OPEN),
	    COLUMN("p95_down_bps", "Persentil ke-95 unduh (Mbit/s)", "95th percentile, download (Mbit/s)",
		   REPORT_BPS, 3, C_OPEN),
	    COLUMN("p95_up_bps", "Persentil ke-95 unggah (Mbit/s)", "95th percentile, upload (Mbit/s)",
		   REPORT_BPS, 3, C_OPEN),
	    COLUMN("peak_down_bps", "Puncak unduh (Mbit/s)", "Peak of download (Mbit/s)", REPORT_BPS, 3,
		   C_OPEN),
	    COLUMN("peak_up_bps", "Puncak unggah (Mbit/s)", "Peak of upload (Mbit/s)", REPORT_BPS, 3, C_OPEN),
	    COLUMN("used_down_permyriad", "Utilisasi unduh", "Utilisation, download", REPORT_PERCENT, 3,
		   C_OPEN),
	    COLUMN("used_up_permyriad", "Utilisasi unggah", "Utilisation, upload", REPORT_PERCENT, 3, C_OPEN),
	};
	static const struct table_words table = {
	    .key = "rates",
	    .title = {"Laju dan utilisasi tiap kantor", "Rates and utilisation of each office"},
	    .note = {"Utilisasi = persentil ke-95 / jaminan. Di atas 100 %: kantor meminjam kapasitas yang "
		     "sedang tidak "
		     "dipakai kantor lain.",
		     "Utilisation = 95th percentile / guarantee. Above 100 %: the office borrowed what "
		     "others did not use "
		     "at that time."},
	    .columns = columns,
	    .n = ELEMENTS(columns),
	    .description = {"Laju tiap kantor dan utilisasi jaminannya",
			    "Rates of each office and utilisation of its guarantee"},
	};

	put_table(s, &table);
	for (size_t i = 0; i < s->month->n_offices; i++)
		rates_row(s, i);
}

void section_offices(struct scribe *s)
{
	put_section(s, "offices", "Pemakaian kantor", "Use by offices", "Kantor", "Offices");
	if (s->month->n_offices == 0) {
		TELL(s, REPORT_PARAGRAPH, "Tidak ada kantor pada bulan ini.",
		     "There was no office in this month.");
		return;
	}
	volumes(s);
	largest(s);
	capacity(s);
	rates(s);
}
